import { ConfigReader } from '@backstage/config';
import published from '@backstage-community/plugin-catalog-backend-module-pingidentity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSimulator,
  defaultCredentials,
  type ListeningSimulator,
  type RequestLogEntry,
  seedApps,
} from '../../src/simulator/index.ts';
import { type Client, signIn } from './support.ts';

/**
 * A PingOne client that others wrote and published: Backstage's catalogue module, which reads the people of a PingOne
 * environment. It is used as it comes from npm, the way a Backstage backend uses a module: it is asked what it registers
 * and is given the services it wants. Only its configuration names the simulator.
 */
interface BackstageModule {
  getRegistrations(): readonly { readonly init: { func(services: object): Promise<void> } }[];
}
const pingIdentityModule = published as unknown as BackstageModule;

const requests: RequestLogEntry[] = [];
const simulator = createSimulator({ onRequest: (entry) => requests.push(entry) });
const people = 7;
let server: ListeningSimulator;
let client: Client;

beforeAll(async () => {
  server = await simulator.listen();
  client = await signIn(simulator, seedApps.administrator);
  for (let number = 1; number <= people; number += 1) {
    const name = { given: 'Person', family: `Number ${number}` };
    const body = { username: `person-${number}`, email: `person-${number}@example.com`, name };
    await client.send('POST', `/v1/environments/${defaultCredentials.adminEnvID}/users`, { body });
  }
});
afterAll(() => server.close());

interface Entity {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly profile: { readonly displayName: string; readonly email: string } };
}

interface EntityProvider {
  connect(connection: {
    applyMutation(mutation: { entities: readonly { entity: Entity }[] }): Promise<void>;
  }): Promise<void>;
}

/** What the module reads in one of its scheduled runs, and the errors it logs. */
async function readPeople(clientSecret: string) {
  const config = new ConfigReader({
    catalog: {
      providers: {
        pingIdentityOrg: {
          default: {
            apiPath: `${server.url}/v1`,
            authPath: server.url,
            envId: defaultCredentials.adminEnvID,
            clientId: defaultCredentials.adminAppID,
            clientSecret,
            userQuerySize: 3,
            groupQuerySize: 3,
            schedule: { frequency: { minutes: 30 }, timeout: { minutes: 3 } },
          },
        },
      },
    },
  });
  const errors: string[] = [];
  const read: Entity[] = [];
  const silent = () => undefined;
  const error = (_text: string, { message }: { message: string }) => void errors.push(message);
  const logger = { info: silent, warn: silent, debug: silent, error, child: () => logger };
  const runAtOnce = { run: ({ fn }: { fn(): Promise<void> }) => fn() };
  const providers: EntityProvider[] = [];
  for (const { init } of pingIdentityModule.getRegistrations()) {
    await init.func({
      catalog: { addEntityProvider: (added: readonly EntityProvider[]) => providers.push(...added) },
      config,
      logger,
      scheduler: { createScheduledTaskRunner: () => runAtOnce },
    });
  }
  for (const provider of providers) {
    await provider.connect({
      applyMutation: async ({ entities }) => void read.push(...entities.map(({ entity }) => entity)),
    });
  }
  return { entities: read, errors };
}

describe('Backstage’s PingOne client, unchanged', () => {
  test('signs in, follows the pages, and reads every user', async () => {
    requests.length = 0;
    const { entities, errors } = await readPeople(defaultCredentials.adminAppSecret);
    expect(errors).toEqual([]);
    expect(entities.map(({ metadata }) => metadata.name)).toEqual(
      Array.from({ length: people }, (_, index) => `person-${index + 1}`),
    );
    expect(entities[0]).toMatchObject({
      kind: 'User',
      spec: { profile: { displayName: 'Person Number 1', email: 'person-1@example.com' } },
    });
    const seen = requests.map(({ method, path, status }) => `${status} ${method} ${path.split('/').at(-1)}`);
    expect(seen.toSorted()).toEqual([
      '200 GET groups',
      '200 GET users',
      '200 GET users',
      '200 GET users',
      '200 POST token',
    ]);
  });

  test('renews its token after a 401, and reads on', async () => {
    simulator.setFaults([{ match: { path: '/v1/**', attempt: 2 }, do: { kind: 'status', status: 401 } }]);
    requests.length = 0;
    expect((await readPeople(defaultCredentials.adminAppSecret)).entities).toHaveLength(people);
    expect(requests.filter(({ path }) => path.endsWith('/as/token'))).toHaveLength(2);
    simulator.setFaults([]);
  });

  test('is refused with a wrong secret', async () => {
    const { entities, errors } = await readPeople('wrong');
    expect({ entities, errors }).toEqual({ entities: [], errors: ['Error getting access token: Unauthorized'] });
  });
});
