import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Rooms in the order of the flow: each imports only rooms to its left. */
const flow = [
  'errors.ts',
  'whole-file.ts',
  'printable.ts',
  'definition',
  'environment',
  'compile',
  'run',
  'report',
  'cli',
];
/** What stands outside the flow, with the rooms it may import. */
const outside: Readonly<Record<string, readonly string[]>> = {
  simulator: [],
  start: [],
  import: ['errors.ts', 'definition', 'compile'],
  'index.ts': [...flow, 'simulator'],
};
/** Rooms that may import one more that is not to their left. */
const extra: Readonly<Record<string, readonly string[]>> = { cli: ['simulator', 'import', 'start'] };

/** Rooms of `run/` in their order: each imports only those to its left; files in `run/` itself come after all of them. */
const runRooms = [
  'result',
  'secrets',
  'transport',
  'engine',
  'judge',
  'direct',
  'ledger',
  'steps',
  'selection',
  'clean-up',
  'iterations',
  'history',
];

/** Folders within other rooms in their order: each imports only those to its left. Files beside them are for all of them. */
const innerRooms: Readonly<Record<string, readonly string[]>> = {
  cli: ['outputs', 'options', 'inputs', 'step-by-step', 'completion', 'commands'],
  compile: ['scripts', 'postman-v3', 'workflow'],
  definition: ['schemas', 'reading', 'checks'],
  environment: ['data'],
  import: ['writing', 'begin', 'postman-v3', 'reading'],
  report: ['text', 'files', 'html'],
};

/** What is in one folder is seen at a glance. */
const mostFiles = 12;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

/** Relative imports of every file, static and dynamic, as the formatter writes them. */
const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  const found = [
    ...text.matchAll(/(?:^|\n)(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/g),
    ...text.matchAll(/import\((\s)?'(\.[^']+)'\)/g),
  ];
  return found.map((match) => ({
    from: relative(source, file),
    to: relative(source, resolve(dirname(file), match[2] ?? '')),
    typeOnly: match[1]?.trim() === 'type',
  }));
});

const roomOf = (file: string) => file.split('/')[0] ?? file;

it('reads the imports of every room', () => {
  expect(new Set(imports.map(({ from }) => roomOf(from)))).toEqual(
    new Set(readdirSync(source).filter((name) => !flow.slice(0, 3).includes(name) && !name.endsWith('.md'))),
  );
  const there = new Set(files.map((file) => relative(source, file)));
  expect(imports.filter(({ to }) => !there.has(to))).toEqual([]);
});

it('each room imports only rooms to its left, and the simulator none', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    if (room === target) return false;
    const allowed = outside[room] ?? [...flow.slice(0, flow.indexOf(room)), ...(extra[room] ?? [])];
    return !allowed.includes(target);
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it('each room of the run imports only rooms to its left', () => {
  const rankOf = (file: string) => {
    const [, room = '', ...rest] = file.split('/');
    return rest.length === 0 ? runRooms.length : runRooms.indexOf(room);
  };
  const inside = imports.filter(({ from, to }) => roomOf(from) === 'run' && roomOf(to) === 'run');
  expect(inside.filter(({ from }) => rankOf(from) < 0).map(({ from }) => from)).toEqual([]);
  const wrong = inside.filter(({ from, to }) => rankOf(to) > rankOf(from));
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it('each folder within a room imports only folders to its left', () => {
  const folderOf = (file: string) => file.split('/').slice(1, -1)[0];
  const wrong = imports.filter(({ from, to }) => {
    const order = innerRooms[roomOf(from)];
    const [folder, target] = [folderOf(from), folderOf(to)];
    if (!order || roomOf(from) !== roomOf(to) || folder === undefined || target === undefined) return false;
    return !order.slice(0, order.indexOf(folder) + 1).includes(target);
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it('no folder has more than a dozen modules', () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([]);
});

it('no two modules share a name or differ by a plural', () => {
  const names = files.map((file) => basename(file, '.ts')).filter((name) => name !== 'index');
  const twice = names.filter((name, index) => names.indexOf(name) !== index || names.includes(`${name}s`));
  expect(twice).toEqual([]);
});

it('a report needs only the types of the result, how it is counted, how bodies are read, and what can be printed', () => {
  const needed = ['printable.ts', 'run/result/tally.ts', 'run/result/parse-json.ts'];
  const wrong = imports.filter(
    ({ from, to, typeOnly }) =>
      roomOf(from) === 'report' &&
      roomOf(to) !== 'report' &&
      !needed.includes(to) &&
      from !== 'report/files/json-schema.ts' &&
      !typeOnly,
  );
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it('the schema of results is loaded only to read reports, and never by a run', () => {
  const isSchema = (file: string) => file.startsWith('run/result/schema/') || file === 'report/files/json-schema.ts';
  const loading = imports.filter(({ from, to, typeOnly }) => isSchema(to) && !isSchema(from) && !typeOnly);
  expect(loading.map(({ from, to }) => `${from} imports ${to}`)).toEqual([
    'report/files/parse-json-report.ts imports report/files/json-schema.ts',
  ]);
  const reached = new Set(['cli/commands/run-command.ts', 'cli/commands/worker-command.ts']);
  for (const file of reached)
    for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly) reached.add(to);
  expect(reached).toContain('report/files/json-report.ts');
  expect([...reached].filter(isSchema)).toEqual([]);
});

it('no file imports itself through others', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

it('what is imported is declared in package.json', () => {
  const manifest = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const packages = files.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /(?:^|\n)(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^.'][^']*)'|import\('([^.'][^']*)'\)/g,
      ),
    ].map(([, fixed, dynamic]) => fixed ?? dynamic ?? ''),
  );
  const names = packages.filter((name) => !name.startsWith('node:')).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  expect(names).toContain('yaml');
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  expect([...new Set(names)].filter((name) => !declared.includes(String(name)))).toEqual([]);
});

it('only one file knows Newman', () => {
  const knowing = files.filter((file) =>
    /\bnewman\.run\(|from 'newman'|(import|require)\('newman'\)/.test(readFileSync(file, 'utf8')),
  );
  expect(knowing.map((file) => relative(source, file))).toEqual(['run/engine/newman.ts']);
});

it('only what is about the simulator, the starter and the bundled collections names PingOne', () => {
  const naming = files.filter((file) =>
    /pingone|worker application/i.test(readFileSync(file, 'utf8').replaceAll(/pingone.tutorial/gi, '')),
  );
  const rooms = new Set(naming.map((file) => relative(source, file)).filter((file) => roomOf(file) !== 'simulator'));
  expect([...rooms].sort()).toEqual([
    'cli/commands.ts',
    'cli/commands/init-command.ts',
    'cli/commands/simulate-command.ts',
    'cli/help-notes.ts',
    'cli/inputs/destination.ts',
    'cli/options/value-parsers.ts',
    'cli/starter.ts',
    'index.ts',
  ]);
});

it('only the program itself ends the process', () => {
  const ending = files.filter((file) => /process\.exit\b/.test(readFileSync(file, 'utf8')));
  expect(ending.map((file) => relative(source, file))).toEqual(['cli/program.ts']);
});
