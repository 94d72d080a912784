import { definitionAsSent, itemId } from '../../compile/collection.ts';
import { withoutOwnWork } from '../../compile/run-collection.ts';
import { readyCheckName } from '../../compile/scripts/planned-checks.ts';
import { endsBeforeCleanUp } from '../../compile/scripts/step-scripts.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { messageOf } from '../../errors.ts';
import type { Engine, EngineRequest, EngineResponse, Execution, Hooks, Lane, Limits } from '../engine/execution.ts';
import type { State } from '../engine/state.ts';
import { judge } from '../judge/judge.ts';
import { endedError, notSentError } from '../transport/connection-fault.ts';
import type { Transport, TransportResponse } from '../transport/transport.ts';
import { fillVariable, NeedsNewman } from './fill.ts';
import { needsNewman } from './native-step.ts';
import { type Preparation, prepare } from './prepare.ts';
import { send } from './send.ts';
import { groupByName, type WireRequest, wireRequest } from './wire-request.ts';

export interface DirectOptions {
  readonly definition: Definition;
  /** The way out for its requests. */
  readonly transport: Transport;
  /** Runs the steps that need JavaScript. It is loaded when the first of them comes. */
  readonly newman: Engine;
}

/**
 * An engine that runs steps without JavaScript of their own: it prepares them, sends them through the transport and judges the answers.
 * Which engine runs a step is settled before anything of it happens.
 */
export function createDirectEngine({ definition, transport, newman }: DirectOptions): Engine {
  const own = nativeSteps(definition);
  return {
    lane: (changed) => {
      const { sent, native } = changed ? nativeSteps(changed) : own;
      let other: Lane | undefined;
      const byNewman: Lane['execute'] = (...execution) => {
        other ??= newman.lane(changed);
        return other.execute(...execution);
      };
      return {
        execute: (id, state, limits, hooks = {}) => {
          const step = native.get(id);
          const began = step && begin(step, sent, state);
          return began ? executeStep(id, began, transport, limits, hooks) : byNewman(id, state, limits, hooks);
        },
        release: () => other?.release(),
      };
    },
    close: () => newman.close(),
  };
}

/** The steps that are run here, by the ids of their items. */
function nativeSteps(definition: Definition): {
  readonly sent: Definition;
  readonly native: ReadonlyMap<string, Step>;
} {
  // As the collection for the runner: schemas are checked when the result is made.
  const sent = definitionAsSent(withoutOwnWork(definition));
  const steps = [...sent.steps, ...sent.cleanUp.steps].filter((step) => !needsNewman(step, sent));
  return { sent, native: new Map(steps.map((step) => [itemId(sent, step), step])) };
}

/** A step that can be run here. */
interface Begun {
  readonly step: Step;
  readonly definition: Definition;
  readonly preparation: Preparation;
  /** Undefined when nothing is to be sent. */
  readonly request: WireRequest | { readonly problem: string } | undefined;
}

/** Undefined when a value that is filled in needs Postman. */
function begin(step: Step, definition: Definition, state: State): Begun | undefined {
  const preparation = prepare(step, definition, state);
  const begun = { step, definition, preparation };
  if (preparation.skipped !== undefined || preparation.problems.length > 0) return { ...begun, request: undefined };
  try {
    return { ...begun, request: wireRequest(step, definition, preparation.state) };
  } catch (error) {
    if (error instanceof NeedsNewman) return undefined;
    return { ...begun, request: { problem: messageOf(error) } };
  }
}

async function executeStep(
  id: string,
  begun: Begun,
  transport: Transport,
  limits: Limits,
  hooks: Hooks,
): Promise<Execution> {
  const { step, definition, preparation, request } = begun;
  const { state, skipped, problems } = preparation;
  const startedAt = Date.now();
  const finish = (outcome: Partial<Execution>): Execution => ({
    itemId: id,
    engine: 'direct',
    startedAt,
    durationMs: Date.now() - startedAt,
    request: undefined,
    response: undefined,
    error: undefined,
    refusal: undefined,
    assertions: [],
    scriptErrors: [],
    console: [],
    skipped: false,
    next: undefined,
    state,
    ...outcome,
  });
  hooks.onState?.(state);
  if (skipped !== undefined) return finish({ skipped: true, console: [skipped] });
  if (problems.length > 0)
    return finish({ skipped: true, assertions: [{ name: readyCheckName, message: problems.join('; ') }] });
  if (request === undefined || 'problem' in request)
    return finish({ error: { code: undefined, message: request?.problem ?? '' } });
  if (limits.signal?.aborted) return finish({ error: notSentError() });
  try {
    await hooks.beforeSend?.(shown(request), state);
  } catch (refusal) {
    return finish({ refusal });
  }
  if (limits.signal?.aborted) return finish({ error: notSentError() });
  const { sent, result } = await send(request, transport, limits, state.cookies);
  const { response, error } = result;
  if (!response)
    return finish({
      request: shown(sent),
      error: limits.signal?.aborted ? endedError() : error && { code: error.code, message: error.message },
    });
  const judgement = judge(step, definition, response, state);
  return finish({
    request: shown(sent),
    response: received(response),
    console: judgement.notes,
    assertions: judgement.checks.map(({ name, message }) => ({ name, message })),
    next: endsHere(step, definition, judgement.state) ? { to: null } : undefined,
    state: judgement.state,
  });
}

/** The last step ends a run that is not to clean up. */
function endsHere(step: Step, definition: Definition, state: State): boolean {
  const { askedBy } = definition.cleanUp;
  return askedBy !== undefined && endsBeforeCleanUp(step, definition) && fillVariable(askedBy, state) !== 'true';
}

function shown({ method, address, headers, shownBody }: WireRequest): EngineRequest {
  return { method, url: address.href, headers, body: shownBody };
}

/** As Newman gives it: headers of one name together. */
function received({ status, reason, headers, body, timings }: TransportResponse): EngineResponse {
  const grouped = Object.entries(groupByName(headers.map(({ name, value }) => [name, value])));
  const fields = grouped.flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
  return { status, reason, headers: fields, body, timings, durationMs: (timings.end ?? 0) - (timings.socket ?? 0) };
}
