import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { livenessOf, takeLease } from '../../../src/run/ledger/lease.ts';
import { createLedger, type LedgerEntry, reopenLedger } from '../../../src/run/ledger/ledger.ts';
import { readLedger, readLedgers } from '../../../src/run/ledger/read-ledger.ts';
import { temporaryFolder } from '../../e2e/support.ts';
import { slow } from '../../slow.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const at = '2026-01-01T00:00:00.000Z';
const run: LedgerEntry = {
  kind: 'run',
  version: 1,
  run: 'r',
  at,
  collection: 'c',
  process: { id: 1, host: 'h' },
  lease: true,
  values: {},
};
const creating: LedgerEntry = { kind: 'creating', at, creation: 1, step: 's', thing: 'box', name: 'one', values: {} };

describe('a lease', () => {
  const ledger = () => join(folder.path, 'r.ledger.jsonl');
  const lease = () => join(folder.path, 'r.lease.json');
  const rewrite = (change: object) =>
    writeFileSync(lease(), JSON.stringify({ ...JSON.parse(readFileSync(lease(), 'utf8')), ...change }));
  const old = (seconds: number) => {
    const time = Date.now() / 1000 - seconds;
    utimesSync(lease(), time, time);
  };

  it('is there while a ledger is written, and gone afterwards', async () => {
    const written = createLedger(folder.path, 'r');
    written.append(run);
    expect(livenessOf(ledger()).state).toBe('running');
    expect(() => reopenLedger(ledger())).toThrow(/r\.ledger\.jsonl is in use: process \d+ goes on/);
    written.close();
    expect(livenessOf(ledger()).state).toBe('over');
    expect(readdirSync(folder.path)).toEqual(['r.ledger.jsonl']);
    reopenLedger(ledger()).close();
  });

  it('of a process that is gone is taken over, by one of several', () => {
    const first = takeLease(ledger());
    const text = readFileSync(lease(), 'utf8');
    first.release();
    writeFileSync(lease(), JSON.stringify({ ...JSON.parse(text), process: 2 ** 22 - 1 }));
    const next = takeLease(ledger());
    expect(() => takeLease(ledger())).toThrow(/is in use/);
    next.release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('is not of a process that has been given its id', () => {
    takeLease(ledger());
    rewrite({ began: '1' });
    expect(livenessOf(ledger()).state).toBe('over');
  });

  it.runIf(process.platform === 'linux')('of a zombie is of a process that is gone', async () => {
    const script = 'import os,time\np=os.fork()\nif p==0: os._exit(0)\nprint(p,flush=True)\ntime.sleep(20)';
    const parent = spawn('python3', ['-c', script]);
    const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (id) => resolve(Number(id))));
    const stat = () => readFileSync(`/proc/${zombie}/stat`, 'utf8');
    await vi.waitFor(() => expect(stat()).toContain(') Z '));
    takeLease(ledger());
    rewrite({ process: zombie, began: stat().split(') ')[1]?.split(' ')[19] });
    expect(livenessOf(ledger()).state).toBe('over');
    parent.kill();
  });

  it.each([
    ['another machine', { host: 'elsewhere', boot: 'another' }],
    ['a container with process ids of its own', { namespace: 'pid:[1]' }],
    ['a machine that does not tell its boot', { host: 'elsewhere', boot: undefined, namespace: undefined }],
  ])('of %s is known by its heartbeat: heard of, then unknown, then expired', (_, change) => {
    takeLease(ledger());
    rewrite(change);
    expect(livenessOf(ledger()).state).toBe('heard of');
    old(300);
    expect(livenessOf(ledger())).toMatchObject({
      state: 'unknown',
      why: expect.stringMatching(/last heard of 30\d s ago/),
    });
    expect(() => takeLease(ledger())).toThrow(/may be in use: .* When its run is over, "cleanup --run-ended"/);
    old(3700);
    expect(livenessOf(ledger()).state).toBe('over');
    takeLease(ledger()).release();
  });

  it('of elsewhere that is dated later than the clock of the disk says nothing of a life', () => {
    takeLease(ledger());
    rewrite({ boot: 'another' });
    old(-30);
    expect(livenessOf(ledger()).state).toBe('heard of');
    old(-86_400);
    expect(livenessOf(ledger())).toMatchObject({ state: 'unknown', why: expect.stringContaining('86400 s ahead') });
  });

  it.each([
    ['a folder', (file: string) => mkdirSync(file)],
    ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['a link in a circle', (file: string) => symlinkSync(file, file)],
  ])('that is %s is not known to be anything, and is not taken', (what, make) => {
    make(lease());
    expect(livenessOf(ledger()).state).toBe('unknown');
    expect(() => takeLease(ledger()), what).toThrow(/may be in use: /);
  });

  it('of elsewhere is taken when the run is said to have ended, one of a process that is seen is not', () => {
    takeLease(ledger());
    rewrite({ boot: 'another' });
    takeLease(ledger(), true).release();
    takeLease(ledger());
    expect(() => takeLease(ledger(), true)).toThrow(/is in use/);
  });
});

describe('a ledger of 0.1.0, which has no lease,', () => {
  const known = (id: number, host: string, time = at) =>
    livenessOf(join(folder.path, 'x.ledger.jsonl'), { id, host, at: time }).state;
  const host = execFileSync('hostname', { encoding: 'utf8' }).trim();

  it('is of the process that it names, when that began before it', () => {
    const parent = process.ppid;
    expect(known(parent, host, new Date().toISOString())).toBe('running');
    expect(known(parent, host)).toBe('over');
    expect(known(parent, 'elsewhere', new Date().toISOString())).toBe('over');
    for (const id of [0, -1, 2 ** 22 - 1, 2 ** 40]) expect(known(id, host, new Date().toISOString())).toBe('over');
  });
});

describe('the ledgers of a folder', () => {
  it('are read beside what is none', async () => {
    const write = (name: string, lines: readonly unknown[]) =>
      writeFileSync(
        join(folder.path, `${name}.ledger.jsonl`),
        lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
    write('good', [run, creating, { kind: 'later', at }]);
    write('list', [[1, 2]]);
    write('next', [{ ...run, version: 2 }]);
    write('no-values', [{ ...run, values: undefined }, creating]);
    write('no-name', [run, { ...creating, name: undefined }]);
    write('path', [run, creating, { kind: 'created', at, creation: 1, id: '../../x' }]);
    write('id-alone', [run, { kind: 'created', at, creation: 1, id: 'x' }]);
    mkdirSync(join(folder.path, 'folder.ledger.jsonl'));
    symlinkSync('/nowhere/x', join(folder.path, 'link.ledger.jsonl'));
    execFileSync('mkfifo', [join(folder.path, 'pipe.ledger.jsonl')]);
    const read = await readLedgers(folder.path);
    expect(
      read.map((one) =>
        'foreign' in one ? [one.mayTell, one.foreign] : [one.creations.map(({ state }) => state), one.unknown],
      ),
    ).toEqual([
      [false, 'it is no file'],
      [['pending'], []],
      [[], ['it does not say what x is']],
      [true, 'it is not there'],
      [true, 'it does not begin as a ledger'],
      [true, 'it has version 2; this program knows version 1'],
      [[], ['line 2 cannot be read']],
      [true, 'it does not begin as a ledger; it tells of box "one"'],
      [['pending'], ['line 3 cannot be read']],
      [false, 'it is no file'],
    ]);
  });

  it(
    'tell what lines hold that have lost the line feeds between them, in time that grows with the file',
    slow,
    async () => {
      const file = join(folder.path, 'x.ledger.jsonl');
      const [first, second] = [creating, { ...creating, creation: 2, name: 'two' }].map((line) => JSON.stringify(line));
      writeFileSync(file, `${JSON.stringify(run)}\n${first}${second}\n${'{"kind":"later","a":'.repeat(50_000)}\n`);
      expect(await readLedger(file)).toMatchObject({
        creations: [{ name: 'one' }, { name: 'two' }],
        unknown: ['line 2, 3 cannot be read'],
      });
      writeFileSync(file, `${JSON.stringify(run)}\r${first}\r${second}\r`);
      expect(await readLedger(file)).toMatchObject({ mayTell: true });
    },
  );

  it('tell what was written behind a line that the disk did not take whole', async () => {
    const file = join(folder.path, 'x.ledger.jsonl');
    writeFileSync(file, `${JSON.stringify(run)}\n{"kind":"creating","at":"20${JSON.stringify(creating)}\n`);
    expect(await readLedger(file)).toMatchObject({ creations: [{ name: 'one' }], unknown: ['line 2 cannot be read'] });
  });
});
