import type { RootContent } from 'mdast';
import { paragraph, table } from '../../../src/report/text/mdast.ts';
import { counted } from '../../../src/report/text/words.ts';
import { figuresOf } from '../figures.ts';
import { type Goal, lacks } from '../goal.ts';
import { type KeptHeap, keptHeap } from '../kept-heap.ts';
import { type Contestant, interleaved } from '../rounds.ts';
import { figuresTable, type Section } from '../section.ts';
import { type BenchOptions, type ReadyTool, type Setting, withSetting } from '../setting.ts';
import { spreadOf } from '../statistics.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownQuiet } from '../tools/own.ts';

const timeoutSeconds = 7200;

/** What is kept as flows go by, the peak beside Newman, and what a lane costs. */
export function memory(options: BenchOptions): Promise<Section> {
  return withSetting([newmanCli, ownQuiet], {}, options, async (setting) => {
    const [newman, own] = setting.tools;
    if (!newman || !own) throw new Error('a tool is missing');
    const kept = await keptRows(newman, own, setting, options);
    const peak = await peaks(newman, own, setting, options);
    const lane = await laneCost(own, setting, options);
    return {
      blocks: [...keptBlocks(kept), ...peak.blocks, ...lane.blocks],
      goals: [
        {
          what: 'Kept after garbage collection, a thousand flows',
          bound: 'at most',
          limit: 1,
          reached: kept.at(-1)?.found?.mebibytesPer1000Flows,
          why: lacks('--iterations'),
          unit: 'MiB',
        },
        ...peak.goals,
        ...lane.goals,
      ],
    };
  });
}

interface KeptRow {
  readonly name: string;
  readonly flows: number;
  readonly found: KeptHeap | undefined;
}

async function keptRows(newman: ReadyTool, own: ReadyTool, { simulator }: Setting, options: BenchOptions) {
  const { quick, folder, log } = options;
  const rows: KeptRow[] = [];
  const wanted = [
    { tool: newman, flows: quick ? 60 : 1000, lanes: 1 },
    { tool: own, flows: quick ? 200 : 2000, lanes: 1 },
    { tool: own, flows: quick ? 200 : 10_000, lanes: 8 },
  ];
  for (const { tool, flows, lanes } of wanted) {
    const contestant = await tool.contestant(flows, lanes);
    const everyMilliseconds = quick ? 300 : 3000;
    const found = contestant && (await keptHeap(contestant, simulator, { folder, everyMilliseconds, timeoutSeconds }));
    const name = lanes > 1 ? `${tool.name}, ${lanes} lanes` : tool.name;
    log(`${name}: ${found ? `${found.mebibytesPer1000Flows.toFixed(2)} MiB kept per 1,000 flows` : 'not available'}`);
    rows.push({ name, flows, found });
  }
  return rows;
}

function keptBlocks(rows: readonly KeptRow[]): RootContent[] {
  return [
    paragraph(
      'Heap and external memory after full garbage collections during one run, by least squares after the first tenth.',
    ),
    table(
      ['', 'flows', 'kept per 1,000 flows, MiB', 'after a tenth, MiB', 'at the end, MiB', 'looks'],
      rows.map(({ name, flows, found }) =>
        found === undefined
          ? [name, flows.toLocaleString('en'), 'not available', '', '', '']
          : [
              name,
              flows.toLocaleString('en'),
              found.mebibytesPer1000Flows.toFixed(2),
              found.firstMebibytes.toFixed(1),
              found.lastMebibytes.toFixed(1),
              String(found.samples),
            ],
      ),
    ),
  ];
}

async function peaks(
  newman: ReadyTool,
  own: ReadyTool,
  { simulator }: Setting,
  options: BenchOptions,
): Promise<Section> {
  const { quick, log, rounds = 1 } = options;
  const flows = quick ? 30 : 1000;
  const contestants = [await newman.contestant(flows), await own.contestant(flows)].filter((one) => one !== undefined);
  const runs = await interleaved(contestants, simulator, { rounds, warmUps: 0, timeoutSeconds, onRun: log });
  const figures = figuresOf(runs);
  return {
    blocks: [paragraph(`${counted(flows, 'flow')} one after the other.`), figuresTable(figures)],
    goals: [
      {
        what: `Peak of ${flows.toLocaleString('en')} flows, beside newman run -n ${flows}`,
        bound: 'at most',
        limit: 0.7,
        reached: figures[1]?.ratios.peakMebibytes.median,
        why: lacks('--iterations'),
        unit: '×',
      },
    ],
  };
}

async function laneCost(own: ReadyTool, { simulator }: Setting, options: BenchOptions): Promise<Section> {
  const { quick, log, rounds = quick ? 1 : 5 } = options;
  const flows = quick ? 16 : 160;
  const lanes = 8;
  const pair = [await own.contestant(flows, 1), await own.contestant(flows, lanes)];
  const goal = (reached: number | undefined): Goal => ({
    what: `A further lane (${flows} flows in ${lanes} lanes and in one)`,
    bound: 'at most',
    limit: 15,
    reached,
    why: lacks('--concurrency'),
    unit: 'MiB',
    digits: 1,
  });
  const contestants = pair.filter((one): one is Contestant => one !== undefined);
  if (contestants.length < 2) return { blocks: [], goals: [goal(undefined)] };
  const runs = await interleaved(contestants, simulator, { rounds, onRun: log });
  const costs = (runs[0]?.runs ?? []).map(
    ({ peakMebibytes }, round) => ((runs[1]?.runs[round]?.peakMebibytes ?? Number.NaN) - peakMebibytes) / (lanes - 1),
  );
  return { blocks: [], goals: [goal(spreadOf(costs).median)] };
}
