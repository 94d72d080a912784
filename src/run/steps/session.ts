import { setMaxListeners } from 'node:events';
import { itemId, type PostmanCollection } from '../../compile/collection.ts';
import { knownOutcomes } from '../../compile/readiness.ts';
import { runnableCollection } from '../../compile/runnable.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { prepareFormats } from '../../definition/schema-code.ts';
import { substitute } from '../../definition/variables.ts';
import { type Cookies, createCookies, createEngine, type Engine, type NewmanModule } from '../engine/newman.ts';
import { type TokenStep, tokenStepOf } from '../judge/access-token.ts';
import { compileResponseChecks, type ResponseChecks } from '../judge/step-result.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import type { CreatedThing, PlannedStep, RunEvent, RunEventContent, StepResult } from '../result/result.ts';
import type { Secrets } from '../secrets/redact.ts';
import { eventToTell } from '../secrets/redaction-boundary.ts';
import { createSecretKeeper, type SecretKeeper } from '../secrets/secret-keeper.ts';
import { holdForPace } from '../transport/agents.ts';
import type { ServiceRequest } from '../transport/look-up.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';

/** What goes on during a run: the variables, what was created, what retries are left. Holds secrets. */
export interface Session {
  readonly definition: Definition;
  readonly engine: Engine;
  readonly requestTimeout: number;
  /** Limits from the command line; they come before those of the definition. */
  readonly policyOverrides: Partial<RetryPolicy>;
  readonly ledger: Ledger | undefined;
  readonly secrets: SecretKeeper;
  readonly responseChecks: ResponseChecks;
  readonly tokenStep: TokenStep | undefined;
  readonly steps: ReadonlyMap<string, Step>;
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
  /** Why the run ends now, once its signal is aborted. */
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  values: Readonly<Record<string, string>>;
  /** Kept from one attempt to the next, and nowhere else. */
  readonly cookies: Cookies;
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
  /** Where an iteration gets its token from; undefined when the session's own step gets it. */
  readonly sharedToken: SharedToken | undefined;
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
  readonly at: number;
  id: string | undefined;
  /** pending: the answer was lost, it may exist. absent: it was refused, or looked up and not found. */
  state: 'pending' | 'present' | 'refused' | 'absent' | 'removed';
}

export interface SessionOptions {
  readonly definition: Definition;
  readonly collection: PostmanCollection;
  readonly values: Readonly<Record<string, string>>;
  readonly requestTimeout: number;
  readonly signal: AbortSignal;
  readonly newman?: NewmanModule | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly ledger?: Ledger | undefined;
  /** Requests a second, at most. Default: no limit. */
  readonly rate?: number | undefined;
  /** Whether to tell of every exchange. Default: true. */
  readonly exchanges?: boolean | undefined;
  /** Whether to tell what happens in iterations. Default: true. */
  readonly iterationEvents?: boolean | undefined;
  readonly onEvent: (event: RunEvent) => void;
  /** Where the secrets of the run are remembered. Default: in the session only. */
  readonly secrets?: Secrets | undefined;
}

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
  }
}

function createSession(options: SessionOptions): Session {
  const { definition } = options;
  const all = [...definition.steps, ...definition.cleanUp.steps];
  const secrets = createSecretKeeper(definition, options.secrets);
  // Each iteration that goes on listens to it.
  setMaxListeners(0, options.signal);
  secrets.learn(options.values);
  const steps = new Map(all.map((step) => [itemId(definition, step), step]));
  const known = knownOutcomes(definition);
  let checks: ResponseChecks | undefined;
  const responseChecks = () => {
    checks ??= compileResponseChecks(all);
    return checks;
  };
  return {
    definition,
    engine: createEngine({
      collection: runnableCollection(options.collection),
      knownScript: (item, source, read) => {
        const step = steps.get(item);
        return step && known(step, source, read);
      },
      meanwhile: () => {
        responseChecks();
        prepareFormats();
      },
      newman: options.newman,
      holds: [
        ...(options.rate === undefined ? [] : [holdForPace(options.rate)]),
        ...(options.ledger ? [options.ledger.onDisk] : []),
      ],
    }),
    requestTimeout: options.requestTimeout,
    policyOverrides: options.retry ?? {},
    ledger: options.ledger,
    secrets,
    get responseChecks() {
      return responseChecks();
    },
    tokenStep: tokenStepOf(definition),
    steps,
    given: options.values,
    emit: (event) => options.onEvent({ at: new Date().toISOString(), ...eventToTell(event, secrets) }),
    onEvent: options.onEvent,
    tellsExchanges: options.exchanges ?? true,
    tellsIterations: options.iterationEvents ?? true,
    signal: options.signal,
    startedAt: Date.now(),
    values: options.values,
    cookies: createCookies(),
    retries: 0,
    renewals: [],
    recorded: {},
    creations: [],
    numbers: { creation: 0, by: 1 },
    iteration: undefined,
    sharedToken: undefined,
  };
}

/**
 * A session for an iteration of a run, which begins with `values`: its variables, cookies, retries, creations and secrets are
 * its own. Whoever begins it ends its secrets.
 */
export function iterationSession(
  run: Session,
  iteration: number,
  values: Readonly<Record<string, string>>,
  sharedToken: SharedToken | undefined,
): Session & { readonly secrets: ReturnType<SecretKeeper['scope']> } {
  const secrets = run.secrets.scope();
  secrets.learn(values);
  const tell = (event: RunEventContent) =>
    run.onEvent({ at: new Date().toISOString(), iteration, ...eventToTell(event, secrets) });
  return {
    ...run,
    secrets,
    emit: run.tellsIterations ? tell : () => {},
    tellsExchanges: run.tellsExchanges && run.tellsIterations,
    given: values,
    values,
    cookies: createCookies(),
    retries: 0,
    creations: [...run.creations],
    iteration,
    sharedToken,
  };
}

/** What a request of the runner's own needs. */
export function serviceRequest(session: Session, values: Readonly<Record<string, string>>): ServiceRequest {
  return {
    definition: session.definition,
    values,
    timeout: session.requestTimeout,
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
  const { final, nameTaken } = (step.origin ?? session.definition).service?.errors ?? {};
  return {
    ...defaultRetryPolicy,
    ...(final && { final }),
    ...(nameTaken && { nameTaken }),
    ...seconds(session.definition.retry),
    ...seconds(step.retry),
    ...session.policyOverrides,
  };
}

export function toPlanned({ id, name, request }: Step): PlannedStep {
  return { id, name, method: request.method, url: request.url };
}

/** What the run created or may have created, as its result tells it. */
export function createdThings({ creations }: Pick<Session, 'creations'>): CreatedThing[] {
  return creations
    .filter(({ state }) => state === 'present' || state === 'pending')
    .map(({ step, name, id }) => ({
      kind: step.creates?.kind ?? '',
      name,
      step: step.id,
      ...(id !== undefined && { id }),
      ...(step.creates?.undo !== undefined && { undo: step.creates.undo }),
      ...(step.creates?.within !== undefined && { within: step.creates.within }),
    }));
}

/**
 * Writes down what is about to be created; the request waits until the disk has it. Throws `UsageError` when it cannot be recorded.
 */
export function beginCreation(session: Session, step: Step, values: Readonly<Record<string, string>>): void {
  if (!step.creates) return;
  session.numbers.creation += session.numbers.by;
  const { creation } = session.numbers;
  const name = substitute(step.creates.name, (variable) => values[variable]);
  const { creates } = step;
  writeWithValues(session, values, (changed) => ({
    kind: 'creating',
    at: new Date().toISOString(),
    creation,
    step: step.id,
    thing: creates.kind,
    name: session.secrets.redactor().text(name),
    ...(session.iteration !== undefined && { iteration: session.iteration }),
    values: changed,
  }));
  session.creations.push({ creation, step, name, values, at: Date.now(), id: undefined, state: 'pending' });
}

/** Writes down that a step passed, for a run that is resumed. */
export function recordPassed(session: Session, step: Step, { response }: StepResult): void {
  // Of an iteration it is enough to know what it created.
  if (session.iteration !== undefined) return;
  try {
    const at = new Date().toISOString();
    const cookies = response?.headers.some(({ name }) => name.toLowerCase() === 'set-cookie') === true;
    writeWithValues(session, session.values, (values) => ({
      kind: 'passed',
      at,
      step: step.id,
      ...(cookies && { cookies }),
      values,
    }));
  } catch {
    // No reason to end a run: what it created is on the disk, and a resumed run would only repeat a step.
  }
}

/** Appends an entry with the values that have changed since the last one. */
function writeWithValues(
  session: Session,
  values: Readonly<Record<string, string>>,
  entryWith: (changed: Readonly<Record<string, string>>) => LedgerEntry,
): void {
  if (!session.ledger) return;
  const kept = session.secrets.publicValues(values);
  session.ledger.append(
    entryWith(Object.fromEntries(Object.entries(kept).filter(([name, value]) => session.recorded[name] !== value))),
  );
  if (session.iteration === undefined) session.recorded = { ...session.recorded, ...kept };
}

/** Writes down what became of a creation. */
export function settleCreation(
  session: Session,
  creation: SessionCreation,
  outcome: { readonly state: 'present'; readonly id: string } | { readonly state: 'refused' | 'absent' | 'removed' },
): void {
  creation.state = outcome.state;
  if (outcome.state === 'present') creation.id = outcome.id;
  const number = { at: new Date().toISOString(), creation: creation.creation };
  try {
    if (outcome.state === 'present') session.ledger?.append({ kind: 'created', ...number, id: outcome.id });
    else if (outcome.state === 'refused') session.ledger?.append({ kind: 'not-created', ...number });
    else if (outcome.state === 'removed') session.ledger?.append({ kind: 'removed', ...number });
  } catch {
    // On the disk the creation stays one that may exist: whoever reads the ledger will look it up.
  }
}

/** The last creation of a step. */
export function creationOf(session: Session, step: Step): SessionCreation | undefined {
  return session.creations.findLast((creation) => creation.step === step);
}

/** Remembers a result, without secrets. */
export type RecordResult = (step: Step, result: StepResult) => void;
