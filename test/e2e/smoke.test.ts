import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptRuns, parseHistory } from '../../src/run/history/run-history.ts';
import type { RunResult } from '../../src/run/result/result.ts';
import { defaultCredentials, type Fault } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, type RunningSimulator, spawnCli, startSimulator, temporaryFolder } from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
});
beforeEach(async () => {
  target.simulator.reset();
  target.simulator.setFaults([]);
  folder = await temporaryFolder();
});
afterAll(() => target.close());

const inFolder = (name: string) => join(folder.path, name);
const smoke = (...more: string[]) => [
  'smoke',
  '--environment',
  target.environment,
  '--ledger',
  inFolder('ledger'),
  '--output',
  inFolder('out'),
  ...more,
];
const named = (prefix: string) =>
  target.simulator.snapshot().environments.filter(({ name }) => name.startsWith(prefix));
const smokeEnvironments = () => named('pingone-tutorial-smoke-');
const withFaults = (...faults: Fault[]) => target.simulator.setFaults(faults);
const report = async (file = 'report.json') => JSON.parse(await readFile(inFolder(`out/${file}`), 'utf8')) as RunResult;

/** Makes environments look as old as this. */
function age(prefix: string, minutes: number): void {
  const state = JSON.parse(JSON.stringify(target.simulator.dump())) as object;
  const createdAt = new Date(Date.now() - minutes * 60_000).toISOString();
  const change = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const own = value as Record<string, unknown>;
    if (typeof own.name === 'string' && own.name.startsWith(prefix) && 'createdAt' in own) own.createdAt = createdAt;
    for (const child of Object.values(own)) change(child);
  };
  change(state);
  target.simulator.load(state as Parameters<typeof target.simulator.load>[0]);
}

describe('a smoke test', () => {
  it('runs, removes what it created, and writes reports and a history', async () => {
    const result = await cli(smoke());
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect(result.stdout).toContain('History: 1 run, 1 passed');
    expect(result.stdout).toContain('Clean-up: 1 removed, nothing left');
    expect(result.code).toBe(0);
    expect(smokeEnvironments()).toEqual([]);
    expect((await readdir(inFolder('out'))).sort()).toEqual([
      'history.json',
      'junit.xml',
      'report.html',
      'report.json',
      'report.md',
    ]);
  });

  it('writes a history without an id, a value or a secret of a response', slow, async () => {
    await cli(smoke());
    const text = await readFile(inFolder('out/history.json'), 'utf8');
    expect(parseHistory(text)).toHaveProperty('version', 1);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|eyJ|INTERNAL|sharedTestUser|127\.0\.0\.1/);
    expect(text).not.toContain(defaultCredentials.adminAppSecret);
  });

  it('tells GitHub when it runs there', slow, async () => {
    const osVariables = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: inFolder('summary.md') };
    await cli(smoke('--history', inFolder('history.json')), { osVariables });
    withFaults(
      { match: { step: 2, attempt: 1 }, do: { kind: 'status', status: 503 } },
      { match: { step: 3 }, do: { kind: 'extra-field', pointer: '/flavour' } },
    );
    const { stdout, code } = await cli(smoke('--history', inFolder('history.json')), { osVariables });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^::warning file=\S+\/environment.schema.json,line=1,title=Drift.*::\/flavour appeared \(string\)/m,
    );
    expect(stdout).toMatch(/^::warning .*title=Step 2%3A Read all licenses::passed after 1 attempt/m);
    expect(await readFile(inFolder('summary.md'), 'utf8')).toContain('## History: 2 runs, 2 passed');
  });

  it('never falls back to the simulator', async () => {
    const osVariables = { PINGONE_TLD: 'eu' };
    const refused = await cli(['smoke', '--output', inFolder('out')], { osVariables, cwd: folder.path });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      'no credentials were given, and a smoke test does not fall back to the simulator: set PINGONE_ADMIN_ENV_ID',
    );
    const asked = await cli(['smoke', '--simulator', '--output', inFolder('out')], { cwd: folder.path });
    expect(asked.stderr).toContain('Using the PingOne simulator');
    expect(asked.code).toBe(0);
  });

  it('fails with credentials that are wrong or no longer good, and says which', async () => {
    const environment = await target.environmentWith({ adminAppSecret: 'not-the-secret-any-more' });
    const result = await cli([...smoke(), '--environment', environment]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('adminAppID or adminAppSecret is not that of your Worker application');
    expect(await report()).toMatchObject({ outcome: 'failed', comparison: { runs: 1, passedRuns: 0 } });
    expect(JSON.stringify(await report())).not.toContain('not-the-secret');
  });

  it.each([
    ['a check that does not hold', 1, { match: { step: 4 }, do: { kind: 'status', status: 400 } }, []],
    ['a server that does not answer', 4, { match: { step: 4 }, do: { kind: 'hang' } }, ['--timeout', '3']],
    ['clean-up that is refused', 4, { match: { method: 'DELETE' }, do: { kind: 'status', status: 400 } }, []],
  ] as const)('ends with its verdict, and still removes what it can: %s', slow, async (_what, code, fault, more) => {
    withFaults(fault as Fault);
    expect((await cli(smoke(...more))).code).toBe(code);
    expect(smokeEnvironments()).toHaveLength(fault.match && 'method' in fault.match ? 1 : 0);
  });

  it('keeps what it created when it is asked to', slow, async () => {
    expect((await cli(smoke('--keep'))).code).toBe(0);
    expect(smokeEnvironments()).toHaveLength(1);
  });

  it('shows its plan, and changes nothing', async () => {
    await cli(smoke('--keep'));
    age('pingone-tutorial-smoke-', 120);
    await cli(smoke('--output', inFolder('other'), '--keep', '--plan')).then(({ stdout, code }) => {
      expect(stdout).toContain('1 leftover named "pingone-tutorial-smoke-…" to remove');
      expect(stdout).toContain('6 steps to run:\n  Step 1: Get an access token');
      expect(code).toBe(0);
    });
    expect(smokeEnvironments()).toHaveLength(1);
    await expect(readdir(inFolder('other'))).rejects.toThrow();
  });
});

describe('leftovers', () => {
  it('of a smoke test that was killed are removed by the next one', slow, async () => {
    withFaults({ match: { step: 4 }, do: { kind: 'hang' } });
    const killed = spawnCli(smoke('--verbose'));
    await killed.sees('✓ Step 3');
    killed.kill('SIGKILL');
    await killed.result;
    expect(smokeEnvironments()).toHaveLength(1);
    withFaults();
    age('pingone-tutorial-smoke-', 31);
    const result = await cli(smoke());
    expect(result.stdout).toContain('1 leftover named "pingone-tutorial-smoke-…" to remove');
    expect(result.code).toBe(0);
    expect(smokeEnvironments()).toEqual([]);
  });

  it('that may belong to a smoke test which goes on are not touched', slow, async () => {
    await cli(smoke('--keep'));
    age('pingone-tutorial-smoke-', 29);
    expect((await cli(smoke())).code).toBe(0);
    expect(smokeEnvironments()).toHaveLength(1);
    // One that may take longer waits longer.
    age('pingone-tutorial-smoke-', 31);
    expect((await cli(smoke('--timeout', '3600'))).code).toBe(0);
    expect(smokeEnvironments()).toHaveLength(1);
  });

  it('are never what a person made with run and keeps, however old', slow, async () => {
    await cli(['run', '--environment', target.environment, '--ledger', inFolder('ledger')]);
    age('pingone-tutorial-', 100_000);
    const [kept] = named('pingone-tutorial-');
    expect((await cli(smoke())).code).toBe(0);
    expect(named('pingone-tutorial-')).toEqual([kept]);
  });

  it('of another prefix are of another team', slow, async () => {
    await cli(smoke('--keep', '--var', 'namePrefix=other-team'));
    expect(named('other-team-smoke-2')).toHaveLength(1);
    age('other-team', 1000);
    await cli(smoke());
    expect(named('other-team-smoke-2')).toHaveLength(1);
    await cli(smoke('--var', 'namePrefix=other-team-smoke'));
    expect(named('other-team')).toEqual([]);
  });

  it('that cannot be removed make it fail', slow, async () => {
    await cli(smoke('--keep'));
    age('pingone-tutorial-smoke-', 60);
    // Every deletion fails but the second: that of what this smoke test creates.
    withFaults({ match: { method: 'DELETE', attempt: [1, 3] }, do: { kind: 'status', status: 400 } });
    const result = await cli(smoke());
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect(result.code).toBe(4);
    withFaults();
    expect((await cli(smoke())).code).toBe(0);
    expect(smokeEnvironments()).toEqual([]);
  });
});

describe('the history file', () => {
  const history = () => inFolder('cache/history.json');

  for (const [what, text, reason] of [
    ['cut off', '{"version": 1, "coll', 'it is not JSON, or was cut off'],
    ['of a later version', '{"version": 7}', 'it has version 7; this program knows version 1'],
  ] as const)
    it(`that is ${what} is said, and begun anew`, slowUnless(what === 'cut off'), async () => {
      await mkdir(inFolder('cache'));
      await writeFile(history(), text);
      const result = await cli(smoke('--history', history()));
      expect(result.stdout).toContain(`could not be used and is replaced: ${reason}`);
      expect(result.code).toBe(0);
      expect(await readFile(inFolder('out/report.md'), 'utf8')).toContain(reason);
      expect((await cli(smoke('--history', history()))).stdout).toContain('History: 2 runs, 2 passed');
    });

  for (const [what, text] of [
    ['a report', '{\n  "version": 2,\n  "outcome": "passed"\n}\n'],
    ['notes', 'what I know of this tenant\n'],
  ] as const)
    it(`that is ${what} is never replaced, and nothing is run`, slowUnless(what === 'notes'), async () => {
      await mkdir(inFolder('cache'));
      await writeFile(history(), text);
      const result = await cli(smoke('--history', history()));
      expect(result.stderr).toContain(`${history()} is no history: name another file`);
      expect(result.code).toBe(2);
      expect(await readFile(history(), 'utf8')).toBe(text);
      expect(await readdir(inFolder('cache'))).toEqual(['history.json']);
    });

  it('is left as it was by a run that does not begin', async () => {
    await mkdir(inFolder('cache'));
    await writeFile(history(), '{"version"');
    const run = ['run', '--environment', target.environment, '--history', history(), '-r', `json=${inFolder('cache')}`];
    expect((await cli(run)).code).toBe(2);
    expect(await readdir(inFolder('cache'))).toEqual(['history.json']);
    expect(await readFile(history(), 'utf8')).toBe('{"version"');
  });

  it('tells of flaky steps with their rate', slow, async () => {
    await cli(smoke());
    withFaults({ match: { step: 5, attempt: 1 }, do: { kind: 'reset-before-reading' } });
    const { stdout } = await cli(smoke());
    expect(stdout).toMatch(
      /flaky: Step 5: Create a user passed only at attempt 2 \(.*ECONNRESET.*\); so in 1 \(50 %\) of 2 runs/,
    );
  });
});

describe('drift', () => {
  const drifts = async (...faults: Fault[]) => {
    await cli(smoke());
    withFaults(...faults);
    const result = await cli(smoke());
    return {
      ...result,
      drift: (await report()).comparison?.drift.map(({ step, path, change }) => `${step} ${path} ${change}`),
    };
  };

  it('is said with its exact path, while the schema still passes', slow, async () => {
    const { code, stdout, drift } = await drifts(
      { match: { step: 2 }, do: { kind: 'mistyped-field', pointer: '/_embedded/licenses/0/advancedServices' } },
      {
        match: { step: 3 },
        do: { kind: 'extra-field', pointer: '/billOfMaterials/products/0/parts', value: [{ x: 1 }] },
      },
      { match: { step: 4 }, do: { kind: 'missing-field', pointer: '/_links/environment' } },
    );
    expect(drift).toEqual([
      'read-licenses /_embedded/licenses/*/advancedServices retyped',
      'create-environment /billOfMaterials/products/*/parts appeared',
      'create-population /_links/environment vanished',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'environment.schema.json: [{"op":"add","path":"/properties/billOfMaterials/properties/products/items/properties/parts","value":{"type":"array","items":{"type":"object","properties":{"x":{"type":"number"}}}}}]',
    );
    // It is said once; the next run knows it.
    expect((await cli(smoke())).stdout).not.toContain('drift:');
  });

  it('in a large body is found beyond what results keep of it', slow, async () => {
    const padding = 'x'.repeat(200_000);
    const large = (value: unknown): Fault => ({
      match: { step: 4 },
      do: { kind: 'extra-field', pointer: '/large', value },
    });
    withFaults(large([{ padding }]));
    const { drift } = await drifts(large([{ padding, zebra: 7 }]));
    expect(drift).toEqual(['create-population /large/*/zebra appeared']);
    expect((await report()).steps[3]?.response?.body?.truncated).toBe(true);
  });

  const unchanged = Number(process.env.DRIFT_RUNS ?? 3);
  it(`is never said of an unchanged simulator (${unchanged} runs, some with faults that pass)`, {
    ...slow,
    timeout: unchanged * 20_000,
  }, async () => {
    for (let run = 1; run <= unchanged; run += 1) {
      const fault: Fault = { match: { step: (run % 6) + 1, attempt: 1 }, do: { kind: 'reset-after-processing' } };
      withFaults(...(run % 3 === 0 ? [fault] : []));
      const result = await cli(smoke('--history', inFolder('history.json')));
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(`History: ${Math.min(run, keptRuns)} run`);
      expect(result.stdout).not.toContain('drift:');
    }
    process.stdout.write(`drift: ${unchanged} runs against an unchanged simulator, none reported\n`);
  });
});

describe('smoke tests at once against one tenant', () => {
  const count = Number(process.env.SMOKE_RUNS ?? 4);
  it(`have the right verdict each, and leave nothing (${count} with faults in 5 % of the requests)`, {
    ...slow,
    timeout: Math.max(60_000, count * 30_000),
  }, async () => {
    const share = 0.05 / 3;
    target.simulator.setFaults(
      [
        { match: { probability: share }, do: { kind: 'status', status: 429, retryAfter: 1 } },
        { match: { probability: share }, do: { kind: 'status', status: 503 } },
        { match: { probability: share }, do: { kind: 'reset-after-processing' } },
      ],
      20,
    );
    // One in four has a secret that is not right: its verdict must not be that of the others.
    const wrong = await target.environmentWith({ adminAppSecret: 'not-the-secret-any-more' });
    const isWrong = (index: number) => index % 4 === 3;
    const runs = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const out = inFolder(`out-${index}`);
        const argv = [...smoke('--output', out), ...(isWrong(index) ? ['--environment', wrong] : [])];
        const { code, stdout, stderr } = await spawnCli(argv).result;
        const result = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as RunResult;
        return { code, said: `${stdout}${stderr}`, result };
      }),
    );
    for (const [index, { code, result, said }] of runs.entries()) {
      expect(code, said).toBe(isWrong(index) ? 1 : 0);
      expect(result).toMatchObject({ outcome: isWrong(index) ? 'failed' : 'passed', cleanUp: { complete: true } });
    }
    expect(smokeEnvironments()).toEqual([]);
    const created = target.simulator
      .history()
      .filter(({ type, action }) => type === 'environment' && action === 'created');
    const names = runs.flatMap(({ result }) => result.created.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    const fired = target.simulator.faults().reduce((sum, fault) => sum + fault.fired, 0);
    const flaky = runs.filter(({ result }) => result.comparison?.steps.some(({ retried }) => retried));
    const codes = runs.map(({ code }) => code).join(' ');
    process.stdout.write(
      `smoke: ${count} at once, exit codes ${codes}; ${fired} faults, ${flaky.length} runs with flaky steps, ${created.length} environments created, 0 left\n`,
    );
  });
});
