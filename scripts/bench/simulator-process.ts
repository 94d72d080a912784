import { createSimulator, defaultCredentials, defaultSeed, type Fault } from '../../src/simulator/index.ts';
import { requestsPerFlow, stepOf } from './arrivals.ts';

/**
 * The simulator of the bench, in a process of its own that `simulator.ts` starts. It counts what arrives, and deletes environments
 * of flows long ended, so that it costs the same at the first flow and at the ten-thousandth.
 */

export type Request =
  | { readonly kind: 'begin' }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'arrivals' };

/** More than flows can be under way at a time. */
const keptEnvironments = 200;
const keptOthers = 5;

const { orgID, adminEnvID, adminAppID, adminAppSecret } = defaultCredentials;

/** The standard one, with room for any number of environments. */
function roomySeed() {
  const seed = defaultSeed();
  const maximumEnvironments = 1_000_000;
  return {
    ...seed,
    organizations: seed.organizations.map((organization) =>
      organization.id === orgID
        ? {
            ...organization,
            maximumEnvironments,
            licenses: organization.licenses.map((license) =>
              license.id === defaultCredentials.licenseID ? { ...license, maximumEnvironments } : license,
            ),
          }
        : organization,
    ),
  };
}

const seen = { steps: Array<number>(requestsPerFlow).fill(0), others: [] as string[], otherCount: 0 };
const finished: string[] = [];
const own = new Set<string>();

const simulator = createSimulator({
  seed: roomySeed(),
  latencyMilliseconds: Number(process.argv[2] ?? 0),
  onRequest: ({ method, path, status, correlationId: _, ...entry }) => {
    if (own.delete(`${method} ${path}`)) return;
    const step = stepOf(method, path, status);
    if (step >= 0) seen.steps[step] = (seen.steps[step] ?? 0) + 1;
    else {
      seen.otherCount += 1;
      if (seen.others.length < keptOthers)
        seen.others.push(`${method} ${path}: ${status}${entry.note ? ` (${entry.note})` : ''}`);
    }
    if (step === requestsPerFlow - 1) void forget(path.split('/')[3] ?? '');
  },
});

/** Remembers that a flow has ended; deletes the environment of one that ended long ago. */
async function forget(environment: string): Promise<void> {
  if (finished.at(-1) === environment) return;
  finished.push(environment);
  if (finished.length <= keptEnvironments) return;
  const oldest = finished.shift();
  const path = `/v1/environments/${oldest}`;
  own.add(`DELETE ${path}`);
  await simulator.fetch(
    new Request(`http://127.0.0.1${path}`, { method: 'DELETE', headers: { Authorization: `Bearer ${await token()}` } }),
  );
}

let given: Promise<string> | undefined;

function token(): Promise<string> {
  given ??= (async () => {
    const path = `/${adminEnvID}/as/token`;
    own.add(`POST ${path}`);
    const answer = await simulator.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method: 'POST',
        headers: { Authorization: `Basic ${Buffer.from(`${adminAppID}:${adminAppSecret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      }),
    );
    return ((await answer.json()) as { access_token: string }).access_token;
  })();
  return given;
}

function answerTo(request: Request): object {
  if (request.kind === 'arrivals') return seen;
  if (request.kind === 'faults') simulator.setFaults(request.faults);
  else {
    simulator.reset();
    finished.length = 0;
    seen.steps.fill(0);
    seen.others = [];
    seen.otherCount = 0;
  }
  return {};
}

const { url } = await simulator.listen({ port: 0 });
process.on('message', (request: Request) => process.send?.(answerTo(request)));
process.on('disconnect', () => process.exit(0));
process.send?.({ url });
