import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measure } from '../../scripts/bench/measure.ts';
import { type Contestant, checkedRun, interleaved } from '../../scripts/bench/rounds.ts';
import { openSetting, proveSchemaCheck, type Setting } from '../../scripts/bench/setting.ts';
import type { BenchTool } from '../../scripts/bench/tool.ts';
import { bareLoop } from '../../scripts/bench/tools/bare.ts';
import { ownQuiet, ownTool } from '../../scripts/bench/tools/own.ts';
import { percentMore, takeTurns } from '../../scripts/bench/turns.ts';
import { slow } from '../slow.ts';

/** Debian's package "time"; without it the bench measures nothing, and says so. */
const canMeasure = existsSync('/usr/bin/time');

let folder: string;
/** Our runner and the bare loop, which need no installation; and our runner with a simulator of its own. */
let setting: Setting;
let other: Setting;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  if (!canMeasure) return;
  const options = { scratch: folder, folder, rounds: 1, quick: true, limitSeconds: 60, log: () => undefined };
  [setting, other] = await Promise.all([
    openSetting([ownQuiet, ownTool, bareLoop], {}, options),
    openSetting([ownQuiet], {}, options),
  ]);
});
afterAll(async () => {
  for (const { simulator } of canMeasure ? [setting, other] : []) simulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function contestantOf({ tools }: Setting, tool: BenchTool, flows: number): Promise<Contestant> {
  const contestant = await tools.find(({ name }) => name === tool.name)?.contestant(flows);
  if (!contestant) throw new Error(`there is no ${tool.name}`);
  return contestant;
}

describe.runIf(canMeasure)('the bench', slow, () => {
  it('times our runner and the bare loop, when every request arrived and every check held', async () => {
    const all = await Promise.all([ownQuiet, ownTool, bareLoop].map((tool) => contestantOf(setting, tool, 1)));
    const runs = await interleaved(all, setting.simulator, { rounds: 1, warmUps: 0 });
    expect(runs.map(({ name }) => name)).toEqual([
      'pingone-tutorial run -q -r json=…',
      'pingone-tutorial run',
      'bare node:http loop',
    ]);
    for (const { runs: measured } of runs) {
      expect(measured).toHaveLength(1);
      expect(measured[0]?.wallSeconds).toBeGreaterThan(0);
      expect(measured[0]?.cpuSeconds).toBeGreaterThan(0);
      expect(measured[0]?.peakMebibytes).toBeGreaterThan(10);
    }
  });

  it.each([ownQuiet, ownTool, bareLoop])(
    'refuses a run in which the simulator answered $name wrongly',
    async (tool) => {
      const contestant = await contestantOf(setting, tool, 1);
      await setting.simulator.setFaults([{ match: { step: 6 }, do: { kind: 'status', status: 400 } }]);
      try {
        await expect(interleaved([contestant], setting.simulator, { rounds: 1, warmUps: 0 })).rejects.toThrow(
          /was wrong, and has no time:[\s\S]*0 good password answers of 1/,
        );
      } finally {
        await setting.simulator.setFaults([]);
      }
    },
  );

  it('refuses a fast program that says all is well and sends nothing', async () => {
    const liar: Contestant = {
      ...(await contestantOf(setting, bareLoop, 1)),
      command: async () => ({
        program: process.execPath,
        argv: ['-e', 'console.log("1 flows")'],
        cwd: folder,
        home: folder,
      }),
    };
    await expect(checkedRun(liar, setting.simulator, 60)).rejects.toThrow('0 good token answers of 1');
  });

  it('refuses a tool that claims to check schemas and does not', async () => {
    const { simulator, tools } = setting;
    for (const tool of tools) await proveSchemaCheck(tool, simulator);
    const [own, , loop] = tools;
    if (!own || !loop) throw new Error('a tool is missing');
    const claims = { ...loop, checks: { ...loop.checks, schemas: true } };
    await expect(proveSchemaCheck(claims, simulator)).rejects.toThrow('takes an answer that only its schema refuses');
    const hides = { ...own, checks: { ...own.checks, schemas: false } };
    await expect(proveSchemaCheck(hides, simulator)).rejects.toThrow('refuses an answer that only its schema refuses');
  });

  it('has two programs take turns, and compares their requests', { timeout: 120_000 }, async () => {
    const options = { milliseconds: 100, warmUpRequests: 12, timeoutSeconds: 60 };
    const loop = async (flows: number) => ({
      contestant: await contestantOf(setting, bareLoop, flows),
      simulator: setting.simulator,
    });
    const own = async (flows: number) => ({
      contestant: await contestantOf(other, ownQuiet, flows),
      simulator: other.simulator,
    });
    const played = await takeTurns([await own(20), await loop(500)], options);
    expect(played[0].turns).toBe(played[1].turns);
    expect(played[1].requests).toBeLessThan(3000);
    // The loop starts at once: what is stopped for seconds finds its connections closed.
    expect(percentMore([played[1], played[0]])).toBeGreaterThan(100);
    // Its warm-up is all of it, so there is no turn left, however slow the machine is.
    await expect(takeTurns([await own(2), await loop(250)], options)).rejects.toThrow(
      'was near its end after two turns',
    );
    await other.simulator.setFaults([{ match: { step: 6 }, do: { kind: 'status', status: 400 } }]);
    await expect(takeTurns([await own(4), await loop(250)], options)).rejects.toThrow('was wrong, and has no time');
  });

  it('counts children: their processor time, and their memory beside their parent’s', async () => {
    const child =
      'const b = Buffer.alloc(150 * 2 ** 20, 1); const end = Date.now() + 700; while (Date.now() < end) b[0]++;';
    const parent = `const b = Buffer.alloc(150 * 2 ** 20, 1); require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
    const measured = await measure({ program: process.execPath, argv: ['-e', parent], cwd: folder, home: folder }, 60);
    expect(measured.code).toBe(0);
    expect(measured.cpuSeconds).toBeGreaterThan(0.5);
    expect(measured.peakMebibytes).toBeGreaterThan(300);
  });

  it('hands no variable of this process on, and ends what takes too long', async () => {
    const show = { program: process.execPath, argv: ['-p', 'JSON.stringify(process.env)'], cwd: folder, home: folder };
    const { stdout } = await measure(show, 60);
    expect(Object.keys(JSON.parse(stdout) as object).toSorted()).toEqual(
      ['CI', 'HOME', 'LANG', 'NO_COLOR', 'PATH'].filter((name) => name !== 'LANG' || process.env.LANG !== undefined),
    );
    const endless = { ...show, argv: ['-e', 'setInterval(() => {}, 1000)'] };
    await expect(measure(endless, 1)).rejects.toThrow('took longer than 1 s');
  });
});
