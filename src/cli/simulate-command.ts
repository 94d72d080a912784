import { type ExitCode, exitCode, UsageError } from '../errors.ts';
import {
  createSimulator,
  DEFAULT_PORT,
  defaultCredentials,
  ListenError,
  type RequestLogEntry,
} from '../simulator/index.ts';
import { defaultCollection } from './collection-folder.ts';
import type { World } from './world.ts';

export interface SimulateOptions {
  readonly port: number;
}

/** `simulate`: keeps a PingOne simulator up until Ctrl-C. What to import goes to stdout, the requests to stderr. */
export async function simulateCommand({ port }: SimulateOptions, world: World): Promise<ExitCode> {
  const simulator = createSimulator({ onRequest: (entry) => world.stderr.write(`${requestLine(entry)}\n`) });
  const listening = await simulator.listen({ port }).catch((error: unknown) => {
    if (error instanceof ListenError) throw new UsageError(error.message, { cause: error });
    throw error;
  });
  try {
    world.stdout.write(instructions(listening.url, listening.port));
    await untilAborted(world.signal);
    world.stderr.write('The simulator has ended.\n');
    return exitCode.passed;
  } finally {
    await listening.close();
  }
}

function requestLine({ at, method, path, status, durationMs, note }: RequestLogEntry): string {
  return `${at} ${method} ${path} ${status} ${Math.round(durationMs)} ms${note ? `  ${note}` : ''}`;
}

function instructions(url: string, port: number): string {
  const collection = `collections/${defaultCollection}/${defaultCollection}.postman_collection.json`;
  const environment = 'environments/simulator.postman_environment.json';
  const moved = port !== DEFAULT_PORT;
  const overrides = moved ? ` --env-var authPath=${url} --env-var apiPath=${url}/v1` : '';
  const { adminEnvID, adminAppID, adminAppSecret, orgID } = defaultCredentials;
  return `The PingOne simulator is at ${url} (Ctrl-C ends it; what it holds is in memory only).

Postman:  import these two files, choose the environment "PingOne simulator", and run the collection.
            ${collection}
            ${environment}
${moved ? `          In the environment, set authPath to ${url} and apiPath to ${url}/v1.\n` : ''}Newman:   npx newman run ${collection} -e ${environment}${overrides}

Values, for other clients:
  authPath        ${url}
  apiPath         ${url}/v1
  orgID           ${orgID}
  adminEnvID      ${adminEnvID}
  adminAppID      ${adminAppID}
  adminAppSecret  ${adminAppSecret}   (for the simulator only)

`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
