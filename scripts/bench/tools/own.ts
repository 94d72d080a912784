import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plannedChecks } from '../../../src/compile/checks.ts';
import type { JsonReport } from '../../../src/report/json-schema.ts';
import { measure } from '../measure.ts';
import { type BenchTool, countProblems, exitProblems, numberIn } from '../tool.ts';

/** The program as it was built: what a user starts. */
export const ownProgram = fileURLToPath(new URL('../../../dist/cli/bin.js', import.meta.url));

/** Our runner with a JSON report and nothing on the terminal: every check of every timed run is in the report. */
export const ownQuiet = own('pingone-tutorial run -q -r json=…', (report) => ['-q', '--reporter', `json=${report}`]);
/** Our runner as a person starts it, whose report on the terminal is read. */
export const ownTool = own('pingone-tutorial run', () => []);

function own(name: string, reporting: (report: string) => readonly string[]): BenchTool {
  return {
    name,
    packages: {},
    prepare: async ({ folder, collectionFolder, environmentFile, definition }) => {
      const version = await ownOutput(['--version'], folder);
      const help = await ownOutput(['run', '--help'], folder);
      const report = join(folder, 'result.json');
      const ledger = join(folder, 'ledger');
      const checks = definition.steps.flatMap((step) => plannedChecks(step));
      return {
        version: version.trim(),
        checks: {
          assertions: checks.length,
          schemas: true,
          password: 'script',
          evidence: reporting(report).length > 0 ? 'JSON report' : 'report on the terminal',
        },
        command: async (flows, lanes = 1) => {
          const many = manyOptions(help, flows, lanes);
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
          if (reporting(report).length === 0)
            return terminalProblems(measured.stdout, checks.length * flows, definition.steps.length * flows);
          const { totals } = JSON.parse(await readFile(report, 'utf8')) as JsonReport;
          return [
            ...countProblems('checks passed', totals.checks.passed, checks.length * flows),
            ...countProblems('matching schemas', totals.matchingSchemas, definition.steps.length * flows),
          ];
        },
      };
    },
  };
}

function terminalProblems(stdout: string, checks: number, schemas: number): string[] {
  const text = stdout.replace(/(\d),(?=\d{3})/g, '$1');
  return [
    ...countProblems('checks held', numberIn(text, /(\d+) of \d+ checks held/), checks),
    ...countProblems('matching schemas', numberIn(text, /(\d+) responses match their schema/), schemas),
  ];
}

/** Options of `run` for many flows; none for one; undefined when the program does not know them. */
function manyOptions(help: string, flows: number, lanes: number): readonly string[] | undefined {
  if (flows > 1 && !knows(help, '--iterations')) return undefined;
  if (lanes > 1 && !knows(help, '--concurrency')) return undefined;
  return [
    ...(flows > 1 ? ['--iterations', String(flows)] : []),
    ...(lanes > 1 ? ['--concurrency', String(lanes)] : []),
  ];
}

/** Whether a help text tells of an option. */
export function knows(help: string, option: string): boolean {
  return new RegExp(`(^|\\s)${option}\\b`, 'm').test(help);
}

/** What our program writes, not measured. Throws when it does not end with 0. */
export async function ownOutput(argv: readonly string[], folder: string): Promise<string> {
  const command = { program: process.execPath, argv: [ownProgram, ...argv], cwd: folder, home: folder };
  const measured = await measure(command, 60);
  const [problem] = exitProblems(measured);
  if (problem !== undefined) throw new Error(problem);
  return measured.stdout;
}
