import { asList, type Definition, type Step } from '../definition/definition.ts';
import type { Condition } from '../definition/schema.ts';
import type { ConnectionFault } from './connection.ts';
import type { CheckResult, Diagnosis, ReceivedResponse } from './result.ts';

/** What is known of a step that did not pass. */
export interface Evidence {
  readonly response: Pick<ReceivedResponse, 'status' | 'problem'> | undefined;
  readonly connection: ConnectionFault | undefined;
  readonly checks: readonly CheckResult[];
}

/** The troubleshooting entries whose condition holds: the step's own, then the collection's. */
export function diagnose(step: Step, definition: Definition, evidence: Evidence): Diagnosis[] {
  return [...step.troubleshooting, ...definition.troubleshooting]
    .filter(({ when }) => holds(when, evidence))
    .map(({ cause, remedy }) => ({ cause, remedy }));
}

/** Whether every key of a condition holds. */
export function holds(when: Condition, { response, connection, checks }: Evidence): boolean {
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
    (when.check === undefined && when.variable === undefined) ||
    failed.some(
      (check) =>
        (when.check === undefined || check.kind === when.check) &&
        (when.variable === undefined || isAbout(check, when.variable)),
    );
  return (
    detailHolds &&
    checkHolds &&
    (when.status === undefined || (response !== undefined && asList(when.status).includes(response.status))) &&
    (when.code === undefined || problem?.code === when.code) &&
    (when.oauthError === undefined || (problem?.oauth === true && problem.code === when.oauthError)) &&
    (when.description === undefined || problem?.message.includes(when.description) === true) &&
    (when.connection === undefined || connection === when.connection)
  );
}

/** A check before sending is about every variable that its message names. */
function isAbout(check: CheckResult, variable: string): boolean {
  return check.variable === variable || (check.kind === 'ready' && (check.message ?? '').includes(variable));
}
