import { resolve } from 'node:path';
import pc from 'picocolors';
import { type Problem, renderProblems } from '../../definition/reading/problem.ts';
import { type ExitCode, exitCode } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import { findCollection } from '../collection-folder.ts';
import { readKnown } from '../inputs/parsed-yaml-cache.ts';
import { tell } from '../outputs/say.ts';
import { type World, wantsColor } from '../world.ts';

/** `validate`: says everything that is wrong in the definitions, as a compiler would. */
export async function validateCommand(collections: readonly string[], world: World): Promise<ExitCode> {
  const problems: Problem[] = [];
  for (const name of collections) {
    const folder = findCollection(name, world.cwd);
    const loaded = await readKnown(resolve(world.cwd, folder.source), folder.source, world.cache);
    problems.push(...loaded.problems);
    const { definition } = loaded;
    if (!definition) continue;
    const { steps, cleanUp, variables } = definition;
    const counts = `${counted(steps.length, 'step')}, ${counted(cleanUp.steps.length, 'clean-up step')}, ${counted(variables.length, 'variable')}`;
    tell(world, `${folder.source}: ${counts}, no problems\n`);
  }
  if (problems.length === 0) return exitCode.passed;
  const paint = pc.createColors(wantsColor(world.stdout, world.osVariables));
  world.stdout.write(`${renderProblems(problems, { source: world.stdout.isTTY, paint })}\n`);
  world.stderr.write(`${counted(problems.length, 'problem')}\n`);
  return exitCode.definition;
}
