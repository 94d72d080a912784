import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type ArazzoFile, respectTool, respectVariables } from '../../interop/respect.ts';
import { type BenchTool, countProblems, exitProblems, numberIn } from '../tool.ts';

/** The compiled Arazzo file in Redocly's runner; for several flows, a file with the workflow so many times. */
export const respect: BenchTool = {
  name: 'Redocly Respect',
  packages: respectTool.packages,
  prepare: async ({ scratch, folder, collectionFolder, environmentFile, definition }) => {
    const files = await readdir(collectionFolder);
    const textOf = (ending: string) =>
      readFile(join(collectionFolder, files.find((name) => name.endsWith(ending)) ?? ''), 'utf8');
    const openapi = `${definition.id}.openapi.yaml`;
    await writeFile(join(folder, openapi), await textOf('.openapi.yaml'));
    const arazzo = parse(await textOf('.arazzo.yaml')) as ArazzoFile;
    // It makes three of its own an answer: that status, content type and schema are described.
    const criteria = arazzo.workflows[0].steps.flatMap(({ successCriteria = [] }) => successCriteria);
    const assertions = criteria.length + 3 * definition.steps.length;
    return {
      version: respectTool.packages['@redocly/cli'] ?? '?',
      checks: { assertions, schemas: true, password: 'given', evidence: 'summary on the terminal' },
      command: async (flows, lanes = 1) => {
        if (lanes > 1) return undefined;
        const file = join(folder, `flows-${flows}.arazzo.yaml`);
        await writeFile(file, stringify(repeated(arazzo, flows), { aliasDuplicateObjects: false }));
        const argv = ['respect', file, '--max-steps', String(6 * flows + 1)];
        const variables = await respectVariables(arazzo, environmentFile);
        if (variables === undefined) return undefined;
        return { program: join(scratch, 'node_modules/.bin/redocly'), argv, cwd: folder, home: folder, variables };
      },
      problems: async (measured, flows) => [
        ...exitProblems(measured),
        ...countProblems('workflows passed', numberIn(measured.stdout, /Workflows: (\d+) passed/), flows),
        ...countProblems('checks passed', numberIn(measured.stdout, /Checks: (\d+) passed/), assertions * flows),
      ],
    };
  },
};

/** The first workflow so many times, without clean-up. Each has names of its own, since all get the same run id. */
function repeated({ workflows: [workflow], ...rest }: ArazzoFile, flows: number): object {
  const text = JSON.stringify(workflow);
  const workflows = Array.from({ length: flows }, (_, index) => ({
    ...(JSON.parse(text.replaceAll('{$inputs.runID}', `{$inputs.runID}-${index}`)) as object),
    workflowId: `${workflow.workflowId}-${index}`,
  }));
  return { ...rest, workflows };
}
