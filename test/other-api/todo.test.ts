import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, cli, temporaryFolder } from '../e2e/support.ts';
import { startTodoService, type TodoService, todoToken } from './todo-server.ts';

/** A collection in one file, of an API with a token and todos; the same in other tools is beside it. */

const todoFolder = fileURLToPath(new URL('todo', import.meta.url));
let service: TodoService;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  service = await startTodoService();
  folder = await temporaryFolder();
  await cp(join(todoFolder, 'todo.yaml'), join(folder.path, 'collections/todo.yaml'), { recursive: true });
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ 'pingone-tutorial': {} }));
});
beforeEach(() => service.reset());
afterAll(async () => {
  await service.close();
  await folder.remove();
});

function command(...argv: readonly string[]): Promise<CliResult> {
  return cli(argv, { cwd: folder.path, osVariables: { TODO_URL: service.url, TODO_TOKEN: todoToken } });
}

const everyRequest = ['POST /login', 'POST /todos', 'GET /todos/1', 'PUT /todos/1', 'DELETE /todos/1', 'GET /todos'];

describe.each([
  ['newman', 'collections/todo.yaml'],
  ['direct', 'todo'],
])('with %s, by %s', (engine, name) => {
  it('runs a collection of one file without schemas, and captures a number', async () => {
    const { code, stdout } = await command('run', name, '--engine', engine);
    expect(stdout).toContain('captured todo 1');
    expect(stdout).toContain('✓ 6 steps: 6 passed');
    expect(stdout).not.toContain(todoToken);
    expect({ code, requests: service.requests }).toEqual({ code: 0, requests: everyRequest });
  });

  it('fails where a response lacks what is captured, at its line', async () => {
    service.replaced.set('POST /todos', [201, { title: 'Milk' }]);
    const { code, stdout } = await command('run', name, '--engine', engine, '--reporter', 'json');
    const { steps } = JSON.parse(stdout) as { steps: { checks: { status: string; source?: unknown }[] }[] };
    expect(steps[1]?.checks.find(({ status }) => status === 'failed')).toMatchObject({
      name: 'captures todo',
      source: { file: 'collections/todo.yaml', line: 16 },
    });
    expect({ code, requests: service.requests }).toEqual({
      code: 1,
      requests: [...everyRequest.slice(0, 2), 'GET /todos'],
    });
  });
});

it('takes the collection of a repository that has one, and compiles it to files beside it', async () => {
  const run = await command('run');
  const validate = await command('validate');
  const compile = await command('compile');
  const check = await command('compile', '--check');
  expect([run, validate, compile, check].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(validate.stdout).toBe('collections/todo.yaml: 6 steps, 0 clean-up steps, 3 variables, no problems\n');
  expect((await readdir(join(folder.path, 'collections'))).sort()).toEqual([
    'collection.schema.json',
    'step.schema.json',
    'todo.arazzo.yaml',
    'todo.openapi.yaml',
    'todo.postman_collection.json',
    'todo.yaml',
  ]);
});

const drafts = {
  '2019-09': { items: { type: 'array', items: [{ type: 'object', required: ['id'] }], additionalItems: false } },
  '2020-12': { items: { type: 'array', prefixItems: [{ $ref: '#todo' }], items: false } },
};

it('merges nothing into a collection whose steps are in its file', async () => {
  const path = join(folder.path, 'in-one');
  await mkdir(path);
  await cp(join(todoFolder, 'todo.yaml'), join(path, 'collection.yaml'));
  await command('compile', 'in-one');
  const file = 'in-one/todo.postman_collection.json';
  const merged = await command('import', file, 'in-one');
  const intoFile = await command('import', file, 'collections/todo.yaml');
  expect([merged.code, merged.stderr]).toEqual([2, expect.stringContaining('are written in collection.yaml')]);
  expect([intoFile.code, intoFile.stderr]).toEqual([2, expect.stringContaining('todo.yaml is a file')]);
  expect(await readFile(join(path, 'collection.yaml'), 'utf8')).toBe(
    await readFile(join(todoFolder, 'todo.yaml'), 'utf8'),
  );
});

it.each(Object.entries(drafts))(
  'checks a response against a schema of %s, which Postman cannot',
  async (draft, properties) => {
    const name = `draft-${draft}`;
    const path = join(folder.path, name);
    await mkdir(join(path, 'schemas'), { recursive: true });
    await writeFile(
      join(path, 'collection.yaml'),
      `id: ${name}
name: Drafts
variables: { baseUrl: { os: TODO_URL, required: true }, token: { os: TODO_TOKEN, required: true, secret: true } }
authorization: { bearer: "{{token}}" }
steps: [list-todos.yaml]
`,
    );
    await writeFile(
      join(path, 'list-todos.yaml'),
      'id: list-todos\nrequest: { method: GET, url: "{{baseUrl}}/todos" }\nexpect: { status: 200, schema: todos.schema.json }\n',
    );
    const schema = {
      $schema: `https://json-schema.org/draft/${draft}/schema`,
      properties: { ...properties, count: { type: 'number' } },
      unevaluatedProperties: false,
      $defs: { todo: { $anchor: 'todo', type: 'object', required: ['id'] } },
    };
    await writeFile(join(path, 'schemas/todos.schema.json'), JSON.stringify(schema));
    const good = await command('run', name);
    service.replaced.set('GET /todos', [200, { count: 0, items: [], more: true }]);
    const bad = await command('run', name);
    const compiled = await command('compile', name);
    expect([good, bad, compiled].map(({ code }) => code)).toEqual([0, 1, 0]);
    expect(bad.stdout).toContain('body matches todos.schema.json');
    expect(compiled.stderr).toBe(
      `note: in Postman, "List todos" does not check the body against todos.schema.json: JSON Schema ${draft} is not known there; run checks it\n`,
    );
    const file = `${name}/${name}.postman_collection.json`;
    expect(await readFile(join(folder.path, file), 'utf8')).toContain(`JSON Schema ${draft}, which`);
    const imported = await command('import', file, name);
    expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining('nothing changed')]);
    expect((await command('compile', name, '--check')).code).toBe(0);
  },
);

it('takes fewer lines than the same in other tools, or nearly so', async () => {
  const ours = await linesOf('todo.yaml');
  const others = {
    Hurl: await linesOf('todo.hurl'),
    runn: await linesOf('todo.runn.yml'),
    Bruno: (
      await Promise.all((await readdir(join(todoFolder, 'bruno'))).map((file) => linesOf(`bruno/${file}`)))
    ).reduce((sum, lines) => sum + lines),
  };
  const readme = await readFile(join(todoFolder, 'README.md'), 'utf8');
  for (const [tool, lines] of Object.entries({ 'this program': ours, ...others }))
    expect(readme, tool).toMatch(new RegExp(`\\| ${tool} \\|.*\\| ${lines} \\|`));
  expect(ours).toBeLessThanOrEqual(35);
});

async function linesOf(file: string): Promise<number> {
  const text = await readFile(join(todoFolder, file), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '').length;
}
