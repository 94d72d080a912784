import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CheckedFile, checkFile } from './import-check/check-file.ts';
import { findCollections } from './import-check/collection-files.ts';
import { startEchoServers } from './import-check/echo-server.ts';
import { canLeaveNetwork, isWithoutNetwork, runWithoutNetwork } from './import-check/network-namespace.ts';
import { fileRow, head, summary } from './import-check/table.ts';
import { withMarkedPart } from './marked-part.ts';

/** Runs collections of Postman in stock Newman, in stock Newman after import and compile, and in our run, and compares. */

const usage = `Usage: npm run import-check -- [options] [files or folders...]

runs Postman collections (v2.0, v2.1) three ways and compares what is sent, the
checks and the exit: stock Newman with the original, stock Newman with what its
import compiles to, and our run. Every request goes to an echo server on this
machine, whatever the file says. Without a file: the collections of this
repository.

Options:
  --environment FILE  Postman environment for files that have none beside them
                      (NAME.postman_environment.json; data: NAME.csv)
  --timeout SECONDS   time for each way (default: 60)
  --requests          also print what stock Newman sent of each original
  --write             write the table into scripts/import-check/README.md
  -h, --help          print help

Exit code 0: all are the same; 1: some differ or could not be run; 2: the
command line is not usable.

Examples:
  npm run import-check -- "My API.postman_collection.json"
  npm run import-check -- --timeout 20 ~/collections
  npm run import-check -- --environment test.postman_environment.json --requests ~/collections
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'scripts/import-check/README.md');
const ownFolders = ['test/import', 'collections', 'test/golden/ok'];
const marks = ['<!-- figures: made by npm run import-check -- --write -->', '<!-- end of figures -->'] as const;

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        environment: { type: 'string' },
        timeout: { type: 'string', default: '60' },
        requests: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const timeoutSeconds = Number(values.timeout);
    if (!(timeoutSeconds > 0)) throw new Error(`--timeout ${values.timeout} is not a number of seconds`);
    if (values.write && positionals.length > 0) throw new Error('--write is for the collections of this repository');
    const isOwn = positionals.length === 0;
    if (isOwn) process.chdir(root);
    return { ...values, timeoutSeconds, isOwn, paths: isOwn ? ownFolders : positionals };
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** The environment with which a collection of this repository goes to the simulator. */
function ownEnvironment(file: string): string | undefined {
  const [, id] = /^collections\/([^/]+)\//.exec(file) ?? [];
  if (id === undefined) return undefined;
  const environment = `environments/${id}-simulator.postman_environment.json`;
  return existsSync(environment) ? environment : 'environments/simulator.postman_environment.json';
}

/** Prints a row for each file as soon as it was tried. */
async function checkAll(
  files: readonly string[],
  { environment: given, timeoutSeconds, requests, isOwn }: ReturnType<typeof readArguments>,
): Promise<CheckedFile[]> {
  const server = await startEchoServers();
  const scratch = await mkdtemp(join(tmpdir(), 'import-check-'));
  const checked: CheckedFile[] = [];
  try {
    process.stdout.write(`${head.join('\n')}\n`);
    for (const file of files) {
      const environment = given ?? (isOwn ? ownEnvironment(file) : undefined);
      const one = await checkFile(file, { server, scratch: join(scratch, 'file'), timeoutSeconds, environment });
      checked.push(one);
      process.stdout.write(`${fileRow(one)}\n`);
      if (requests) for (const line of one.received) process.stdout.write(`  ${line}\n`);
    }
  } finally {
    await server.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return checked;
}

async function writeFigures(checked: readonly CheckedFile[], network: string): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const text = [`${date}, ${network}: ${summary(checked)}.`, '', ...head, ...checked.map(fileRow)].join('\n');
  await writeFile(page, withMarkedPart(await readFile(page, 'utf8'), ...marks, text));
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (!isWithoutNetwork() && canLeaveNetwork()) return runWithoutNetwork();
  const network = isWithoutNetwork()
    ? 'in a network namespace without a way out'
    : 'without a network namespace (unshare and ip are needed, and a kernel that allows it)';
  const files = (await findCollections(given.paths).catch((error: Error) => fail(error.message))).map((file) =>
    relative('', file),
  );
  if (files.length === 0) fail(`no Postman collection in ${given.paths.join(', ')}`);
  process.stdout.write(`every request goes to the echo server, ${network}\n\n`);
  const checked = await checkAll(files, given);
  process.stdout.write(`\n${summary(checked)}\n`);
  if (given.write) await writeFigures(checked, network);
  return checked.every(({ comparison }) => comparison.kind === 'same') ? 0 : 1;
}

process.exitCode = await main();
