import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plannedChecks } from '../../../src/compile/scripts/planned-checks.ts';
import { type BenchTool, countProblems, exitProblems, numberIn, type ToolChecks, type Workplace } from '../tool.ts';

const packages = { newman: '6.2.2' };
const libraryProgram = fileURLToPath(new URL('../programs/newman-library.cjs', import.meta.url));

/** The reference of every comparison: `newman run` as published, with the runtime that it was published with. */
export const newmanCli: BenchTool = {
  name: 'newman run',
  packages,
  prepare: async (place) => {
    const { folder, collectionFile, environmentFile } = place;
    const { version, program, checks } = await stockNewman(place);
    return {
      version,
      checks: { ...checks, evidence: 'summary on the terminal' },
      command: async (flows, lanes = 1) =>
        lanes > 1
          ? undefined
          : {
              program: process.execPath,
              argv: [
                program,
                'run',
                collectionFile,
                '-e',
                environmentFile,
                ...(flows > 1 ? ['-n', String(flows)] : []),
              ],
              cwd: folder,
              home: folder,
            },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...summaryProblems(measured.stdout, flows, checks.assertions),
      ],
    };
  },
};

/** Newman as a library, in a program that writes nothing but what it counted. */
export const newmanLibrary: BenchTool = {
  name: 'newman as a library',
  packages,
  prepare: async (place) => {
    const { folder, scratch, collectionFile, environmentFile } = place;
    const { version, checks } = await stockNewman(place);
    return {
      version,
      checks: { ...checks, evidence: 'events' },
      command: async (flows, lanes = 1) => {
        if (lanes > 1) return undefined;
        const file = join(folder, 'library-run.json');
        await writeFile(file, JSON.stringify({ scratch, collectionFile, environmentFile, flows }));
        return { program: process.execPath, argv: [libraryProgram, file], cwd: folder, home: folder };
      },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...countProblems('assertions', numberIn(measured.stdout, /(\d+) held/), checks.assertions * flows),
      ],
    };
  },
};

async function stockNewman({ scratch, definition }: Workplace) {
  const modules = join(scratch, 'node_modules');
  const versionOf = async (name: string) =>
    (JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')) as { version: string }).version;
  const assertions = definition.steps.flatMap((step) => plannedChecks(step)).length;
  const checks: Omit<ToolChecks, 'evidence'> = { assertions, schemas: true, password: 'script' };
  return {
    version: `${await versionOf('newman')}, runtime ${await versionOf('postman-runtime')}`,
    program: join(modules, 'newman/bin/newman.js'),
    checks,
  };
}

/** What lacks in the table that Newman and the Postman CLI write at the end. */
export function summaryProblems(stdout: string, flows: number, assertions: number): string[] {
  const row = (name: string, column: number) => {
    const cells = new RegExp(`^.*\\b${name}\\s*[│|]\\s*(\\d+)\\s*[│|]\\s*(\\d+)`, 'm').exec(stdout.slice(-4000));
    return cells === null ? undefined : Number(cells[column]);
  };
  return [
    ...countProblems('iterations', row('iterations', 1), flows),
    ...countProblems('requests', row('requests', 1), 6 * flows),
    ...countProblems('assertions', row('assertions', 1), assertions * flows),
    ...countProblems('failed assertions', row('assertions', 2), 0),
  ];
}
