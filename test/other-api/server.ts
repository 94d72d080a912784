import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small service of our own, which has nothing to do with PingOne: boards with tasks, errors in three usual forms. */

export interface Board {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly pinned?: boolean;
}

export interface TaskService {
  /** Base address. */
  readonly url: string;
  readonly boards: Board[];
  /** Answers the next request whose `METHOD /path` matches in this way; the request is carried out first with `after`. */
  inject(pattern: RegExp, answer: Answer | 'drop', when?: 'instead' | 'after'): void;
  reset(): void;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
}

export const clientSecret = 'k7-tasks-client-secret';

const problemType = 'application/problem+json';

export async function startTaskService(): Promise<TaskService> {
  const boards: Board[] = [];
  let injected: { pattern: RegExp; answer: Answer | 'drop'; when: 'instead' | 'after' } | undefined;
  let last = 0;

  const carryOut = (request: string, body: string, { headers }: IncomingMessage): Answer => {
    if (request === 'POST /login/token') return token(headers.authorization);
    if (headers.authorization !== 'Bearer tasks-token-1')
      return { status: 401, body: { error: 'invalid_token', error_description: 'Sign on again' } };
    if (request === 'GET /v1/roles') return { status: 200, body: { roles } };
    if (request === 'GET /v1/me/roles') return { status: 200, body: { roles: roles.slice(0, 1) } };
    if (request === 'GET /v1/boards') return { status: 200, body: { boards } };
    if (request === 'POST /v1/boards') {
      const { name } = JSON.parse(body) as { name: string };
      if (boards.some((board) => board.name === name))
        return { status: 409, type: problemType, body: { title: 'Conflict', detail: `${name} is there already` } };
      last += 1;
      const board = { id: `b-${last}`, name, createdAt: new Date().toISOString() };
      boards.push(board);
      return { status: 201, body: board };
    }
    const [, method = '', id = '', part = ''] = /^(\w+) \/v1\/boards\/([^/]+)(.*)$/.exec(request) ?? [];
    const board = boards.find((candidate) => candidate.id === id);
    if (!board) return { status: 404, body: { message: `no board ${id}` } };
    if (part === '/tasks') return task(body);
    if (part === '/members/ada') return { status: 204 };
    if (method === 'GET') return { status: 200, body: board };
    boards.splice(boards.indexOf(board), 1);
    return { status: 204 };
  };

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const fault = injected?.pattern.test(line) ? injected : undefined;
      if (fault) injected = undefined;
      const answer = fault?.when === 'instead' ? undefined : carryOut(line, body, request);
      send(response, fault?.answer ?? answer ?? { status: 500 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    boards,
    inject: (pattern, answer, when = 'instead') => {
      injected = { pattern, answer, when };
    },
    reset: () => {
      boards.length = 0;
      injected = undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const roles = [
  { id: 'r1', name: 'editor' },
  { id: 'r2', name: 'owner' },
];

function token(authorization: string | undefined): Answer {
  const expected = `Basic ${Buffer.from(`tasks-client:${clientSecret}`).toString('base64')}`;
  return authorization === expected
    ? { status: 200, body: { access_token: 'tasks-token-1', token_type: 'Bearer' } }
    : { status: 401, body: { error: 'invalid_client', error_description: 'The client is not known' } };
}

function task(body: string): Answer {
  const { title } = JSON.parse(body) as { title: string };
  if (title.length <= 40) return { status: 201, body: { id: 't-1', title } };
  return {
    status: 422,
    type: problemType,
    body: {
      type: 'https://tasks.example/problems/too-long',
      title: 'Unprocessable',
      detail: 'A value is too long.',
      errors: [{ pointer: '/title', detail: 'at most 40 characters' }],
    },
  };
}

function send(response: ServerResponse, answer: Answer | 'drop'): void {
  if (answer === 'drop') return void response.destroy();
  const { status, body, type = 'application/json' } = answer;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, body === undefined ? {} : { 'Content-Type': type }).end(text);
}
