import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import { createSimulator, defaultSeed, type Fault, type SimulatorSeed } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { startFrontServer } from './front-server.ts';
import { type CliResult, cli, type RunningSimulator, startSimulator } from './support.ts';

/** What people have reported of clients of PingOne: healthy tenants that must stay green, in both engines. */

/** Newman takes three times as long: it runs those whose steps the reports are about. */
const collectionsOf = (engine: string) =>
  engine === 'newman' ? ['create-a-test-environment', 'create-an-sso-workflow'] : bundledCollections();
const simulator = createSimulator();
let target: RunningSimulator;
beforeAll(async () => {
  target = await startSimulator(simulator);
});
beforeEach(() => {
  simulator.reset();
  simulator.setFaults([]);
});
afterAll(() => target.close());

async function run(environment: string, engine: string, ...more: string[]): Promise<CliResult> {
  const argv = ['--engine', engine, '--environment', environment, '--cleanup', 'always'];
  return cli(['run', ...collectionsOf(engine), ...argv, ...more]);
}

const engines = ['newman', 'direct'] as const;
const refused = (step: number, status: number, attempt: number | readonly number[], body?: object): Fault => ({
  match: { step, attempt: typeof attempt === 'number' ? attempt : [...attempt] },
  do: { kind: 'status', status, ...(body && { body: { ...body } }) },
});
const changed = (step: number, pointer: string, value: unknown): Fault => ({
  match: { step },
  do: { kind: 'mistyped-field', pointer, value },
});
const limited = (innerError: object) => ({
  id: '11111111-2222-4333-8444-555555555555',
  code: 'REQUEST_LIMITED',
  message: 'Too many.',
  details: [{ code: 'LIMIT_EXCEEDED', message: 'Too many.', innerError }],
});

const healthy: readonly { readonly what: string; readonly faults: readonly Fault[]; readonly says?: string }[] = [
  {
    what: 'a license, not the one used, for a region that is new',
    faults: [changed(2, '/_embedded/licenses/0/environments/regions/0', 'BR')],
    says: 'drift: Step 2: Read all licenses: /_embedded/licenses/*/environments/regions/* is "BR"',
  },
  {
    what: 'an active license that says nothing of environments',
    faults: [{ match: { step: 2 }, do: { kind: 'missing-field', pointer: '/_embedded/licenses/1/environments' } }],
    says: 'passed over "ADMIN"',
  },
  {
    what: 'an environment in a region that is new',
    faults: [changed(3, '/region', 'BR')],
    says: '[{"op":"add","path":"/properties/region/x-known-values/-","value":"BR"}]',
  },
  { what: 'a user in a state that is new', faults: [changed(5, '/verifyStatus', 'PENDING_REVIEW')] },
  { what: 'a user whose lifecycle is new', faults: [changed(5, '/lifecycle/status', 'ARCHIVED')] },
  { what: 'a user whose account is in a state that is new', faults: [changed(5, '/account/status', 'PAUSED')] },
  { what: 'a token that is refused twice after a creation', faults: [refused(4, 401, [1, 2])] },
  { what: 'a token that is refused three times after a creation', faults: [refused(4, 401, [1, 2, 3])] },
  { what: 'a 501 that passes', faults: [refused(4, 501, 1)] },
  {
    what: 'a limit whose end is in the body, in seconds',
    faults: [refused(2, 429, 1, limited({ retryAfter: 2 }))],
    says: '429 Too Many Requests: attempt 2 of 5 in 2.0 s',
  },
];

describe('healthy tenants pass with', () => {
  for (const [index, { what, faults, says }] of healthy.entries())
    for (const engine of engines)
      it(`${what} (${engine})`, slowUnless(index === 0 && engine === 'direct'), async () => {
        simulator.setFaults(faults);
        const { stdout, code } = await run(target.environment, engine);
        expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
        if (says !== undefined) expect(stdout).toContain(says);
        expect(code).toBe(0);
        expect(simulator.faultLog().length).toBeGreaterThan(0);
      });
});

it('an unknown value is told once, and the history holds none', slow, async () => {
  simulator.setFaults([changed(3, '/region', 'BR')]);
  const { stdout } = await run(target.environment, 'newman');
  expect(stdout.match(/drift:/g)).toHaveLength(1);
});

/** The seed with an organization that is at home elsewhere. */
function seedIn(regions: readonly ('AP' | 'AU' | 'EU')[]): SimulatorSeed {
  const seed = defaultSeed();
  const [first, ...others] = seed.organizations;
  if (!first) throw new Error('no organization');
  const [home] = regions;
  return {
    ...seed,
    organizations: [
      {
        ...first,
        region: home ?? 'AP',
        licenses: first.licenses.map((license) => ({ ...license, regions: [...regions] })),
      },
      ...others,
    ],
  };
}

describe('an organization of another region', slow, () => {
  it('passes with its tld', async () => {
    const elsewhere = await startSimulator(createSimulator({ seed: seedIn(['AP', 'AU']) }));
    const { stdout, code } = await run(await elsewhere.environmentWith({ tld: 'asia' }), 'newman');
    await elsewhere.close();
    expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
    expect(code).toBe(0);
  });

  it('is told to set its tld, not to delete an environment', async () => {
    const elsewhere = await startSimulator(createSimulator({ seed: seedIn(['EU']) }));
    const { stdout, code } = await run(elsewhere.environment, 'newman');
    await elsewhere.close();
    expect(stdout).toContain('environments.regions lacks NORTH_AMERICA (it has EU)');
    expect(stdout).toContain('Likely cause: The licenses of the organization are for another region');
    expect(stdout).toMatch(/What to do: Set tld to that of your organization \(.*eu for EU/);
    expect(code).toBe(1);
  });
});

describe('a tld and a region that are not known', slow, () => {
  it('are used, with a warning each, when the addresses are given', async () => {
    simulator.setFaults([changed(2, '/_embedded/licenses', [])]);
    const { stderr, stdout } = await run(await target.environmentWith({ tld: 'in', region: 'IN' }), 'newman');
    for (const [name, value] of [
      ['tld', 'in'],
      ['region', 'IN'],
    ])
      expect(stderr).toMatch(
        new RegExp(`warning: ${name} \\(from .*\\) is "${value}"; expected one of .*; it is used all the same`),
      );
    expect(stdout).toContain('Step 2: Read all licenses');
  });

  it('are refused when the addresses are made of them', async () => {
    const addresses = { authPath: 'https://auth.pingone.{{tld}}', apiPath: 'https://api.pingone.{{tld}}/v1' };
    const { stderr, code } = await run(await target.environmentWith({ tld: 'in', ...addresses }), 'newman');
    expect(stderr).toContain('is "in"; expected one of com, ca, eu, com.au, sg, asia');
    expect(code).toBe(2);
  });
});

describe('what does not pass in seconds is sent once', slow, () => {
  const sent: string[] = [];
  const counted = createSimulator({ onRequest: ({ method, path }) => sent.push(`${method} ${path}`) });

  it.each([
    {
      what: 'a quota, with its limit and when it is good again',
      fault: refused(3, 429, [1, 2, 3, 4, 5], {
        ...limited({}),
        details: [
          {
            code: 'QUOTA_EXCEEDED',
            message: 'Used up.',
            innerError: { quotaLimit: 7, quotaResetTime: '2100-01-01T00:00:00.000Z' },
          },
        ],
      }),
      request: 'POST /v1/environments',
      says: 'QUOTA_EXCEEDED: Used up. (quotaLimit: 7, quotaResetTime: 2100-01-01T00:00:00.000Z)',
    },
    {
      what: 'an address that only the gateway answers, also after a creation',
      fault: refused(4, 403, [1, 2, 3], { message: "Invalid key=value pair (missing equal-sign) in 'x='." }),
      request: 'POST /v1/environments/*/populations',
      says: "PingOne says Invalid key=value pair (missing equal-sign) in 'x='.",
    },
  ])('$what', async ({ fault, request, says }) => {
    sent.length = 0;
    const own = await startSimulator(counted);
    counted.setFaults([fault]);
    const { stdout, code } = await run(own.environment, 'newman');
    await own.close();
    expect(stdout).toContain(says);
    expect(sent.filter((one) => one.replace(/[0-9a-f-]{36}/g, '*') === request)).toHaveLength(1);
    expect(code).toBe(1);
  });
});

describe('a sign-on', slow, () => {
  /** Runs all collections with this answer to a request of the sign-on. */
  async function runWith(
    answer: (path: string, proceed: () => Promise<Response>) => Promise<Response>,
    engine: string,
  ) {
    const paths: string[] = [];
    const front = await startFrontServer(simulator, ({ url }, proceed) => {
      const path = new URL(url).pathname.replace(/[0-9a-f-]{36}/g, '*');
      paths.push(path);
      return answer(path, proceed);
    });
    const environment = await target.environmentWith({ authPath: front.url, apiPath: front.url });
    const result = await run(environment, engine);
    await front.close();
    return { ...result, paths };
  }

  it.each(engines)('that fails with 200 shows why, and is not resumed (%s)', async (engine) => {
    const flow = { id: '11111111-2222-4333-8444-555555555555', status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } };
    const { stdout, paths, code } = await runWith(
      (path, proceed) => (path === '/*/flows/*' ? Promise.resolve(Response.json(flow)) : proceed()),
      engine,
    );
    expect(stdout).toContain('PingOne says NO_USABLE_DEVICES');
    expect(stdout).toContain('the user has no device that can be used');
    expect(stdout).toContain('SSO step 6: Call the resume endpoint  not reached');
    expect(paths).not.toContain('/*/as/resume');
    expect(code).toBe(1);
  });

  it.each(engines)('that is sent to a page with an error shows the address (%s)', async (engine) => {
    const Location = 'https://apps.pingone.com/11111111-2222-4333-8444-555555555555/signon/?error=INVALID_REQUEST';
    const { stdout, code } = await runWith(
      (path, proceed) =>
        path === '/*/as/authorize'
          ? Promise.resolve(new Response('', { status: 302, headers: { Location } }))
          : proceed(),
      engine,
    );
    expect(stdout).toContain(`PingOne redirects to ${Location} (INVALID_REQUEST)`);
    expect(stdout).toContain('Likely cause: PingOne refuses the request and redirects to its sign-on page');
    expect(code).toBe(1);
  });

  it.each(engines)('passes with an ID token of a custom domain (%s)', async (engine) => {
    const { stdout, code } = await runWith(async (path, proceed) => {
      const response = await proceed();
      if (path !== '/*/as/token') return response;
      const body = (await response.json()) as Record<string, unknown>;
      if (typeof body.id_token !== 'string') return Response.json(body, { status: response.status });
      const [head = '', payload = '', signature = ''] = body.id_token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
      const own = Buffer.from(JSON.stringify({ ...claims, iss: 'https://login.example.com/as' })).toString('base64url');
      return Response.json({ ...body, id_token: [head, own, signature].join('.') });
    }, engine);
    expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
    expect(code).toBe(0);
  });
});
