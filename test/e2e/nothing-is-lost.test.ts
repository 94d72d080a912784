import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { UsageError } from '../../src/errors.ts';
import type { Ledger } from '../../src/run/ledger/ledger.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, defaultCredentials, type Fault } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import {
  cli,
  collectionFolder,
  copyCollection,
  type RunningSimulator,
  spawnCli,
  startSimulator,
  temporaryFolder,
} from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  target = await startSimulator(createSimulator());
  folder = await temporaryFolder();
});
afterEach(async () => {
  await target.close();
  await folder.remove();
});

const argv = (command: string, ...more: string[]) => [
  command,
  '--environment',
  target.environment,
  '--ledger',
  folder.path,
  ...more,
];
const sweep = (...more: string[]) => ['sweep', '--environment', target.environment, ...more];
const ownEnvironments = () =>
  target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'));
const timesCreated = () =>
  target.simulator.history().filter(({ type, action }) => type === 'environment' && action === 'created').length;
const withFaults = (...faults: Fault[]) => target.simulator.setFaults(faults);

describe('clean-up', () => {
  it('removes what a run created, and says so', async () => {
    const result = await cli(argv('run', '--cleanup', 'always'));
    expect(result.stdout).toMatch(/✓ removed environment pingone-tutorial-\S+ [0-9a-f-]{36}/);
    expect(result.stdout).toContain('Clean-up: 1 removed, nothing left');
    expect(result.code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
  });

  it('runs after a failure only, when it is asked to', slow, async () => {
    await cli(argv('run', '--cleanup', 'on-failure'));
    expect(ownEnvironments()).toHaveLength(1);
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    const failed = await cli(argv('run', '--cleanup', 'on-failure'));
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('Clean-up: 1 removed, nothing left');
    expect(ownEnvironments()).toHaveLength(1);
  });

  it('ends with 4 and names what is left when it cannot be removed; cleanup removes it later', slow, async () => {
    withFaults({ match: { method: 'DELETE' }, do: { kind: 'status', status: 403 } });
    const result = await cli(argv('run', '--cleanup', 'always', '--retries', '0'));
    expect(result.stdout).toMatch(
      /✗ left: environment pingone-tutorial-\S+ [0-9a-f-]{36}: 403 Forbidden: The Worker application may not delete/,
    );
    expect(result.code).toBe(4);
    withFaults();
    const later = await cli(argv('cleanup'));
    expect(later.stdout).toContain('1 gone, nothing left');
    expect(later.code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
    expect((await cli(argv('cleanup'))).stdout).toContain('Nothing to remove');
  });

  const interruptions = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).flatMap((signal) =>
    [1, 2, 3, 4, 5, 6].map((step) => ({ signal, step })),
  );
  async function interrupt(signal: NodeJS.Signals, step: number): Promise<void> {
    withFaults({ match: { step }, do: { kind: 'hang', processed: true } });
    const program = spawnCli(argv('run', '--cleanup', 'always'));
    await program.sees(step === 1 ? 'Create a test environment' : `✓ Step ${step - 1}`);
    await new Promise((resolve) => setTimeout(resolve, step === 1 ? 1200 : 300));
    program.kill(signal);
    const result = await program.result;
    expect(result.stdout).toContain('the run was interrupted');
    expect(result.stdout).toContain(
      step < 3 ? 'Clean-up: 0 removed, nothing left' : 'Clean-up: 1 removed, nothing left',
    );
    expect(result.code).toBe(4);
    expect(ownEnvironments()).toEqual([]);
  }
  for (const { signal, step } of interruptions) {
    const options = slowUnless(signal === 'SIGTERM' && step === 4);
    it(`runs after ${signal} at step ${step}`, options, () => interrupt(signal, step));
  }

  it('does not touch a run of another process that goes on', slow, async () => {
    withFaults({ match: { step: 4 }, do: { kind: 'hang' } });
    const program = spawnCli(argv('run'));
    await program.sees('✓ Step 3: Create an environment');
    const result = await cli(argv('cleanup'));
    expect(result.stderr).toContain('its run is still going on');
    expect(result.stdout).toContain('Nothing to remove: no other ledger in');
    expect(ownEnvironments()).toHaveLength(1);
    program.kill('SIGKILL');
    await program.result;
    expect((await cli(argv('cleanup'))).code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
  });
});

describe('a run killed with kill -9', () => {
  async function killAndCleanUp(kills: number): Promise<void> {
    await target.close();
    // It takes its time, so that runs are killed in the middle.
    target = await startSimulator(createSimulator({ latencyMilliseconds: 40 }));
    let resumed = 0;
    for (let run = 0; run < kills; run += 1) {
      target.simulator.reset();
      const own = await temporaryFolder();
      const there = ['--environment', target.environment, '--ledger', own.path];
      const program = spawnCli(['run', ...there]);
      await program.sees('Create a test environment');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
      program.kill('SIGKILL');
      await program.result;
      if (run % 2 === 1) {
        const result = await cli(['run', ...there, '--resume']);
        expect(result.stdout).toContain('6 steps: 6 passed');
        expect(ownEnvironments().length).toBeLessThanOrEqual(1);
        resumed += 1;
      }
      const cleaned = await cli(['cleanup', ...there]);
      expect(cleaned.code).toBe(0);
      expect(ownEnvironments()).toEqual([]);
      expect(timesCreated()).toBeLessThanOrEqual(1);
      await own.remove();
    }
    process.stdout.write(`kill -9: ${kills} runs, ${resumed} resumed, 0 environments left, 0 created twice\n`);
  }

  const kills = Number(process.env.KILL_RUNS ?? 4);
  // Of what was killed just before a creation, clean-up looks for a minute whether it is there.
  const options = { ...slow, timeout: kills * 80_000 };
  it(`leaves nothing after cleanup, or is finished by --resume (${kills} runs at random points)`, options, () =>
    killAndCleanUp(kills),
  );
});

describe('a run is resumed', () => {
  it('after its last good step, with the same environment, and stores no secret for it', async () => {
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    expect((await cli(argv('run'))).code).toBe(1);
    const [ledger] = await readdir(folder.path);
    const text = await readFile(join(folder.path, ledger ?? ''), 'utf8');
    expect(text).not.toContain('simulator-client-secret');
    expect(text).not.toMatch(/eyJ[\w-]+\./);
    withFaults();
    const resumed = await cli(argv('run', '--resume'));
    expect(resumed.stdout).toContain('it passed in the run that is resumed');
    expect(resumed.stdout).toContain('6 steps: 6 passed');
    expect(resumed.code).toBe(0);
    expect(timesCreated()).toBe(1);
  });

  it('with what it made and was told before, so that nothing is there twice', slow, async () => {
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    const told = ['--var', 'namePrefix=pingone-tutorial-told', '--var', 'email=told@example.com'];
    expect((await cli(argv('run', ...told))).code).toBe(1);
    withFaults();
    expect((await cli(argv('run', '--resume'))).code).toBe(0);
    const created = target.simulator.history().filter(({ action }) => action === 'created');
    expect(created.map(({ type }) => type)).toEqual(['environment', 'population', 'user']);
    const [environment] = ownEnvironments();
    expect(environment?.name).toMatch(/^pingone-tutorial-told-/);
    expect(JSON.stringify(target.simulator.dump())).toContain('told@example.com');
    expect((await cli(argv('cleanup'))).stdout).toContain('1 gone, nothing left');
  });

  it('only when the collection still has the steps that created what is there', slow, async () => {
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    const own = await copyCollection(join(folder.path, 'own'));
    const there = (command: string, ...more: string[]) =>
      cli([command, own, '-e', target.environment, '--ledger', join(folder.path, 'ledger'), ...more]);
    expect((await there('run')).code).toBe(1);
    const step = join(own, '3-create-environment.yaml');
    await writeFile(step, (await readFile(step, 'utf8')).replace('id: create-environment', 'id: make-environment'));
    const resumed = await there('run', '--resume');
    expect(resumed.stderr).toMatch(/cannot be resumed: the collection has no step "create-environment", which created/);
    expect(resumed.code).toBe(2);
    expect((await there('cleanup')).code).toBe(4);
    expect(timesCreated()).toBe(1);
  });

  it('only when there is one', async () => {
    const result = await cli(argv('run', '--resume'));
    expect(result.stderr).toContain('there is no run to resume');
    expect(result.code).toBe(2);
  });
});

describe('faults that pass', () => {
  it('are waited out, and the report tells every attempt', slow, async () => {
    withFaults({ match: { step: 2, attempt: 1 }, do: { kind: 'status', status: 429, retryAfter: 1 } });
    const result = await cli(argv('run'));
    expect(result.stdout).toMatch(/↻ Step 2: Read all licenses {2}429 Too Many Requests: attempt 2 of 5 in 1\.\d s/);
    expect(result.stdout).toContain('1 attempt before this one: 429 Too Many Requests (waited 1.');
    expect(result.code).toBe(0);
  });

  it('a token that is refused is renewed once, and the run goes on from the same step', async () => {
    withFaults({ do: { kind: 'token-expiry', afterUses: 2 } });
    const result = await cli(argv('run'));
    expect(result.stdout).toContain('↻ a new access token was obtained: the token was refused');
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect(timesCreated()).toBe(1);
  });

  it('a token that is about to expire is renewed before it is used', slow, async () => {
    const short = await startSimulator(createSimulator({ tokenLifetimeSeconds: 30 }));
    const result = await cli(['run', '--environment', short.environment, '--ledger', folder.path]);
    expect(result.stdout).toContain('↻ a new access token was obtained: it was about to expire');
    expect(result.stdout).toContain('6 steps: 6 passed');
    await short.close();
  });

  it('are given up when the run has had enough further attempts', async () => {
    withFaults({ match: { step: 2 }, do: { kind: 'status', status: 503 } });
    const result = await cli(argv('run', '--retry-budget', '1', '--max-wait', '0.05'));
    expect(result.stdout.match(/↻/g)).toHaveLength(1);
    expect(result.stdout).toContain('attempt 2 of 5 in 50 ms');
    expect(result.code).toBe(1);
  });

  it('a lost answer is looked up, and what it created is adopted', slow, async () => {
    withFaults({ match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } });
    const result = await cli(argv('run', '--cleanup', 'always'));
    expect(result.stdout).toContain('response lost; found it by its name and adopted it');
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect(timesCreated()).toBe(1);
    expect(ownEnvironments()).toEqual([]);
  });
});

describe('sweep', () => {
  it('shows what it would remove, and removes it only when told to', slow, async () => {
    await cli(argv('run'));
    const young = await cli(sweep());
    expect(young.stdout).toContain('0 leftovers');
    expect(young.stdout).toContain('it is too new');
    const plan = await cli(sweep('--older-than', '0'));
    expect(plan.stdout).toContain('1 leftover named "pingone-tutorial-…" to remove');
    expect(plan.stderr).toContain('there is no terminal to ask at; read the plan, then use --yes');
    expect(plan.code).toBe(2);
    expect(ownEnvironments()).toHaveLength(1);
    const done = await cli(sweep('--older-than', '0', '--yes'));
    expect(done.stdout).toContain('1 gone, nothing left');
    expect(done.code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
  });

  it('never removes what is not named like a run', async () => {
    await cli(argv('run', '--var', 'namePrefix=pingone-tutorial-of-mine'));
    const result = await cli(sweep('--older-than', '0', '--yes'));
    expect(result.stdout).toContain('its name does not end in a run id');
    expect(ownEnvironments()).toHaveLength(1);
  });

  it('never removes an environment of the type PRODUCTION', async () => {
    await cli(argv('run'));
    const [own] = ownEnvironments();
    const state = JSON.parse(
      JSON.stringify(target.simulator.dump()).replaceAll('"type":"SANDBOX"', '"type":"PRODUCTION"'),
    );
    target.simulator.load(state);
    const result = await cli(sweep('--older-than', '0', '--yes'));
    expect(result.stdout).toContain(`${own?.name}: its type is PRODUCTION`);
    expect(ownEnvironments()).toHaveLength(1);
  });

  /** As many environments as a run left, of the year 2020, in the simulator. */
  async function leaveMany(count: number): Promise<void> {
    await cli(argv('run'));
    const dump = target.simulator.dump();
    const model = dump.environments.find(({ name }) => name.startsWith('pingone-tutorial-'));
    const hex = (index: number) => index.toString(16).padStart(8, '0');
    const copies = Array.from({ length: count }, (_, index) => ({
      ...JSON.parse(JSON.stringify(model).replaceAll(model?.id ?? '', `${hex(index)}-aaaa-4bbb-8ccc-dddddddddddd`)),
      name: `pingone-tutorial-20200101T000000-${hex(index)}`,
      createdAt: '2020-01-01T00:00:00.000Z',
      sequence: 100_000 + index,
    }));
    target.simulator.load({ ...dump, environments: [...dump.environments.filter((one) => one !== model), ...copies] });
  }

  async function sweepMany(count: number): Promise<void> {
    await leaveMany(count);
    const refused = await cli(sweep('--yes'));
    expect(refused.stderr).toContain(`${count} would be removed, more than --max 20`);
    const done = await cli(sweep('--yes', '--max', String(count)));
    expect(done.stdout).toContain(`200 of ${count} done`);
    expect(done.stdout).toContain(`${count} gone, nothing left`);
    expect(done.code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
  }
  const leftovers = Number(process.env.SWEPT ?? 250);
  const many = { ...slow, timeout: 30_000 + leftovers * 100 };
  it(`removes ${leftovers} leftovers when it may, and says how far it has come`, many, () => sweepMany(leftovers));

  it('takes the age from the clock of the service, not from its own', slow, async () => {
    await cli(argv('run'));
    const now = Date.now;
    try {
      Date.now = () => now() + 3 * 86_400_000;
      const result = await cli(sweep('--yes'));
      expect(result.stdout).toContain('it is too new');
    } finally {
      Date.now = now;
    }
    expect(ownEnvironments()).toHaveLength(1);
  });

  it('says of what it removed that it was gone already when cleanup comes later', slow, async () => {
    await cli(argv('run'));
    await cli(sweep('--older-than', '0', '--yes'));
    // Long ago: else the service may only not know it yet.
    for (const name of await readdir(folder.path)) {
      const file = join(folder.path, name);
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/"at":"\d{4}/g, '"at":"2020'));
    }
    const later = await cli(argv('cleanup'));
    expect(later.stdout).toMatch(/✓ was gone already: environment pingone-tutorial-/);
    expect(later.code).toBe(0);
  });

  it('refuses to remove many at once, or by a short prefix', slow, async () => {
    await cli(argv('run'));
    await cli(argv('run'));
    const many = await cli(sweep('--older-than', '0', '--yes', '--max', '1'));
    expect(many.stderr).toContain('2 would be removed, more than --max 1');
    const short = await cli(sweep('--older-than', '0', '--yes', '--var', 'namePrefix=ab'));
    expect(short.stderr).toContain('the prefix "ab-" is too short');
    expect(ownEnvironments()).toHaveLength(2);
  });
});

describe('a ledger', () => {
  it('of one run is not disturbed by that of another at the same time', slow, async () => {
    const results = await Promise.all([
      spawnCli(argv('run', '--cleanup', 'always')).result,
      spawnCli(argv('run', '--cleanup', 'always')).result,
      spawnCli(argv('run')).result,
    ]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await readdir(folder.path)).toHaveLength(3);
    expect(ownEnvironments()).toHaveLength(1);
    expect((await cli(argv('cleanup'))).stdout).toContain('1 gone, nothing left');
    expect(ownEnvironments()).toEqual([]);
  });

  const full = () => new UsageError('cannot write the ledger: the disk is full');
  it.each<[string, string, Pick<Ledger, 'append' | 'onDisk'>]>([
    [
      'that cannot take another line',
      'cannot write the ledger: the disk is full',
      {
        append: ({ kind }) => {
          if (kind === 'creating') throw full();
        },
        onDisk: () => undefined,
      },
    ],
    [
      'whose line the disk does not take',
      'cannot write the ledger: the disk is full',
      { append: () => {}, onDisk: () => Promise.reject(full()) },
    ],
  ])('%s keeps the request from being sent', async (_what, reason, ledger) => {
    let creating = false;
    const definition = await loadDefinition(collectionFolder);
    const result = await runCollection({
      definition,
      collection: compileCollection(definition),
      values: {
        ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
        ...defaultCredentials,
        authPath: target.url,
        apiPath: target.url,
      },
      targetKind: 'given',
      ledger: {
        file: 'full',
        append: (entry) => {
          creating ||= entry.kind === 'creating';
          ledger.append(entry);
        },
        onDisk: () => (creating ? ledger.onDisk() : undefined),
        close: () => {},
      },
    });
    expect(result.steps.map(({ status }) => status)).toEqual([
      'passed',
      'passed',
      'error',
      'not-reached',
      'not-reached',
      'not-reached',
    ]);
    expect(result.steps[2]?.reason).toBe(reason);
    expect(timesCreated()).toBe(0);
  });

  it('that cannot be written keeps a run from beginning', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const result = await cli([
      'run',
      '--environment',
      target.environment,
      '--ledger',
      join(folder.path, 'file', 'ledgers'),
    ]);
    expect(result.stderr).toMatch(
      /^error: cannot write the ledger .*: a part of the path is a file; name another folder with --ledger/,
    );
    expect(result.code).toBe(2);
    expect(timesCreated()).toBe(0);
  });

  it('that tells of nothing that was sent is left alone with a sentence', async () => {
    await writeFile(join(folder.path, 'b.ledger.jsonl'), '{"kind":"run","vers');
    await mkdir(join(folder.path, 'c.ledger.jsonl'));
    const result = await cli(argv('cleanup'));
    expect(result.stderr).toContain('b.ledger.jsonl is left alone: its first line is cut off');
    expect(result.stderr).toContain('c.ledger.jsonl is left alone: it is no file');
    expect(result.code).toBe(0);
  });

  it('of another program is named and never counts as nothing, until it is forgotten', slow, async () => {
    const file = join(folder.path, 'a.ledger.jsonl');
    await writeFile(file, '{"hello":1}\n');
    withFaults({ match: { step: 4 }, do: { kind: 'status', status: 400 } });
    expect((await cli(argv('run'))).code).toBe(1);
    const result = await cli(argv('cleanup'));
    expect(result.stdout).toContain('1 gone, nothing left');
    expect(ownEnvironments()).toEqual([]);
    expect(result.stderr).toContain(`${file}: it does not begin as a ledger`);
    expect(result.stderr).toContain(`--forget ${file}`);
    expect(result.code).toBe(4);
    expect((await cli(argv('cleanup', '--forget', file))).stdout).toContain(`Forgotten: ${file}`);
    expect((await cli(argv('cleanup'))).code).toBe(0);
  });

  it('with a line that cannot be read is cleaned by the others, and is not all that is known', slow, async () => {
    expect((await cli(argv('run'))).code).toBe(0);
    const [name = ''] = await readdir(folder.path);
    const lines = (await readFile(join(folder.path, name), 'utf8')).split('\n');
    await writeFile(join(folder.path, name), lines.with(4, (lines[4] ?? '').slice(0, 20)).join('\n'));
    const result = await cli(argv('cleanup'));
    expect(ownEnvironments()).toEqual([]);
    expect(result.stderr).toContain('line 5 cannot be read');
    expect(result.code).toBe(4);
  });

  it('whose lease cannot be taken is left, and the exit code says so', slow, async () => {
    expect((await cli(argv('run'))).code).toBe(0);
    const [name = ''] = await readdir(folder.path);
    const lease = join(folder.path, name.replace('.ledger.jsonl', '.lease.json'));
    // One that has expired, and a file where a lease is marked while it is taken over.
    for (const file of [lease, `${lease}.taken`]) {
      await writeFile(file, '');
      await utimes(file, 0, 0);
    }
    const result = await cli(argv('cleanup'));
    expect(result.stderr).toContain(`${lease}.taken is in the way of a lease: delete it`);
    expect(result.code).toBe(4);
    expect(ownEnvironments()).toHaveLength(1);
    await rm(`${lease}.taken`);
    expect((await cli(argv('cleanup'))).code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
  });

  it('with a lease that is no file may be in use, until its run is said to have ended', slow, async () => {
    expect((await cli(argv('run'))).code).toBe(0);
    const [name = ''] = await readdir(folder.path);
    const lease = join(folder.path, name.replace('.ledger.jsonl', '.lease.json'));
    execFileSync('mkfifo', [lease]);
    const result = await cli(argv('cleanup'));
    expect(result.stderr).toContain(`whether its run is still going on is not known (${lease} is no file)`);
    expect(result.code).toBe(4);
    expect((await cli(argv('cleanup', '--run-ended'))).code).toBe(0);
    expect(ownEnvironments()).toEqual([]);
    expect(await readdir(folder.path)).toEqual([name]);
  });

  it('of a step that the collection no longer has names what it created', slow, async () => {
    expect((await cli(argv('run'))).code).toBe(0);
    const [name = ''] = await readdir(folder.path);
    const text = await readFile(join(folder.path, name), 'utf8');
    await writeFile(join(folder.path, name), text.replaceAll('"create-environment"', '"create-env"'));
    const result = await cli(argv('cleanup'));
    expect(result.stderr).toMatch(/has no step "create-env", which created the environment ".+" \([0-9a-f-]{36}\)/);
    expect(result.code).toBe(4);
  });

  it('of another tenant is left alone, and no secret goes there', async () => {
    expect((await cli(argv('run'))).code).toBe(0);
    const other = await startSimulator(createSimulator());
    const there = ['--environment', other.environment, '--ledger', folder.path];
    const cleaned = await cli(['cleanup', ...there]);
    expect(cleaned.stderr).toMatch(/is left alone: it is of another tenant, whose \w+ is http:/);
    expect(cleaned.code).toBe(0);
    const resumed = await cli(['run', ...there, '--resume']);
    expect(resumed.stderr).toMatch(/was in another tenant: its \w+ was http:/);
    expect(resumed.code).toBe(2);
    await other.close();
  });

  it('takes the credentials that are given now, and does not mind how an address is spelled', slow, async () => {
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    expect((await cli(argv('run'))).code).toBe(1);
    const [name = ''] = await readdir(folder.path);
    const text = await readFile(join(folder.path, name), 'utf8');
    const earlier = text.replace(/("adminAppID":")[^"]+/g, '$1former').replace(/("apiPath":"[^"]+)\/v1"/g, '$1"');
    expect(earlier).not.toBe(text);
    await writeFile(join(folder.path, name), earlier);
    withFaults();
    expect((await cli(argv('run', '--resume'))).stdout).toContain('6 steps: 6 passed');
    expect(timesCreated()).toBe(1);
    expect((await cli(argv('cleanup'))).stdout).toContain('nothing left');
  });
});
