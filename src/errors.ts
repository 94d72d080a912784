/**
 * What ends a command early, each with the exit code the command ends with.
 * A failed check or a refused connection is not one of these: those are data in the run's result.
 */

/** Exit codes of `pingone-tutorial`. When several apply, the highest wins. */
export const exitCode = {
  /** Everything passed. */
  passed: 0,
  /** A check failed. */
  checkFailed: 1,
  /** The command line or the environment is wrong. */
  usage: 2,
  /** A definition is wrong. */
  definition: 3,
  /** The run could not complete, or something it created is left. */
  incomplete: 4,
} as const;

/** One of the exit codes: 0 to 4. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** A mistake of the person, told in a sentence: never shown with a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: ExitCode = exitCode.usage;
}

/** The command line, an environment file, a variable or a folder is not usable (exit code 2). */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

/** A run could not be carried out for a reason outside the definition (exit code 4). */
export class IncompleteError extends UserError {
  override readonly name = 'IncompleteError';
  override readonly exitCode = exitCode.incomplete;
}

/** Text of what was thrown, whatever it was. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Node's error code (`ENOENT`, `EACCES`, …) of what was thrown, or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
