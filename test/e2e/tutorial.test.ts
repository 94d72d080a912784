import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slow, slowUnless } from '../slow.ts';
import {
  type CliResult,
  cli,
  type RunningSimulator,
  root,
  spawnProgram,
  startSimulator,
  temporaryFolder,
} from './support.ts';

const stepNames = [
  'Step 1: Get an access token',
  'Step 2: Read all licenses',
  'Step 3: Create an environment',
  'Step 4: Create a population',
  'Step 5: Create a user',
  'Step 6: Set the user password',
];

function expectSixPassedSteps(stdout: string): void {
  for (const name of stepNames) expect(stdout).toContain(`✓ ${name}`);
  expect(stdout).toContain('6 steps: 6 passed');
  expect(stdout).toContain('26 of 26 checks held, 6 responses match their schema');
}

describe('the tutorial without an account', () => {
  let onSimulator: CliResult;
  beforeAll(async () => {
    onSimulator = await cli(['run', '--simulator']);
  });

  it('passes all six steps on the simulator and says that it did so', async () => {
    const { code, stdout, stderr } = await cli(['run']);
    expect(stderr).toMatch(
      /^No credentials were given\. Using the PingOne simulator at http:\/\/127\.0\.0\.1:\d+: nothing leaves this machine\.\n\n$/,
    );
    expectSixPassedSteps(stdout);
    expect(code).toBe(0);
  });

  it('starts with npm run tutorial', async () => {
    const { code, stdout } = await spawnProgram('npm', ['run', '--silent', 'tutorial']).result;
    expectSixPassedSteps(stdout);
    expect(code).toBe(0);
  });

  it('works from any folder', slow, async () => {
    const folder = await temporaryFolder();
    const { code, stdout } = await cli(['run'], { cwd: folder.path });
    expectSixPassedSteps(stdout);
    expect(code).toBe(0);
    await folder.remove();
  });

  it('writes plain lines when its output is not a terminal', () => {
    const { stdout } = onSimulator;
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
  });

  it('shows the step in progress and colours on a terminal, unless NO_COLOR is set', slow, async () => {
    const colourful = await cli(['run', '--simulator'], { isTTY: true });
    expect(colourful.stdout).toContain('\r\u001b[2K');
    expect(colourful.stdout).toContain('\u001b[32m✓');
    const plain = await cli(['run', '--simulator'], { isTTY: true, osVariables: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[32m');
  });

  it('tells what was captured, but never a secret value', () => {
    const { stdout } = onSimulator;
    expect(stdout).toContain('captured accessToken (secret), orgID 6b1f3c52…');
    expect(stdout).not.toContain('simulator-client-secret');
    expect(stdout).not.toMatch(/eyJ[\w-]+\./);
  });

  it('says why licenses were passed over', () => {
    const { stdout } = onSimulator;
    expect(stdout).toContain('passed over "MFA TRIAL"');
    expect(stdout).toContain('status is TERMINATED, not ACTIVE');
    expect(stdout).toContain('environments.max less assignedEnvironmentsCount is 0, not at least 1');
    expect(stdout).toContain('chose "INTERNAL"');
  });
});

describe('the tutorial with an account', () => {
  let account: RunningSimulator;
  beforeAll(async () => {
    account = await startSimulator();
  });
  afterAll(() => account.close());

  const credentials = () => ({
    PINGONE_AUTH_PATH: account.url,
    PINGONE_API_PATH: account.url,
    PINGONE_ADMIN_ENV_ID: 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502',
    PINGONE_ADMIN_APP_ID: 'c9d2f6a4-7b31-4e0d-a5c8-3e6f1b2a4d03',
    PINGONE_ADMIN_APP_SECRET: 'simulator-client-secret',
  });

  it('takes the values from an environment file', async () => {
    const { code, stdout, stderr } = await cli(['run', '--environment', account.environment]);
    expectSixPassedSteps(stdout);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('takes the values from OS variables', async () => {
    const { code, stdout } = await cli(['run'], { osVariables: credentials() });
    expectSixPassedSteps(stdout);
    expect(code).toBe(0);
  });

  it('takes the values from .env in the working folder', async () => {
    const folder = await temporaryFolder();
    const { writeFile } = await import('node:fs/promises');
    const lines = Object.entries(credentials()).map(([name, value]) => `${name}="${value}"\n`);
    await writeFile(`${folder.path}/.env`, lines.join(''));
    const { code, stdout } = await cli(['run'], { cwd: folder.path });
    expectSixPassedSteps(stdout);
    expect(code).toBe(0);
    await folder.remove();
  });

  for (const ending of ['', '/', '/v1', '/v1/', '/v1/v1'])
    it(`sends /v1 once when apiPath ends in "${ending}"`, slowUnless(ending === '/v1'), async () => {
      const { code } = await cli([
        'run',
        '--environment',
        account.environment,
        '--var',
        `apiPath=${account.url}${ending}`,
      ]);
      expect(code).toBe(0);
    });

  it('fits a terminal of 80 columns, with real addresses and short ids', async () => {
    const { stdout } = await cli(['run', '--environment', account.environment], { isTTY: true });
    const lines = stripVTControlCharacters(stdout)
      .split('\n')
      .map((line) => line.slice(line.lastIndexOf('\r') + 1));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines).toContain(`    POST ${account.url}/v1/environments`);
    expect(lines.join('\n')).toContain('captured licenseID d0a8b5c6…');
    expect(lines.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('really creates what it says, and can do so again', slow, async () => {
    account.simulator.reset();
    await cli(['run', '--environment', account.environment]);
    const { stdout } = await cli(['run', '--environment', account.environment, '--verbose']);
    const environments = JSON.stringify(account.simulator.snapshot());
    const [, id] = /environment {2}pingone-tutorial-\S+ {2}([0-9a-f-]{36})/.exec(stdout) ?? [];
    expect(id).toBeDefined();
    expect(environments).toContain(id);
    expect(environments.match(/pingone-tutorial-/g)).toHaveLength(2);
  });

  it('uses the license, organization and e-mail address that were given', slow, async () => {
    const { stdout, code } = await cli([
      'run',
      '--environment',
      account.environment,
      '--var',
      'licenseID=d0a8b5c6-1e42-4f97-b3d6-58c7a9e0f104',
      '--var',
      'orgID=6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01',
      '--var',
      'email=somebody@example.org',
    ]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('chose "INTERNAL"');
    expect(stdout).not.toContain('orgID 6b1f');
  });

  for (const [username, want] of [
    ['Anna Lee', /^Anna Lee$/],
    ['{{runID}}.{{tld}}', /^\d{8}T\d{6}-[0-9a-f]{8}\.com$/],
  ] as const)
    it(`names the user as it is told: ${username}`, slowUnless(username === 'Anna Lee'), async () => {
      account.simulator.reset();
      const { stdout, stderr, code } = await cli([
        'run',
        '--environment',
        account.environment,
        '--var',
        `username=${username}`,
      ]);
      expect([code, stderr]).toEqual([0, '']);
      const names = account.simulator.history().flatMap(({ type, name }) => (type === 'user' ? [name] : []));
      expect(names).toEqual([expect.stringMatching(want)]);
      expect(stdout).toContain(`user         ${names[0]}  `);
    });
});

it('prints help with examples and exit codes for every command', async () => {
  const { code, stdout } = await cli(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Exit codes:');
  for (const command of ['run', 'compile', 'validate', 'simulate']) {
    const help = await cli([command, '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('Examples:');
  }
});

it('prints its version', async () => {
  const { version } = (await import(`${root}/package.json`, { with: { type: 'json' } })).default as { version: string };
  expect((await cli(['--version'])).stdout).toBe(`${version}\n`);
});
