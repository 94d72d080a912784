import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileCollection } from '../../src/compile/collection.ts';
import { collectionFileName } from '../../src/compile/compile.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, DEFAULT_PORT } from '../../src/simulator/index.ts';
import type { CaseOutcome } from './agreement.ts';
import type { InteropCase, InteropCollection } from './cases.ts';
import type { InteropTool, ToolOptions } from './verdict.ts';
import { witnessOf } from './witness.ts';

type Values = Readonly<Record<string, string>>;

/** Where things are. */
export interface RunFolders {
  /** The tools, installed. */
  readonly scratch: string;
  /** A new folder for each run goes here. Not below `node_modules`, where Bruno finds no collection. */
  readonly runs: string;
}

interface Environment {
  readonly values: readonly { readonly key: string; readonly value: string }[];
}

/** Runs one case with one tool, against a simulator of its own on a free port. Does not reject when the tool cannot be run. */
export async function runCase(
  tool: InteropTool,
  collection: InteropCollection,
  given: InteropCase,
  folders: RunFolders,
): Promise<CaseOutcome> {
  const simulator = createSimulator();
  const listening = await simulator.listen();
  try {
    const left = collection.after ? await runBefore(collection.after, listening.url) : {};
    const earlier = simulator.history().length;
    simulator.setFaults(given.faults ?? []);
    const options = await prepare(collection, { ...left, ...given.values }, listening.url, folders);
    const outcome = await tool.run(options).then(
      (verdict) => ({ verdict }),
      (error: Error) => ({ error: error.message }),
    );
    return { tool: tool.name, ...outcome, ...witnessOf(simulator, earlier) };
  } finally {
    await listening.close();
  }
}

/** Writes what the tool is given into a new folder. */
async function prepare(
  collection: InteropCollection,
  values: Values,
  baseUrl: string,
  folders: RunFolders,
): Promise<ToolOptions> {
  const definition = await loadDefinition(collection.folder);
  const folder = await mkdtemp(join(folders.runs, 'run-'));
  const workFolder = join(folder, 'work');
  await mkdir(workFolder);
  const environmentFile = join(folder, 'interop.postman_environment.json');
  const environment = await readEnvironment(collection, baseUrl);
  const entries = environment.values.map((entry) => ({ ...entry, value: values[entry.key] ?? entry.value }));
  await writeFile(environmentFile, JSON.stringify({ ...environment, values: entries }));
  return {
    scratch: folders.scratch,
    workFolder,
    baseUrl,
    collectionFolder: collection.folder,
    // The committed file, as people take it: not what the definition compiles to now.
    collectionFile: join(collection.folder, collectionFileName(definition.id)),
    environmentFile,
    steps: definition.steps.map(({ id, name }) => ({ id, name })),
  };
}

async function readEnvironment({ environmentFile }: InteropCollection, baseUrl: string): Promise<Environment> {
  const text = await readFile(environmentFile, 'utf8');
  return JSON.parse(text.replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, baseUrl)) as Environment;
}

/** Runs a collection with our own runner and gives the variables that it leaves. Rejects when it does not pass. */
async function runBefore(collection: InteropCollection, baseUrl: string): Promise<Values> {
  const definition = await loadDefinition(collection.folder);
  const { values } = await readEnvironment(collection, baseUrl);
  let left: Values = {};
  const { outcome } = await runCollection({
    definition,
    collection: compileCollection(definition),
    values: {
      ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
      ...Object.fromEntries(values.map(({ key, value }) => [key, value])),
      ...(collection.after ? await runBefore(collection.after, baseUrl) : {}),
    },
    targetKind: 'given',
    onValues: (last) => {
      left = last;
    },
  });
  if (outcome !== 'passed') throw new Error(`${definition.name}, which comes before, did not pass: ${outcome}`);
  return left;
}
