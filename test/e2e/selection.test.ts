import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slow, slowUnless } from '../slow.ts';
import { cli, copyCollection, type RunningSimulator, root, startSimulator, temporaryFolder } from './support.ts';

const first = 'create-a-test-environment';
const second = 'create-an-sso-workflow';

/** What is chosen, and the numbers of the steps that run: those in parentheses were added. */
const selections: readonly (readonly [argv: string, want: string])[] = [
  [first, '1 2 3 4 5 6'],
  [`${first} --only 1`, '1'],
  [`${first} --only read-licenses`, '(1) 2'],
  [`${first} --only create-environment`, '(1) (2) 3'],
  [`${first} --only 5`, '(1) (2) (3) (4) 5'],
  [`${first} --only 5,6`, '(1) (2) (3) (4) 5 6'],
  [`${first} --only 5 --only set-user-password`, '(1) (2) (3) (4) 5 6'],
  [`${first} --until 3`, '1 2 3'],
  [`${first} --until create-population --skip 4`, '1 2 3'],
  [`${first} --from 5`, '(1) (2) (3) (4) 5 6'],
  [`${first} --from 2 --until 3`, '(1) 2 3'],
  [`${first} --skip 6`, '1 2 3 4 5'],
  [`${first} --skip set-user-password,create-user`, '1 2 3 4'],
  [`${first} --only 3 --var orgID=6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01`, '(1) (2) 3'],
  [second, '1 2 3 4 5 6 7'],
  [`${second} --only 2`, '(1) 2'],
  [`${second} --until 3`, '1 2 3'],
  [`${second} --from create-web-application --skip 7`, '(1) 2 3 4 5 6'],
  [`${first} ${second} --only create-web-application`, '(1) (2) (3) 8'],
  [`${first} ${second} --until 8 --skip 5,6`, '1 2 3 4 7 8'],
];

/** The same for choices that cannot run, with the beginning of what is missing. */
const refusals: readonly (readonly [argv: string, want: string])[] = [
  [`${first} --only 6`, '"Step 6: Set the user password" needs sharedUserID, which "Step 5: Create a user" sets'],
  [`${first} --skip 3`, '"Step 4: Create a population" needs envID, which "Step 3: Create an environment" sets'],
  [`${second} --only send-authorize-request`, '"SSO step 4: Send an authorize request" needs sharedWebAppID'],
];

/** Numbers of the steps in a dry run, those that were added in parentheses. */
function planned(stdout: string): string {
  return [...stdout.matchAll(/^(\d+) \S+ {2}.*$/gm)]
    .map(([line, number]) => (line.includes('(added') ? `(${number})` : number))
    .join(' ');
}

describe('chosen steps', () => {
  for (const [index, [argv, want]] of selections.entries())
    it(`${argv}: ${want}`, slowUnless(index % 4 === 0), async () => {
      const { code, stdout, stderr } = await cli(['run', ...argv.split(' '), '--simulator', '--dry-run']);
      expect({ code, stderr, plan: planned(stdout) }).toEqual({ code: 0, stderr: '', plan: want });
    });

  it.each(selections)('%s run as planned', slow, async (argv, want) => {
    const { code, stdout } = await cli([
      ...['run', ...argv.split(' '), '--simulator', '--engine', 'direct', '--reporter', 'json'],
    ]);
    const { steps } = JSON.parse(stdout) as { steps: { status: string }[] };
    expect({ code, ran: steps.map(({ status }) => status) }).toEqual({
      code: 0,
      ran: want.split(' ').map(() => 'passed'),
    });
  });

  for (const [index, [argv, want]] of refusals.entries())
    it(`${argv} is refused: ${want}`, slowUnless(index === 0), async () => {
      const run = await cli(['run', ...argv.split(' '), '--simulator']);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toContain(`error: ${want}`);
      const dry = await cli(['run', ...argv.split(' '), '--simulator', '--dry-run']);
      expect(dry.code).toBe(2);
      expect(dry.stdout).toContain(`\n  ${want}`);
    });

  it('prints which steps there are when one is not among them', async () => {
    const { code, stderr } = await cli(['run', '--only', 'create-users', '--dry-run']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: there is no step "create-users". Did you mean create-user? Steps: 1 get-access-token, 2 read-licenses, 3 create-environment, 4 create-population, 5 create-user, 6 set-user-password\n',
    });
  });

  it('takes a step by its name, and steps by a tag', async () => {
    const folder = await temporaryFolder();
    const copy = await copyCollection(folder.path, {
      '5-create-user.yaml': ['id: create-user\n', 'id: create-user\ntags: [people]\n'],
      '6-set-user-password.yaml': ['id: set-user-password\n', 'id: set-user-password\ntags: [people]\n'],
    });
    const plan = async (...argv: string[]) => planned((await cli(['run', copy, '--dry-run', ...argv])).stdout);
    expect(await plan('--only', 'people')).toBe('(1) (2) (3) (4) 5 6');
    expect(await plan('--skip', 'people')).toBe('1 2 3 4');
    expect(await plan('--until', 'step 2: read all licenses')).toBe('1 2');
    await folder.remove();
  });

  it('refuses a tag that is the id of a step', async () => {
    const folder = await temporaryFolder();
    const copy = await copyCollection(folder.path, {
      '5-create-user.yaml': ['id: create-user\n', 'id: create-user\ntags: [read-licenses]\n'],
    });
    expect(await cli(['validate', copy])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('the tag "read-licenses" is the id of a step'),
    });
    await folder.remove();
  });

  it.each([
    [['--rerun-failed', '--only', '1'], '--rerun-failed chooses the steps itself'],
    [['--resume', '--only', '1'], '--resume goes on with the steps of that run'],
    [['--history', 'h.json', '--only', '1'], '--history compares whole runs'],
    [['--only', '1', '--skip', '1'], 'no step is left to run'],
    [['--dry-run', '--reporter', 'json'], 'there is no report'],
    [['--only', '1', '--data', 'users.csv'], 'no chosen step is run for each row'],
  ])('%j is refused', async (argv, want) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'users.csv'), 'username\nuser1\n');
    const { code, stderr } = await cli(['run', ...argv], { cwd: folder.path });
    expect(code).toBe(2);
    expect(stderr).toContain(want);
    await folder.remove();
  });
});

describe('a dry run', () => {
  it('prints requests, creations, removals, and what is missing', async () => {
    const { code, stdout } = await cli(['run', '--only', '4', '--cleanup', 'always', '--dry-run'], {
      osVariables: {
        PINGONE_ADMIN_ENV_ID: 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502',
        PINGONE_ADMIN_APP_SECRET: 'hush-hush',
      },
    });
    expect(code).toBe(2);
    expect(stdout).not.toContain('hush-hush');
    await expect(stdout).toMatchFileSnapshot('../golden/text/dry-run.txt');
  });

  it('counts the rows of a data file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'users.csv'), 'username\nuser1\nuser2\n');
    const { stdout } = await cli(['run', '--simulator', '--data', 'users.csv', '--dry-run'], { cwd: folder.path });
    expect(stdout).toContain('4 create-population  Step 4: Create a population\n');
    expect(stdout).toContain('5 create-user  Step 5: Create a user (2 times)\n');
    expect(stdout).toContain('"username":"{{username}}"');
    await folder.remove();
  });

  const tools = ['unshare', 'strace'].every((name) => existsSync(`/usr/bin/${name}`));
  it.skipIf(!tools || process.getuid?.() !== 0)('opens no socket, without any network interface', slow, async () => {
    const folder = await temporaryFolder();
    const trace = join(folder.path, 'trace.txt');
    const program = [process.execPath, join(root, 'dist/cli/bin.js'), 'run', '--dry-run'];
    const { status, stdout } = spawnSync(
      'unshare',
      [
        '--net',
        'strace',
        '--follow-forks',
        '--quiet=all',
        '--trace=socket,connect,bind,listen',
        '--output',
        trace,
        ...program,
      ],
      { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder.path } },
    );
    expect({ status, plan: planned(stdout) }).toEqual({ status: 0, plan: '1 2 3 4 5 6' });
    expect(readFileSync(trace, 'utf8')).toBe('');
    expect(existsSync(join(folder.path, '.local'))).toBe(false);
    await folder.remove();
  });
});

describe('steps that did not pass', () => {
  let target: RunningSimulator;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    target = await startSimulator();
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await target.close();
    await folder.remove();
  });
  const run = (...more: string[]) =>
    cli(['run', '--environment', target.environment, '--ledger', folder.path, '--engine', 'direct', ...more]);
  const withRefusedUser = () =>
    target.simulator.setFaults([{ match: { step: 5 }, do: { kind: 'status', status: 400 } }]);
  const environmentsCreated = () =>
    target.simulator.history().filter(({ type, action }) => type === 'environment' && action === 'created').length;

  it('run again in the same environment, while it is there', async () => {
    withRefusedUser();
    expect((await run()).code).toBe(1);
    target.simulator.setFaults([]);
    const again = await run('--rerun-failed');
    expect(again.stdout).toContain('6 steps: 6 passed');
    expect({ code: again.code, created: environmentsCreated() }).toEqual({ code: 0, created: 1 });
    const nothing = await run('--rerun-failed');
    expect(nothing).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('passed: nothing to run again'),
    });
  });

  it('run again with all that they need, when it was removed', slow, async () => {
    withRefusedUser();
    expect((await run('--cleanup', 'always', '--until', '5')).code).toBe(1);
    target.simulator.setFaults([]);
    const again = await run('--rerun-failed', '--cleanup', 'always');
    expect(again.stderr).toContain('5 of 6 steps to run; added because they are needed: get-access-token');
    expect(again.stdout).toContain('5 steps: 5 passed');
    expect({ code: again.code, created: environmentsCreated() }).toEqual({ code: 0, created: 2 });
  });

  it('are those of the choice, when steps were chosen and the run is resumed', slow, async () => {
    withRefusedUser();
    expect((await run('--only', '5')).code).toBe(1);
    target.simulator.setFaults([]);
    const resumed = await run('--resume');
    expect(resumed.stdout).toContain('5 steps: 5 passed');
    expect(resumed.code).toBe(0);
  });
});
