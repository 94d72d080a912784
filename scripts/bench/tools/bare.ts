import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../measure.ts';
import { plainFlow } from '../plain-flow.ts';
import { type BenchTool, countProblems, exitProblems, numberIn, type Workplace } from '../tool.ts';

const program = fileURLToPath(new URL('../programs/bare-loop.cjs', import.meta.url));

/** How the loop is started; the first `once` requests are sent once before all flows (default: 0). */
export async function bareCommand(
  { folder, definition, url }: Pick<Workplace, 'folder' | 'definition' | 'url'>,
  options: { readonly flows: number; readonly lanes: number; readonly once?: number },
): Promise<Command> {
  const file = join(folder, 'bare-loop.json');
  await writeFile(file, JSON.stringify({ ...plainFlow(definition, url, `${Date.now()}`), ...options }));
  return { program: process.execPath, argv: [program, file], cwd: folder, home: folder };
}

/** The limit: the six requests over `node:http` with nothing around them but the status and what the next request needs. */
export const bareLoop: BenchTool = {
  name: 'bare node:http loop',
  packages: {},
  prepare: async (place) => ({
    version: process.version,
    checks: {
      assertions: place.definition.steps.length,
      schemas: false,
      password: 'script',
      evidence: 'what it counted',
    },
    command: (flows, lanes = 1) => bareCommand(place, { flows, lanes }),
    problems: async (measured, flows) => [
      ...exitProblems(measured),
      ...countProblems('flows', numberIn(measured.stdout, /^(\d+) flows/), flows),
    ],
  }),
};
