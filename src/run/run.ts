import type { PostmanCollection } from '../compile/collection.ts';
import { itemId } from '../compile/collection.ts';
import type { Definition, Step } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import { UsageError } from '../errors.ts';
import { type Execution, type NewmanModule, runItems } from './engine.ts';
import { blockedSteps, missingValues } from './plan.ts';
import type { CreatedThing, Outcome, PlannedStep, RunEvent, RunResult, StepResult, Target } from './result.ts';
import { createSecretKeeper } from './secrets.ts';
import { compileResponseChecks, notReached, toStepResult } from './step-result.ts';

/** What to run, where, and how long it may take. */
export interface RunOptions {
  readonly definition: Definition;
  /** The compiled collection of the definition. */
  readonly collection: PostmanCollection;
  /** Values of the variables to begin with. */
  readonly values: Readonly<Record<string, string>>;
  readonly targetKind: Target['kind'];
  /** Milliseconds for one request. Default: 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds for the whole run. Default: 600,000. */
  readonly runTimeout?: number;
  /** Ends the run: the request in flight is broken off, the result says what happened until then. */
  readonly signal?: AbortSignal;
  /** Called with what happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Newman's package to use. Default: the one this project depends on. */
  readonly newman?: NewmanModule;
}

export const defaultRequestTimeout = 30_000;
export const defaultRunTimeout = 600_000;

/**
 * Runs the steps of a definition in order and checks every response. A step that does not pass stops the steps that need a
 * variable it sets; the others still run.
 *
 * Throws `UsageError` before anything is sent when a variable has no value and no step sets it. Whatever happens after that
 * is in the result, which never holds a secret.
 */
export async function runCollection(options: RunOptions): Promise<RunResult> {
  const { definition, values: given, onEvent = () => {} } = options;
  const { steps } = definition;
  refuseHoles(options);

  const startedAt = new Date();
  const target: Target = { kind: options.targetKind, origins: originsOf(definition, given) };
  const secrets = createSecretKeeper(definition);
  secrets.learn(given);
  const emit = (event: RunEvent) => onEvent(secrets.redactor().data(event));
  emit({ kind: 'run-started', collection: definition.name, target, steps: steps.map(toPlanned) });

  const deadline = AbortSignal.timeout(options.runTimeout ?? defaultRunTimeout);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const responseChecks = compileResponseChecks(steps);
  const stepOf = new Map(steps.map((step) => [itemId(definition, step), step]));
  const results = new Map<string, StepResult>();
  const created: CreatedThing[] = [];
  let values: Readonly<Record<string, string>> = given;

  const finish = (step: Step, result: StepResult) => {
    results.set(step.id, secrets.redactor().data(result));
    emit({ kind: 'step-finished', step: toPlanned(step), result });
  };
  const onDone = (execution: Execution): boolean => {
    const step = stepOf.get(execution.itemId);
    if (!step) return true;
    secrets.learn(execution.values);
    if (execution.response) secrets.learnFromBody(execution.response.body);
    const result = toStepResult(step, definition, execution, values, responseChecks);
    values = execution.values;
    if (step.creates && result.captures.some(({ variable }) => variable === step.creates?.id)) {
      created.push(toCreated(step.creates, step, values));
    }
    const broken = signal.aborted && result.status !== 'passed';
    finish(step, broken ? withoutDiagnosis({ ...result, status: 'error', reason: abortReason(deadline) }) : result);
    return result.status === 'passed' && !signal.aborted;
  };

  let remaining = steps;
  while (remaining.length > 0 && !signal.aborted) {
    values = await runItems({
      collection: options.collection,
      items: remaining.map((step) => itemId(definition, step)),
      values,
      requestTimeout: options.requestTimeout ?? defaultRequestTimeout,
      signal,
      newman: options.newman,
      onStart: (id) => {
        const step = stepOf.get(id);
        if (step) emit({ kind: 'step-started', step: toPlanned(step) });
      },
      onDone,
    });
    const failed = remaining.find((step) => results.has(step.id) && results.get(step.id)?.status !== 'passed');
    if (!failed || signal.aborted) break;
    const later = remaining.slice(remaining.indexOf(failed) + 1);
    const blocked = blockedSteps(later, failed, given);
    for (const [id, { variable, setter }] of blocked) {
      const step = later.find((candidate) => candidate.id === id);
      if (step) finish(step, notReached(step, `it needs ${variable}, which "${setter.name}" did not set`));
    }
    remaining = later.filter((step) => !blocked.has(step.id));
  }
  for (const step of steps) {
    if (!results.has(step.id))
      finish(step, notReached(step, signal.aborted ? abortReason(deadline) : 'the run ended before it'));
  }

  const result: RunResult = {
    version: 1,
    collection: { id: definition.id, name: definition.name },
    target,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    outcome: outcomeOf([...results.values()], signal.aborted),
    steps: steps.map((step) => results.get(step.id) ?? notReached(step)),
    created: secrets.redactor().data(created),
  };
  emit({ kind: 'run-finished', result });
  return result;
}

/** What was broken off by us has no cause to look for. */
function withoutDiagnosis({ diagnosis: _, checks: __, ...result }: StepResult): StepResult {
  return { ...result, checks: [] };
}

function refuseHoles({ definition, values }: RunOptions): void {
  const missing = missingValues(definition, definition.steps, values);
  if (missing.length > 0) throw new UsageError(missing.map(({ message }) => message).join('\n'));
}

function toPlanned({ id, name, request }: Step): PlannedStep {
  return { id, name, method: request.method, url: request.url };
}

function toCreated(
  creates: NonNullable<Step['creates']>,
  step: Step,
  values: Readonly<Record<string, string>>,
): CreatedThing {
  const { kind, undo, within } = creates;
  return {
    kind,
    name: substitute(creates.name, (variable) => values[variable]),
    id: values[creates.id] ?? '',
    step: step.id,
    ...(undo !== undefined && { undo }),
    ...(within !== undefined && { within }),
  };
}

/** Origins of the base addresses, each once. */
function originsOf(definition: Definition, values: Readonly<Record<string, string>>): string[] {
  const addresses = definition.variables
    .filter((variable) => variable.format === 'base-url')
    .map(({ name }) => substitute(values[name] ?? '', (inner) => values[inner]))
    .filter((address) => URL.canParse(address));
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

function abortReason(deadline: AbortSignal): string {
  return deadline.aborted ? 'the run took longer than it may (--timeout)' : 'the run was interrupted';
}

function outcomeOf(results: readonly StepResult[], aborted: boolean): Outcome {
  if (results.every((result) => result.status === 'passed')) return 'passed';
  if (aborted) return 'interrupted';
  return results.some((result) => result.status === 'error') ? 'error' : 'failed';
}
