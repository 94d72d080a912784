import { setMaxListeners } from 'node:events';
import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import type { Environment, Scope } from '../../environment/scope.ts';
import { createDirectEngine } from '../direct/direct-engine.ts';
import { createCookies } from '../engine/cookies.ts';
import type { Engine, EngineName, Lane, Limits } from '../engine/execution.ts';
import { createEngine } from '../engine/newman.ts';
import { type State, valuesOf } from '../engine/state.ts';
import { type TokenStep, tokenStepOf } from '../judge/access-token.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PlannedStep, RunEvent, RunEventContent, StepResult } from '../result/result.ts';
import type { Secrets } from '../secrets/redact.ts';
import { redactedEvent } from '../secrets/redaction-boundary.ts';
import { createSecretKeeper, type SecretKeeper } from '../secrets/secret-keeper.ts';
import { holdForPace } from '../transport/agents.ts';
import type { ServiceRequest } from '../transport/look-up.ts';
import { createTransport, type Transport } from '../transport/transport.ts';
import type { Guide } from './guide.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { givenTexts, startState } from './start-state.ts';

/** What goes on during a run: the variables, what was created, what retries are left. Holds secrets. */
export interface Session {
  readonly definition: Definition;
  readonly engine: Engine;
  /** The way out for every request. */
  readonly transport: Transport;
  /** Runs the requests of this session, one after the other. */
  readonly lane: Lane;
  readonly requestTimeout: number;
  readonly waitTimeout: number | undefined;
  /** Milliseconds for one script. */
  readonly scriptTimeout: number;
  /** Limits from the command line; they come before those of the definition. */
  readonly policyOverrides: Partial<RetryPolicy>;
  readonly ledger: Ledger | undefined;
  readonly secrets: SecretKeeper;
  readonly tokenStep: TokenStep | undefined;
  /** Variables that a person gave, before the first step. */
  readonly given: Readonly<Record<string, string>>;
  /** Tells what happens, without secrets. */
  emit(event: RunEventContent): void;
  /** Takes what was told. */
  onEvent(event: RunEvent): void;
  /** Whether somebody wants to be told of every exchange. */
  readonly tellsExchanges: boolean;
  /** Whether somebody wants to be told what happens in iterations. */
  readonly tellsIterations: boolean;
  /** The same object for the run and its iterations. */
  readonly ending: Ending;
  /** Why the run ends now, once its signal is aborted. */
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What the next request sees. */
  state: State;
  /** Attempts beyond the first that steps have had. */
  retries: number;
  readonly renewals: string[];
  /** Values that the ledger has. */
  recorded: Readonly<Record<string, string>>;
  readonly creations: SessionCreation[];
  /** The last number that a creation of the run was given, and how far the next one is; the same object for all its iterations. */
  readonly numbers: { creation: number; by: number };
  /** The iteration that it is the session of; undefined for the run itself. */
  readonly iteration: number | undefined;
  /** Number of the iteration to which the steps belong that run once. */
  readonly firstIteration: number;
  /** Where an iteration gets its token from; undefined when the session's own step gets it. */
  readonly sharedToken: SharedToken | undefined;
  /** Whoever goes along with the run, step by step. */
  readonly guide: Guide | undefined;
}

/** What ends a run beside its steps: an error of who listens to events or writes results. */
export interface Ending {
  /** What was thrown first; undefined when nothing was. */
  readonly cause: unknown;
  /** Ends the run because of this error. */
  breakOff(error: unknown): void;
}

/** The token of a run, for its iterations. */
export interface SharedToken {
  current(): string;
  /**
   * Gets a new one, unless there is one already that is not `used`. Says whether there is one. Those who ask at the same time
   * wait for the same one.
   */
  renew(used: string, because: string): Promise<boolean>;
}

/** Something the run asked the service to create. */
export interface SessionCreation {
  /** Number within the run, from 1. */
  readonly creation: number;
  readonly step: Step;
  readonly name: string;
  /** Variables when it was asked for. */
  readonly values: Readonly<Record<string, string>>;
  /** When it was last asked for, in milliseconds since the epoch. */
  at: number;
  id: string | undefined;
  /** pending: the answer was lost, it may exist. absent: looked up, not found, and lists have had time to show it. */
  state: 'pending' | 'present' | 'refused' | 'absent' | 'removed';
  /** It was asked for before, and may exist from then: a refusal now says nothing about that. */
  repeated?: boolean;
}

export interface SessionOptions {
  readonly definition: Definition;
  readonly collection: PostmanCollection;
  readonly values: Readonly<Record<string, string>>;
  /** The environment to begin with. Default: one of `values`. */
  readonly environment?: Environment | undefined;
  /** The variables of the collection to begin with. Default: the collection's own, and what `values` say of them. */
  readonly collectionVariables?: Scope | undefined;
  readonly requestTimeout: number;
  /** Milliseconds for one script. Default: 10,000. */
  readonly scriptTimeout?: number | undefined;
  /** Bytes of a response body after decoding, at most. Default: 5 MiB. */
  readonly maxResponseSize?: number | undefined;
  /** Other machines that `http://` is allowed to, by name. Default: none. */
  readonly allowedHttpHosts?: readonly string[] | undefined;
  /** Milliseconds that a request may wait for its turn (`rate`). Default: 0. */
  readonly waitTimeout?: number | undefined;
  readonly signal: AbortSignal;
  /** What runs the steps. `direct` runs those that need no JavaScript without Newman. Default: `newman`. */
  readonly engine?: EngineName | undefined;
  /** Name of the package to take Newman from. Default: `newman`. */
  readonly newman?: string | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly ledger?: Ledger | undefined;
  /** Requests a second, at most. Default: no limit. */
  readonly rate?: number | undefined;
  /** Whether to tell of every exchange. Default: true. */
  readonly exchanges?: boolean | undefined;
  /** Whether to tell what happens in iterations. Default: true. */
  readonly iterationEvents?: boolean | undefined;
  /** Number of the iteration to which the steps belong that run once. Default: 1. */
  readonly firstIteration?: number | undefined;
  readonly onEvent: (event: RunEvent) => void;
  /** Goes along with the steps. Default: nobody. */
  readonly guide?: Guide | undefined;
  /** Where the secrets of the run are remembered. Default: in the session only. */
  readonly secrets?: Secrets | undefined;
}

export const defaultScriptTimeout = 10_000;

/** Works in a session, which ends with the work. */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = createSession(options);
  try {
    return await work(session);
  } finally {
    session.engine.close();
    session.transport.close();
  }
}

function createSession(options: SessionOptions): Session {
  const { definition } = options;
  const secrets = createSecretKeeper(definition, options.secrets);
  // Each iteration that goes on listens to it.
  setMaxListeners(0, options.signal);
  secrets.learn(givenTexts(options));
  secrets.learnScope(options.environment?.values ?? []);
  const broken = new AbortController();
  let cause: unknown;
  const ending: Ending = {
    get cause() {
      return cause;
    },
    breakOff: (error) => {
      cause ??= error;
      broken.abort();
    },
  };
  const onEvent = (event: RunEvent) => {
    try {
      options.onEvent(event);
    } catch (error) {
      ending.breakOff(error);
    }
  };
  const signal = AbortSignal.any([options.signal, broken.signal]);
  setMaxListeners(0, signal);
  const transport = createTransport({
    holds: [
      ...(options.rate === undefined ? [] : [holdForPace(options.rate)]),
      ...(options.ledger ? [options.ledger.onDisk] : []),
    ],
    requestTimeout: options.requestTimeout,
    maxResponseSize: options.maxResponseSize,
    allowedHttpHosts: options.allowedHttpHosts,
  });
  const newman = createEngine({ collection: options.collection, newman: options.newman, transport });
  const engine = options.engine === 'direct' ? createDirectEngine({ definition, transport, newman }) : newman;
  return {
    definition,
    engine,
    transport,
    lane: engine.lane(),
    requestTimeout: options.requestTimeout,
    waitTimeout: options.waitTimeout,
    scriptTimeout: options.scriptTimeout ?? defaultScriptTimeout,
    policyOverrides: options.retry ?? {},
    ledger: options.ledger,
    secrets,
    tokenStep: tokenStepOf(definition),
    given: givenTexts(options),
    emit: (event) => onEvent({ at: new Date().toISOString(), ...redactedEvent(event, secrets) }),
    onEvent,
    tellsExchanges: options.exchanges ?? true,
    tellsIterations: options.iterationEvents ?? true,
    ending,
    signal,
    startedAt: Date.now(),
    state: startState(options, createCookies()),
    retries: 0,
    renewals: [],
    recorded: {},
    creations: [],
    numbers: { creation: 0, by: 1 },
    iteration: undefined,
    firstIteration: options.firstIteration ?? 1,
    sharedToken: undefined,
    guide: options.guide,
  };
}

/**
 * A session for an iteration of a run, which begins with `values`: its variables, cookies, retries, creations and secrets are
 * its own. Whoever begins it ends its secrets.
 */
export function iterationSession(
  run: Session,
  iteration: number,
  state: State,
  sharedToken: SharedToken | undefined,
): Session & { readonly secrets: ReturnType<SecretKeeper['scope']> } {
  const secrets = run.secrets.scope();
  const values = valuesOf(state);
  learnState({ secrets }, state);
  const tell = (event: RunEventContent) =>
    run.onEvent({ at: new Date().toISOString(), iteration, ...redactedEvent(event, secrets) });
  return {
    ...run,
    secrets,
    emit: run.tellsIterations ? tell : () => {},
    tellsExchanges: run.tellsExchanges && run.tellsIterations,
    lane: run.engine.lane(),
    given: values,
    state,
    retries: 0,
    creations: [...run.creations],
    iteration,
    sharedToken,
  };
}

/** Remembers the secrets of a state. */
export function learnState({ secrets }: Pick<Session, 'secrets'>, state: State): void {
  secrets.learn(valuesOf(state));
  secrets.learnScope(state.environment.values);
  secrets.learnScope(state.collection);
}

/** How long an execution of a step may take, and how it ends. */
export function limitsOf({ requestTimeout, waitTimeout, scriptTimeout, signal }: Session, step: Step): Limits {
  // A step that expects a status means that of its own request; any other request does as in Postman.
  return { requestTimeout, waitTimeout, scriptTimeout, signal, followRedirects: step.expect.status.length === 0 };
}

/** What a request of the runner's own needs. */
export function serviceRequest(session: Session, values: Readonly<Record<string, string>>): ServiceRequest {
  return {
    definition: session.definition,
    values,
    transport: session.transport,
    signal: session.signal,
    onExchange: ({ startedAt, ...exchange }) => {
      if (session.tellsExchanges)
        session.emit({ kind: 'exchange', startMs: startedAt - session.startedAt, ...exchange });
      else session.secrets.learnFromExchange(exchange);
    },
  };
}

/** Tells of a request of a step and its answer. */
export function tellExchange(session: Session, step: Step, { startMs, request, response, reason }: StepResult): void {
  if (!request) return;
  if (!session.tellsExchanges) {
    session.secrets.learnFromExchange({ request, response });
    return;
  }
  session.emit({
    kind: 'exchange',
    step: toPlanned(step),
    startMs: startMs ?? 0,
    request,
    ...(response && { response }),
    ...(reason !== undefined && { reason }),
  });
}

/** How often a step is tried again: the command line, then the step, then the collection, then the defaults. */
export function policyOf(session: Session, step: Step): RetryPolicy {
  const seconds = (source: Step['retry']) => ({
    ...(source?.attempts !== undefined && { attempts: source.attempts }),
    ...(source?.budget !== undefined && { budget: source.budget }),
    ...(source?.baseDelay !== undefined && { baseDelay: source.baseDelay * 1000 }),
    ...(source?.maximumDelay !== undefined && { maximumDelay: source.maximumDelay * 1000 }),
    ...(source?.propagation !== undefined && { propagation: source.propagation * 1000 }),
  });
  const { final, finalMessages, nameTaken } = (step.origin ?? session.definition).service?.errors ?? {};
  return {
    ...defaultRetryPolicy,
    ...(final && { final }),
    ...(finalMessages && { finalMessages }),
    ...(nameTaken && { nameTaken }),
    ...seconds(session.definition.retry),
    ...seconds(step.retry),
    ...session.policyOverrides,
  };
}

export function toPlanned({ id, name, request }: Step): PlannedStep {
  return { id, name, method: request.method, url: request.url };
}

/** Remembers a result, without secrets. */
export type RecordResult = (step: Step, result: StepResult) => void;
