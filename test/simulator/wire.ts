import { type IncomingHttpHeaders, request } from 'node:http';
import {
  createSimulator,
  type Fault,
  type ListeningSimulator,
  type Simulator,
  type SimulatorOptions,
  seedApps,
} from '../../src/simulator/index.ts';
import { basic, environmentInput, passwordSet } from './support.ts';

/** What a plain HTTP client saw of one exchange. */
export interface Seen {
  /** Undefined: no status line came. */
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** How many pieces the body came in. */
  readonly pieces: number;
  /** Node's code of the error that ended the exchange, or `timeout`. */
  readonly error: string | undefined;
  readonly milliseconds: number;
}

export interface WireRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The client gives up after this long. */
  readonly timeout?: number;
}

/** Sends a request on a connection of its own. Never rejects. */
export function overTheWire(
  url: string,
  { method = 'GET', headers, body, timeout = 5000 }: WireRequest = {},
): Promise<Seen> {
  const started = performance.now();
  return new Promise((resolve) => {
    let status: number | undefined;
    let responseHeaders: IncomingHttpHeaders = {};
    const pieces: Buffer[] = [];
    const end = (error?: string) => {
      clearTimeout(timer);
      const text = Buffer.concat(pieces).toString('utf8');
      const milliseconds = performance.now() - started;
      resolve({ status, headers: responseHeaders, text, pieces: pieces.length, error, milliseconds });
    };
    const sent = request(url, { method, agent: false, ...(headers ? { headers } : {}) }, (response) => {
      status = response.statusCode;
      responseHeaders = response.headers;
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => end(response.complete ? undefined : 'incomplete'));
      response.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    });
    const timer = setTimeout(() => {
      end('timeout');
      sent.destroy();
    }, timeout);
    sent.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    sent.end(body);
  });
}

/** A listening simulator and the requests of the tutorial. */
export interface WireClient {
  readonly simulator: Simulator;
  readonly server: ListeningSimulator;
  token(): Promise<Seen>;
  /** A request below `/v1` with the token. */
  send(method: string, path: string, body?: unknown, more?: WireRequest): Promise<Seen>;
  /** Step 3. */
  createEnvironment(name?: string, more?: WireRequest): Promise<Seen>;
}

/** Signs in before the faults are set, so that only a test's own requests count. */
export async function wireClient(faults: readonly Fault[], options: SimulatorOptions = {}): Promise<WireClient> {
  const simulator = createSimulator(options);
  const server = await simulator.listen();
  const { environmentId, clientId, secret } = seedApps.administrator;
  const token = () =>
    overTheWire(`${server.url}/${environmentId}/as/token`, {
      method: 'POST',
      headers: { Authorization: basic(clientId, secret), 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
  const { access_token } = JSON.parse((await token()).text) as { access_token: string };
  simulator.setFaults(faults);
  const send: WireClient['send'] = (method, path, body, more = {}) =>
    overTheWire(`${server.url}/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...more,
      headers: {
        Authorization: `Bearer ${access_token}`,
        ...(body === undefined
          ? {}
          : { 'Content-Type': path.endsWith('/password') ? passwordSet : 'application/json' }),
        ...more.headers,
      },
    });
  return {
    simulator,
    server,
    token,
    send,
    createEnvironment: (name = 'Test environment', more = {}) =>
      send('POST', '/environments', { ...environmentInput, name }, more),
  };
}
