import { type ExitCode, exitCode } from '../../errors.ts';
import type { RunResult } from './result.ts';

/**
 * What a program that ran a collection should exit with: 0 passed, 1 a check failed, 4 it could not complete or clean-up left
 * something.
 */
export function exitCodeOf({ outcome, cleanUp }: Pick<RunResult, 'outcome' | 'cleanUp'>): ExitCode {
  if (cleanUp?.complete === false) return exitCode.incomplete;
  // A shard without a target is no fault: there are more shards than targets.
  if (outcome === 'passed' || outcome === 'empty') return exitCode.passed;
  return outcome === 'failed' ? exitCode.checkFailed : exitCode.incomplete;
}
