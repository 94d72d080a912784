import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Fault, otherOrganization, seedApps } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { type CliResult, cli, type RunningSimulator, startSimulator, temporaryFolder } from './support.ts';

const sent: string[] = [];
let target: RunningSimulator;
beforeAll(async () => {
  target = await startSimulator(createSimulator({ onRequest: ({ method, path }) => sent.push(`${method} ${path}`) }));
});
beforeEach(() => {
  sent.length = 0;
  target.simulator.reset();
  target.simulator.setFaults([]);
});
afterAll(() => target.close());

async function doctor(values: Readonly<Record<string, string>> = {}, ...more: string[]): Promise<CliResult> {
  return cli(['doctor', '--environment', await target.environmentWith(values), ...more]);
}

const app = ({ clientId, secret }: { readonly clientId: string; readonly secret: string }) => ({
  adminAppID: clientId,
  adminAppSecret: secret,
});

it('finds nothing in the way of a run that will pass, and changes nothing', slow, async () => {
  const { code, stdout, stderr } = await doctor();
  expect(stdout.replace(/\d+ ms/g, '… ms').replace(target.url, 'URL')).toBe(`✓ reach URL: answers in … ms
✓ credentials: the Worker application gets a token
✓ roles: Organization Admin
✓ Step 2: Read all licenses: chose "INTERNAL" (d0a8b5c6-1e42-4f97-b3d6-58c7a9e0f104): environments.max less assignedEnvironmentsCount is 43
✓ names: nothing is named "pingone-tutorial-…": no run left anything

✓ nothing stands in the way of a run
`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(target.simulator.history()).toEqual([]);
  expect(sent.filter((request) => !request.startsWith('GET '))).toEqual([
    'POST /a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502/as/token',
  ]);
});

interface Case {
  readonly what: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
  readonly code: number;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: 'a wrong client secret',
    values: { adminAppSecret: 'not-the-right-secret' },
    code: 1,
    says: [
      '✗ credentials: adminAppID or adminAppSecret is not that of your Worker application, or adminEnvID is another',
      'What to do: Copy the client id and the client secret again',
    ],
  },
  {
    what: 'a missing role',
    values: app(seedApps.environmentAdmin),
    code: 1,
    says: [
      '✗ roles: the Worker application lacks Organization Admin',
      'Give the Worker application the role Organization Admin in the PingOne admin console (Applications, Roles)',
      '✗ Step 2: Read all licenses: The Worker application does not have the role Organization Admin',
    ],
  },
  {
    what: 'roles that may not be read',
    values: app(seedApps.identityDataAdmin),
    code: 1,
    says: [
      '? roles: the roles of the Worker application could not be read (the look-up was answered with 403)',
      'Look in the PingOne admin console (Applications, Roles) for Organization Admin',
    ],
  },
  {
    what: 'an organization that is not that of the token',
    values: { orgID: otherOrganization.orgID },
    code: 1,
    says: [`✗ orgID: it is ${otherOrganization.orgID}, but the token is of 6b1f3c52`, 'or leave it empty'],
  },
  {
    what: 'a license without room',
    values: { licenseID: '4d8fce57-a16b-40d2-8e95-fb260a1d4305' },
    code: 1,
    says: [
      'The license that licenseID names cannot take one more environment now',
      'less assignedEnvironmentsCount is 0',
    ],
  },
  {
    what: 'addresses of two regions, at which nothing answers',
    values: { authPath: 'https://auth.pingone.eu', apiPath: 'https://api.pingone.com.au/v1' },
    code: 4,
    says: [
      '✗ addresses: authPath is an address for the tld eu, apiPath for com.au',
      'What to do: Set tld, and leave authPath and apiPath as declared. Top-level domain of your geographic region.',
      '✗ reach https://auth.pingone.eu: the host name is not known',
      '✗ 3 findings in the way of a run',
    ],
  },
  {
    what: 'a server that does not answer',
    faults: [{ match: { step: 1 }, do: { kind: 'reset-before-reading' } }],
    code: 4,
    says: ['✗ credentials: The connection broke before the answer was complete (the connection broke'],
  },
];

const assignments = '/v1/environments/*/applications/*/roleAssignments';
const ownRole = (index: number): Fault => ({
  match: { path: assignments },
  do: {
    kind: 'mistyped-field',
    pointer: `/_embedded/roleAssignments/${index}/role/id`,
    value: 'aaaaaaaa-1111-4222-8333-abcdefabcdef',
  },
});
const unread = (path: string): Fault => ({ match: { method: 'GET', path }, do: { kind: 'status', status: 500 } });

describe('calls nothing a failure that is none', slow, () => {
  it.each([
    {
      what: 'Organization Admin with a role of the tenant’s own',
      faults: [ownRole(1)],
      says: '✓ roles: Organization Admin\n',
    },
    {
      what: 'roles of the tenant’s own, in place of Organization Admin',
      faults: [ownRole(0)],
      says: '? roles: the Worker application lacks Organization Admin, but has a role of your own making, which may permit the same',
    },
    {
      what: 'role assignments that cannot be read',
      faults: [unread(assignments)],
      says: '? roles: the roles of the Worker application could not be read (the look-up was answered with 500)',
    },
    {
      what: 'a list of roles that cannot be read',
      faults: [unread('/v1/roles')],
      says: '? roles: the roles of the Worker application could not be read (the look-up was answered with 500)',
    },
    {
      what: 'a list of environments that cannot be read',
      faults: [unread('/v1/environments')],
      says: '? names: the list could not be read: the look-up was answered with 500',
    },
  ])('$what', async ({ faults, says }) => {
    target.simulator.setFaults(faults);
    const { code, stdout } = await doctor();
    expect(stdout).toContain(says);
    expect(code).toBe(0);
  });
});

describe('finds what is in the way', () => {
  for (const [index, { what, values, faults, code, says }] of cases.entries())
    it(what, slowUnless(index < 2), async () => {
      target.simulator.setFaults(faults ?? []);
      const result = await doctor(values);
      for (const text of says) expect(result.stdout).toContain(text);
      expect(result.code).toBe(code);
      expect(result.stdout + result.stderr).not.toContain(values?.adminAppSecret ?? 'simulator-client-secret');
      expect(target.simulator.history()).toEqual([]);
    });

  it('a clock that is wrong', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) =>
      response.writeHead(200, { Date: new Date(Date.now() - 3_600_000).toUTCString() }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { stdout } = await doctor({ authPath: `http://127.0.0.1:${port}` });
    server.close();
    expect(stdout).toMatch(
      /its clock and that of this machine differ by 3[56]\d\d seconds\n {4}What to do: Set the clock/,
    );
  });
});

it('tells what earlier runs left, without calling it a failure', slow, async () => {
  const folder = await temporaryFolder();
  await cli(['run', '--environment', target.environment, '--ledger', folder.path]);
  await folder.remove();
  const { code, stdout } = await doctor();
  expect(stdout).toMatch(/! names: 1 named "pingone-tutorial-…" is there already: pingone-tutorial-\d{8}T/);
  expect(stdout).toContain('npm run sweep removes what runs have left');
  expect(code).toBe(0);
});

it('gives its findings as data', async () => {
  const { code, stdout, stderr } = await doctor({ adminAppSecret: 'wrong-secret' }, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [
      { subject: `reach ${target.url}`, status: 'good' },
      { subject: 'credentials', status: 'bad' },
    ],
  });
  expect(stderr).toContain('✗ credentials');
  expect(code).toBe(1);
});

it('says what is missing before it looks anywhere', async () => {
  const { code, stderr } = await doctor({ adminEnvID: '', adminAppID: 'x' });
  expect(stderr).toContain('error: adminEnvID has no value.');
  expect(stderr).toContain(
    'Set the OS variable PINGONE_ADMIN_ENV_ID (also in .env), or adminEnvID in the environment file.',
  );
  expect(stderr).toContain('error: adminAppID (from ');
  expect(code).toBe(2);
  expect(sent).toEqual([]);
});
