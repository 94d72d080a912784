/**
 * The compiled Arazzo and OpenAPI files in the hands of another vendor: Redocly's `lint` and `respect`.
 *
 *   npx tsx scripts/interop/respect.ts [collection folder]
 *
 * prints, for a simulator without and with faults, what respect makes of each step and what our own runner does; ends with 1
 * when the first step that fails is not the same. Installs Redocly in a scratch folder of its own: INTEROP_SCRATCH, else one below
 * the folder for temporary files.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, defaultCredentials, type Fault } from '../../src/simulator/index.ts';

export interface ToolVerdict {
  readonly tool: string;
  readonly version: string;
  /** The steps of the first workflow, in its order. */
  readonly steps: readonly { readonly id: string; readonly verdict: 'passed' | 'failed' | 'not-reached' }[];
}

export interface RespectOptions {
  /** Folder in which Redocly is, or will be, installed. */
  readonly scratch: string;
  /** Takes the place of every base address. */
  readonly baseUrl: string;
  /** Folder with the compiled files. */
  readonly collectionFolder: string;
  /** Values of the workflow's inputs; what has a default may be left out, and what is no input is not looked at. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Exact, so that a verdict can be had again. */
export const redoclyVersion = '2.77.0';

const settings = fileURLToPath(new URL('../../redocly.yaml', import.meta.url));

/**
 * Lints both files and runs the first workflow. Rejects when a file is not clean (a warning is enough), when an input is missing,
 * or when the tool cannot be installed or run.
 */
export async function runRespect({ scratch, baseUrl, collectionFolder, inputs }: RespectOptions): Promise<ToolVerdict> {
  const program = await installRedocly(scratch);
  const files = await readdir(collectionFolder);
  const compiled = (ending: string) => {
    const file = files.find((name) => name.endsWith(ending));
    if (file === undefined)
      throw new Error(`${collectionFolder} has no file that ends in ${ending}; run npm run compile`);
    return join(collectionFolder, file);
  };
  const arazzo = compiled('.arazzo.yaml');
  for (const file of [arazzo, compiled('.openapi.yaml')]) await lint(program, file, scratch);

  const description = parse(await readFile(arazzo, 'utf8')) as ArazzoFile;
  const [workflow] = description.workflows;
  if (!workflow) throw new Error(`${arazzo} has no workflow`);
  const given = Object.keys(workflow.inputs?.properties ?? {}).flatMap((name) =>
    inputs[name] === undefined ? [] : [[name, inputs[name]] as const],
  );
  const missing = (workflow.inputs?.required ?? []).filter((name) => !given.some(([known]) => known === name));
  if (missing.length > 0) throw new Error(`${arazzo} needs the inputs ${missing.join(', ')}`);

  const folder = await mkdtemp(join(scratch, 'respect-'));
  try {
    const log = join(folder, 'log.json');
    const argv = ['respect', arazzo, '--workflow', workflow.workflowId, '--json-output', log];
    // In the environment and not among the arguments, where every user of the machine could read the secrets.
    const { stdout, stderr } = await execute(program, argv, folder, {
      REDOCLY_CLI_RESPECT_INPUT: JSON.stringify(Object.fromEntries(given)),
      REDOCLY_CLI_RESPECT_SERVER: description.sourceDescriptions.map(({ name }) => `${name}=${baseUrl}`).join(','),
    });
    const text = await readFile(log, 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`redocly respect wrote no log\n${stdout}${stderr}`);
    const executed = Object.values((JSON.parse(text) as RespectLog).files)
      .flatMap(({ executedWorkflows }) => executedWorkflows)
      .flatMap(({ executedSteps }) => executedSteps);
    const steps = workflow.steps.map(({ stepId }) => {
      // The last attempt counts.
      const last = executed.findLast((step) => step.stepId === stepId);
      return { id: stepId, verdict: last ? (last.status === 'success' ? 'passed' : 'failed') : 'not-reached' } as const;
    });
    return { tool: 'Redocly respect', version: redoclyVersion, steps };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface ArazzoFile {
  readonly sourceDescriptions: readonly { readonly name: string }[];
  readonly workflows: readonly {
    readonly workflowId: string;
    readonly inputs?: { readonly properties?: object; readonly required?: readonly string[] };
    readonly steps: readonly { readonly stepId: string }[];
  }[];
}

interface RespectLog {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly executedWorkflows: readonly {
          readonly executedSteps: readonly { readonly stepId: string; readonly status: string }[];
        }[];
      }
    >
  >;
}

async function installRedocly(scratch: string): Promise<string> {
  const folder = join(scratch, `redocly-${redoclyVersion}`);
  const program = join(folder, 'node_modules/.bin/redocly');
  const stamp = join(folder, 'installed');
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) !== undefined) return program;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const argv = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '-E', `@redocly/cli@${redoclyVersion}`];
  const { code, stderr } = await execute('npm', argv, folder, { HOME: process.env.HOME });
  if (code !== 0) throw new Error(`npm could not install @redocly/cli@${redoclyVersion}\n${stderr}`);
  await writeFile(stamp, redoclyVersion);
  return program;
}

async function lint(program: string, file: string, cwd: string): Promise<void> {
  const argv = ['lint', file, '--config', settings, '--format', 'json'];
  const { stdout, stderr } = await execute(program, argv, cwd, {});
  const found = /^\{[\s\S]*^\}/m.exec(stdout)?.[0];
  if (found === undefined) throw new Error(`redocly lint said nothing of ${file}\n${stdout}${stderr}`);
  const { totals, problems } = JSON.parse(found) as {
    totals: { errors: number; warnings: number };
    problems: readonly { ruleId: string; message: string }[];
  };
  if (totals.errors + totals.warnings === 0) return;
  throw new Error(
    [`${file} is not clean`, ...problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)].join('\n'),
  );
}

/** Runs a program to its end, with nothing of this process's variables but these. */
function execute(
  program: string,
  argv: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH, npm_config_registry, npm_config_cache } = process.env;
  const quiet = { NO_COLOR: '1', CI: '1', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const env = { PATH, HOME: cwd, npm_config_registry, npm_config_cache, ...quiet, ...variables };
  return new Promise((done, reject) => {
    execFile(program, argv, { cwd, env, timeout: 300_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** Faults that last, so that no further attempt helps, with the step that must fail. */
const cases: readonly { readonly name: string; readonly faults: readonly Fault[] }[] = [
  { name: 'no fault', faults: [] },
  {
    name: 'token without access_token',
    faults: [{ match: { step: 1 }, do: { kind: 'missing-field', pointer: '/access_token' } }],
  },
  { name: '401 for the token', faults: [{ match: { step: 1 }, do: { kind: 'status', status: 401 } }] },
  { name: 'licenses are no JSON', faults: [{ match: { step: 2 }, do: { kind: 'invalid-json' } }] },
  { name: '503 for the environment', faults: [{ match: { step: 3 }, do: { kind: 'status', status: 503 } }] },
  { name: 'half of the environment', faults: [{ match: { step: 3 }, do: { kind: 'truncated-json' } }] },
  { name: 'population without id', faults: [{ match: { step: 4 }, do: { kind: 'missing-field', pointer: '/id' } }] },
  {
    name: 'user name is a number',
    faults: [{ match: { step: 5 }, do: { kind: 'mistyped-field', pointer: '/username', value: 7 } }],
  },
  { name: 'connection reset at the user', faults: [{ match: { step: 5 }, do: { kind: 'reset-before-reading' } }] },
  {
    name: 'password state unknown',
    faults: [{ match: { step: 6 }, do: { kind: 'mistyped-field', pointer: '/status', value: 'NEW' } }],
  },
];

async function main(folder: string): Promise<void> {
  const scratch = process.env.INTEROP_SCRATCH ?? join(tmpdir(), 'pingone-tutorial-interop');
  await mkdir(scratch, { recursive: true });
  const definition = await loadDefinition(folder, folder);
  const simulator = createSimulator();
  const server = await simulator.listen();
  const rows: string[][] = [];
  try {
    for (const { name, faults } of cases) {
      const restart = () => {
        simulator.reset();
        simulator.setFaults(faults);
      };
      restart();
      const inputs = {
        ...defaultCredentials,
        runID: `20260131T120000-${randomUUID().slice(0, 8)}`,
        // Every class of characters, and none twice in a row.
        userPassword: `Aa1!-${randomUUID().replace(/(.)\1+/g, '$1')}`,
      };
      const respect = await runRespect({ scratch, baseUrl: server.url, collectionFolder: folder, inputs });
      const [left, created] = [state(), kinds()];
      restart();
      const own = await runCollection({
        definition,
        collection: compileCollection(definition),
        values: {
          ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
          ...defaultCredentials,
          // Left to the steps, as a person leaves them: what needs them must not run when the step fails.
          orgID: '',
          licenseID: '',
          authPath: server.url,
          apiPath: server.url,
        },
        targetKind: 'given',
        requestTimeout: 5000,
        retry: { attempts: 1 },
        cleanUp: 'never',
      });
      const firstOwn = own.steps.find(({ status }) => status !== 'passed')?.id ?? 'none';
      const firstRespect = respect.steps.find(({ verdict }) => verdict !== 'passed')?.id ?? 'none';
      const isSame = firstOwn === firstRespect && left === state();
      rows.push([
        name,
        firstRespect,
        firstOwn,
        respect.steps.map(({ verdict }) => verdict).join(' '),
        created,
        isSame ? 'same' : 'DIFFERENT',
      ]);
    }
  } finally {
    await server.close();
  }
  const head = ['simulator', 'respect fails at', 'we fail at', 'respect, step by step', 'created', ''];
  process.stdout.write(`Redocly ${redoclyVersion}, ${basename(folder)}\n${table([head, ...rows])}`);
  if (rows.some((row) => row.at(-1) !== 'same')) process.exitCode = 1;

  /** What a run left in the simulator, with every id in the order of its appearance, and without what the run is called. */
  function state(): string {
    const ids: string[] = [];
    return JSON.stringify([simulator.snapshot(), kinds()])
      .replace(/\d{8}T\d{6}-[0-9a-f]{8}/g, 'run')
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
        if (!ids.includes(id)) ids.push(id);
        return `id ${ids.indexOf(id)}`;
      });
  }

  /** What it created and deleted, by kind. */
  function kinds(): string {
    return (
      simulator
        .history()
        .map(({ type, action }) => `${type} ${action}`)
        .sort()
        .join(', ') || 'nothing'
    );
  }
}

function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(width(column)))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(resolve(process.argv[2] ?? 'collections/create-a-test-environment'));
}
