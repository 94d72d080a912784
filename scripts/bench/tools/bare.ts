import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainFlow } from '../plain-flow.ts';
import { type BenchTool, countProblems, exitProblems, numberIn } from '../tool.ts';

export const bareProgram = fileURLToPath(new URL('../programs/bare-loop.cjs', import.meta.url));

/** The limit: the six requests over `node:http` with nothing around them but the status and what the next request needs. */
export const bareLoop: BenchTool = {
  name: 'bare node:http loop',
  packages: {},
  prepare: async ({ folder, definition, url }) => ({
    version: process.version,
    checks: { assertions: definition.steps.length, schemas: false, password: 'script', evidence: 'what it counted' },
    command: async (flows, lanes = 1) => {
      const file = join(folder, 'bare-loop.json');
      await writeFile(file, JSON.stringify({ ...plainFlow(definition, url, `${Date.now()}`), flows, lanes }));
      return { program: process.execPath, argv: [bareProgram, file], cwd: folder, home: folder };
    },
    problems: async (measured, flows) => [
      ...exitProblems(measured),
      ...countProblems('flows', numberIn(measured.stdout, /^(\d+) flows/), flows),
    ],
  }),
};
