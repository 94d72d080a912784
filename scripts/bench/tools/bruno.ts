import { join } from 'node:path';
import { plannedChecks } from '../../../src/compile/scripts/planned-checks.ts';
import { brunoTool, convertForBruno } from '../../interop/bruno.ts';
import { type BenchTool, countProblems, exitProblems } from '../tool.ts';

/** Bruno with the sandbox that it uses when one asks for nothing. */
export const brunoSafe = bruno('Bruno CLI', []);
/** Bruno with its fast sandbox, which lets scripts read files. */
export const brunoDeveloper = bruno('Bruno CLI --sandbox developer', ['--sandbox', 'developer']);

/** What `npm run interop` proves about it holds here too: the collection is imported by Bruno's own converter. */
function bruno(name: string, options: readonly string[]): BenchTool {
  return {
    name,
    packages: brunoTool.packages,
    prepare: async ({ scratch, folder: home, collectionFile, environmentFile, definition }) => {
      const converted = await convertForBruno({ scratch, workFolder: home, collectionFile, environmentFile });
      if (converted.problems.length > 0) throw new Error(converted.problems.join('\n'));
      const assertions = definition.steps.flatMap((step) => plannedChecks(step)).length;
      return {
        version: brunoTool.packages['@usebruno/cli'] ?? '?',
        checks: { assertions, schemas: true, password: 'script', evidence: 'output on the terminal' },
        command: async (flows, lanes = 1) => {
          if (lanes > 1) return undefined;
          const many = flows > 1 ? ['--iteration-count', String(flows)] : [];
          const argv = ['run', '-r', '--env-file', converted.environmentFile, ...options, ...many];
          return { program: join(scratch, 'node_modules/.bin/bru'), argv, cwd: converted.folder, home };
        },
        problems: async (measured, flows) => [
          ...exitProblems(measured),
          ...countProblems('tests passed', measured.stdout.match(/^ +✓ /gm)?.length, assertions * flows),
        ],
      };
    },
  };
}
