import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import {
  cli,
  type RunningSimulator,
  root,
  type SpawnedCli,
  spawnCli,
  spawnProgram,
  startSimulator,
  temporaryFolder,
} from './support.ts';

/** Runs that are killed at any moment, on a disk that fills up meanwhile, as containers and shared folders have them. */

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const mounted: string[] = [];
beforeEach(async () => {
  target = await startSimulator(createSimulator({ latencyMilliseconds: 40 }));
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const disk of mounted.splice(0)) spawnSync('umount', ['-l', disk]);
  await target.close();
  await folder.remove();
});

const left = () => target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'));
const createdNames = () =>
  target.simulator
    .history()
    .filter(({ type, action }) => type === 'environment' && action === 'created')
    .map(({ name }) => name);

/** A folder on a disk of 16 KiB; undefined where none can be mounted. */
async function smallDisk(name: string): Promise<string | undefined> {
  const disk = join(folder.path, name);
  await mkdir(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status !== 0) return undefined;
  mounted.push(disk);
  return disk;
}

/** Fills the disk for a moment, at some time. */
async function fillForAMoment(disk: string): Promise<void> {
  await sleep(Math.random() * 900);
  const filler = join(disk, 'filler');
  await writeFile(filler, Buffer.alloc(64 * 1024)).catch(() => {});
  await sleep(50 + Math.random() * 250);
  await rm(filler, { force: true });
}

const ledgersIn = async (disk: string) =>
  (await readdir(disk)).filter((name) => name.endsWith('.ledger.jsonl')).map((name) => join(disk, name));

/** As if it were of an hour ago: what may exist has had time to show. The lease is left as it is. */
async function makeOld(disk: string): Promise<void> {
  for (const file of await ledgersIn(disk)) {
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/"at":"\d{4}/g, '"at":"2020')).catch(() => {});
  }
}

/** A run on a full disk ends before it begins: nothing was sent. */
const begun = (run: SpawnedCli) => run.sees('Create a test environment').catch(() => '');

type Condition = 'plain' | 'zombie' | 'reused pid' | 'another host';

/** Begins a run, kills it at some moment, and leaves what the condition says. Gives what ends the condition. */
async function killedRun(argv: readonly string[], condition: Condition): Promise<() => void> {
  const program = [join(root, 'dist/cli/bin.js'), ...argv];
  if (condition === 'another host') {
    const command = 'hostname elsewhere && exec "$0" "$@"';
    const other = spawnProgram('unshare', [
      '--uts',
      '--pid',
      '--fork',
      'sh',
      '-c',
      command,
      process.execPath,
      ...program,
    ]);
    await begun(other);
    await sleep(Math.random() * 2500);
    spawnSync('pkill', ['-KILL', '-P', String(other.pid)]);
    other.kill('SIGKILL');
    await other.result;
    return () => {};
  }
  if (condition === 'zombie') {
    // Its parent lives on and does not ask how it ended.
    const script =
      'import os,sys,time\np=os.fork()\nif p==0: os.execv(sys.argv[1],sys.argv[1:])\nprint(p,flush=True)\ntime.sleep(120)';
    const parent = spawn('python3', ['-c', script, process.execPath, ...program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    await sleep(800 + Math.random() * 2500);
    process.kill(Number(line.toString().split('\n')[0]), 'SIGKILL');
    return () => void parent.kill('SIGKILL');
  }
  const run = spawnCli(argv);
  await begun(run);
  await sleep(Math.random() * 2500);
  run.kill('SIGKILL');
  await run.result;
  return () => {};
}

/** The lease names a process that lives: another was given the number since. */
async function reusePid(disk: string): Promise<void> {
  for (const name of await readdir(disk)) {
    if (!name.endsWith('.lease.json')) continue;
    const text = await readFile(join(disk, name), 'utf8');
    // It was killed before it had written it.
    if (text === '') continue;
    const lease = JSON.parse(text) as object;
    await writeFile(join(disk, name), JSON.stringify({ ...lease, process: process.pid }));
  }
}

const rounds = Number(process.env.KILLED_ANYWHERE_RUNS ?? 4);

it(`${rounds} runs leave nothing that cleanup does not find or tell`, {
  ...slow,
  timeout: rounds * 30_000,
}, async () => {
  const counts = { rounds: 0, withoutDisk: 0, created: 0, told: 0, left: 0, twice: 0 };
  const conditions: readonly Condition[] = [
    'plain',
    'zombie',
    'plain',
    'reused pid',
    'plain',
    'another host',
    'plain',
    'plain',
  ];
  for (let round = 0; round < rounds; round += 1) {
    target.simulator.reset();
    const condition = conditions[round % conditions.length] ?? 'plain';
    const disk = await smallDisk(`disk-${round}`);
    if (disk === undefined) counts.withoutDisk += 1;
    const there = disk ?? join(folder.path, `disk-${round}`);
    const argv = ['--environment', target.environment, '--ledger', there];
    const filled =
      disk !== undefined && Math.floor(round / conditions.length) % 2 === round % 2 ? fillForAMoment(disk) : undefined;
    const end = await killedRun(['run', ...argv], condition);
    await filled;
    if (condition === 'reused pid') await reusePid(there);
    await makeOld(there);
    const cleaned = await cli(['cleanup', ...argv]);
    counts.created += createdNames().length;
    // Of another host nobody here knows whether it lives: it is told, and left alone until somebody says that it has ended.
    if (cleaned.code === 4 || condition === 'another host') {
      counts.told += 1;
      expect(cleaned.stdout + cleaned.stderr).toMatch(/still going on|not known|Nothing to remove|nothing left/);
      const settled = await cli(['cleanup', ...argv, '--run-ended']);
      expect(settled.code, settled.stdout + settled.stderr).toBe(0);
    } else expect(cleaned.code, cleaned.stdout + cleaned.stderr).toBe(0);
    end();
    counts.left += left().length;
    counts.twice += createdNames().length - new Set(createdNames()).size;
    expect({ round, condition, left: left().length, said: cleaned.stdout + cleaned.stderr }).toMatchObject({ left: 0 });
    counts.rounds += 1;
  }
  console.log(`killed anywhere: ${JSON.stringify(counts)}`);
  if (counts.withoutDisk > 0)
    console.log(`not run on a small disk, which cannot be mounted here: ${counts.withoutDisk}`);
  expect(counts).toMatchObject({ left: 0, twice: 0 });
});

const crowds = Number(process.env.CROWD_ROUNDS ?? 1);

it(`ten resumes, clean-ups and sweeps at once, ${crowds} rounds: nothing that lives is deleted, nothing is there twice`, {
  ...slow,
  timeout: crowds * 120_000,
}, async () => {
  const ledger = join(folder.path, 'crowd');
  const there = ['--environment', target.environment, '--ledger', ledger];
  for (let round = 0; round < crowds; round += 1) {
    target.simulator.reset();
    const dead = spawnCli(['run', ...there]);
    await dead.sees('✓ Step 3');
    dead.kill('SIGKILL');
    await dead.result;
    const live = spawnCli(['run', ...there]);
    await live.sees('✓ Step 3');
    const crowd = [
      ...[1, 2, 3].map(() => ['run', '--resume', ...there]),
      ...[1, 2, 3, 4].map(() => ['cleanup', ...there]),
      ...[1, 2, 3].map(() => ['sweep', '--environment', target.environment, '--yes']),
    ].map((argv) => spawnCli(argv).result);
    const results = await Promise.all(crowd);
    const alive = await live.result;
    expect(alive.stdout, alive.stdout + alive.stderr).toContain('6 steps: 6 passed');
    for (const { stdout, stderr } of results) expect(stdout + stderr).not.toContain('mistake of pingone-tutorial');
    const names = createdNames();
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(2);
    const cleaned = await cli(['cleanup', ...there]);
    expect(cleaned.code, cleaned.stdout + cleaned.stderr).toBe(0);
    expect(left()).toEqual([]);
    await rm(ledger, { recursive: true });
  }
});
