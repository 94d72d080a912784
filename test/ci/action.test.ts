import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { root, spawnProgram, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { fillIn } from './workflow.ts';

/** The steps of `action.yml` and of the Containerfile, carried out on this machine. */

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id?: string;
      readonly name?: string;
      readonly uses?: string;
      readonly run?: string;
      readonly env?: Readonly<Record<string, string>>;
    }[];
  };
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const readAction = async () => parse(await readFile(join(root, 'action.yml'), 'utf8')) as Action;

/** Runs the steps of the action in a repository of a user, with an npm that installs nothing anew. */
async function useAction(given: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>> = {}) {
  const { inputs, outputs, runs } = await readAction();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, given[name] ?? input.default]),
  );
  const programs = join(folder.path, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'npm'), `#!/bin/sh\necho "$PWD npm $*" >>${folder.path}/calls\n`, { mode: 0o755 });
  const action = join(folder.path, 'action');
  await mkdir(action);
  for (const name of ['dist', 'node_modules', 'scripts', 'collections', 'environments', 'src', 'package.json'])
    await symlink(join(root, name), join(action, name));
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace);
  const outputFile = join(folder.path, 'output');
  const summaryFile = join(folder.path, 'summary');
  let code: number | null = 0;
  let log = '';
  for (const step of runs.steps) {
    if (step.run === undefined) continue;
    expect(step.run, 'inputs must not be in a script').not.toContain('${{');
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, fillIn(value, { inputs: values })]);
    const result = await spawnProgram('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: workspace,
      osVariables: {
        ...secrets,
        PATH: `${programs}:${process.env.PATH}`,
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: action,
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
        RUNNER_TEMP: folder.path,
        ...Object.fromEntries(own),
      },
    }).result;
    code = result.code;
    log += `${result.stdout}${result.stderr}`;
    if (code !== 0) break;
  }
  const lines = (await readFile(outputFile, 'utf8').catch(() => '')).trim().split('\n');
  const written = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const named = Object.entries(outputs).map(([name, { value }]) => [
    name,
    fillIn(value, { steps: { run: { outputs: written } } }),
  ]);
  return { code, log, workspace, outputs: Object.fromEntries(named) as Record<string, string> };
}

describe('the action', () => {
  it('says what each input and output is, and pins what it uses', async () => {
    const text = await readFile(join(root, 'action.yml'), 'utf8');
    const { inputs, outputs, runs } = await readAction();
    expect(runs.using).toBe('composite');
    expect(Object.keys(inputs)).toEqual(['collections', 'environment', 'cleanup', 'reporters', 'simulator']);
    expect(Object.keys(outputs)).toEqual(['outcome', 'code', 'report']);
    for (const [line] of text.matchAll(/uses: .*/g)) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('runs several collections on the simulator, with reports and outputs', slow, async () => {
    const { code, outputs, workspace } = await useAction({
      collections: 'create-a-test-environment create-an-sso-workflow',
      simulator: 'true',
      reporters: 'html=reports/a.html markdown=reports/a.md',
    });
    expect({ code, outcome: outputs.outcome, exit: outputs.code }).toEqual({
      code: 0,
      outcome: 'passed',
      exit: '0',
    });
    expect(JSON.parse(await readFile(outputs.report ?? '', 'utf8'))).toMatchObject({ outcome: 'passed' });
    expect(await readFile(join(workspace, 'reports/a.html'), 'utf8')).toContain('<html');
    expect(await readFile(join(folder.path, 'calls'), 'utf8')).toMatch(/action npm ci --no-audit --no-fund\n$/);
    expect(await readFile(join(folder.path, 'summary'), 'utf8')).toContain('Create a test environment');
  });

  it('removes what a run created in a tenant', slow, async () => {
    const target = await startSimulator();
    const { code, outputs } = await useAction(
      { collections: 'create-a-test-environment' },
      {
        PINGONE_AUTH_PATH: target.url,
        PINGONE_API_PATH: target.url,
        PINGONE_ADMIN_ENV_ID: defaultCredentials.adminEnvID,
        PINGONE_ADMIN_APP_ID: defaultCredentials.adminAppID,
        PINGONE_ADMIN_APP_SECRET: defaultCredentials.adminAppSecret,
      },
    );
    expect({ code, outcome: outputs.outcome }).toEqual({ code: 0, outcome: 'passed' });
    expect(target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial'))).toEqual(
      [],
    );
    await target.close();
  });

  it('fails without credentials, and does not fall back to the simulator', async () => {
    const { code, log, outputs } = await useAction({});
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ outcome: '', code: '2' });
    expect(log).toContain('adminAppSecret has no value');
  });
});

describe('the container', () => {
  const isRoot = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

  it.skipIf(!isRoot)('runs for a user without rights, with a read-only root', slow, async () => {
    const text = await readFile(join(root, 'Containerfile'), 'utf8');
    const steps = [...text.matchAll(/^RUN (.*)$/gm)].map(([, step = '']) => step);
    expect(steps[0]).toBe('npm ci --no-audit --no-fund');
    // What the first stage installs and builds is here already.
    const here = (step: string) => step.replaceAll(/(?<= )\/(starter|app)\b/g, `${folder.path}/$1`);
    for (const step of steps.slice(1, 3)) execFileSync('bash', ['-ec', here(step)], { cwd: root, stdio: 'pipe' });
    const [, entry = ''] = /^ENTRYPOINT (.*)$/m.exec(text) ?? [];
    const argv = (JSON.parse(entry) as string[]).map((word) => word.replace('/app', '/mnt'));
    const state = join(folder.path, 'state');
    await mkdir(state);
    expect(/^USER (.*)$/m.exec(text)?.[1]).toBe('node');
    // A root of its own: all of this machine's, read-only, with what the image has.
    const script = `
      mount --make-rprivate / && mkdir root && mount --rbind / root && mount -o remount,bind,ro root
      mount --bind app root/mnt && mount -o remount,bind,ro root/mnt
      mount --bind state root/media && chown 65534 root/media && mount -t tmpfs tmpfs root/tmp
      ! touch root/mnt/x root/x 2>/dev/null
      exec chroot root setpriv --reuid 65534 --regid 65534 --clear-groups \
        env -i PATH="$PATH" XDG_STATE_HOME=/media XDG_CACHE_HOME=/media "$@"`;
    const result = spawnSync('unshare', ['--mount', 'bash', '-ec', script, 'bash', ...argv, 'run'], {
      encoding: 'utf8',
      cwd: folder.path,
    });
    expect(result.stderr).toContain('Using the PingOne simulator');
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect(result.status).toBe(0);
  });
});
