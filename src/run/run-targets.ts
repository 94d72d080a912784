import { sum } from 'd3-array';
import { UsageError } from '../errors.ts';
import { ownTotal } from './iterations/lanes.ts';
import { emptyResult, mergedTarget, mergeResults, type NamedResult, targetResultOf } from './result/merge-results.ts';
import type { RunEvent, RunEventContent, RunResult, Shard, Target } from './result/result.ts';
import { collectionOf, originsOf, type RunOptions, runCollection } from './run.ts';
import { missingValues } from './steps/plan.ts';
import { toPlanned } from './steps/session.ts';
import { givenTexts } from './steps/start-state.ts';
import { tool } from './tool.ts';

/** One of several targets, and what is special there: values, ledger, where it goes, iterations with who is told of them. */
export interface RunTarget
  extends Pick<RunOptions, 'values' | 'environment' | 'collectionVariables' | 'targetKind' | 'ledger' | 'iterations'> {
  /** Unlike that of every other target. */
  readonly name: string;
}

/** What to run against every target, and how. */
export interface TargetsOptions
  extends Omit<RunOptions, 'values' | 'targetKind' | 'ledger' | 'resume' | 'iterations' | 'onValues' | 'compare'> {
  readonly targets: readonly RunTarget[];
  /** How many run at once; the others wait. Default: all. */
  readonly workers?: number | undefined;
  /** Which part of all targets these are. */
  readonly shard?: Shard | undefined;
}

/**
 * Runs a collection against several targets in parallel, each as `runCollection` does, and puts the results together. Events
 * are those of one run, in which steps and things name their target; `target-finished` tells when one is done. `runTimeout`
 * is for each target. Each has iterations of its own.
 *
 * Throws `UsageError` before anything is sent when a variable of any target has no value and no step sets it; what else
 * `runCollection` throws, when all targets have ended and cleaned up.
 */
export async function runTargets(options: TargetsOptions): Promise<RunResult> {
  const { targets, workers, shard, onEvent = () => {}, ...shared } = options;
  const { definition } = options;
  refuseHoles(options);
  const emit = (event: RunEventContent) => onEvent({ at: new Date().toISOString(), ...event });
  const startedAt = new Date().toISOString();
  const plans = targets.flatMap(({ iterations }) => iterations ?? []);
  emit({
    kind: 'run-started',
    version: 2,
    collection: definition.name,
    target: mergedTarget(targets.map((target) => placeOf(target, options))),
    steps: targets.flatMap(({ name }) => definition.steps.map((step) => ({ ...toPlanned(step), target: name }))),
    ...(plans.length > 0 && { iterations: sum(plans, ownTotal) }),
  });
  const results: NamedResult[] = [];
  const errors: unknown[] = [];
  const waiting = targets.entries();
  const work = async () => {
    for (const [index, { name, ...own }] of waiting) {
      try {
        const tell = (event: RunEvent) => {
          const told = eventOf(name, event);
          if (told) onEvent(told);
        };
        const result = await runCollection({ ...shared, ...own, onEvent: tell });
        results[index] = { name, result };
        emit({ kind: 'target-finished', target: targetResultOf(name, result) });
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers ?? targets.length, targets.length) }, work));
  if (errors.length > 0) throw errors[0];
  const collection = collectionOf(definition);
  const result =
    shard && results.length === 0 ? emptyResult({ tool, collection, startedAt }, shard) : mergeResults(results, shard);
  emit({ kind: 'run-finished', result });
  return result;
}

function refuseHoles({ definition, targets }: TargetsOptions): void {
  const missing = targets.flatMap(({ name, iterations, ...given }) =>
    missingValues(definition, definition.steps, givenTexts(given), iterations?.variables).map(
      ({ message }) => `[${name}] ${message}`,
    ),
  );
  if (missing.length > 0) throw new UsageError(missing.join('\n'));
}

function placeOf({ targetKind, values }: RunTarget, { definition }: TargetsOptions): Target {
  return { kind: targetKind, origins: originsOf(definition, values) };
}

/** An event of the run against a target, as one of the whole run. Its beginning and its end are told by others. */
function eventOf(target: string, event: RunEvent): RunEvent | undefined {
  switch (event.kind) {
    case 'run-started':
    case 'run-finished':
    case 'target-finished':
      return undefined;
    case 'iteration-finished':
    case 'token-renewed':
      return { ...event, target };
    case 'exchange':
      return { ...event, target, ...(event.step && { step: { ...event.step, target } }) };
    case 'cleaned-up':
      return { ...event, item: { ...event.item, target } };
    case 'step-finished':
      return { ...event, step: { ...event.step, target }, result: { ...event.result, target } };
    default:
      return { ...event, step: { ...event.step, target } };
  }
}
