import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { paragraph, table } from '../../../src/report/text/mdast.ts';
import { counted } from '../../../src/report/text/words.ts';
import { type Figures, figuresOf } from '../figures.ts';
import type { Goal } from '../goal.ts';
import type { Command, Measurement } from '../measure.ts';
import { type Contestant, interleaved, type Runs } from '../rounds.ts';
import { figuresTable, type Section } from '../section.ts';
import {
  type BenchOptions,
  collectionFolder,
  proveSchemaCheck,
  type ReadyTool,
  root,
  withSetting,
} from '../setting.ts';
import { exitProblems } from '../tool.ts';
import { bareLoop } from '../tools/bare.ts';
import { newmanCli } from '../tools/newman.ts';
import { ownDirect, ownProgram, ownQuiet, ownTool } from '../tools/own.ts';
import { peers } from '../tools.ts';

/** One flow, one process, from its start to its end; and what else of ours a person waits for. */
export function cold(options: BenchOptions): Promise<Section> {
  return withSetting([newmanCli, ownQuiet, ownTool, ownDirect, ...peers], {}, options, async ({ simulator, tools }) => {
    const { log, quick } = options;
    const rounds = options.rounds ?? (quick ? 3 : 11);
    for (const tool of tools) await proveSchemaCheck(tool, simulator);
    const flows = await Promise.all(tools.map((tool) => tool.contestant(1)));
    const contestants = flows.filter((contestant) => contestant !== undefined);
    const runs = await interleaved(contestants, simulator, { rounds, onRun: log });
    const all = figuresOf(runs);

    const home = await mkdtemp(join(options.folder, 'own-'));
    const [reference] = contestants;
    if (reference === undefined) throw new Error('there is no reference');
    const commands = figuresOf(await interleaved([reference, ...ownCommands(home)], simulator, { rounds, onRun: log }));
    const tutorials = figuresOf(
      await interleaved([reference, tutorial(home)], simulator, { rounds: Math.ceil(rounds / 2), onRun: log }),
    );
    return {
      blocks: [
        paragraph(`One flow, whole process, the simulator up already; ${counted(rounds, 'round')} after a warm-up.`),
        figuresTable(all, checksColumns(tools)),
        versions(tools),
        paragraph('Our commands that send nothing, and the tutorial with the simulator that it starts itself.'),
        figuresTable([...commands, ...tutorials.slice(1)]),
      ],
      goals: goalsOf(runs, all, commands, tutorials),
    };
  });
}

/** What each tool verifies in a run that counts. */
export function checksColumns(tools: readonly ReadyTool[]): Readonly<Record<string, (name: string) => string>> {
  const checksOf = (name: string) => tools.find((tool) => tool.name === name)?.checks;
  return {
    'checks a flow': (name) => {
      const checks = checksOf(name);
      if (checks === undefined) return '';
      return checks.assertions === 0 ? 'its own' : String(checks.assertions);
    },
    schemas: (name) => (checksOf(name)?.schemas ? 'all 6' : 'none'),
    password: (name) => (checksOf(name)?.password === 'script' ? 'made in the flow' : 'given'),
    'seen by': (name) => checksOf(name)?.evidence ?? '',
  };
}

export function versions(tools: readonly ReadyTool[]) {
  return table(
    ['tool', 'version'],
    tools.map(({ name, version }) => [name, version]),
  );
}

const nothing = async () => [];

function ownCommands(home: string): Contestant[] {
  const command = (name: string, argv: readonly string[], says: string): Contestant => ({
    name,
    arrivals: undefined,
    command: async () => ({ program: process.execPath, argv, cwd: root, home }),
    problems: async (measured) => [...exitProblems(measured), ...textProblems(measured, says)],
  });
  return [
    command('pingone-tutorial --help', [ownProgram, '--help'], 'Usage: pingone-tutorial'),
    command('pingone-tutorial validate', [ownProgram, 'validate', collectionFolder], '6 steps, '),
    command('pingone-tutorial compile --check', [ownProgram, 'compile', '--check', collectionFolder], 'up to date'),
    { ...command('node -e 0', ['-e', '0'], ''), problems: nothing },
  ];
}

/** As a person starts it: npm, build, simulator, run. */
function tutorial(home: string): Contestant {
  const command: Command = { program: 'npm', argv: ['run', '-s', 'tutorial'], cwd: root, home };
  return {
    name: 'npm run tutorial',
    arrivals: undefined,
    command: async () => command,
    problems: async (measured) => [
      ...exitProblems(measured),
      ...textProblems(measured, '26 of 26 checks held, 6 responses'),
    ],
  };
}

function textProblems({ stdout, stderr }: Measurement, says: string): string[] {
  return `${stdout}${stderr}`.includes(says) ? [] : [`it does not say "${says}"`];
}

function goalsOf(
  runs: readonly Runs[],
  all: readonly Figures[],
  commands: readonly Figures[],
  tutorials: readonly Figures[],
): Goal[] {
  const wall = (figures: readonly Figures[], name: string) =>
    figures.find((candidate) => candidate.name === name)?.ratios.wallSeconds.median;
  const own = wall(all, ownQuiet.name);
  const others = all.filter(({ name }) => ![ownQuiet.name, ownTool.name, ownDirect.name, bareLoop.name].includes(name));
  const fastest = others.toSorted((one, other) => one.ratios.wallSeconds.median - other.ratios.wallSeconds.median)[0];
  const besidePeer = fastest && wall(figuresOf(runs, fastest.name), ownQuiet.name);
  return [
    { what: 'One cold flow, beside newman run', bound: 'at most', limit: 0.5, reached: own, unit: '×' },
    {
      what: 'One cold flow with --engine direct, beside newman run',
      bound: 'at most',
      limit: 0.25,
      reached: wall(all, ownDirect.name),
      unit: '×',
    },
    {
      what: `One cold flow, beside the fastest peer (${fastest?.name ?? 'none'})`,
      bound: 'at most',
      limit: 1,
      reached: besidePeer,
      unit: '×',
    },
    {
      what: '--help, beside newman run',
      bound: 'at most',
      limit: 0.08,
      reached: wall(commands, 'pingone-tutorial --help'),
      unit: '×',
    },
    {
      what: 'npm run tutorial with its simulator, beside newman run',
      bound: 'at most',
      limit: 1,
      reached: wall(tutorials, 'npm run tutorial'),
      unit: '×',
    },
  ];
}
