import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedApps } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import {
  cli,
  copyCollection,
  type RunningSimulator,
  root,
  simulatorEnvironmentFile,
  spawnCli,
  startSimulator,
  temporaryFolder,
} from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
});
beforeEach(async () => {
  target.simulator.reset();
  folder = await temporaryFolder();
});
afterAll(() => target.close());

const noStackTrace = /\n\s+at .+:\d+/;

interface Case {
  readonly what: string;
  /** Values that differ from those of the simulator's environment. */
  readonly values?: Readonly<Record<string, string>>;
  /** Texts replaced in files of the collection. */
  readonly edits?: Readonly<Record<string, readonly [string, string]>>;
  readonly runs?: number;
  readonly code: number;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: 'a wrong client secret',
    values: { adminAppSecret: 'not-the-right-secret' },
    code: 1,
    says: [
      '✗ Step 1: Get an access token  401 Unauthorized',
      'PingOne says invalid_client: Request denied: Invalid client credentials',
      'Likely cause: adminAppID or adminAppSecret is not that of your Worker application, or adminEnvID is another environment',
      'What to do: Copy the client id and the client secret again from the console',
      '- Step 2: Read all licenses  not reached: it needs orgID, which "Step 1: Get an access token" did not set',
      '6 steps: 0 passed, 1 failed, 5 not reached',
    ],
  },
  {
    what: 'a disabled Worker application',
    values: { adminAppID: seedApps.disabled.clientId, adminAppSecret: seedApps.disabled.secret },
    code: 1,
    says: ['Likely cause: The Worker application is disabled.', "turn the application's toggle on"],
  },
  {
    what: 'a Worker application without a role',
    values: { adminAppID: seedApps.withoutRoles.clientId, adminAppSecret: seedApps.withoutRoles.secret },
    code: 1,
    says: ['Likely cause: No role is assigned to the Worker application', 'Organization Admin and Environment Admin'],
  },
  {
    what: 'a Worker application that lacks the role Organization Admin',
    values: { adminAppID: seedApps.identityDataAdmin.clientId, adminAppSecret: seedApps.identityDataAdmin.secret },
    code: 1,
    says: [
      '✗ Step 2: Read all licenses  403 Forbidden',
      'INSUFFICIENT_PERMISSIONS',
      'does not have the role Organization Admin',
    ],
  },
  {
    what: 'a Worker application that does not use Basic authentication',
    values: { adminAppID: seedApps.secretPost.clientId, adminAppSecret: seedApps.secretPost.secret },
    code: 1,
    says: [
      'Unsupported authentication method',
      "set the application's token endpoint authentication method to Client Secret Basic",
    ],
  },
  {
    what: 'an administrators’ environment of another region',
    values: { adminEnvID: '11111111-2222-4333-8444-555555555555' },
    code: 1,
    says: [
      'Likely cause: adminEnvID is not an environment of this region.',
      'authPath must fit your geographic region',
    ],
  },
  {
    what: 'a region that no license allows',
    values: { region: 'SG' },
    code: 1,
    says: [
      '✗ captures licenseID: nothing in _embedded.licenses fits:',
      'environments.regions lacks SG',
      'Likely cause: The licenses of the organization are for another region',
      'What to do: Set tld to that of your organization',
    ],
  },
  {
    what: 'a region that is not the one of the organization',
    values: { region: 'EU' },
    code: 1,
    says: [
      '✗ Step 3: Create an environment  400 Bad Request',
      'INVALID_VALUE at region',
      '(allowed: NA)',
      'Likely cause: The region is not one in which your organization may create environments.',
    ],
  },
  {
    what: 'a license of another organization',
    values: { licenseID: 'b0d6a3f2-57c1-4e80-9a4d-2f8b6c1e0d37' },
    code: 1,
    says: [
      'licenseID b0d6a3f2-57c1-4e80-9a4d-2f8b6c1e0d37 is not in _embedded.licenses; empty licenseID to let this step choose',
      'Likely cause: licenseID is not a license of your organization.',
    ],
  },
  {
    what: 'a license that is full',
    values: { licenseID: '4d8fce57-a16b-40d2-8e95-fb260a1d4305' },
    code: 1,
    says: [
      'licenseID cannot be used, "ADMIN"',
      'environments.max less assignedEnvironmentsCount is 0, not at least 1',
      'empty licenseID to let this step choose',
    ],
  },
  {
    what: 'an organization that is not the Worker application’s',
    values: { orgID: '11111111-2222-4333-8444-555555555555' },
    code: 1,
    says: ['✗ Step 2: Read all licenses  403 Forbidden', 'or orgID is not your organization'],
  },
  {
    what: 'a weak password',
    edits: {
      '6-set-user-password.yaml': [
        '    password:\n      length: 24\n      avoid: ["{{username}}", "{{email}}"]',
        "    script: return 'weak';",
      ],
    },
    code: 1,
    says: [
      '✗ Step 6: Set the user password  400 Bad Request',
      'not met: ',
      'length',
      'minCharacters',
      'Likely cause: The password is shorter or longer than the password policy',
      '6 steps: 5 passed, 1 failed',
    ],
  },
  {
    what: 'an environment name that is taken',
    edits: { '3-create-environment.yaml': ['{{namePrefix}}-{{runID}}', '{{namePrefix}}-taken'] },
    runs: 2,
    code: 1,
    says: [
      'UNIQUENESS_VIOLATION at name',
      'Likely cause: Your organization already has an environment of this name.',
      'What to do: Send the request again',
    ],
  },
  {
    what: 'a wrong content type',
    edits: {
      '6-set-user-password.yaml': ['value: application/vnd.pingidentity.password.set+json', 'value: application/json'],
    },
    code: 1,
    says: ['415 Unsupported Media Type', 'Set Content-Type to application/vnd.pingidentity.password.set+json.'],
  },
  {
    what: 'a response that does not match its schema',
    edits: { 'schemas/population.schema.json': ['"minLength": 1', '"pattern": "20260323"'] },
    code: 1,
    says: [
      '✗ body matches population.schema.json: /name must match pattern "20260323"',
      'Likely cause: The response does not have the shape that PingOne documents.',
      '- Step 5: Create a user  not reached: it needs sharedPopID',
    ],
  },
];

describe('a run that fails says why and what to do', () => {
  for (const [index, { what, values, edits, runs = 1, code, says }] of cases.entries())
    it(what, slowUnless(index % 4 === 0), async () => {
      const collection = edits ? await copyCollection(folder.path, edits) : 'create-a-test-environment';
      const environment = await target.environmentWith(values ?? {});
      let result = await cli(['run', collection, '--environment', environment]);
      for (let run = 1; run < runs; run += 1) result = await cli(['run', collection, '--environment', environment]);
      for (const text of says) expect(result.stdout).toContain(text);
      expect(result.code).toBe(code);
      expect(`${result.stdout}${result.stderr}`).not.toMatch(noStackTrace);
    });

  it('a stopped simulator', async () => {
    const stopped = await startSimulator();
    const { environment } = stopped;
    const closed = await stopped.environmentWith({ tld: 'com' });
    await writeFile(join(folder.path, 'e.json'), await (await import('node:fs/promises')).readFile(closed));
    await stopped.close();
    expect(environment).toBeDefined();
    const result = await spawnCli(['run', '--retries', '0', '--environment', join(folder.path, 'e.json')]).result;
    expect(result.stdout).toContain('the connection was refused (connect ECONNREFUSED');
    expect(result.stdout).toContain('start it with `npm run simulator`');
    expect(result.stdout).toContain('6 steps: 0 passed, 1 could not complete, 5 not reached');
    expect(result.code).toBe(4);
    expect(`${result.stdout}${result.stderr}`).not.toMatch(noStackTrace);
  });
});

describe('values that cannot work are refused before anything is sent', () => {
  it('names every missing credential, what it is and where to set it', async () => {
    const result = await cli(['run', '--environment', join(root, 'environments/pingone.postman_environment.json')]);
    expect(result.stderr).toContain('error: adminEnvID has no value. Id of your first environment');
    expect(result.stderr).toContain('error: adminAppID has no value.');
    expect(result.stderr).toContain('error: adminAppSecret has no value.');
    expect(result.stderr).toContain(
      'Set the OS variable PINGONE_ADMIN_APP_SECRET (also in .env), or adminAppSecret in the environment file.',
    );
    expect(result.stdout).toBe('');
    expect(result.code).toBe(2);
  });

  it('does not fall back to the simulator when only a part of the credentials is given', async () => {
    const result = await cli(['run'], { osVariables: { PINGONE_ADMIN_APP_SECRET: 'a-secret-value' } });
    expect(result.stderr).toContain('adminEnvID has no value');
    expect(result.stderr).not.toContain('a-secret-value');
    expect(result.code).toBe(2);
  });

  for (const [assignment, message] of [
    ['adminEnvID=12345', 'adminEnvID (from --var) is "12345"; expected an id like'],
    ['authPath=ftp://x', 'authPath (from --var) is "ftp://x"; expected an address that begins with https://'],
    ['authPath=http://auth.pingone.com', 'http:// would send the credentials unencrypted'],
    ['authPath=https://auth.pingone.com/v1', 'expected the address without /v1'],
    [
      'apiPath=api.pingone.com',
      'apiPath (from --var) is "api.pingone.com"; expected an address like https://api.example.com',
    ],
    [
      'apiPath=https://me:pw123456@api.pingone.com',
      'is "https://…@api.pingone.com"; expected an address without a user name',
    ],
    ['apiPath=https://api.pingone.{{nope}}', 'apiPath (from --var) needs a value for nope'],
    ['email=nobody', 'email (from --var) is "nobody"; expected an e-mail address like name@example.com'],
    ['colour=red', 'colour (from --var) is not a variable of this collection'],
    ['nonsense', '--var expects name=value, got a text without "="'],
    ['adminAppSecret=hunter22', 'adminAppSecret is a secret, and other programs can read the command line'],
  ] as const)
    it(`--var ${assignment}`, slowUnless(/^admin|@/.test(assignment)), async () => {
      const result = await cli(['run', '--environment', simulatorEnvironmentFile, '--var', assignment]);
      expect(result.stderr).toContain(message);
      expect(result.stderr).not.toMatch(/hunter22|pw123456/);
      expect(result.stdout).toBe('');
      expect(result.code).toBe(2);
    });

  it.each([
    ['a file that is not there', undefined, 'there is no such file'],
    [
      'a file that is not JSON',
      '{ "values": [ { "key": "adminAppSecret", "value": "hunter22"',
      ':1:61: this is not valid JSON',
    ],
    [
      'a file that is a collection',
      '{ "info": {}, "item": [] }',
      'is not a Postman environment: it has no list "values"',
    ],
    ['a value without a name', '{ "values": [ { "key": "tld", "value": 5 }, {} ] }', 'values[1] has no "key"'],
  ])('an environment in %s', async (_what, text, message) => {
    const file = join(folder.path, 'x.json');
    if (text !== undefined) await writeFile(file, text);
    const result = await cli(['run', '--environment', file]);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('hunter22');
    expect(result.code).toBe(2);
  });

  it('a collection that does not exist', async () => {
    const result = await cli(['run', 'nope']);
    expect(result.stderr).toContain('there is no collection "nope"; expected create-a-test-environment');
    expect(result.code).toBe(2);
  });

  it.each([
    [['run', '--bogus'], "unknown option '--bogus'"],
    [['walk'], "unknown command 'walk'"],
    [['run', '--timeout', '0'], 'Expected a number of seconds'],
    [['simulate', '--port', '99999'], 'Expected a port number'],
  ])('the command line %j', async (argv, message) => {
    const result = await cli(argv);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(2);
  });

  it('a port that is in use', async () => {
    const port = new URL(target.url).port;
    const result = await cli(['simulate', '--port', port]);
    expect(result.stderr).toContain(`Port ${port} is already in use`);
    expect(result.code).toBe(2);
  });

  it('a definition with problems', async () => {
    const collection = await copyCollection(folder.path, { '2-read-licenses.yaml': ['method: GET', 'metod: GET'] });
    const result = await cli(['run', collection, '--simulator']);
    expect(result.stderr).toContain('2-read-licenses.yaml:');
    expect(result.stderr).toContain('unknown key "metod"; did you mean "method"?');
    expect(result.code).toBe(3);
  });
});

describe('a run ends', () => {
  let silent: Server;
  const arrived = new EventEmitter();
  let base: string;
  beforeAll(async () => {
    // Never answers.
    silent = createServer(() => arrived.emit('request'));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const argv = (...more: string[]) => ['run', '-e', simulatorEnvironmentFile, '--var', `authPath=${base}`, ...more];

  it('when a request takes too long', async () => {
    const result = await cli(argv('--timeout-request', '0.3', '--retries', '0'));
    expect(result.stdout).toContain('there was no answer in time');
    expect(result.stdout).toContain('--timeout-request');
    expect(result.code).toBe(4);
  });

  it('when the whole run takes too long', slow, async () => {
    const result = await cli(argv('--timeout', '0.5'));
    expect(result.stdout).toContain('the run took longer than it may (--timeout)');
    expect(result.stdout).toContain('- Step 2: Read all licenses  not reached: the run took longer than it may');
    expect(result.code).toBe(4);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`at once on ${signal}, with a result for every step`, slowUnless(signal === 'SIGINT'), async () => {
      const sent = once(arrived, 'request');
      const program = spawnCli(argv());
      await sent;
      program.kill(signal);
      const result = await program.result;
      expect(result.stdout).toContain('Continue after its last good step: npm run tutorial -- --resume');
      expect(result.stdout).toContain('the run was interrupted');
      expect(result.stdout).toContain('6 steps: 0 passed, 1 could not complete, 5 not reached');
      expect(result.code).toBe(4);
      expect(`${result.stdout}${result.stderr}`).not.toMatch(noStackTrace);
    });
});
