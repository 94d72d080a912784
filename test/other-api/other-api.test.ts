import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { docs } from '../../scripts/docs.ts';
import { createSecrets } from '../../src/run/secrets/redact.ts';
import { type CliResult, cli, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { type Answer, clientSecret, startTaskService, type TaskService } from './server.ts';

/** A definition of another API: nothing that the program writes about it is in the words of PingOne. */

const original = fileURLToPath(new URL('task-board', import.meta.url));
let service: TaskService;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const collection = 'collections/task-board';

beforeAll(async () => {
  service = await startTaskService();
  folder = await temporaryFolder();
  await cp(original, join(folder.path, collection), { recursive: true });
});
beforeEach(() => service.reset());
afterAll(async () => {
  await service.close();
  await folder.remove();
});

const foreign =
  /ping|worker|\btld\b|apiPath|authPath|adminEnv|accessToken|licen[sc]e|UNIQUENESS|simulator|region|the console|admin console/i;

/** Lines in words of PingOne. The name of the program and of its folders, and HTML's own words, do not count. */
function foreignLines(text: string): string[] {
  return text
    .replaceAll(/pingone-tutorial|wt-pingone|role="region"/gi, '')
    .split('\n')
    .filter((line) => foreign.test(line))
    .map((line) => line.slice(0, 300));
}

const reports = {
  junit: 'report.xml',
  json: 'report.json',
  ndjson: 'report.ndjson',
  html: 'report.html',
  ctrf: 'ctrf.json',
  markdown: 'report.md',
};

interface Options {
  readonly given?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
}

function command(argv: readonly string[], { given = {}, more = [] }: Options = {}): Promise<CliResult> {
  return cli([...argv, ...more], {
    cwd: folder.path,
    osVariables: {
      TASKS_LOGIN: `${service.url}/login`,
      TASKS_URL: `${service.url}/v1`,
      TASKS_KEY: 'tasks-client',
      TASKS_SECRET: clientSecret,
      ...given,
    },
  });
}

/** Runs the collection with every report; gives what was written, also into files. */
async function run(options: Options = {}): Promise<CliResult & { readonly all: string }> {
  const files = Object.entries(reports).flatMap(([name, file]) => ['--reporter', `${name}=${file}`]);
  const ledger = ['--ledger', join(folder.path, 'ledgers')];
  await Promise.all(Object.values(reports).map((file) => rm(join(folder.path, file), { force: true })));
  const result = await command(['run', collection, ...files, ...ledger, '--reporter', 'github', '--verbose'], {
    ...options,
    more: [...(options.more ?? []), '--reporter', 'terminal'],
  });
  const written = await Promise.all(
    Object.values(reports).map((file) => readFile(join(folder.path, file), 'utf8').catch(() => '')),
  );
  return { ...result, all: [result.stdout, result.stderr, ...written].join('\n') };
}

it('runs, cleans up, and says nothing in the words of PingOne', async () => {
  const { code, stdout, all } = await run({ more: ['--cleanup', 'always'] });
  expect(stdout).toContain('5 steps: 5 passed');
  expect(foreignLines(all)).toEqual([]);
  expect({ code, boards: service.boards }).toEqual({ code: 0, boards: [] });
});

interface Case extends Options {
  readonly what: string;
  readonly fault?: readonly [pattern: RegExp, answer: Answer | 'drop', when?: 'instead' | 'after'];
  readonly code: number;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: 'an error of the token endpoint',
    given: { TASKS_SECRET: 'another-secret-of-ours' },
    code: 1,
    says: ['The server says invalid_client: The client is not known'],
  },
  {
    what: 'problem details (RFC 9457)',
    more: ['--var', `title=${'long '.repeat(20)}`],
    code: 1,
    says: [
      'The server says https://tasks.example/problems/too-long: A value is too long.',
      'at /title: at most 40 characters',
      'Likely cause: The title is too long.',
    ],
  },
  {
    what: 'a message alone',
    fault: [/^GET .v1.boards.b/, { status: 404, body: { message: 'gone with the wind' } }],
    more: ['--retries', '0'],
    code: 1,
    says: ['The server says gone with the wind'],
  },
  {
    what: 'an answer that is not JSON',
    fault: [/^PUT/, { status: 502, body: '<h1>Bad</h1>', type: 'text/html' }],
    more: ['--retries', '0'],
    code: 1,
    says: ['502 Bad Gateway'],
  },
  {
    what: 'a body of another shape',
    fault: [/^GET .v1.boards.b/, { status: 200, body: { id: 7 } }],
    code: 1,
    says: ['must be a string'],
  },
  {
    what: 'a refusal of the token, and the renewal',
    fault: [/^PUT/, { status: 401, body: { error: 'invalid_token', error_description: 'old' } }],
    code: 0,
    says: ['the token was refused'],
  },
  {
    what: 'a lost answer, of which the board is found by its name',
    fault: [/^POST .v1.boards$/, 'drop', 'after'],
    code: 0,
    says: ['the connection broke'],
  },
  { what: 'a server that is not there', given: { TASKS_URL: 'http://127.0.0.1:1/v1' }, code: 4, says: ['refused'] },
  { what: 'a missing credential', given: { TASKS_SECRET: '' }, code: 2, says: ['clientSecret has no value'] },
  { what: 'no credentials at all', given: { TASKS_SECRET: '', TASKS_KEY: '' }, code: 2, says: ['clientKey has no'] },
  { what: 'an address that is none', given: { TASKS_URL: 'tasks' }, code: 2, says: ['an address like https://'] },
  { what: 'an address without encryption', given: { TASKS_URL: 'http://a.example' }, code: 2, says: ['http://'] },
  {
    what: 'an environment file that is not there',
    more: ['--environment', 'x.json'],
    code: 2,
    says: ['there is no such file'],
  },
];

describe('reports in words that fit every service', () => {
  it.each(cases)('$what', async ({ fault, code, says, ...options }) => {
    if (fault) service.inject(...fault);
    const result = await run(options);
    for (const text of says) expect(result.stdout + result.stderr).toContain(text);
    expect(foreignLines(result.all)).toEqual([]);
    expect(result.code).toBe(code);
  });
});

it('tries again, when the name is taken by the attempt whose answer was lost', async () => {
  service.inject(/^POST .v1.boards$/, 'drop', 'after');
  const { stdout } = await run();
  expect(stdout).toContain('✓ Create a board');
  expect(service.boards).toHaveLength(1);
});

it('is examined in words that fit every service', async () => {
  const { code, stdout, stderr } = await command(['doctor', collection]);
  expect(stdout).toContain('✓ credentials: the application gets a token');
  expect(stdout).toContain('✗ roles: the application lacks owner');
  expect(stdout).toContain('What to do: Give the application the role owner.');
  expect(foreignLines(stdout + stderr)).toEqual([]);
  expect(code).toBe(1);
});

it.each<readonly [what: string, given: Readonly<Record<string, string>>, says: string]>([
  ['a wrong secret', { TASKS_SECRET: 'another-secret-of-ours' }, '(401 Unauthorized: The client is not known)'],
  [
    'no server',
    { TASKS_URL: 'http://127.0.0.1:1/v1' },
    'Check tasksUrl, then the network and the proxy settings of this machine.',
  ],
  [
    'addresses that do not fit each other',
    { TASKS_LOGIN: 'https://login.example.invalid', TASKS_URL: 'https://tasks.other.invalid/v1' },
    'loginUrl is an address for the domain example.invalid, tasksUrl for other.invalid\n    What to do: Set domain, and leave loginUrl and tasksUrl as declared. Where the account is.',
  ],
])('doctor finds %s', async (_what, given, says) => {
  const { stdout, stderr } = await command(['doctor', collection], { given });
  expect(stdout).toContain(says);
  expect(foreignLines(stdout + stderr)).toEqual([]);
});

it('is swept, but for what the definition protects and what a person names', async () => {
  const created = (id: string, more = {}) => ({
    id,
    name: `test-board-20260101T000000-0000000${id.length}`,
    createdAt: '2026-01-01T00:00:00Z',
    ...more,
  });
  service.boards.push(created('b-old'), created('b-pinned', { pinned: true }), created('b-home'));
  const { code, stdout, stderr } = await command(['sweep', collection, '--yes'], { given: { TASKS_HOME: 'b-home' } });
  expect(stdout).toContain('1 leftover named "test-board-…" to remove');
  expect(stdout).toContain('its pinned is true');
  expect(stdout).toContain('it is what homeBoard names');
  expect(service.boards.map(({ id }) => id)).toEqual(['b-pinned', 'b-home']);
  expect(foreignLines(stdout + stderr)).toEqual([]);
  expect(code).toBe(0);
});

it('is cleaned up from the ledger, and has smoke tests', slow, async () => {
  const ledger = ['--ledger', join(folder.path, 'own-ledgers')];
  await command(['run', collection, ...ledger]);
  expect(service.boards).toHaveLength(1);
  const cleanUp = await command(['cleanup', collection, ...ledger]);
  expect({ boards: service.boards, code: cleanUp.code }).toEqual({ boards: [], code: 0 });
  const smoke = await command(['smoke', collection, '--output', 'smoke', ...ledger]);
  const plan = await command(['smoke', collection, '--plan', ...ledger]);
  const none = await command(['smoke', collection, ...ledger], { given: { TASKS_KEY: '', TASKS_SECRET: '' } });
  const all = [cleanUp, smoke, plan, none].map(({ stdout, stderr }) => stdout + stderr).join('\n');
  const files = await readdir(join(folder.path, 'smoke'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder.path, 'smoke', file), 'utf8')));
  expect(foreignLines([all, ...texts].join('\n'))).toEqual([]);
  expect([smoke.code, plan.code, none.code]).toEqual([0, 0, 2]);
});

it('is compiled and has pages in words that fit every service', async () => {
  const validated = await command(['validate', collection]);
  const compiled = await command(['compile', collection]);
  expect([validated.code, compiled.code]).toEqual([0, 0]);
  const output = { isTTY: false, write: () => {} };
  const world = {
    stdout: output,
    stderr: output,
    osVariables: {},
    cwd: folder.path,
    signal: new AbortController().signal,
    secrets: createSecrets(),
  };
  expect(await docs([collection], world)).toBe(0);
  const made = await readdir(folder.path, { recursive: true });
  const names = made.filter((name) => /task-board.*(json|yaml|md)$|environments\/.*json$/.test(name)).sort();
  expect(names).toContain('collections/task-board/task-board.postman_collection.json');
  expect(names).toContain('collections/task-board/pages/read-board.md');
  const texts = await Promise.all(names.map((name) => readFile(join(folder.path, name), 'utf8')));
  expect(foreignLines([validated.stdout, compiled.stdout, ...texts].join('\n'))).toEqual([]);
});

it('is said to have no simulator, and has errors of its files in words that fit', async () => {
  const { code, stderr } = await command(['run', collection, '--simulator']);
  expect(stderr).toContain('Task board has no environment "simulator"');
  expect(code).toBe(2);
  const broken = join(folder.path, 'collections/broken');
  await cp(original, broken, { recursive: true });
  await writeFile(join(broken, 'create-task.yaml'), 'id: Create Task\nrequest: {}\nexpect: {}\ncreates: {}\n');
  const result = await command(['validate', 'collections/broken']);
  expect(foreignLines(result.stdout + result.stderr)).toEqual([]);
  expect(result.code).toBe(3);
});
