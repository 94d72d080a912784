import type { RootContent } from 'mdast';
import { paragraph, table } from '../../../src/report/text/mdast.ts';
import { counted } from '../../../src/report/text/words.ts';
import { type Figures, figuresOf } from '../figures.ts';
import { type Goal, lacks } from '../goal.ts';
import { type Contestant, interleaved } from '../rounds.ts';
import { type Section, spreadText } from '../section.ts';
import { type BenchOptions, type ReadyTool, type Setting, withSetting } from '../setting.ts';
import { brunoDeveloper, brunoSafe } from '../tools/bruno.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownDirect, ownLanes, ownQuiet } from '../tools/own.ts';
import { postmanCli } from '../tools/postman-cli.ts';
import { peers } from '../tools.ts';

const ownTools = [ownQuiet, ownLanes(2), ownLanes(4), ownLanes(8)];
/** Of 10 flows and more, with --engine direct: at most so much of what newman run takes. */
const directGoals: Readonly<Record<number, number>> = { 10: 0.2, 100: 0.1, 1000: 0.1 };

/** What became of a tool at a number of flows: figures, or why there are none. */
type Cell = { readonly figures: Figures } | { readonly why: string };
type Column = ReadonlyMap<string, Cell>;

/** 1, 10, 100 and 1,000 flows, each number interleaved by itself. */
export function warm(options: BenchOptions): Promise<Section> {
  const { quick, rounds = quick ? 1 : 6, log } = options;
  const counts = quick ? [1, 10] : [1, 10, 100, 1000];
  return withSetting([newmanCli, ...ownTools, ownDirect, ...peers], {}, options, async (setting) => {
    const columns = new Map<number, Column>();
    for (const flows of counts) {
      // A number that takes ten times as long is measured less often.
      const times = Math.max(1, Math.ceil(rounds / Math.max(1, flows / 50)));
      log(`${counted(flows, 'flow')}, ${counted(times, 'round')}`);
      columns.set(flows, await column(flows, times, columns, setting, options));
    }
    return { blocks: blocksOf(columns, setting.tools), goals: goalsOf(columns, counts) };
  });
}

async function column(
  flows: number,
  rounds: number,
  before: ReadonlyMap<number, Column>,
  { tools, simulator }: Setting,
  { limitSeconds, log }: BenchOptions,
): Promise<Column> {
  const cells = new Map<string, Cell>();
  const contestants: Contestant[] = [];
  for (const { name, contestant } of tools) {
    const able = await contestant(flows);
    const seconds = expectedSeconds(name, flows, before);
    if (able === undefined) cells.set(name, { why: flows === 1 ? '–' : 'not available' });
    else if (seconds > limitSeconds) cells.set(name, { why: `left out, would take about ${Math.round(seconds)} s` });
    else contestants.push(able);
  }
  const warmUps = flows <= 10 ? 1 : 0;
  const runs = await interleaved(contestants, simulator, {
    rounds,
    warmUps,
    timeoutSeconds: 2 * limitSeconds,
    onRun: log,
  });
  for (const figures of figuresOf(runs, newmanCli.name)) cells.set(figures.name, { figures });
  return cells;
}

/** By what a further flow took before. 0 when that is not known. */
function expectedSeconds(name: string, flows: number, before: ReadonlyMap<number, Column>): number {
  const known = [...before].flatMap(([count, column]) => {
    const seconds = wallOf(column.get(name));
    return seconds === undefined ? [] : [{ count, seconds }];
  });
  const [one, last] = [known[0], known.at(-1)];
  if (one === undefined || last === undefined || one === last) return 0;
  return last.seconds + ((last.seconds - one.seconds) / (last.count - one.count)) * (flows - last.count);
}

function wallOf(cell: Cell | undefined): number | undefined {
  return cell !== undefined && 'figures' in cell ? cell.figures.values.wallSeconds.median : undefined;
}

function blocksOf(columns: ReadonlyMap<number, Column>, tools: readonly ReadyTool[]): RootContent[] {
  const counts = [...columns.keys()];
  const names = tools.map(({ name }) => name);
  const cell = (count: number, name: string) => columns.get(count)?.get(name);
  const rounds = counts.map((count) => {
    const found = cell(count, newmanCli.name);
    return `${found !== undefined && 'figures' in found ? found.figures.rounds : 0} of ${count.toLocaleString('en')}`;
  });
  return [
    paragraph(
      `Flows one after the other in one process (or as many at a time as --concurrency says), beside newman run -n; rounds: ${rounds.join(', ')}. A further flow: (time of the most − time of one) ÷ (the most − 1).`,
    ),
    table(
      ['wall s', ...counts.flatMap((count) => [counted(count, 'flow'), '×']), 'a further flow'],
      names.map((name) => [
        name,
        ...counts.flatMap((count) => wallCells(cell(count, name))),
        furtherFlow(name, columns),
      ]),
    ),
    table(
      ['peak MiB', ...counts.map((count) => counted(count, 'flow'))],
      names.map((name) => [name, ...counts.map((count) => peakCell(cell(count, name)))]),
    ),
  ];
}

function wallCells(cell: Cell | undefined): [string, string] {
  if (cell === undefined) return ['', ''];
  if ('why' in cell) return [cell.why, ''];
  const { values, ratios } = cell.figures;
  return [values.wallSeconds.median.toFixed(2), spreadText(ratios.wallSeconds, 2)];
}

function peakCell(cell: Cell | undefined): string {
  if (cell === undefined || 'why' in cell) return '';
  return String(Math.round(cell.figures.values.peakMebibytes.median));
}

function furtherFlow(name: string, columns: ReadonlyMap<number, Column>): string {
  const known = [...columns].flatMap(([count, column]) => {
    const seconds = wallOf(column.get(name));
    return seconds === undefined ? [] : [{ count, seconds }];
  });
  const [one, last] = [known[0], known.at(-1)];
  if (one === undefined || last === undefined || one === last || one.count !== 1) return '';
  return `${(((last.seconds - one.seconds) / (last.count - one.count)) * 1000).toFixed(1)} ms`;
}

function goalsOf(columns: ReadonlyMap<number, Column>, counts: readonly number[]): Goal[] {
  const most = Math.max(...counts);
  const ratio = (count: number, name: string) => {
    const cell = columns.get(count)?.get(name);
    return cell !== undefined && 'figures' in cell ? cell.figures.ratios.wallSeconds.median : undefined;
  };
  const ratios = (count: number, names: readonly string[]) => names.flatMap((name) => ratio(count, name) ?? []);
  const own = ownTools.map(({ name }) => name);
  const rivals = [newmanCli, postmanCli, brunoSafe, brunoDeveloper].map(({ name }) => name);
  const best = (count: number) => (ratios(count, own).length > 0 ? Math.min(...ratios(count, own)) : undefined);
  const flows = most.toLocaleString('en');
  return [
    ...counts
      .filter((count) => count > 1)
      .flatMap((count) => [
        goal(`${counted(count, 'flow')}, one lane, beside newman run -n`, 0.75, ratio(count, ownQuiet.name)),
        goal(
          `${counted(count, 'flow')}, one lane, --engine direct, beside newman run -n`,
          directGoals[count] ?? 0.1,
          ratio(count, ownDirect.name),
        ),
      ]),
    goal(`${flows} flows, the best number of lanes, beside newman run -n ${most}`, 0.75, best(most)),
    ...counts.map((count) => {
      const reached = best(count);
      const fastest = Math.min(...ratios(count, rivals));
      return goal(
        `${counted(count, 'flow')}, beside the fastest of Newman, Postman CLI and Bruno`,
        1,
        reached === undefined ? undefined : reached / fastest,
      );
    }),
  ];
}

function goal(what: string, limit: number, reached: number | undefined): Goal {
  return { what, bound: 'at most', limit, reached, why: lacks('--iterations'), unit: '×' };
}
