import { counted } from '../../../src/report/text/words.ts';
import { type Goal, lacks } from '../goal.ts';
import { type Throughput, throughputBlocks, throughputs, timesAsFast } from '../lanes.ts';
import type { Section } from '../section.ts';
import { type BenchOptions, type ReadyTool, withSetting } from '../setting.ts';
import { bareLoop } from '../tools/bare.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownDirect, ownProcesses, ownQuiet } from '../tools/own.ts';

const latencyMilliseconds = 50;
const inProcesses = ownProcesses(2);
const directLanes = 16;

/** Answers that take as long as over a network: what is waiting, and what is work. */
export function latency(options: BenchOptions): Promise<Section> {
  const { quick, rounds = quick ? 1 : 3 } = options;
  return withSetting(
    [bareLoop, newmanCli, ownQuiet, inProcesses, ownDirect],
    { latencyMilliseconds },
    options,
    async (setting) => {
      const [bareTool, newman, own, divided, direct] = setting.tools;
      if (!bareTool || !newman || !own || !divided || !direct) throw new Error('a tool is missing');
      // Every arrangement has so many flows behind it, in which V8 compiles what runs often.
      const [start, further, ofLane] = quick ? [2, 4, 1] : [40, 100, 5];
      const arranged = (tool: ReadyTool, lanes: number) => {
        const few = Math.max(start, ofLane * lanes);
        return { tool, lanes, few, many: few + Math.max(further, 4 * ofLane * lanes) };
      };
      const arrangements = [
        ...[1, 8, directLanes].map((lanes) => arranged(bareTool, lanes)),
        arranged(newman, 1),
        arranged(own, 1),
        ...[4, 8, 16, 32].map((lanes) => arranged(own, lanes)),
        ...[8, 16, 32].map((lanes) => arranged(divided, lanes)),
        ...[1, directLanes].map((lanes) => arranged(direct, lanes)),
      ];
      const all = await throughputs(arrangements, setting, rounds, options);
      const bare = all.find(({ name }) => name === bareTool.name);
      const ours = all.filter(({ name }) => name === own.name || name === divided.name);
      const words = `${latencyMilliseconds} ms before every answer, so a flow takes 300 ms at least; ${counted(rounds, 'round')}. The start of the process and its first flows (${start}, or ${ofLane} a lane) are taken out.`;
      return {
        blocks: throughputBlocks(all, { own: ours[0], bare }, words),
        goals: [...goalsOf(ours, bare), directGoal(all)],
      };
    },
  );
}

function directGoal(all: readonly Throughput[]): Goal {
  const withLanes = (wanted: string) => all.find(({ name, lanes }) => name === wanted && lanes === directLanes);
  return {
    what: `--engine direct, ${directLanes} lanes, flows a second beside the bare loop with as many`,
    bound: 'at least',
    limit: 0.85,
    reached: timesAsFast(withLanes(ownDirect.name), withLanes(bareLoop.name))?.median,
    why: lacks('--engine'),
    unit: '×',
  };
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
