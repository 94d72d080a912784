import { readFile } from 'node:fs/promises';
import * as library from 'pingone-tutorial';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { collectionFolder, type RunningSimulator, root, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { check } from './library/check.ts';
import { makeUsers } from './library/many.ts';
import { smokeTest } from './library/report.ts';

/** The examples that src/library.md shows, run as they are. */

let tenant: RunningSimulator;
beforeAll(async () => {
  tenant = await startSimulator();
});
afterAll(() => tenant.close());
const values = () => ({ ...library.defaultCredentials, authPath: tenant.url, apiPath: tenant.url });

it('the example that follows a run tells each step and the outcome', slow, async () => {
  const lines = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./library/run.ts');
  const shown = lines.mock.calls.map((parts) => parts.join(' '));
  lines.mockRestore();
  expect(shown).toHaveLength(7);
  expect(shown[0]).toBe('Step 1: Get an access token passed');
  expect(shown.at(-1)).toBe('passed environment removed');
});

it('the example of a smoke test writes reports and gives the exit code', slow, async () => {
  const folder = await temporaryFolder();
  const given = {
    PINGONE_AUTH_PATH: tenant.url,
    PINGONE_API_PATH: tenant.url,
    PINGONE_ADMIN_ENV_ID: library.defaultCredentials.adminEnvID,
    PINGONE_ADMIN_APP_ID: library.defaultCredentials.adminAppID,
    PINGONE_ADMIN_APP_SECRET: library.defaultCredentials.adminAppSecret,
  };
  for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
  expect(await smokeTest(collectionFolder, folder.path)).toBe(library.exitCode.passed);
  vi.unstubAllEnvs();
  expect(await readFile(`${folder.path}/report.xml`, 'utf8')).toContain('<testsuites');
  expect(await readFile(`${folder.path}/report.html`, 'utf8')).toContain('</html>');
  await folder.remove();
});

it('the example of many users makes each, and tells those that could not be made', slow, async () => {
  tenant.simulator.setFaults([{ match: { step: 5, attempt: 2 }, do: { kind: 'status', status: 400 } }]);
  const addresses = ['one@example.com', 'two@example.com', 'three@example.com'];
  const without = await makeUsers(collectionFolder, values(), addresses);
  tenant.simulator.setFaults([]);
  expect(without).toHaveLength(1);
  expect(addresses).toContain(without[0]);
});

describe('the example of a check', () => {
  it('tells what is compiled and what was found', async () => {
    const told = await check(collectionFolder, values());
    expect(told).toContain('compiles to create-a-test-environment.postman_collection.json');
    expect(told).toContain('credentials: good, the Worker application gets a token');
  });

  it('tells every problem of a definition with its place', async () => {
    const [told = ''] = await check(`${root}/test/golden/err/unquoted-at-sign`, {});
    expect(told).toMatch(/step\.yaml:\d+: /);
  });

  it('tells every value that is missing or not a variable', async () => {
    const told = await check(collectionFolder, { ...values(), adminAppSecret: '', tdl: 'eu' });
    expect(told).toEqual([
      'tdl (from values) is not a variable of this collection',
      expect.stringMatching(/^adminAppSecret has no value\./),
    ]);
  });
});
