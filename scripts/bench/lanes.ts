import { paragraph, table } from '../../src/report/text/mdast.ts';
import { counted } from '../../src/report/text/words.ts';
import { type Contestant, interleaved, type Runs } from './rounds.ts';
import { type Section, spreadText } from './section.ts';
import type { BenchOptions, ReadyTool, Setting } from './setting.ts';
import { ratiosTo, type Spread, spreadOf } from './statistics.ts';

/** A tool with so many flows at a time. */
export interface Arrangement {
  readonly tool: ReadyTool;
  readonly lanes: number;
  /** Two numbers of flows, timed both: what the further ones take is free of what the start takes. */
  readonly few: number;
  readonly many: number;
}

/** How fast an arrangement is once it runs. */
export interface Throughput {
  readonly name: string;
  readonly lanes: number;
  /** Undefined when the tool cannot. */
  readonly found: ThroughputFigures | undefined;
}

interface ThroughputFigures {
  readonly flowsPerSecond: Spread;
  /** By round. */
  readonly rates: readonly number[];
  readonly peakMebibytes: number;
}

/** Times every arrangement with few and with many flows, interleaved. */
export async function throughputs(
  arrangements: readonly Arrangement[],
  { simulator }: Pick<Setting, 'simulator'>,
  rounds: number,
  { log }: BenchOptions,
): Promise<Throughput[]> {
  const contestants: Contestant[] = [];
  const places = new Map<Arrangement, number>();
  for (const arrangement of arrangements) {
    const { tool, lanes, few, many } = arrangement;
    const pair = [await tool.contestant(few, lanes), await tool.contestant(many, lanes)];
    const [first, second] = pair;
    if (first === undefined || second === undefined) continue;
    places.set(arrangement, contestants.length);
    const named = (contestant: Contestant, flows: number) => ({
      ...contestant,
      name: `${contestant.name}, ${counted(lanes, 'lane')}, ${counted(flows, 'flow')}`,
    });
    contestants.push(named(first, few), named(second, many));
  }
  const runs = await interleaved(contestants, simulator, { rounds, warmUps: 0, onRun: log });
  return arrangements.map((arrangement) => {
    const place = places.get(arrangement);
    const { tool, lanes, few, many } = arrangement;
    const found = place === undefined ? undefined : figuresOf(runs[place], runs[place + 1], many - few);
    return { name: tool.name, lanes, found };
  });
}

function figuresOf(few: Runs | undefined, many: Runs | undefined, further: number): ThroughputFigures | undefined {
  if (few === undefined || many === undefined) return undefined;
  const rates = many.runs.map(
    ({ wallSeconds }, round) => further / (wallSeconds - (few.runs[round]?.wallSeconds ?? 0)),
  );
  const peak = spreadOf(many.runs.map(({ peakMebibytes }) => peakMebibytes));
  return { rates, flowsPerSecond: spreadOf(rates), peakMebibytes: peak.median };
}

/** How many times as fast as another one, round by round; undefined when one of them cannot. */
export function timesAsFast(one: Throughput | undefined, other: Throughput | undefined): Spread | undefined {
  if (!one?.found || !other?.found) return undefined;
  return spreadOf(ratiosTo(one.found.rates, other.found.rates));
}

/** One row an arrangement, beside one lane of ours and beside the bare loop. */
export function throughputBlocks(
  all: readonly Throughput[],
  { own, bare }: { readonly own: Throughput | undefined; readonly bare: Throughput | undefined },
  words: string,
): Section['blocks'] {
  return [
    paragraph(words),
    table(
      ['', 'lanes', 'flows a second', '× one lane of ours', '× the bare loop', 'peak MiB'],
      all.map((throughput) => {
        const { name, lanes, found } = throughput;
        if (found === undefined) return [name, String(lanes), 'not available', '', '', ''];
        const beside = (other: Throughput | undefined) => {
          const times = timesAsFast(throughput, other);
          return times === undefined ? '' : spreadText(times, 2);
        };
        return [
          name,
          String(lanes),
          spreadText(found.flowsPerSecond, 1),
          beside(own),
          beside(bare),
          String(Math.round(found.peakMebibytes)),
        ];
      }),
    ),
  ];
}
