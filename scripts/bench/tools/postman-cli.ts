import { join } from 'node:path';
import { plannedChecks } from '../../../src/compile/scripts/planned-checks.ts';
import { postmanCli as interopTool } from '../../interop/postman-cli.ts';
import { type BenchTool, exitProblems } from '../tool.ts';
import { summaryProblems } from './newman.ts';

/** Postman's own command line, without an account. */
export const postmanCli: BenchTool = {
  name: 'Postman CLI',
  packages: interopTool.packages,
  prepare: async ({ scratch, folder, collectionFile, environmentFile, definition }) => {
    const assertions = definition.steps.flatMap((step) => plannedChecks(step)).length;
    return {
      version: interopTool.packages['postman-cli'] ?? '?',
      checks: { assertions, schemas: true, password: 'script', evidence: 'summary on the terminal' },
      command: async (flows, lanes = 1) => {
        if (lanes > 1) return undefined;
        const many = flows > 1 ? ['-n', String(flows)] : [];
        const argv = ['collection', 'run', collectionFile, '-e', environmentFile, '--disable-unicode', ...many];
        return { program: join(scratch, 'node_modules/.bin/postman'), argv, cwd: folder, home: folder };
      },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...summaryProblems(measured.stdout, flows, assertions),
      ],
    };
  },
};
