import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CliResult, cli, temporaryFolder } from '../e2e/support.ts';
import { startTodoService, type TodoService, todoToken } from './todo-server.ts';

/** `run --propose-schemas`, with a service that is not PingOne. */

const todo = fileURLToPath(new URL('todo/todo.yaml', import.meta.url));
let service: TodoService;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  service = await startTodoService();
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'todo'));
  await cp(todo, join(folder.path, 'todo/collection.yaml'));
  await cp(todo, join(folder.path, 'one-file.yaml'));
});
afterEach(async () => {
  await service.close();
  await folder.remove();
});

function command(...argv: readonly string[]): Promise<CliResult> {
  return cli(argv, { cwd: folder.path, osVariables: { TODO_URL: service.url, TODO_TOKEN: todoToken } });
}

const schemaIn = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(folder.path, path), 'utf8'));

/** The text of every file below the folder. */
async function allTexts(): Promise<string> {
  const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const texts = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

it('proposes schemas that the next run checks, without a value of a response', async () => {
  const first = await command('run', 'todo', '--propose-schemas');
  expect([first.code, first.stderr]).toEqual([
    0,
    `${['get-token', 'create-todo', 'read-todo', 'update-todo', 'list-todos']
      .map(
        (step) =>
          `proposed todo/schemas/${step}.schema.json; in todo/collection.yaml, step ${step}: expect: { schema: ${step}.schema.json }`,
      )
      .join('\n')}\n`,
  ]);
  expect(await schemaIn('todo/schemas/get-token.schema.json')).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['token', 'expires'],
    properties: { token: { type: 'string' }, expires: { type: 'number' } },
  });
  const texts = await allTexts();
  expect(texts).not.toContain(todoToken);
  expect(texts).not.toContain('3600');

  const path = join(folder.path, 'todo/collection.yaml');
  const steps = (await readFile(path, 'utf8')).split(/(?=\n {2}- id: )/);
  const withSchemas = steps.map((step) => {
    const [, id = ''] = /- id: (\S+)/.exec(step) ?? [];
    return id === 'delete-todo' ? step : step.replace('expect: {', `expect: { schema: ${id}.schema.json,`);
  });
  await writeFile(path, withSchemas.join(''));
  expect(await command('validate', 'todo')).toMatchObject({ code: 0, stderr: '' });
  service.reset();
  const second = await command('run', 'todo', '--engine', 'direct', '--propose-schemas');
  expect(second.stdout).toContain('5 responses match their schema');
  expect([second.code, second.stderr]).toEqual([
    0,
    'no schema to propose: no passed step without one had a JSON response\n',
  ]);
});

it('knows ids and times, optional and null fields, and leaves out what is secret', async () => {
  const id = 'f1f7c8a0-3a1f-4f0e-9b7e-0c2d8f3e5a61';
  const items = [
    { id, at: '2026-11-30T08:00:00Z', note: 'a' },
    { id, at: '2026-11-30T08:00:00.5+01:00', note: id, more: null },
  ];
  service.replaced.set('GET /todos', [200, { count: 0, items, [todoToken]: todoToken, [id]: { a: 1 } }]);
  const { code } = await command('run', 'one-file.yaml', '--engine', 'direct', '--propose-schemas', 'proposed');
  expect(code).toBe(0);
  expect(await schemaIn('proposed/list-todos.schema.json')).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['count', 'items'],
    properties: {
      count: { type: 'number' },
      items: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'at', 'note'],
          properties: {
            id: { type: 'string', format: 'uuid' },
            at: { type: 'string', format: 'date-time' },
            note: { type: 'string' },
            more: {},
          },
        },
      },
    },
  });
  const texts = await allTexts();
  expect(texts).not.toContain(todoToken);
  expect(texts).not.toContain(id);
});

it('writes over no file, and needs a folder for a collection in one file and for one of the package', async () => {
  await mkdir(join(folder.path, 'todo/schemas'));
  await writeFile(join(folder.path, 'todo/schemas/read-todo.schema.json'), '{}');
  const { stderr } = await command(
    'run',
    'todo',
    '--engine',
    'direct',
    '--only',
    'read-todo,create-todo',
    '--propose-schemas',
  );
  expect(stderr).toContain('todo/schemas/read-todo.schema.json is there already, and was not changed\n');
  expect(await schemaIn('todo/schemas/read-todo.schema.json')).toEqual({});

  service.reset();
  const refused = [
    ['one-file.yaml', 'one-file.yaml is one file: name a folder, --propose-schemas FOLDER'],
    ['password-life', 'password-life comes with the package: name a folder, --propose-schemas FOLDER'],
  ] as const;
  for (const [name, message] of refused)
    expect(await command('run', name, '--propose-schemas')).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  expect(service.requests).toEqual([]);
});
