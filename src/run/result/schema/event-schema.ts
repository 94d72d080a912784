import Type, { type Static, type TSchema } from 'typebox';
import { CleanUpItem, IterationResult, RunResult, Target, TargetResult } from './run-schema.ts';
import {
  count,
  described,
  type Frozen,
  fromOne,
  maybe,
  milliseconds,
  moment,
  name,
  object,
  targetName,
  text,
} from './schema-parts.ts';
import { PlannedStep, ReceivedResponse, SentRequest, StepResult } from './step-schema.ts';

/** How far the iterations of a run have come. */
export const Progress = object({
  done: count(),
  failed: count('Of these, how many did not pass.'),
  total: count(),
  elapsedMs: milliseconds('Milliseconds since the first iteration of this run began.'),
  earlier: count('Iterations that an earlier run had finished; part of `done`.'),
});
export type Progress = Frozen<Static<typeof Progress>>;

function event<Kind extends string, T extends Record<string, TSchema>>(kind: Kind, description: string, content: T) {
  return object(
    {
      at: moment('ISO 8601, UTC.'),
      iteration: maybe(fromOne('The iteration it belongs to; absent outside of iterations.')),
      kind: Type.Literal(kind),
      ...content,
    },
    description,
  );
}

/** What happens during a run, as it happens, by `kind`: run-started first, run-finished last. Free of secrets. */
export const RunEvent = Type.Union([
  event('run-started', 'The first event.', {
    version: Type.Literal(2, { description: 'Version of the format of events and of the result.' }),
    collection: text('Name of the collection.'),
    target: Target,
    steps: Type.Array(PlannedStep),
    iterations: maybe(
      count('How many iterations are to be run, of a shard its own; absent when the steps are run once.'),
    ),
  }),
  event('step-started', 'A step is begun.', { step: PlannedStep }),
  event('step-retried', 'A step did not pass, and there is another attempt.', {
    step: PlannedStep,
    attempt: Type.Integer({ minimum: 2, description: 'Number of the attempt that follows, from 2.' }),
    attempts: count('How many there may be.'),
    because: name,
    waitMs: milliseconds('The wait before it, in milliseconds.'),
  }),
  event(
    'creation-awaited',
    'What was asked for is waited for: a service may show it, or that it is gone, only later.',
    {
      step: described(PlannedStep, 'The step that creates it.'),
      thing: name,
      name,
      because: name,
      waitMs: milliseconds('How long that may take at most, in milliseconds.'),
    },
  ),
  event('token-renewed', 'A new access token was obtained.', { target: maybe(targetName), because: name }),
  event('exchange', 'A request that was sent, in any attempt, and what came back.', {
    target: maybe(targetName),
    step: maybe(described(PlannedStep, 'Absent for a look-up, or for a reading of whether something is gone.')),
    startMs: milliseconds('Milliseconds from the start of the run.'),
    request: SentRequest,
    response: maybe(ReceivedResponse),
    reason: maybe(text('Why there is no answer.')),
  }),
  event('step-finished', 'A step has its result.', { step: PlannedStep, result: StepResult }),
  event('iteration-finished', 'An iteration has ended.', {
    target: maybe(targetName),
    result: IterationResult,
    progress: Progress,
  }),
  event('cleaned-up', 'Clean-up is done with a thing.', { item: CleanUpItem }),
  event('target-finished', 'One of several targets is done.', { target: TargetResult }),
  event('run-finished', 'The last event.', { result: RunResult }),
]);
export type RunEvent = Frozen<Static<typeof RunEvent>>;

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at' | 'iteration'> : never;

/** What happened, without when and in which iteration. */
export type RunEventContent = WithoutTime<RunEvent>;
