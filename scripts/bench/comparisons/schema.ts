import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { paragraph, table } from '../../../src/report/mdast.ts';
import { counted } from '../../../src/report/words.ts';
import { copiesWithAndWithoutSchemas } from '../definitions.ts';
import { figuresOf } from '../figures.ts';
import { type Goal, lacks } from '../goal.ts';
import { type Throughput, throughputs } from '../lanes.ts';
import { interleaved, type Runs } from '../rounds.ts';
import { figuresTable, type Section, spreadText } from '../section.ts';
import { type BenchOptions, collectionFolder, withSetting } from '../setting.ts';
import { ratiosTo, type Spread, spreadOf } from '../statistics.ts';
import { onFolder } from '../tool.ts';
import { ownQuiet } from '../tools/own.ts';

/** The same flow with and without `expect.schema`. */
export async function schema(options: BenchOptions): Promise<Section> {
  const { quick, log, rounds = quick ? 3 : 36 } = options;
  const folder = await mkdtemp(join(options.folder, 'schema-'));
  const [withSchemas, without] = [join(folder, 'with'), join(folder, 'without')];
  await copiesWithAndWithoutSchemas(collectionFolder, withSchemas, without);
  const tools = [onFolder(ownQuiet, 'without schemas', without), onFolder(ownQuiet, 'with 6 schemas', withSchemas)];
  return withSetting(tools, {}, options, async (setting) => {
    const contestants = (await Promise.all(setting.tools.map((tool) => tool.contestant(1)))).filter(
      (contestant) => contestant !== undefined,
    );
    // Runs differ by more than the check takes.
    const coldRounds = quick ? rounds : 4 * rounds;
    const runs = await interleaved(contestants, setting.simulator, { rounds: coldRounds, onRun: log });
    const wall = costInMilliseconds(runs, 'wallSeconds');
    const processor = costInMilliseconds(runs, 'cpuSeconds');
    const [few, many] = quick ? [5, 15] : [25, 125];
    const arrangements = setting.tools.map((tool) => ({ tool, lanes: 1, few, many }));
    const warmRounds = Math.ceil(rounds / 3);
    const [bare, checked] = await throughputs(arrangements, setting, warmRounds, options);
    const percent = costInPercent(bare, checked);
    return {
      blocks: [
        paragraph(
          `One flow, whole process, ${counted(coldRounds, 'round')}, and further flows in one process, ${counted(warmRounds, 'round')}. The two definitions differ in nothing but expect.schema.`,
        ),
        figuresTable(figuresOf(runs)),
        table(
          ['what the check costs', ''],
          [
            ['cold, ms a run', spreadText(wall, 1)],
            ['cold, ms of the processor', spreadText(processor, 1)],
            ['warm, % of a flow', percent === undefined ? 'not available' : spreadText(percent, 1)],
          ],
        ),
      ],
      goals: goalsOf(wall.median, percent?.median),
    };
  });
}

/** What the second takes more than the first, round by round. */
function costInMilliseconds([without, checked]: readonly Runs[], quantity: 'wallSeconds' | 'cpuSeconds'): Spread {
  if (!without || !checked) throw new Error('there is nothing to compare');
  return spreadOf(
    checked.runs.map((run, round) => (run[quantity] - (without.runs[round]?.[quantity] ?? Number.NaN)) * 1000),
  );
}

function costInPercent(without: Throughput | undefined, checked: Throughput | undefined): Spread | undefined {
  if (!without?.found || !checked?.found) return undefined;
  // Rates: twice as many flows a second are half the time.
  return spreadOf(ratiosTo(without.found.rates, checked.found.rates).map((ratio) => (ratio - 1) * 100));
}

function goalsOf(cold: number, warm: number | undefined): Goal[] {
  return [
    { what: 'Schema check of a cold flow', bound: 'at most', limit: 10, reached: cold, unit: 'ms', digits: 1 },
    {
      what: 'Schema check of a warm flow',
      bound: 'at most',
      limit: 3,
      reached: warm,
      why: lacks('--iterations'),
      unit: '%',
      digits: 1,
    },
  ];
}
