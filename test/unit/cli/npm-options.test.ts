import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../../e2e/support.ts';
import { slowUnless } from '../../slow.ts';

/** What the program says when npm runs it as a script, with these of npm's variables. */
async function underNpm(argv: readonly string[], variables: Readonly<Record<string, string>>) {
  const osVariables = {
    npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64 workspaces/false',
    npm_command: 'run',
    npm_lifecycle_event: 'tutorial',
    npm_lifecycle_script: `node scripts/program.mjs ${argv[0]}`,
    npm_config_cache: '/home/me/.npm',
    npm_config_noproxy: '',
    ...variables,
  };
  return cli(argv, { osVariables });
}

/** The command that it shows instead. */
async function rightCommand(argv: readonly string[], variables: Readonly<Record<string, string>>) {
  const { code, stderr, stdout } = await underNpm(argv, variables);
  expect({ code, stdout, stderr: stderr.split('\n')[0] }).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('nothing was sent'),
  });
  return / {2}(npm run .*)/.exec(stderr)?.[1];
}

describe('options that npm has taken', () => {
  // What npm 10 and 11 really set for the command line in the comment.
  it.each([
    // --simulator
    [['run'], { npm_config_simulator: 'true' }, 'npm run tutorial -- --simulator'],
    // --no-simulator
    [['run'], { npm_config_simulator: '' }, 'npm run tutorial -- --no-simulator'],
    // --cleanup always
    [['run', 'always'], { npm_config_cleanup: 'true' }, 'npm run tutorial -- --cleanup always'],
    // --cleanup
    [['run'], { npm_config_cleanup: 'true' }, 'npm run tutorial -- --cleanup <when>'],
    // --data='my users.csv' create-an-sso-workflow
    [
      ['run', 'create-an-sso-workflow'],
      { npm_config_data: 'my users.csv' },
      "npm run tutorial -- --data 'my users.csv' create-an-sso-workflow",
    ],
    // --resume --reporter html=a --reporter junit=b
    [
      ['run', 'html=a', 'junit=b'],
      { npm_config_resume: 'true', npm_config_reporter: 'true\n\ntrue' },
      'npm run tutorial -- --reporter html=a --reporter junit=b --resume',
    ],
    // -r html=a
    [['run', 'html=a'], { npm_config_r: 'true' }, 'npm run tutorial -- --reporter html=a'],
    // --debug-http -- --simulator
    [['run', '--simulator'], { npm_config_debug_http: 'true' }, 'npm run tutorial -- --debug-http --simulator'],
    // --dry-run
    [['run'], { npm_config_dry_run: 'true' }, 'npm run tutorial -- --dry-run'],
    // --plan, and --dry-run
    [['smoke'], { npm_config_parseable: 'true', npm_config_long: 'true' }, 'npm run tutorial -- --plan'],
    [['smoke'], { npm_config_dry_run: 'true' }, 'npm run tutorial -- --plan'],
    // --max=3 --yes
    [['sweep'], { npm_config_maxsockets: '3', npm_config_yes: 'true' }, 'npm run tutorial -- --max 3 --yes'],
    // --port 80
    [['simulate', '80'], { npm_config_port: 'true' }, 'npm run tutorial -- --port 80'],
  ])('%j with %j: %s', async (argv, variables, want) => {
    expect(await rightCommand(argv, variables)).toBe(want);
  });

  it('says that a command without anything of the kind has no --dry-run', async () => {
    const { code, stderr } = await underNpm(['cleanup'], { npm_config_dry_run: 'true' });
    expect(code).toBe(2);
    expect(stderr).toBe('error: npm took --dry-run for itself; nothing was sent\nerror: there is no --dry-run\n');
  });
});

describe('what is no such option', () => {
  const runs = ['run', '--simulator', '--quiet'];

  for (const [what, variables] of [
    ['options of npm itself', { npm_config_loglevel: 'verbose', npm_config_color: '', npm_config_yes: 'true' }],
    ['an option of another command', { npm_config_port: 'true' }],
    ['an option that was given to the program too', { npm_config_simulator: 'true' }],
    ['what npx is given', { npm_command: 'exec', npm_lifecycle_event: 'npx', npm_config_timeout: '3' }],
    ['what another package manager sets', { npm_config_user_agent: 'pnpm/10.0.0', npm_config_timeout: '3' }],
  ] as const)
    it(what, slowUnless(what === 'options of npm itself'), async () => {
      expect(await underNpm(runs, variables)).toMatchObject({ code: 0 });
    });

  it('a setting in .npmrc, but a different value of it was typed', async () => {
    const { path, remove } = await temporaryFolder();
    writeFileSync(join(path, '.npmrc'), 'timeout = 300\nevery-step\nyes=false\n');
    const variables = { npm_config_local_prefix: path, npm_config_every_step: 'true', npm_config_yes: '' };
    expect(await underNpm(runs, { ...variables, npm_config_timeout: '300' })).toMatchObject({ code: 0 });
    expect(await rightCommand(runs, { ...variables, npm_config_timeout: '3' })).toBe(
      'npm run tutorial -- --timeout 3 --simulator --quiet',
    );
    await remove();
  });
});

it('refuses an option together with its negation', async () => {
  for (const argv of [
    ['run', '--simulator', '--no-simulator'],
    ['doctor', '--no-simulator', '--simulator'],
  ])
    expect(await cli(argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: --simulator and --no-simulator contradict each other; give one of them\n',
    });
});

it('refuses arguments that a command does not take', async () => {
  const { code, stderr } = await cli(['sweep', 'one', 'two']);
  expect(code).toBe(2);
  expect(stderr).toContain('error: too many arguments for "sweep": two\n');
});
