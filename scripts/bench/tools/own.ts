import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plannedChecks } from '../../../src/compile/scripts/planned-checks.ts';
import type { JsonReport } from '../../../src/report/files/json-schema.ts';
import { measure } from '../measure.ts';
import { type BenchTool, countProblems, exitProblems, numberIn } from '../tool.ts';

/** The program as it was built: what a user starts. */
export const ownProgram = fileURLToPath(new URL('../../../dist/cli/bin.js', import.meta.url));

const quietly = (report: string) => ['-q', '--reporter', `json=${report}`];

/** Our runner with a JSON report and nothing on the terminal: every check of every timed run is in the report. */
export const ownQuiet = own('pingone-tutorial run -q -r json=…', quietly);
/** The quiet one without Newman. */
export const ownDirect = own('pingone-tutorial run --engine direct', (report) => [
  ...quietly(report),
  '--engine',
  'direct',
]);
/** Our runner as a person starts it, whose report on the terminal is read. */
export const ownTool = own('pingone-tutorial run', () => []);

/** The quiet one with so many flows at a time. It cannot run fewer flows than it has lanes. */
export function ownLanes(lanes: number): BenchTool {
  const name = `pingone-tutorial run --concurrency ${lanes}`;
  return own(name, quietly, lanes);
}

/** The quiet one with its lanes in so many processes. */
export function ownProcesses(processes: number): BenchTool {
  const name = `pingone-tutorial run --processes ${processes}`;
  return own(name, quietly, processes, processes);
}

function own(name: string, reporting: (report: string) => readonly string[], ownLanes = 1, processes = 1): BenchTool {
  return {
    name,
    packages: {},
    prepare: async ({ folder, collectionFolder, environmentFile, definition }) => {
      const version = await ownOutput(['--version'], folder);
      const help = await ownOutput(['run', '--help'], folder);
      const report = join(folder, 'result.json');
      const ledger = join(folder, 'ledger');
      const checks = definition.steps.flatMap((step) => plannedChecks(step));
      const schemas = definition.steps.filter(({ expect }) => expect.schema !== undefined).length;
      const isQuiet = reporting(report).length > 0;
      return {
        version: version.trim(),
        checks: {
          assertions: checks.length,
          schemas: schemas > 0,
          password: 'script',
          evidence: isQuiet ? 'JSON report' : 'report on the terminal',
        },
        command: async (flows, lanes = ownLanes) => {
          const many = flows < lanes ? undefined : manyOptions(help, flows, lanes, processes);
          if (many === undefined) return undefined;
          await rm(ledger, { recursive: true, force: true });
          await rm(report, { force: true });
          const options = ['--environment', environmentFile, '--ledger', ledger, ...reporting(report), ...many];
          const argv = [ownProgram, 'run', collectionFolder, ...options];
          return { program: process.execPath, argv, cwd: folder, home: folder };
        },
        problems: async (measured, flows) => {
          const exit = exitProblems(measured);
          if (exit.length > 0) return exit;
          const want = { checks: checks.length * flows, schemas: schemas * flows };
          if (!isQuiet) return terminalProblems(measured.stdout, want);
          const { totals } = JSON.parse(await readFile(report, 'utf8')) as JsonReport;
          return [
            ...countProblems('checks passed', totals.checks.passed, want.checks),
            ...countProblems('matching schemas', totals.matchingSchemas, want.schemas),
          ];
        },
      };
    },
  };
}

function terminalProblems(stdout: string, want: { readonly checks: number; readonly schemas: number }): string[] {
  const text = stdout.replace(/(\d),(?=\d{3})/g, '$1');
  return [
    ...countProblems('checks held', numberIn(text, /(\d+) of \d+ checks held/), want.checks),
    ...countProblems('matching schemas', numberIn(text, /(\d+) responses match their schema/), want.schemas),
  ];
}

/** Options of `run` for many flows; none for one; undefined when the program does not know them. */
function manyOptions(help: string, flows: number, lanes: number, processes: number): readonly string[] | undefined {
  if (flows > 1 && !knows(help, '--iterations')) return undefined;
  if (lanes > 1 && !knows(help, '--concurrency')) return undefined;
  return [
    // Also the steps that are marked once for all: a flow is all of them.
    ...(flows > 1 ? ['--iterations', String(flows), '--every-step'] : []),
    ...(lanes > 1 ? ['--concurrency', String(lanes)] : []),
    ...(processes > 1 ? ['--processes', String(processes)] : []),
  ];
}

/** Whether a help text tells of an option. */
export function knows(help: string, option: string): boolean {
  return new RegExp(`(^|\\s)${option}(?![\\w-])`).test(help);
}

/** What our program writes, not measured. Throws when it does not end with 0. */
export async function ownOutput(argv: readonly string[], folder: string): Promise<string> {
  const command = { program: process.execPath, argv: [ownProgram, ...argv], cwd: folder, home: folder };
  const measured = await measure(command, 60);
  const [problem] = exitProblems(measured);
  if (problem !== undefined) throw new Error(problem);
  return measured.stdout;
}
