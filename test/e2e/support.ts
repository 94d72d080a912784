import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/main.ts';
import type { Output } from '../../src/cli/world.ts';
import './kept-sandboxes.ts';
import { createSimulator, DEFAULT_PORT, type Simulator } from '../../src/simulator/index.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const collectionFolder = join(root, 'collections/create-a-test-environment');
export const collectionFile = join(collectionFolder, 'create-a-test-environment.postman_collection.json');
export const ssoCollectionFolder = join(root, 'collections/create-an-sso-workflow');
export const ssoCollectionFile = join(ssoCollectionFolder, 'create-an-sso-workflow.postman_collection.json');
export const ssoEnvironmentFile = join(root, 'environments/create-an-sso-workflow-simulator.postman_environment.json');
export const simulatorEnvironmentFile = join(root, 'environments/simulator.postman_environment.json');

/** Ledgers of test runs: not among the person's own. */
const stateFolder = join(tmpdir(), `pingone-tutorial-state-${process.pid}`);

/** The same for what the program keeps to start faster. All test files share it. */
const cacheFolder = join(tmpdir(), 'pingone-tutorial-cache');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly osVariables?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs the command line in this process. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written): Output => ({
    isTTY: options.isTTY ?? false,
    write: (text) => {
      written[name] += text;
    },
  });
  const code = await main(argv, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    osVariables: { XDG_STATE_HOME: stateFolder, ...options.osVariables },
    cwd: options.cwd ?? root,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, ...written };
}

/** A process of its own, with the program as it was built. */
export interface SpawnedCli {
  readonly pid: number | undefined;
  readonly result: Promise<CliResult>;
  /** Resolves with what was written until then, when stdout or stderr holds the text. */
  sees(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export function spawnCli(argv: readonly string[], options: CliOptions = {}): SpawnedCli {
  return spawnProgram(process.execPath, [join(root, 'dist/cli/bin.js'), ...argv], options);
}

export function spawnProgram(program: string, argv: readonly string[], options: CliOptions = {}): SpawnedCli {
  const child = spawn(program, argv, {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_STATE_HOME: stateFolder,
      XDG_CACHE_HOME: cacheFolder,
      ...options.osVariables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
      for (const check of waiting) check();
    });
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
  const sees = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        const all = `${written.stdout}${written.stderr}`;
        if (!all.includes(text)) return;
        waiting.delete(check);
        resolve(all);
      };
      waiting.add(check);
      check();
      result.then(
        ({ code }) => reject(new Error(`it ended with ${code} before it wrote "${text}": ${written.stderr}`)),
        reject,
      );
    });
  return { result, sees, pid: child.pid, kill: (signal) => void child.kill(signal) };
}

export interface RunningSimulator {
  readonly simulator: Simulator;
  readonly url: string;
  /** Path of an environment file that leads to this simulator. */
  readonly environment: string;
  /** Writes an environment file with other values and gives its path. */
  environmentWith(values: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** A simulator on a free port, with an environment file for it, made of a committed one. */
export async function startSimulator(
  simulator: Simulator = createSimulator(),
  environmentFile: string = simulatorEnvironmentFile,
): Promise<RunningSimulator> {
  const listening = await simulator.listen();
  const folder = await temporaryFolder();
  const environmentWith = async (values: Readonly<Record<string, string>>) => {
    const text = (await readFile(environmentFile, 'utf8')).replaceAll(
      `http://127.0.0.1:${DEFAULT_PORT}`,
      listening.url,
    );
    const environment = JSON.parse(text) as { values: { key: string; value: string }[] };
    for (const entry of environment.values) entry.value = values[entry.key] ?? entry.value;
    const file = join(folder.path, `${Object.keys(values).join('-') || 'simulator'}.postman_environment.json`);
    await writeFile(file, JSON.stringify(environment));
    return file;
  };
  return {
    simulator,
    url: listening.url,
    environment: await environmentWith({}),
    environmentWith,
    close: async () => {
      await listening.close();
      await folder.remove();
    },
  };
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'pingone-tutorial-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A copy of the collection in `folder`, in the project's layout, with texts replaced in its files. */
export async function copyCollection(
  folder: string,
  edits: Readonly<Record<string, readonly [from: string, to: string]>> = {},
  original: string = collectionFolder,
): Promise<string> {
  const copy = join(folder, 'collections', basename(original));
  await cp(original, copy, { recursive: true });
  const [, base] = /^base: (\S+)$/m.exec(await readFile(join(copy, 'collection.yaml'), 'utf8')) ?? [];
  if (base !== undefined) await cp(join(original, dirname(base)), join(copy, dirname(base)), { recursive: true });
  for (const [file, [from, to]] of Object.entries(edits)) {
    const text = await readFile(join(copy, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    await writeFile(join(copy, file), text.replaceAll(from, to));
  }
  return copy;
}
