import { weightOf as conditionWeight, schemaWeight } from '../../compile/scripts/condition-weight.ts';
import { asList, type Definition, type PlacedTroubleshooting, type Step } from '../../definition/definition.ts';
import { valueAt } from '../../definition/pointer.ts';
import type { Condition, Experiment } from '../../definition/schema.ts';
import { parseJson } from '../result/parse-json.ts';
import type { CheckResult, Diagnosis, ReceivedResponse } from '../result/result.ts';
import type { ConnectionFault } from '../transport/connection-fault.ts';

/** What is known of a step that did not pass. */
export interface Evidence {
  readonly response: Pick<ReceivedResponse, 'status' | 'problem'> | undefined;
  /** The response has a body, and it is not JSON, or nested too deeply to be read. */
  readonly isNotJson: boolean;
  readonly connection: ConnectionFault | undefined;
  readonly checks: readonly CheckResult[];
  /** Whether the access token that was sent was over then; undefined when none was sent, or it does not tell. */
  readonly token: 'expired' | 'fresh' | undefined;
}

/** Evidence of nothing: what a step begins with. */
export const noEvidence: Evidence = {
  response: undefined,
  isNotJson: false,
  connection: undefined,
  checks: [],
  token: undefined,
};

/**
 * The troubleshooting entries whose condition holds, likeliest first: the more telling the condition, the likelier its cause.
 * Of equally telling ones those of the step come before those of the collection, in the order in which they are written.
 */
export function diagnose(step: Step, definition: Definition, evidence: Evidence): Diagnosis[] {
  return [...step.troubleshooting, ...definition.troubleshooting]
    .filter(({ when }) => holds(when, evidence))
    .toSorted((one, other) => weightOf(other.when, evidence) - weightOf(one.when, evidence))
    .map(toDiagnosis);
}

function toDiagnosis({ cause, remedy, source }: PlacedTroubleshooting): Diagnosis {
  return { cause, remedy, ...(source && { source }) };
}

function weightOf(when: Condition, evidence: Evidence): number {
  return conditionWeight(when) - (when.check === 'schema' && reportsError(evidence) ? schemaWeight : 0);
}

/** Whether every key of a condition holds. */
export function holds(when: Condition, { response, isNotJson, connection, checks, token }: Evidence): boolean {
  const problem = response?.problem;
  const details = problem?.details ?? [];
  const failed = checks.filter((check) => check.status === 'failed');
  const detailHolds =
    (when.detail === undefined && when.target === undefined && when.unsatisfied === undefined) ||
    details.some(
      (detail) =>
        (when.detail === undefined || detail.code === when.detail) &&
        (when.target === undefined || detail.target === when.target) &&
        (when.unsatisfied === undefined || (detail.unsatisfied ?? []).includes(when.unsatisfied)),
    );
  const checkHolds =
    (when.check === undefined && when.variable === undefined && when.message === undefined) ||
    failed.some(
      (check) =>
        (when.check === undefined || check.kind === when.check) &&
        (when.variable === undefined || isAbout(check, when.variable)) &&
        (when.message === undefined || asList(when.message).every((part) => (check.message ?? '').includes(part))),
    );
  return (
    detailHolds &&
    checkHolds &&
    (when.status === undefined || (response !== undefined && asList(when.status).includes(response.status))) &&
    (when.code === undefined || problem?.code === when.code) &&
    (when.oauthError === undefined || (problem?.oauth === true && problem.code === when.oauthError)) &&
    (when.description === undefined || saysInAnyCase(problem?.message, when.description)) &&
    (when.connection === undefined || connection === when.connection) &&
    (when.token === undefined || token === when.token) &&
    (when.body === undefined || (when.body === 'error' ? reportsError({ response }) : isNotJson))
  );
}

/** Letters of a message may change from small to capital; what it says is the same. */
function saysInAnyCase(message: string | undefined, part: string): boolean {
  return message?.toLowerCase().includes(part.toLowerCase()) === true;
}

/** Whether a response whose status is that of no error has an error code all the same. */
function reportsError({ response }: Pick<Evidence, 'response'>): boolean {
  return response?.problem !== undefined && response.status < 400 && response.problem.code !== '';
}

/** A check before sending is about every variable that its message names. */
function isAbout(check: CheckResult, variable: string): boolean {
  return (
    check.variable === variable ||
    (check.kind === 'ready' && new RegExp(`(^|\\W)${variable}(\\W|$)`).test(check.message ?? ''))
  );
}

/** What of an answer is other than an experiment says that is seen; nothing when all is. */
export function unseenOf({ values = {}, ...see }: Experiment['see'], response: ReceivedResponse | undefined): string[] {
  if (!response) return ['there is no answer'];
  if (response.status !== see.status) return [`the status is ${response.status}, not ${see.status}`];
  const body = parseJson(response.body?.text ?? '');
  const others = Object.entries(values).filter(([pointer, value]) => valueAt(body, pointer) !== value);
  return [
    ...(holds(see, { ...noEvidence, response }) ? [] : ['the error is another one']),
    ...others.map(([pointer, value]) => `${pointer} is ${JSON.stringify(valueAt(body, pointer))}, not ${value}`),
  ];
}
