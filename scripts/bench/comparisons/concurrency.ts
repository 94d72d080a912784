import { counted } from '../../../src/report/text/words.ts';
import { throughputBlocks, throughputs } from '../lanes.ts';
import type { Section } from '../section.ts';
import { type BenchOptions, withSetting } from '../setting.ts';
import { bareLoop } from '../tools/bare.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownProcesses, ownQuiet } from '../tools/own.ts';

/** Answers at once: how far lanes go when there is nothing to wait for. */
export function concurrency(options: BenchOptions): Promise<Section> {
  const { quick, rounds = quick ? 1 : 3 } = options;
  return withSetting([bareLoop, newmanCli, ownQuiet, ownProcesses(2)], {}, options, async (setting) => {
    const [bareTool, newman, own, divided] = setting.tools;
    if (!bareTool || !newman || !own || !divided) throw new Error('a tool is missing');
    const [few, many] = quick ? [16, 32] : [40, 240];
    const arrangements = [
      { tool: bareTool, lanes: 1, few, many: 10 * many },
      { tool: bareTool, lanes: 8, few, many: 10 * many },
      { tool: newman, lanes: 1, few, many },
      ...[1, 2, 4, 8, 16].map((lanes) => ({ tool: own, lanes, few, many })),
      ...[4, 8].map((lanes) => ({ tool: divided, lanes, few, many })),
    ];
    const all = await throughputs(arrangements, setting, rounds, options);
    const beside = {
      own: all.find(({ name }) => name === own.name),
      bare: all.find(({ name }) => name === bareTool.name),
    };
    const words = `No latency: two cores shared with the simulator; ${few} and ${many} flows, ${counted(rounds, 'round')}. The start of the process is taken out.`;
    return { blocks: throughputBlocks(all, beside, words), goals: [] };
  });
}
