import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { type RunningSimulator, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import {
  type Context,
  evaluate,
  fillIn,
  type JobOptions,
  type JobRun,
  readWorkflow,
  runJob,
  type Workflow,
} from './workflow.ts';

/** The nights of the scheduled workflow, carried out step by step against the simulator. */

let workflow: Workflow;
let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  workflow = await readWorkflow('smoke.yml');
  target = await startSimulator();
});
beforeEach(async () => {
  target.simulator.reset();
  target.simulator.setFaults([]);
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'bin'));
  // npm would install anew into what the tests run from; gh has no GitHub to talk to, and remembers one issue.
  await program('npm', 'echo "npm $*" >>"$CALLS"');
  await program(
    'gh',
    [
      'echo "gh $*" | head -n 1 >>"$CALLS"',
      'case "$1 $2" in',
      '  "issue list") cat "$ISSUE" 2>/dev/null || true ;;',
      '  "issue create") echo 7 >"$ISSUE" ;;',
      '  "issue close") rm "$ISSUE" ;;',
      'esac',
    ].join('\n'),
  );
});
afterAll(() => target.close());

async function program(name: string, script: string): Promise<void> {
  const file = join(folder.path, 'bin', name);
  await writeFile(file, `#!/usr/bin/env bash\nset -eu\n${script}\n`);
  await chmod(file, 0o755);
}

const credentials = {
  PINGONE_ADMIN_ENV_ID: defaultCredentials.adminEnvID,
  PINGONE_ADMIN_APP_ID: defaultCredentials.adminAppID,
  PINGONE_ADMIN_APP_SECRET: defaultCredentials.adminAppSecret,
};

interface Night {
  readonly smoke: JobRun;
  readonly cleanup: JobRun;
  readonly alert: JobRun;
  readonly simulator: JobRun;
}

interface NightOptions {
  readonly event?: 'schedule' | 'workflow_dispatch' | 'pull_request';
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly whileRunning?: JobOptions['whileRunning'];
}

let nights = 0;

/** Carries every job of the workflow out, as GitHub would. */
async function night({
  event = 'schedule',
  inputs = {},
  secrets = credentials,
  whileRunning,
}: NightOptions = {}): Promise<Night> {
  nights += 1;
  const github = {
    event_name: event,
    run_id: nights,
    run_attempt: 1,
    token: 'a-github-token',
    repository: 'us/ours',
    server_url: 'https://github.example',
  };
  const context: Context = { github, inputs, secrets, vars: {}, matrix: { region: 'com' }, needs: {} };
  const options = {
    store: { folder: folder.path },
    programs: join(folder.path, 'bin'),
    machine: {
      CALLS: join(folder.path, 'calls'),
      ISSUE: join(folder.path, 'issue'),
      NODE: process.execPath,
      PINGONE_AUTH_PATH: target.url,
      PINGONE_API_PATH: target.url,
    },
  };
  const { jobs } = workflow;
  const job = (name: string) => jobs[name] ?? { steps: [] };
  const simulator = await runJob(job('simulator'), { ...options, context });
  const smoke = await runJob(job('smoke'), { ...options, context, ...(whileRunning && { whileRunning }) });
  const cleanup = await runJob(job('cleanup'), { ...options, context: { ...context, needs: { smoke } } });
  const alert = await runJob(job('alert'), { ...options, context: { ...context, needs: { smoke, cleanup } } });
  return { smoke, cleanup, alert, simulator };
}

const calls = async () =>
  (await readFile(join(folder.path, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
const ghCalls = async () => (await calls()).filter((line) => line.startsWith('gh ') && !line.includes('issue list'));
const left = () => target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'));
const kept = (name: string) => readFile(join(folder.path, 'kept', name), 'utf8');

describe('the scheduled smoke test', { timeout: 120_000 }, () => {
  it('is green in a green night: nothing left, reports and history kept, no issue', slow, async () => {
    const first = await night();
    expect(first.smoke).toMatchObject({ result: 'success', codes: { Install: 0, 'Smoke test': 0 } });
    expect(first.smoke.summary).toContain('# ✅ Create a test environment: passed');
    expect(first.cleanup).toMatchObject({ result: 'success', codes: { 'Clean up': 0 } });
    expect(first.cleanup.output).toContain('Nothing to remove');
    expect([first.alert.result, first.simulator.result]).toEqual(['success', 'skipped']);
    expect(await ghCalls()).toEqual([]);
    expect(left()).toEqual([]);
    expect(await kept('smoke-com-1/junit.xml')).toContain('Step 6: Set the user password');
    expect((await night()).smoke.summary).toContain('## History: 2 runs, 2 passed');
  });

  it(
    'is red in a red night, says why, and opens one issue; a second red night adds a comment; recovery closes it',
    slow,
    async () => {
      target.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'status', status: 400 } }]);
      const red = await night();
      expect(red.smoke).toMatchObject({ result: 'failure', codes: { 'Smoke test': 1 } });
      expect(red.smoke.summary).toContain('## Failed: Step 4: Create a population');
      expect(red.smoke.output).toMatch(
        /^::error file=\S*collections\/create-a-test-environment\/4-create-population.yaml,line=\d+/m,
      );
      expect(await kept('smoke-com-1/report.json')).toContain('"outcome": "failed"');
      expect(left()).toEqual([]);
      expect((await ghCalls()).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
        'gh label create',
        'gh issue create',
      ]);
      await night();
      expect((await ghCalls()).at(-1)).toContain('gh issue comment 7 --body Smoke test: failure. Clean-up: success.');
      target.simulator.setFaults([]);
      const recovered = await night();
      expect(recovered.smoke.result).toBe('success');
      expect((await ghCalls()).at(-1)).toMatch(
        /^gh issue close 7 --comment It works again: https:\/\/github.example\/us\/ours\/actions\/runs\/\d+$/,
      );
      expect(await ghCalls()).toHaveLength(4);
    },
  );

  it('removes what a smoke test left that was killed, by its ledger', slow, async () => {
    target.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'hang' } }]);
    const killed = await night({
      whileRunning: async () => {
        while (target.simulator.faults()[0]?.fired === 0) await sleep(20);
        const { process: program } = JSON.parse(await newestLedger()) as { process: { id: number } };
        process.kill(program.id, 'SIGKILL');
        await leaveLeaseElsewhere();
        target.simulator.setFaults([]);
      },
    });
    expect(killed.smoke).toMatchObject({ result: 'failure', codes: { 'Smoke test': 137 } });
    expect(killed.cleanup.output).toContain('1 gone, nothing left');
    expect(killed.cleanup.result).toBe('success');
    expect(left()).toEqual([]);
  });

  it('is red, and the clean-up too, when what was created cannot be removed', slow, async () => {
    target.simulator.setFaults([{ match: { method: 'DELETE' }, do: { kind: 'status', status: 400 } }]);
    const { smoke, cleanup } = await night();
    expect([smoke.codes['Smoke test'], cleanup.codes['Clean up']]).toEqual([4, 4]);
    expect((await ghCalls()).at(-1)).toContain('gh issue create');
  });

  it.each([
    [
      'credentials that are no longer good',
      { ...credentials, PINGONE_ADMIN_APP_SECRET: 'not-the-secret-any-more' },
      1,
      '# ❌ Create a test environment: failed',
    ],
    [
      'credentials that are malformed',
      { ...credentials, PINGONE_ADMIN_ENV_ID: 'x' },
      2,
      '# ❌ The smoke test did not run',
    ],
    ['no credentials', {}, 2, '# ❌ The smoke test did not run'],
  ])('is red with %s', slow, async (_what, secrets, code, summary) => {
    const { smoke } = await night({ secrets });
    expect(smoke).toMatchObject({ result: 'failure', codes: { 'Smoke test': code } });
    expect(smoke.summary).toContain(summary);
    expect(`${smoke.output}${smoke.summary}`).not.toContain('not-the-secret');
  });

  it('is red when it ends well, but no step ran', slow, async () => {
    await program('node', 'if [[ $1 == *bin.js ]]; then exit 0; fi; exec "$NODE" "$@"');
    const { smoke } = await night();
    expect(smoke).toMatchObject({ result: 'failure', codes: { 'Smoke test': 4 } });
    expect(smoke.output).toContain('no step is known to have passed');
  });

  it('by hand keeps what it creates, or shows its plan, when it is asked to', slow, async () => {
    const plan = await night({ event: 'workflow_dispatch', inputs: { region: 'com', keep: false, plan: true } });
    expect(plan.smoke.output).toContain('6 steps to run:');
    expect([plan.smoke.result, plan.cleanup.result, plan.alert.result]).toEqual(['success', 'skipped', 'skipped']);
    expect(left()).toEqual([]);
    const keep = await night({ event: 'workflow_dispatch', inputs: { region: 'com', keep: true, plan: false } });
    expect([keep.smoke.result, keep.cleanup.result]).toEqual(['success', 'skipped']);
    expect(left()).toHaveLength(1);
  });

  it('of a pull request runs against the simulator, without secrets', slow, async () => {
    const { simulator, smoke, cleanup, alert } = await night({ event: 'pull_request', secrets: {} });
    expect(simulator).toMatchObject({ result: 'success', codes: { 'Smoke test': 0 } });
    expect(simulator.output).toContain('Using the PingOne simulator');
    expect([smoke.result, cleanup.result, alert.result]).toEqual(['skipped', 'skipped', 'skipped']);
  });
});

/** The first line of the ledger that is being written. */
/** The runner of the clean-up job cannot see the process of the smoke test's. */
async function leaveLeaseElsewhere(): Promise<void> {
  const leases = (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith('.lease.json'));
  expect(leases).toHaveLength(1);
  for (const name of leases) {
    const file = join(folder.path, name);
    const lease = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...lease, boot: 'of another runner' }));
  }
}

async function newestLedger(): Promise<string> {
  const files = (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith('.ledger.jsonl'));
  return (await readFile(join(folder.path, files.sort().at(-1) ?? ''), 'utf8')).split('\n')[0] ?? '';
}

describe('the workflow', () => {
  it('goes to the regions that are asked for, else those of the repository, else North America', () => {
    const regions = (context: Context) =>
      evaluate(String(workflow.jobs.smoke?.strategy?.matrix?.region).replace(/^\$\{\{|\}\}$/g, ''), context);
    expect(regions({ inputs: {}, vars: {} })).toEqual(['com']);
    expect(regions({ inputs: { region: 'all' }, vars: { SMOKE_REGIONS: '["com", "eu"]' } })).toEqual(['com', 'eu']);
    expect(regions({ inputs: { region: 'com.au' }, vars: { SMOKE_REGIONS: '["com", "eu"]' } })).toEqual(['com.au']);
    expect(workflow.jobs.cleanup?.strategy).toEqual(workflow.jobs.smoke?.strategy);
  });

  it('does not cancel what creates things, nor let one region end another', () => {
    const { smoke } = workflow.jobs;
    expect(smoke?.strategy?.['fail-fast']).toBe(false);
    expect(fillIn(smoke?.concurrency?.group, { matrix: { region: 'eu' } })).toBe('smoke-eu');
    expect(smoke?.concurrency?.['cancel-in-progress']).toBe(false);
  });

  it('gives secrets only to the steps that need them, and none to a pull request', () => {
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const { steps, ...rest } = job;
      expect(JSON.stringify(rest), name).not.toContain('secrets.');
      for (const step of steps) {
        const usesSecrets = JSON.stringify(step).includes('secrets.');
        expect(usesSecrets, step.name).toBe(['smoke', 'cleanup'].includes(name) && /\.sh$/.test(step.run ?? ''));
        // In the text of a script, a value would be part of the program.
        expect(step.run ?? '').not.toContain('${{');
      }
    }
    expect(workflow.jobs.simulator?.environment).toBeUndefined();
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });
});
