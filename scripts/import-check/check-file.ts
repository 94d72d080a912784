import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDefinition } from '../../src/definition/load.ts';
import { runProgram } from '../interop/program.ts';
import { type Comparison, compare } from './comparison.ts';
import type { EchoServers } from './echo-server.ts';
import { withMissing } from './missing-values.ts';
import { importAndCompile, type OurProgram, type Outcome, type RunFiles, runOurs, type Verdict } from './outcomes.ts';

/** What is known of a file after it was tried. */
export interface CheckedFile {
  readonly file: string;
  readonly requests: number;
  readonly checks: number;
  readonly comparison: Comparison;
  /** What stock Newman sent of the original. */
  readonly received: readonly string[];
}

export interface CheckOptions {
  readonly server: EchoServers;
  /** An empty folder for what comes in between. */
  readonly scratch: string;
  /** Time for each way. */
  readonly timeoutSeconds: number;
  /** For files that have none of their own beside them. */
  readonly environment: string | undefined;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const redirect = new URL('redirect.mjs', import.meta.url).href;
const tsx = import.meta.resolve('tsx');

/** Runs a collection three ways, each in a process of its own whose connections all go to the echo server. */
export async function checkFile(file: string, options: CheckOptions): Promise<CheckedFile> {
  const { server, scratch } = options;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  let original: Outcome | undefined;
  const result = (comparison: Comparison): CheckedFile => ({
    file,
    requests: original?.received.length ?? 0,
    checks: original?.checks.length ?? 0,
    comparison,
    received: original?.received ?? [],
  });
  const received = async (title: string, run: () => Promise<Verdict>): Promise<Outcome> => {
    server.take();
    const verdict = await named(title, run);
    return { ...verdict, received: server.take() };
  };
  try {
    const definition = join(scratch, 'imported');
    const ours = ourProgram(options);
    const importedFile = await named('import', () => importAndCompile(ours, file, definition));
    const files = await filesOf(file, definition, options);
    const stock = (title: string, collection: string) =>
      received(title, () => inStockNewman(collection, files, options));
    original = await stock('stock Newman, original', file);
    const compiled = await stock('stock Newman, compiled', importedFile);
    const more = ['--retries', '0', ...plainHosts(original.received).flatMap((host) => ['--allow-http', host])];
    const own = await received('our run', () => runOurs(ours, definition, files, scratch, more));
    const ways = { original, compiled, ours: own };
    const text = await readFile(file, 'utf8');
    const comparison = compare(ways, text);
    if (comparison.kind === 'same') return result(comparison);
    // What is otherwise each time, such as {{$guid}} and the time of day, is no difference.
    return result(compare(ways, text, await stock('stock Newman, once more', file)));
  } catch (error) {
    return result({ kind: 'could not be run', why: (error as Error).message });
  }
}

async function named<T>(title: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}`, { cause: error });
  }
}

/** The environment and the data beside a collection, `NAME.postman_environment.json` and `NAME.csv`; values that are missing added. */
async function filesOf(file: string, definition: string, { environment, scratch }: CheckOptions): Promise<RunFiles> {
  const stem = file.replace(/(\.postman_collection)?\.json$/, '');
  const own = `${stem}.postman_environment.json`;
  const { variables } = await loadDefinition(definition);
  const required = variables.filter((variable) => variable.required).map(({ name }) => name);
  const collection: unknown = JSON.parse(await readFile(file, 'utf8'));
  const values = await withMissing(collection, required, existsSync(own) ? own : environment);
  const written = join(scratch, 'environment.json');
  await writeFile(written, JSON.stringify(values));
  return { environment: written, data: existsSync(`${stem}.csv`) ? `${stem}.csv` : undefined };
}

async function inStockNewman(file: string, { environment, data }: RunFiles, options: CheckOptions): Promise<Verdict> {
  const result = join(options.scratch, 'verdict.json');
  const script = fileURLToPath(new URL('stock-newman.ts', import.meta.url));
  const { code, stderr } = await runNode(
    ['--import', tsx, script, file, result, environment ?? '', data ?? ''],
    options,
  );
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  return JSON.parse(await readFile(result, 'utf8')) as Verdict;
}

function ourProgram(options: CheckOptions): OurProgram {
  return (argv) => runNode([join(root, 'dist/cli/bin.js'), ...argv], options);
}

async function runNode(argv: readonly string[], { server, scratch, timeoutSeconds }: CheckOptions) {
  const started = Date.now();
  try {
    return await runProgram(process.execPath, argv, {
      cwd: process.cwd(),
      home: scratch,
      variables: { NODE_OPTIONS: `--import ${redirect}`, ECHO_PORTS: `${server.port},${server.tlsPort}` },
      timeoutMilliseconds: timeoutSeconds * 1000,
    });
  } catch (error) {
    if (Date.now() - started < timeoutSeconds * 1000) throw error;
    throw new Error(`took longer than ${timeoutSeconds} s`, { cause: error });
  }
}

/** Hosts that requests without TLS went to: our run sends them only to hosts that a person allows. */
function plainHosts(received: readonly string[]): string[] {
  const hosts = received.flatMap((line) => /^\S+ http:\/\/(\[[^\]]*\]|[^:/]*)/.exec(line)?.[1] ?? []);
  return [...new Set(hosts)].filter((host) => host !== '').map((host) => host.replace(/^\[(.*)\]$/, '$1'));
}
