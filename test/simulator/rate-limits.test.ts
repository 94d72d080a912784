import { describe, expect, test } from 'vitest';
import {
  createSimulator,
  defaultCredentials,
  defaultSeed,
  type RateLimits,
  readState,
  seedApps,
} from '../../src/simulator/index.ts';
import { askForToken, clientOf, clockAt, createEnvironment } from './support.ts';

const { adminEnvID } = defaultCredentials;

/** The default seed with these rates for each of its licenses. */
function seedWith(rateLimits: RateLimits) {
  return {
    organizations: defaultSeed().organizations.map((one) => ({
      ...one,
      licenses: one.licenses.map((license) => ({ ...license, rateLimits })),
    })),
  };
}

describe('a rate limit', () => {
  test('lets so many requests of its group pass in a minute, and refuses the rest with 429 and Retry-After', async () => {
    const clock = clockAt('2026-11-23T10:00:20.000Z');
    const client = await clientOf({ seed: seedWith({ rlgConfigRpm: { limit: 3 } }), now: clock.now });
    const read = () => client.send('GET', '/v1/environments');
    for (let n = 0; n < 3; n += 1) expect((await read()).status).toBe(200);
    const refused = await read();
    expect(refused).toMatchObject({
      status: 429,
      body: {
        code: 'REQUEST_LIMITED',
        details: [
          {
            code: 'LIMIT_EXCEEDED',
            innerError: {
              quotaLimit: 3,
              quotaResetTime: '2026-11-23T10:01:00.000Z',
              retryAfter: '2026-11-23T10:01:00.000Z',
            },
          },
        ],
      },
    });
    expect(refused.headers.get('retry-after')).toBe('40');
    expect((await client.send('GET', `/v1/environments/${adminEnvID}/users`)).status).toBe(200);
    clock.advance(40_000);
    expect((await read()).status).toBe(200);
  });

  test('counts by the second where its group says so', async () => {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const client = await clientOf({ seed: seedWith({ rlgDirWriteRps: { limit: 1 } }), now: clock.now });
    const path = `/v1/environments/${adminEnvID}/users`;
    const create = (username: string) => client.send('POST', path, { body: { username } });
    expect((await create('ann')).status).toBe(201);
    const refused = await create('bob');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await client.send('GET', path)).status).toBe(200);
    clock.advance(1000);
    expect((await create('bob')).status).toBe(201);
  });

  test('is shared by the environments of a license', async () => {
    const client = await clientOf({ now: clockAt('2026-11-23T10:00:00.000Z').now });
    const other = await createEnvironment(client);
    const seed = { ...client.simulator.dump() };
    const limited = await clientOf({
      seed,
      rateLimits: { rlgDirAccessRps: { limit: 1 } },
      now: clockAt('2026-11-23T10:00:00.000Z').now,
    });
    expect((await limited.send('GET', `${other}/users`)).status).toBe(200);
    expect((await limited.send('GET', `/v1/environments/${adminEnvID}/users`)).status).toBe(429);
  });

  test('holds at the token endpoint, and starts again with the state', async () => {
    const simulator = createSimulator({
      rateLimits: { rlgAuthnRps: { limit: 1 } },
      now: clockAt('2026-11-23T10:00:00.000Z').now,
    });
    expect((await askForToken(simulator, seedApps.administrator)).status).toBe(200);
    expect((await askForToken(simulator, seedApps.administrator)).status).toBe(429);
    simulator.reset();
    expect((await askForToken(simulator, seedApps.administrator)).status).toBe(200);
  });

  test('is in a dump, and read from a file', () => {
    const rateLimits = { rlgConfigRpm: { limit: 600 } };
    const dump = createSimulator({ seed: seedWith(rateLimits) }).dump();
    const read = readState(JSON.stringify(dump), 'dump.json');
    const [organization] = createSimulator({ seed: read }).dump().organizations;
    expect(organization?.licenses[0]).toMatchObject({ rateLimits });
    expect(() => readState(JSON.stringify(seedWith({ rlgConfigRpm: { limit: 0 } })), 'seed.json')).toThrow(
      /rateLimits|limit must be a whole number, 1 or more/,
    );
  });
});
