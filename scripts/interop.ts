import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collectionFileName } from '../src/compile/compile.ts';
import { verifyAgainst, verifyCollection, verifyEnvironment } from '../src/compile/verify.ts';
import { loadDefinition } from '../src/definition/load.ts';
import { disagreements } from './interop/agreement.ts';
import { type RunFolders, runCase } from './interop/case-run.ts';
import { type InteropCollection, interopCollections } from './interop/cases.ts';
import { installTools } from './interop/install.ts';
import {
  agrees,
  type CaseResult,
  type CollectionResult,
  detailTables,
  overviewTable,
  withTables,
} from './interop/table.ts';
import { interopTools } from './interop/tools.ts';

/**
 * Runs the compiled collections with every tool that people take them to, with and without provoked failures, and compares.
 * `npm run interop -- [--write] [--tool TEXT] [--case TEXT] [--scratch FOLDER]`: see scripts/interop/README.md.
 * Exit code 0: all agree; 1: some do not; 2: the command line is not usable.
 */

const root = fileURLToPath(new URL('..', import.meta.url));

interface Selection {
  readonly tool: string;
  readonly case: string;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        write: { type: 'boolean', default: false },
        tool: { type: 'string', default: '' },
        case: { type: 'string', default: '' },
        scratch: { type: 'string' },
      },
    });
    if (values.write && (values.tool || values.case)) throw new Error('--write needs every tool and every case');
    return values;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

function defaultScratch(): string {
  const { XDG_CACHE_HOME } = process.env;
  return XDG_CACHE_HOME
    ? join(XDG_CACHE_HOME, 'pingone-tutorial-interop')
    : join(root, 'node_modules/.cache/pingone-tutorial-interop');
}

/** What our own checks say of the committed files, before any tool sees them. */
async function verifyFiles(): Promise<string[]> {
  const found = interopCollections.map(async ({ folder, environmentFile }) => {
    const definition = await loadDefinition(folder);
    const file = join(folder, collectionFileName(definition.id));
    const collection: unknown = JSON.parse(await readFile(file, 'utf8'));
    const findings = [
      ...[...verifyCollection(collection), ...verifyAgainst(collection, definition)].map((given) => ({
        file,
        ...given,
      })),
      ...verifyEnvironment(JSON.parse(await readFile(environmentFile, 'utf8'))).map((given) => ({
        file: environmentFile,
        ...given,
      })),
    ];
    return findings.map(({ file: name, at, message }) => `${relative(root, name)}#${at}: ${message}`);
  });
  return (await Promise.all(found)).flat();
}

async function runAll(
  collection: InteropCollection,
  selection: Selection,
  folders: RunFolders,
): Promise<CollectionResult> {
  const { name: own, steps } = await loadDefinition(collection.folder);
  const name = collection.after ? `${own}, after ${(await loadDefinition(collection.after.folder)).name}` : own;
  const tools = interopTools.filter((tool) => tool.name.includes(selection.tool));
  const cases: CaseResult[] = [];
  for (const given of collection.cases.filter((candidate) => candidate.name.includes(selection.case))) {
    process.stdout.write(`${name}, ${given.name}\n`);
    const able = tools.filter(({ name: tool }) => given.notIn?.[tool] === undefined);
    const outcomes = await Promise.all(able.map((tool) => runCase(tool, collection, given, folders)));
    const found = disagreements(given, outcomes);
    for (const text of found) process.stdout.write(`  ${text.trimEnd().replaceAll('\n', '\n    ')}\n`);
    cases.push({ name: given.name, outcomes, disagreements: found, notIn: given.notIn ?? {} });
  }
  return { name, steps, cases, tools: tools.map(({ name: tool }) => tool) };
}

const { write, tool, case: caseName, scratch = defaultScratch() } = readArguments();
process.stdout.write(`tools in ${scratch}\n`);
await installTools(interopTools, scratch);
const findings = await verifyFiles();
for (const text of findings) process.stdout.write(`${text}\n`);
const folders = { scratch, runs: await mkdtemp(join(tmpdir(), 'pingone-tutorial-interop-')) };
const results: CollectionResult[] = [];
try {
  for (const collection of interopCollections) {
    const result = await runAll(collection, { tool, case: caseName }, folders);
    if (result.cases.length > 0) results.push(result);
  }
} finally {
  await rm(folders.runs, { recursive: true, force: true });
}

const date = new Date().toISOString().slice(0, 10);
process.stdout.write(`\n${detailTables(results, date)}\n`);
if (write) {
  const documents = [
    { path: 'scripts/interop/README.md', tables: detailTables(results, date) },
    { path: 'src/run/engine/README.md', tables: overviewTable(results, date) },
  ];
  for (const { path, tables } of documents)
    await writeFile(join(root, path), withTables(await readFile(join(root, path), 'utf8'), tables));
}

// Of each tool in each case: it agrees, or it does not.
const verdicts = results.flatMap(({ cases }) =>
  cases.flatMap(({ name, outcomes, disagreements: found }) =>
    outcomes.map((outcome) => agrees(outcome.tool, name, found)),
  ),
);
const passed = verdicts.filter(Boolean).length;
const failed = verdicts.length - passed + findings.length;
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
