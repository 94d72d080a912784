import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
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
    const options = await prepare(collection, given, left, listening.url, folders);
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
  given: InteropCase,
  left: Values,
  baseUrl: string,
  folders: RunFolders,
): Promise<ToolOptions> {
  const definition = await loadDefinition(collection.folder);
  const folder = await mkdtemp(join(folders.runs, 'run-'));
  const workFolder = join(folder, 'work');
  await mkdir(workFolder);
  const environmentFile = join(folder, 'interop.postman_environment.json');
  const environment = await readEnvironment(collection, baseUrl);
  const values: Values = { ...left, ...given.values };
  const entries = environment.values.map((entry) => ({ ...entry, value: values[entry.key] ?? entry.value }));
  await writeFile(environmentFile, JSON.stringify({ ...environment, values: entries }));
  // The committed files, as people take them: not what the definition compiles to now.
  const collectionFolder = given.edit ? await edited(collection.folder, folder, given.edit) : collection.folder;
  return {
    scratch: folders.scratch,
    workFolder,
    baseUrl,
    collectionFolder,
    collectionFile: join(collectionFolder, collectionFileName(definition.id)),
    environmentFile,
    steps: definition.steps.map(({ id, name }) => ({ id, name })),
  };
}

/** A copy of the folder with the change in each of its files. Rejects when there is nothing to change. */
async function edited(source: string, parent: string, { from, to }: NonNullable<InteropCase['edit']>): Promise<string> {
  const folder = join(parent, 'edited');
  await cp(source, folder, { recursive: true });
  let changed = 0;
  for (const name of (await readdir(folder)).filter((entry) => /\.(yaml|json)$/.test(entry))) {
    const text = await readFile(join(folder, name), 'utf8');
    const after = text.replace(from, to);
    if (after !== text) changed += 1;
    await writeFile(join(folder, name), after);
  }
  if (changed === 0) throw new Error(`nothing in ${source} is like ${from}`);
  return folder;
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
