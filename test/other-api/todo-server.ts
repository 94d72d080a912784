import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The API that `todo/` is about, small and in memory: sign on, and todos with a title. */

interface Todo {
  readonly id: number;
  readonly title: string;
  readonly done: boolean;
}

export interface TodoService {
  readonly url: string;
  readonly todos: ReadonlyMap<number, Todo>;
  /** Lines such as `PUT /todos/1`, in the order of the requests. */
  readonly requests: readonly string[];
  /** Answers that replace those of these requests. */
  readonly replaced: Map<string, [status: number, body?: unknown]>;
  reset(): void;
  close(): Promise<void>;
}

/** The token of everybody who signs on. */
export const todoToken = 'todo-token-7f3a';

export async function startTodoService(): Promise<TodoService> {
  const todos = new Map<number, Todo>();
  const requests: string[] = [];
  const replaced: TodoService['replaced'] = new Map();
  const answer = (request: string, body: Partial<Todo>, authorization = ''): [number, unknown?] => {
    if (request === 'POST /login') return [200, { token: todoToken, expires: 3600 }];
    if (authorization !== `Bearer ${todoToken}`) return [401, { message: 'sign on first' }];
    if (request === 'GET /todos') return [200, { count: todos.size, items: [...todos.values()] }];
    const [, method, path] = /^(\w+) \/todos\/(\d+)$/.exec(request) ?? [];
    const id = request === 'POST /todos' ? todos.size + 1 : Number(path);
    const known = todos.get(id);
    if (request !== 'POST /todos' && !known) return [404, { message: 'no such todo' }];
    if (method === 'DELETE') {
      todos.delete(id);
      return [204];
    }
    const todo = { id, title: '', done: false, ...known, ...body };
    todos.set(id, todo);
    return [method ? 200 : 201, todo];
  };
  const server = createServer(async (message, response) => {
    const request = `${message.method} ${message.url}`;
    requests.push(request);
    const given = JSON.parse((await bodyOf(message)) || '{}') as Partial<Todo>;
    const [status, body] = replaced.get(request) ?? answer(request, given, message.headers.authorization);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    todos,
    requests,
    replaced,
    reset: () => {
      todos.clear();
      replaced.clear();
      requests.length = 0;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of message) text += String(part);
  return text;
}
