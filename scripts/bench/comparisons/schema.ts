import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { sum } from 'd3-array';
import { paragraph, table } from '../../../src/report/text/mdast.ts';
import { counted } from '../../../src/report/text/words.ts';
import { requestsPerFlow } from '../arrivals.ts';
import { BenchError } from '../bench-error.ts';
import { copiesWithAndWithoutSchemas } from '../definitions.ts';
import { figuresOf } from '../figures.ts';
import { type Contestant, interleaved, type Runs } from '../rounds.ts';
import { figuresTable, type Section, spreadText } from '../section.ts';
import { type BenchOptions, collectionFolder, type ReadyTool, type Setting, withSetting } from '../setting.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { type BenchTool, onFolder } from '../tool.ts';
import { ownQuiet } from '../tools/own.ts';
import { type Played, type Player, percentMore, takeTurns, together } from '../turns.ts';

/** The same flow with and without `expect.schema`. */
export async function schema(options: BenchOptions): Promise<Section> {
  const folder = await mkdtemp(join(options.folder, 'schema-'));
  const [withSchemas, without] = [join(folder, 'with'), join(folder, 'without')];
  await copiesWithAndWithoutSchemas(collectionFolder, withSchemas, without);
  const tools = [
    onFolder(ownQuiet, 'without schemas', without),
    onFolder(ownQuiet, 'with 6 schemas', withSchemas),
  ] as const;
  const cold = await coldFlows(tools, options);
  const warm = await warmFlows(tools, options);
  return { blocks: [...cold.blocks, ...warm.blocks], goals: [...cold.goals, ...warm.goals] };
}

type Pair = readonly [without: BenchTool, withSchemas: BenchTool];

/** Runs differ by more than the check takes, so there are many. */
function coldFlows(tools: Pair, options: BenchOptions): Promise<Section> {
  const { quick, log, rounds = quick ? 3 : 144 } = options;
  return withSetting(tools, {}, options, async ({ simulator, tools: ready }) => {
    const contestants = await Promise.all(ready.map((tool) => contestantOf(tool, 1)));
    const runs = await interleaved(contestants, simulator, { rounds, onRun: log });
    const wall = costInMilliseconds(runs, 'wallSeconds');
    return {
      blocks: [
        paragraph(
          `One flow, whole process, ${counted(rounds, 'round')}. The two definitions differ in nothing but expect.schema.`,
        ),
        figuresTable(figuresOf(runs)),
        table(
          ['what the check costs a cold flow', ''],
          [
            ['ms', spreadText(wall, 1)],
            ['ms of the processor', spreadText(costInMilliseconds(runs, 'cpuSeconds'), 1)],
          ],
        ),
      ],
      goals: [
        {
          what: 'Schema check of a cold flow',
          bound: 'at most',
          limit: 10,
          reached: wall.median,
          unit: 'ms',
          digits: 1,
        },
      ],
    };
  });
}

/** Processes take turns in pairs: two pairs a round, as who begins has other turns than who follows. */
async function warmFlows(tools: Pair, options: BenchOptions): Promise<Section> {
  const { quick, log } = options;
  const rounds = quick ? 1 : Math.min(options.rounds ?? 8, 8);
  const [flows, warmUpFlows, milliseconds] = quick ? [60, 10, 300] : [250, 60, 1000];
  const play = ([first, second]: Pair) =>
    // With new simulators, since no two processes are equally fast.
    withSetting([first], {}, options, (one) =>
      withSetting([second], {}, options, async (other) =>
        takeTurns([await playerOf(one, flows), await playerOf(other, flows)], {
          milliseconds,
          warmUpRequests: warmUpFlows * requestsPerFlow,
          timeoutSeconds: 600,
        }),
      ),
    );
  const played: (readonly [Played, Played])[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [bare, checked] = await play(tools);
    const [checkedFirst, bareSecond] = await play([tools[1], tools[0]]);
    const both = [together([bare, bareSecond]), together([checked, checkedFirst])] as const;
    played.push(both);
    log(`round ${round}, warm: ${counted(both[0].turns, 'turn')} each, ${percentMore(both).toFixed(1)} % more`);
  }
  const percent = spreadOf(played.map(percentMore));
  const flowOf = ({ milliseconds: time, requests }: Played) => (time / requests) * requestsPerFlow;
  const flowText = (index: 0 | 1) => spreadText(spreadOf(played.map((pair) => flowOf(pair[index]))), 1);
  return {
    blocks: [
      paragraph(
        `Further flows: ${counted(rounds, 'round')} of two pairs of processes that take turns of ${milliseconds} ms after their first ${warmUpFlows} flows; ${sum(played, ([one]) => one.turns)} turns of each in all.`,
      ),
      table(
        ['a warm flow', ''],
        [
          ['without schemas, ms', flowText(0)],
          ['with 6 schemas, ms', flowText(1)],
          ['what the check costs, %', spreadText(percent, 1)],
        ],
      ),
    ],
    goals: [
      {
        what: 'Schema check of a warm flow',
        bound: 'at most',
        limit: 3,
        reached: percent.median,
        unit: '%',
        digits: 1,
      },
    ],
  };
}

async function playerOf({ tools: [tool], simulator }: Setting, flows: number): Promise<Player> {
  if (!tool) throw new Error('there is nothing to play');
  return { contestant: await contestantOf(tool, flows), simulator };
}

async function contestantOf(tool: ReadyTool, flows: number): Promise<Contestant> {
  const contestant = await tool.contestant(flows);
  if (!contestant) throw new BenchError(`${tool.name} cannot run ${flows} flows`);
  return contestant;
}

/** What the second takes more than the first, round by round. */
function costInMilliseconds([without, checked]: readonly Runs[], quantity: 'wallSeconds' | 'cpuSeconds'): Spread {
  if (!without || !checked) throw new Error('there is nothing to compare');
  return spreadOf(
    checked.runs.map((run, round) => (run[quantity] - (without.runs[round]?.[quantity] ?? Number.NaN)) * 1000),
  );
}
