import { rawBody } from '../../compile/request-body.ts';
import {
  capturedTypes,
  captureOrigin,
  pendingName,
  plannedChecks,
  variableNamed,
} from '../../compile/scripts/planned-checks.ts';
import type { ClaimCheck, Definition, Step } from '../../definition/definition.ts';
import { formatPointer, pointerKeys, valueAt } from '../../definition/pointer.ts';
import { isRequested, requestedValue } from '../../definition/request.ts';
import type { ChoiceSource } from '../../definition/schema.ts';
import { compileSchema } from '../../definition/schemas/response-schema.ts';
import { replaceVariables, variablesIn } from '../../definition/variables.ts';
import { valueIn, withValue } from '../../environment/scope.ts';
import { messageOf } from '../../errors.ts';
import { type SettableScope, type State, withoutVariables } from '../engine/state.ts';
import { jsonProblem, parseJson } from '../result/parse-json.ts';
import type { CheckResult } from '../result/result.ts';
import { checkResult, placeOf, schemaFailure } from './check-result.ts';
import { ChoiceError, choose } from './choose.ts';
import { hasText, obstacle, type Surroundings } from './conditions.ts';
import { variableText, withTypedVariable } from './typed-value.ts';

/** What a step makes of an answer. Holds secrets. */
export interface Judgement {
  /** The planned checks that were made, in the order of the test script. */
  readonly checks: readonly CheckResult[];
  /** Variables that were set, in the order of the step. */
  readonly captures: readonly Captured[];
  /** What the script writes to the console: why items of a list were passed over, and which one was chosen. */
  readonly notes: readonly string[];
  /** The state after the checks and captures. */
  readonly state: State;
  /**
   * JSON pointers into the step file, of scripts that would have run: only they know what they check and set. There is no check
   * and no capture of them here.
   */
  readonly unknown: readonly string[];
}

/** A variable that was given a value of the answer. */
export interface Captured {
  readonly variable: string;
  readonly scope: SettableScope;
  readonly value: string | number | boolean;
}

type Capture = Step['captures'][number];

/**
 * What the compiled test script of a step (`testScript`) does in Postman, without running it. Pure: the same arguments always give
 * the same. Two things differ: the words of failed checks, and dynamic variables such as `{{$guid}}`, which stay as they are.
 *
 * @param response The status of the answer, and the text of its body.
 * @param state What the script would find.
 * @param now The time, in milliseconds since 1970, for conditions that ask whether a time has come.
 */
export function judge(
  step: Step,
  definition: Definition,
  { status, body }: { readonly status: number; readonly body: string },
  state: State,
  now: number = Date.now(),
): Judgement {
  const expected = step.expect.status;
  const isExpected = expected.includes(status);
  const message = isExpected ? undefined : statusFailure(expected, status);
  const checks = plannedChecks(step)
    .filter(({ kind }) => kind === 'status')
    .map((check) => checkResult(check, message, placeOf(step, definition, check.askedAt)));
  // The body of an error is not what the other checks are about.
  if (!isExpected) return { checks, captures: [], notes: [], state, unknown: ownScripts(step) };
  const judgement = judgeBody(step, definition, parseJson(body), state, jsonProblem(body), now);
  return { ...judgement, checks: [...checks, ...judgement.checks] };
}

/**
 * The same of a body alone, whose status counts as expected; there is no check of the status.
 *
 * @param body Parsed JSON; undefined for a body that is not JSON.
 * @param unreadable Why the body could not be parsed.
 */
export function judgeBody(
  step: Step,
  definition: Definition,
  body: unknown,
  before: State,
  unreadable?: string,
  now: number = Date.now(),
): Judgement {
  const { schema, values } = step.expect;
  const failures = new Map<string, string | undefined>();
  if (schema) failures.set('/expect/schema', unreadable ?? schemaFailure(compileSchema(schema.content), body));
  for (const value of values)
    failures.set(formatPointer(['expect', 'values', value.pointer]), valueFailure(value, step, body, before));
  for (const check of step.expect.claims ?? [])
    failures.set(
      formatPointer(['expect', 'claims', check.pointer, check.claim]),
      claimFailure(check, body, before, now),
    );

  let state = before;
  const captures: Captured[] = [];
  const notes: string[] = [];
  const unknown: string[] = [];
  for (const capture of step.captures) {
    const { variable, optional } = capture;
    const outcome = captureOutcome(capture, body, state, now);
    for (const note of outcome.notes ?? []) notes.push(note);
    const pointer = formatPointer(['capture', variable]);
    if (outcome.kind === 'unknown') unknown.push(pointer);
    else if (!optional) failures.set(pointer, outcome.kind === 'failed' ? outcome.message : undefined);
    if (outcome.kind !== 'captured') continue;
    const scope = scopeOf(definition, variable);
    state = withTypedVariable(state, scope, variable, outcome.value);
    captures.push({ variable, scope, value: outcome.value });
  }

  const checks = plannedChecks(step)
    .filter(({ askedAt }) => failures.has(askedAt))
    .map((check) => checkResult(check, failures.get(check.askedAt), placeOf(step, definition, check.askedAt)));
  const allHeld = checks.every(({ status }) => status === 'passed');
  if (allHeld) state = settled(state, step, unknown);
  for (const name of step.unset) state = withoutVariables(state, scopeOf(definition, name), [name]);
  return { checks, captures, notes, state, unknown: [...unknown, ...ownScripts(step)] };
}

/** The scripts that stand beside or in the place of the compiled one. */
function ownScripts({ tests, scripts, raw }: Step): string[] {
  const isReplaced = raw !== undefined && Object.hasOwn(raw, 'event');
  return [
    ...(tests ? ['/tests'] : []),
    ...(scripts?.test === undefined ? [] : ['/scripts/test']),
    ...(isReplaced ? ['/raw/event'] : []),
  ];
}

function statusFailure(expected: readonly number[], status: number): string {
  return expected.length === 1
    ? `expected response to have status code ${expected[0]} but got ${status}`
    : `expected ${status} to be one of [ ${expected.join(', ')} ]`;
}

function scopeOf(definition: Definition, name: string): SettableScope {
  return variableNamed(definition, name)?.scope ?? 'environment';
}

function valueFailure(
  { pointer, value }: Step['expect']['values'][number],
  { request }: Step,
  body: unknown,
  state: State,
): string | undefined {
  return failureOf(() => {
    const expected = isRequested(value)
      ? requestedValue(value, JSON.parse(filledIn(rawBody(request.body) ?? '', state)))
      : typeof value === 'string' && variablesIn(value).length > 0
        ? filledIn(value, state)
        : value;
    const found = partOf(body, pointer);
    if (found !== expected) throw new Error(`expected ${shown(found)} to equal ${shown(expected)}`);
  });
}

function claimFailure(
  { pointer, claim, condition }: ClaimCheck,
  body: unknown,
  state: State,
  now: number,
): string | undefined {
  if (body === undefined) return 'the body is not JSON';
  let claims: unknown;
  try {
    claims = claimsOf(valueAt(body, pointer));
  } catch {
    return 'this is not a JSON Web Token';
  }
  const value = valueAt(claims, formatPointer([claim]));
  return obstacle(claim, value, condition, around(state, now));
}

type Outcome = { readonly notes?: readonly string[] } & (
  | { readonly kind: 'captured'; readonly value: Captured['value'] }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'kept' | 'unknown' }
);

function captureOutcome(capture: Capture, body: unknown, state: State, now: number): Outcome {
  if (capture.unlessSet && hasValue(capture.variable, state)) return { kind: 'kept' };
  if (capture.script !== undefined) return { kind: 'unknown' };
  if (capture.choose) return chosenOutcome(capture.variable, capture.choose, body, state, now);
  let value: unknown;
  const message = failureOf(() => {
    value = capturedValue(capture, body);
    const origin = captureOrigin(capture);
    if (!capturedTypes.includes(typeof value))
      throw new Error(`${origin}: expected ${shown(value)} to be a string, a number or a boolean`);
    if (value === '') throw new Error(`${origin}: expected a text that is not empty`);
  });
  return message === undefined ? { kind: 'captured', value: value as Captured['value'] } : { kind: 'failed', message };
}

function chosenOutcome(variable: string, choice: ChoiceSource, body: unknown, state: State, now: number): Outcome {
  if (body === undefined) return { kind: 'failed', message: 'the body is not JSON' };
  const wanted = hasValue(variable, state) ? filledIn(`{{${variable}}}`, state) : undefined;
  try {
    const chosen = choose(variable, choice, body, wanted, around(state, now));
    return { kind: 'captured', ...chosen };
  } catch (error) {
    if (!(error instanceof ChoiceError)) throw error;
    return { kind: 'failed', message: error.message, notes: error.notes };
  }
}

function capturedValue({ from = '', claim }: Capture, body: unknown): unknown {
  const value = partOf(body, from);
  return claim === undefined ? value : claimsOf(value)[claim];
}

/** The claims of a JSON Web Token. Step by step as the script, so that both refuse the same tokens: by an error of any kind. */
function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const payload = Array.from((token as string).split('.')[1] as string, (character) => digits.indexOf(character));
  const bits = payload.map((digit) => digit.toString(2).padStart(6, '0')).join('');
  const bytes = (bits.match(/.{8}/g) as string[]).map(
    (byte) => `%${Number.parseInt(byte, 2).toString(16).padStart(2, '0')}`,
  );
  return JSON.parse(decodeURIComponent(bytes.join(''))) as Readonly<Record<string, unknown>>;
}

/**
 * The part of a body that a pointer leads to, as the script reads it: a text has a `length`, too. Undefined when there is none; throws
 * when the body is not JSON.
 */
function partOf(body: unknown, pointer: string): unknown {
  if (body === undefined) throw new Error('the body is not JSON');
  return pointerKeys(pointer).reduce<unknown>((part, key) => {
    return part === undefined || part === null ? undefined : (part as Readonly<Record<string, unknown>>)[key];
  }, body);
}

function around(state: State, now: number): Surroundings {
  return { fill: (text) => filledIn(text, state), now };
}

/** `pm.variables.replaceIn`, without dynamic variables. */
function filledIn(text: string, state: State): string {
  return replaceVariables(text, (name) => variableText(state, name));
}

/** Whether a variable is set, and is neither empty nor made of variables that are not. */
export function hasValue(name: string, state: State): boolean {
  return hasText(filledIn(`{{${name}}}`, state));
}

/**
 * All checks have held: later steps may use what this one has set, but for what only its scripts set. The variable is there when the
 * step was prepared for those that need it.
 *
 * @param unknown Pointers of the captures that were not made.
 */
function settled(state: State, step: Step, unknown: readonly string[]): State {
  const name = pendingName(step.id);
  const pending = valueIn(state.run, name);
  if (pending === undefined) return state;
  const left = String(pending)
    .split(' ')
    .filter((variable) => unknown.includes(formatPointer(['capture', variable])));
  return { ...state, run: withValue(state.run, name, left.join(' ')) };
}

/** Why a check fails: what it throws, as with `pm.test`. Undefined when it holds. */
function failureOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** A value in a message. Lists and objects can be long or deep, so they are only named. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
