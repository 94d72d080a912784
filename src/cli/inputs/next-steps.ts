import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unbroken } from '../../report/text/lines.ts';
import { commandLine } from '../../run/tool.ts';
import { bundledCollections, defaultCollection, findCollection } from '../collection-folder.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { runOptions } from '../options/run-options.ts';
import { isDefault } from './load-collections.ts';

/** The collection that goes on where the default one ends. */
const secondCollection = 'create-an-sso-workflow';

/**
 * What a person may do after a run that passed, beside what the collection itself says: read, look closer, go on. `names` are the
 * collections as the person named them; none: the default one.
 */
export function nextSteps(
  names: readonly string[],
  {
    reporter,
    data,
    iterations,
    step,
    all,
  }: Pick<OptionsOf<typeof runOptions>, 'reporter' | 'data' | 'iterations' | 'step' | 'all'>,
  cwd: string,
): string[] {
  if (data !== undefined || iterations !== undefined) return [];
  const pages = (names.length > 0 ? names : [defaultCollection])
    .map((name) => join(findCollection(name, cwd).path, 'README.md'))
    .filter((file) => existsSync(resolve(cwd, file)));
  const run = (...args: string[]) => unbroken(commandLine('run', [...(all ? ['--all'] : names), ...args]));
  const read = all ? 'README.md in the folder of each collection' : pages.join(', ');
  return [
    ...(pages.length > 0 ? [`Read what each step does, and why: ${read}`] : []),
    ...(step ? [] : [`Go through it step by step, with each request and answer: ${run('--step')}`]),
    ...(reporter.some(({ name }) => name === 'html')
      ? []
      : [`Look at it in the browser: ${run('--reporter', 'html=report.html')}`]),
    ...(isDefault(names) && bundledCollections().includes(secondCollection)
      ? [
          `Sign the new user on, the second tutorial: ${unbroken(commandLine('run', [defaultCollection, secondCollection]))}`,
          `Go on with MFA, passwords and more, every collection in sequence: ${unbroken(commandLine('run', ['--all']))}`,
        ]
      : []),
  ];
}
