import pc from 'picocolors';
import { DefinitionError, renderProblems } from '../../definition/reading/problem.ts';
import { type ExitCode, exitCode, messageOf, UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type World, wantsColor } from '../world.ts';

/**
 * Says what went wrong, without the secrets that are known, and gives the exit code. Only what is our own mistake comes with a
 * stack trace and those of its causes, and only when asked for.
 */
export function reportError(
  error: unknown,
  { stderr, osVariables, secrets }: Pick<World, 'stderr' | 'osVariables' | 'secrets'>,
): ExitCode {
  const colors = pc.createColors(wantsColor(stderr, osVariables));
  const { text } = secrets.redactor();
  if (error instanceof DefinitionError) {
    stderr.write(`${renderProblems(error.problems, { source: stderr.isTTY, paint: colors })}\n`);
    return error.exitCode;
  }
  if (error instanceof UserError) {
    const lines = printable(text(error.message)).split('\n');
    stderr.write(lines.map((line) => `${colors.red('error:')} ${line}\n`).join(''));
    return error.exitCode;
  }
  stderr.write(`${colors.red('error:')} this is a bug in pingone-tutorial: ${printable(text(messageOf(error)))}\n`);
  stderr.write(
    osVariables.PINGONE_TUTORIAL_DEBUG
      ? `${text(stacksOf(error).join('\nbecause of '))}\n`
      : 'Set PINGONE_TUTORIAL_DEBUG=1 and PINGONE_TUTORIAL_WITHOUT=bundle to see where, and please report it.\n',
  );
  return exitCode.incomplete;
}

/** The stack traces of an error and of its causes, as far as there are any; no more than ten. */
function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let thrown = error; thrown !== undefined && stacks.length < 10; ) {
    stacks.push((thrown instanceof Error && thrown.stack) || messageOf(thrown));
    thrown = thrown instanceof Error ? thrown.cause : undefined;
  }
  return stacks;
}
