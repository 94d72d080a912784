import {
  CONTROL_PATH,
  createSimulator,
  defaultCredentials,
  type SeedApp,
  type Simulator,
  type SimulatorOptions,
  seedApps,
} from '../../src/simulator/index.ts';
import { complaintsAbout } from './strict.ts';

/** What a test sends beside method and path. */
export interface Send {
  readonly body?: unknown;
  /** Sent as it stands, instead of `body`. */
  readonly text?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the client's own. */
  readonly token?: string;
}

/** An answer with its body read. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; what they find they compare.
  readonly body: any;
}

/** A simulator and a worker app that is signed in to it. */
export interface Client {
  readonly simulator: Simulator;
  readonly token: string;
  send(method: string, path: string, options?: Send): Promise<Received>;
}

const origin = 'http://simulator.test';

/** Sends a request without any token of its own. */
export async function send(simulator: Simulator, method: string, path: string, options: Send = {}): Promise<Received> {
  const { body, text = body === undefined ? undefined : JSON.stringify(body), token } = options;
  const request = new Request(path.startsWith('/') ? origin + path : path, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...options.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const response = await simulator.fetch(request);
  const answer = { status: response.status, headers: response.headers, body: bodyOf(await response.text()) };
  judge(request, answer);
  return answer;
}

/** Every answer that any test gets must fit the strict schemas and the collection's; see `strict.ts`. */
function judge(request: Request, answer: Received): void {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith(CONTROL_PATH) && answer.body?.code === undefined) return;
  const complaints = complaintsAbout({ method: request.method, path: pathname, ...answer });
  if (complaints.length > 0) {
    throw new Error(
      `${answer.status} ${request.method} ${pathname}: ${complaints.join('; ')}\n${JSON.stringify(answer.body)}`,
    );
  }
}

/** Asks for a token as step 1 does. */
export function askForToken(simulator: Simulator, app: SeedApp): Promise<Received> {
  return send(simulator, 'POST', `/${app.environmentId}/as/token`, {
    text: 'grant_type=client_credentials',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: basic(app.clientId, app.secret) },
  });
}

/** A Basic header; the parts are encoded as RFC 6749, 2.3.1, wants it. */
export function basic(clientId: string, secret: string): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A fresh simulator with a signed-in app. */
export async function clientOf(options: SimulatorOptions = {}, app: SeedApp = seedApps.administrator): Promise<Client> {
  return signIn(createSimulator(options), app);
}

/** A signed-in app of a simulator that exists. */
export async function signIn(simulator: Simulator, app: SeedApp): Promise<Client> {
  const token: string = (await askForToken(simulator, app)).body.access_token;
  return {
    simulator,
    token,
    send: (method, path, options = {}) => send(simulator, method, path, { token, ...options }),
  };
}

/** A clock that a test moves. */
export function clockAt(start: string): { readonly now: () => Date; advance(milliseconds: number): void } {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** A source of ids that counts. */
export function countedIds(): () => string {
  let number = 0;
  return () => {
    number += 1;
    return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  };
}

export const day = 24 * 60 * 60 * 1000;

/** A body for an environment that the default seed accepts. */
export const environmentInput = {
  name: 'Test environment',
  description: 'New environment description',
  type: 'SANDBOX',
  region: 'NA',
  license: { id: defaultCredentials.licenseID },
};

/** Creates an environment and gives its path. */
export async function createEnvironment(client: Client, change: Record<string, unknown> = {}): Promise<string> {
  const { body } = await client.send('POST', '/v1/environments', { body: { ...environmentInput, ...change } });
  return `/v1/environments/${body.id}`;
}

/** Creates an environment with a user and gives the user's path. */
export async function createUser(client: Client, attributes: Record<string, unknown> = {}): Promise<string> {
  const environment = await createEnvironment(client);
  const input = { username: 'sharedTestUser', email: 'sharedTestUser@example.com', ...attributes };
  const { body } = await client.send('POST', `${environment}/users`, { body: input });
  return `${environment}/users/${body.id}`;
}

/** Sets a password as step 6 does. */
export function setPassword(client: Client, user: string, body: unknown): Promise<Received> {
  return client.send('PUT', `${user}/password`, { body, headers: { 'Content-Type': passwordSet } });
}

export const passwordSet = 'application/vnd.pingidentity.password.set+json';

function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
