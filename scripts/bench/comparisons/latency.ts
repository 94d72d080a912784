import { counted } from '../../../src/report/text/words.ts';
import { type Goal, lacks } from '../goal.ts';
import { type Throughput, throughputBlocks, throughputs, timesAsFast } from '../lanes.ts';
import type { Section } from '../section.ts';
import { type BenchOptions, type ReadyTool, withSetting } from '../setting.ts';
import { bareLoop } from '../tools/bare.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownProcesses, ownQuiet } from '../tools/own.ts';

const latencyMilliseconds = 50;
const inProcesses = ownProcesses(2);

/** Answers that take as long as over a network: what is waiting, and what is work. */
export function latency(options: BenchOptions): Promise<Section> {
  const { quick, rounds = quick ? 1 : 3 } = options;
  return withSetting(
    [bareLoop, newmanCli, ownQuiet, inProcesses],
    { latencyMilliseconds },
    options,
    async (setting) => {
      const [bareTool, newman, own, divided] = setting.tools;
      if (!bareTool || !newman || !own || !divided) throw new Error('a tool is missing');
      // Every arrangement has so many flows behind it, in which V8 compiles what runs often.
      const [start, further, ofLane] = quick ? [2, 4, 1] : [40, 100, 5];
      const arranged = (tool: ReadyTool, lanes: number) => {
        const few = Math.max(start, ofLane * lanes);
        return { tool, lanes, few, many: few + Math.max(further, 4 * ofLane * lanes) };
      };
      const arrangements = [
        arranged(bareTool, 1),
        arranged(bareTool, 8),
        arranged(newman, 1),
        arranged(own, 1),
        ...[4, 8, 16, 32].map((lanes) => arranged(own, lanes)),
        ...[8, 16, 32].map((lanes) => arranged(divided, lanes)),
      ];
      const all = await throughputs(arrangements, setting, rounds, options);
      const bare = all.find(({ name }) => name === bareTool.name);
      const ours = all.filter(({ name }) => name === own.name || name === divided.name);
      const words = `${latencyMilliseconds} ms before every answer, so a flow takes 300 ms at least; ${counted(rounds, 'round')}. The start of the process and its first flows (${start}, or ${ofLane} a lane) are taken out.`;
      return { blocks: throughputBlocks(all, { own: ours[0], bare }, words), goals: goalsOf(ours, bare) };
    },
  );
}

function goalsOf(ours: readonly Throughput[], bare: Throughput | undefined): Goal[] {
  const [one] = ours;
  const eight = ours.find(({ name, lanes }) => name === one?.name && lanes === 8);
  const times = ours.flatMap((each) => timesAsFast(each, one)?.median ?? []);
  const missing = { why: lacks('--iterations and --concurrency'), unit: '×' };
  return [
    {
      what: 'One lane, time of a flow beside the bare loop',
      bound: 'at most',
      limit: 1.25,
      reached: timesAsFast(bare, one)?.median,
      ...missing,
    },
    {
      what: '8 lanes, flows a second beside one lane',
      bound: 'at least',
      limit: 4.3,
      reached: timesAsFast(eight, one)?.median,
      ...missing,
    },
    {
      what: 'The best number of lanes and processes, flows a second beside one lane',
      bound: 'at least',
      limit: 5.5,
      // One lane alone is not an arrangement to be proud of.
      reached: times.length > 1 ? Math.max(...times) : undefined,
      ...missing,
    },
  ];
}
