import { variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Step } from '../../definition/definition.ts';
import { substitute } from '../../definition/variables.ts';
import { type State, valuesOf } from '../engine/state.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { CreatedThing, StepResult } from '../result/result.ts';
import { redactionMark } from '../secrets/named-secrets.ts';
import type { RetryPolicy } from './retry.ts';
import { type Session, type SessionCreation, toPlanned } from './session.ts';

/** What a session creates, and what the ledger is told of it. */

/** What the run created or may have created, as its result tells it. */
export function createdThings({ creations }: Pick<Session, 'creations'>): CreatedThing[] {
  return creations
    .filter(({ state }) => state === 'present' || state === 'pending')
    .map(({ step, name, id, state }) => ({
      kind: step.creates?.kind ?? '',
      name,
      step: step.id,
      ...(id !== undefined && { id }),
      ...(state === 'pending' && { mayExist: true as const }),
      ...(step.creates?.undo !== undefined && { undo: step.creates.undo }),
      ...(step.creates?.within !== undefined && { within: step.creates.within }),
    }));
}

/**
 * The values with which to look for a creation: those at its time, which of a ledger are without what is given anew; secrets and the
 * token as they are now.
 */
export function valuesAt(session: Session, { values }: SessionCreation): Record<string, string> {
  const now = valuesOf(session.state);
  const token = session.tokenStep && { [session.tokenStep.variable]: now[session.tokenStep.variable] ?? '' };
  return { ...now, ...values, ...secretsOf(session), ...token };
}

/** Values that a ledger does not keep, as the session has them now. */
export function secretsOf({ definition, state }: Pick<Session, 'definition' | 'state'>): Record<string, string> {
  const values = valuesOf(state);
  const secret = definition.variables.filter((variable) => variable.secret).map(({ name }) => name);
  return Object.fromEntries(secret.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
}

/** The name to look for a creation by: a ledger does not keep the secrets that are in it, so it is made again of the values. */
export function nameOf({ name, step }: SessionCreation, values: Readonly<Record<string, string>>): string {
  return name.includes(redactionMark) ? substitute(step.creates?.name ?? name, (variable) => values[variable]) : name;
}

/**
 * Writes down what is about to be created; the request waits until the disk has it. What was asked for under the same name, and may exist,
 * is the same thing. Throws `UsageError` when it cannot be recorded.
 */
export function beginCreation(session: Session, step: Step, state: State): void {
  if (!step.creates) return;
  const values = valuesOf(state);
  const stored = storedValuesOf(session, state);
  const name = substitute(step.creates.name, (variable) => values[variable]);
  const last = creationOf(session, step);
  const earlier = last?.name === name && (last.state === 'pending' || last.state === 'absent') ? last : undefined;
  if (!earlier) session.numbers.creation += session.numbers.by;
  const creation = earlier?.creation ?? session.numbers.creation;
  const { creates } = step;
  writeWithValues(session, stored, (changed) => ({
    kind: 'creating',
    at: new Date().toISOString(),
    creation,
    step: step.id,
    thing: creates.kind,
    name: session.secrets.redactor().text(name),
    ...(session.iteration !== undefined && { iteration: session.iteration }),
    values: changed,
  }));
  const pending = { at: Date.now(), state: 'pending' } as const;
  if (earlier) Object.assign(earlier, pending, { repeated: true });
  else session.creations.push({ creation, step, name, values: stored, id: undefined, ...pending });
}

/** Writes down that a step passed, for a run that is resumed. */
export function recordPassed(session: Session, step: Step, { response }: StepResult): void {
  // Of an iteration it is enough to know what it created.
  if (session.iteration !== undefined) return;
  try {
    const at = new Date().toISOString();
    const cookies = response?.headers.some(({ name }) => name.toLowerCase() === 'set-cookie') === true;
    writeWithValues(session, storedValuesOf(session, session.state), (values) => ({
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

/**
 * What outlives a run: declared variables, and those that steps set. Not the variables of the run (`pm.variables.set`), which scripts
 * set again, nor what a person gave and nobody declared, which may be anything.
 */
function storedValuesOf({ definition, given }: Session, state: State): Record<string, string> {
  const values = Object.entries(valuesOf({ ...state, run: [] }));
  return Object.fromEntries(
    values.filter(([name, value]) => variableNamed(definition, name) !== undefined || given[name] !== value),
  );
}

/** Appends an entry with the values that have changed since the last one. */
function writeWithValues(
  session: Session,
  values: Readonly<Record<string, string>>,
  entryWith: (changed: Readonly<Record<string, string>>) => LedgerEntry,
): void {
  if (!session.ledger) return;
  const changed = Object.entries(values).filter(([name, value]) => session.recorded[name] !== value);
  const kept = session.secrets.publicValues(Object.fromEntries(changed));
  session.ledger.append(entryWith(kept));
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
    else if (outcome.state === 'absent') session.ledger?.append({ kind: 'not-found', ...number });
    else if (outcome.state === 'refused') session.ledger?.append({ kind: 'not-created', ...number });
    else if (outcome.state === 'removed') session.ledger?.append({ kind: 'removed', ...number });
  } catch {
    // On the disk the creation stays one that may exist: whoever reads the ledger will look it up.
  }
}

/** Whether what was asked for may not be in lists yet, nor known everywhere. */
export function isFresh(creation: Pick<SessionCreation, 'at'>, policy: Pick<RetryPolicy, 'propagation'>): boolean {
  return freshFor(creation, policy) > 0;
}

/** Milliseconds for which a creation is fresh yet. */
export function freshFor(
  { at }: Pick<SessionCreation, 'at'>,
  { propagation }: Pick<RetryPolicy, 'propagation'>,
): number {
  return Math.max(0, at + propagation - Date.now());
}

/** Tells that a creation is waited for, the first time that it is called. */
export function announceWait(
  session: Session,
  { step, name }: SessionCreation,
): (because: string, waitMs: number) => void {
  let isTold = false;
  return (because, waitMs) => {
    if (isTold) return;
    isTold = true;
    session.emit({
      kind: 'creation-awaited',
      step: toPlanned(step),
      thing: step.creates?.kind ?? '',
      name,
      because,
      waitMs,
    });
  };
}

/** The last creation of a step. */
export function creationOf(session: Session, step: Step): SessionCreation | undefined {
  return session.creations.findLast((creation) => creation.step === step);
}
