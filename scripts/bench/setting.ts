import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectionFileName } from '../../src/compile/compile.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { DEFAULT_PORT } from '../../src/simulator/index.ts';
import { everyStep } from './arrivals.ts';
import { BenchError } from './bench-error.ts';
import { type Contestant, checkedRun } from './rounds.ts';
import { type BenchSimulator, startSimulator } from './simulator.ts';
import type { BenchTool, PreparedTool, Workplace } from './tool.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const collectionFolder = join(root, 'collections/create-a-test-environment');

/** What every comparison is given. */
export interface BenchOptions {
  /** Folder in which the peers are installed. */
  readonly scratch: string;
  /** Folder for what runs write. Not below `node_modules`, where Bruno finds no collection. */
  readonly folder: string;
  /** Undefined: as many as the comparison thinks right. */
  readonly rounds: number | undefined;
  /** Fewer rounds, and smaller numbers. */
  readonly quick: boolean;
  /** A single run that would take longer than this is left out, and the table says so. */
  readonly limitSeconds: number;
  readonly log: (text: string) => void;
}

/** A simulator with the tools that are sent to it. */
export interface Setting {
  readonly simulator: BenchSimulator;
  readonly definition: Definition;
  readonly tools: readonly ReadyTool[];
}

/** A tool that can be timed. */
export interface ReadyTool extends PreparedTool {
  readonly name: string;
  /** For so many flows; undefined when the tool cannot, and `why` of the table says so. */
  readonly contestant: (flows: number, lanes?: number) => Promise<Contestant | undefined>;
}

/** Starts a simulator, gives it to `use` with the prepared tools, and ends it. */
export async function withSetting<Result>(
  tools: readonly BenchTool[],
  conditions: Conditions,
  options: BenchOptions,
  use: (setting: Setting) => Promise<Result>,
): Promise<Result> {
  const setting = await openSetting(tools, conditions, options);
  try {
    return await use(setting);
  } finally {
    setting.simulator.close();
  }
}

interface Conditions {
  readonly latencyMilliseconds?: number;
}

/** Starts a simulator and prepares the tools. The simulator is to be closed in the end. */
export async function openSetting(
  tools: readonly BenchTool[],
  { latencyMilliseconds = 0 }: Conditions,
  options: BenchOptions,
): Promise<Setting> {
  const simulator = await startSimulator({ latencyMilliseconds });
  try {
    const definition = await loadDefinition(collectionFolder);
    const ready: ReadyTool[] = [];
    for (const tool of tools) ready.push(await readyTool(tool, simulator, definition, options));
    return { simulator, definition, tools: ready };
  } catch (error) {
    simulator.close();
    throw error;
  }
}

async function readyTool(
  tool: BenchTool,
  { url }: BenchSimulator,
  definition: Definition,
  { scratch, folder }: BenchOptions,
): Promise<ReadyTool> {
  const place = await workplace(url, definition, scratch, folder);
  const prepared = await tool.prepare(place).catch((error: Error) => {
    throw new BenchError(`${tool.name} cannot be prepared: ${error.message}`, { cause: error });
  });
  return {
    ...prepared,
    name: tool.name,
    contestant: async (flows, lanes) => {
      if ((await prepared.command(flows, lanes)) === undefined) return undefined;
      return {
        name: tool.name,
        arrivals: everyStep(flows),
        command: async () => {
          const command = await prepared.command(flows, lanes);
          if (command === undefined) throw new BenchError(`${tool.name} cannot run ${flows} flows any more`);
          return command;
        },
        problems: (measured) => prepared.problems(measured, flows),
      };
    },
  };
}

/** The committed environment file of the simulator, with the address of another one. */
export async function environmentFor(url: string): Promise<string> {
  const text = await readFile(join(root, 'environments/simulator.postman_environment.json'), 'utf8');
  return text.replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, url);
}

async function workplace(url: string, definition: Definition, scratch: string, parent: string): Promise<Workplace> {
  const work = await mkdtemp(join(parent, 'tool-'));
  const environmentFile = join(work, 'bench.postman_environment.json');
  await writeFile(environmentFile, await environmentFor(url));
  return {
    scratch,
    folder: work,
    url,
    definition,
    collectionFolder,
    collectionFile: join(collectionFolder, collectionFileName(definition.id)),
    environmentFile,
  };
}

/**
 * Proves what a tool claims about schemas: an answer of the last step that only its schema refuses must make a run wrong by what the tool
 * itself says, or must not when it has no schemas. Rejects with a `BenchError` when it is otherwise.
 */
export async function proveSchemaCheck(tool: ReadyTool, simulator: BenchSimulator): Promise<void> {
  const contestant = await tool.contestant(1);
  if (contestant === undefined) return;
  // A time that is a number: status and values are as they should be.
  await simulator.setFaults([
    { match: { step: 6 }, do: { kind: 'mistyped-field', pointer: '/lastChangedAt', value: 5 } },
  ]);
  const caught = await checkedRun({ ...contestant, arrivals: undefined }, simulator, 60).then(
    () => false,
    (error: Error) => {
      if (error instanceof BenchError) return true;
      throw error;
    },
  );
  await simulator.setFaults([]);
  if (caught !== tool.checks.schemas)
    throw new BenchError(`${tool.name} ${caught ? 'refuses' : 'takes'} an answer that only its schema refuses`);
}
