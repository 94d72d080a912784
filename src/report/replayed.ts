import type { RunEvent, RunResult, StepResult } from '../run/result/result.ts';

/**
 * A result told as events, for reports that are made of these: the beginning, every step, what clean-up did, every target, the
 * end. What only shows while a run goes on (attempts, requests) is not told again.
 */
export function eventsOfResult(result: RunResult): RunEvent[] {
  const { startedAt, durationMs, collection, target, steps, cleanUp, targets = [] } = result;
  const at = (milliseconds: number) => new Date(Date.parse(startedAt) + milliseconds).toISOString();
  return [
    {
      at: startedAt,
      kind: 'run-started',
      version: 2,
      collection: collection.name,
      target,
      steps: steps.map(plannedOf),
    },
    ...steps.map(
      (step): RunEvent => ({
        at: at(step.startMs === undefined ? durationMs : step.startMs + step.durationMs),
        kind: 'step-finished',
        step: plannedOf(step),
        result: step,
      }),
    ),
    ...(cleanUp?.items ?? []).map((item): RunEvent => ({ at: at(durationMs), kind: 'cleaned-up', item })),
    ...targets.map(
      (each): RunEvent => ({
        at: new Date(Date.parse(each.startedAt) + each.durationMs).toISOString(),
        kind: 'target-finished',
        target: each,
      }),
    ),
    { at: at(durationMs), kind: 'run-finished', result },
  ];
}

function plannedOf({ id, name, method, url, target }: StepResult) {
  return { id, name, method, url, ...(target !== undefined && { target }) };
}
