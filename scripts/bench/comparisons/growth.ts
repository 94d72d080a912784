import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { paragraph, table } from '../../../src/report/text/mdast.ts';
import { counted } from '../../../src/report/text/words.ts';
import { longCopy } from '../definitions.ts';
import { figuresOf } from '../figures.ts';
import { type Goal, lacks } from '../goal.ts';
import { type Contestant, interleaved } from '../rounds.ts';
import { figuresTable, type Section } from '../section.ts';
import { type BenchOptions, collectionFolder, type Setting, withSetting } from '../setting.ts';
import { exitProblems } from '../tool.ts';
import { ownProgram, ownQuiet } from '../tools/own.ts';

/** One would take a quarter of an hour for ten thousand. */
const lanes = 8;

/** Ten times as many flows, and ten times as many steps: ten times the time? */
export function growth(options: BenchOptions): Promise<Section> {
  return withSetting([ownQuiet], {}, options, async (setting) => {
    const long = await longDefinitions(setting, options);
    const flows = await manyFlows(setting, options);
    return { blocks: [...long.blocks, ...flows.blocks], goals: [...flows.goals, ...long.goals] };
  });
}

async function longDefinitions(
  { simulator }: Setting,
  { folder, quick, log, rounds = 3 }: BenchOptions,
): Promise<Section> {
  const work = await mkdtemp(join(folder, 'long-'));
  const contestants: Contestant[] = [];
  const most = 1000;
  for (const steps of quick ? [most] : [100, most]) {
    const target = join(work, String(steps));
    await longCopy(collectionFolder, target, steps);
    for (const command of ['validate', 'compile']) {
      const contestant = (name: string, homeOfRun: () => Promise<string>): Contestant => ({
        name,
        arrivals: undefined,
        command: async () => ({
          program: process.execPath,
          argv: [ownProgram, command, target],
          cwd: work,
          home: await homeOfRun(),
        }),
        problems: async (measured) => exitProblems(measured),
      });
      const name = nameOf(command, steps);
      contestants.push(contestant(name, async () => work));
      // As in CI, where nothing is kept from before.
      if (steps === most) contestants.push(contestant(`${name}, at first sight`, () => mkdtemp(join(work, 'home-'))));
    }
  }
  const runs = await interleaved(contestants, simulator, { rounds: quick ? 1 : rounds, onRun: log });
  const figures = figuresOf(runs);
  return {
    blocks: [
      paragraph(
        'A definition that is generated of the committed one. At first sight: the first time that this person runs the program, so that nothing is kept of it or of its code.',
      ),
      figuresTable(figures),
    ],
    goals: ['validate', 'compile'].map((command) => ({
      what: `${command} of a definition with 1,000 steps`,
      bound: 'at most',
      limit: 2,
      reached: figures.find(({ name }) => name === nameOf(command, most))?.values.wallSeconds.median,
      unit: 's',
    })),
  };
}

function nameOf(command: string, steps: number): string {
  return `${command}, ${counted(steps, 'step')}`;
}

async function manyFlows(
  { simulator, tools: [own] }: Setting,
  { quick, log, rounds = 1 }: BenchOptions,
): Promise<Section> {
  const counts = quick ? [1, 10, 50] : [1, 1000, 10_000];
  const [one = 1, thousand = 0, most = 0] = counts;
  const contestants = await Promise.all(counts.map((flows) => own?.contestant(flows, Math.min(flows, lanes))));
  const able = contestants.flatMap((contestant, index) =>
    contestant === undefined ? [] : [{ ...contestant, name: counted(counts[index] ?? 0, 'flow') }],
  );
  const goal = (reached: number | undefined): Goal => ({
    what: `Time of a flow among ${most.toLocaleString('en')}, beside one among ${thousand.toLocaleString('en')}`,
    bound: 'at most',
    limit: 1.1,
    reached,
    why: lacks('--iterations'),
    unit: '×',
  });
  if (able.length < counts.length) return { blocks: [], goals: [goal(undefined)] };
  const runs = await interleaved(able, simulator, { rounds, warmUps: 0, timeoutSeconds: 7200, onRun: log });
  const [first = 0, second = 0, third = 0] = figuresOf(runs).map(({ values }) => values.wallSeconds.median);
  const [early, late] = [(second - first) / (thousand - one), (third - second) / (most - thousand)];
  return {
    blocks: [
      table(
        [counted(lanes, 'lane'), 'wall s', 'a further flow, ms'],
        [
          [counted(one, 'flow'), first.toFixed(2), ''],
          [thousand.toLocaleString('en'), second.toFixed(2), (early * 1000).toFixed(1)],
          [most.toLocaleString('en'), third.toFixed(2), (late * 1000).toFixed(1)],
        ],
      ),
    ],
    goals: [goal(late / early)],
  };
}
