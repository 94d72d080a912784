import type { Step } from '../../definition/definition.ts';
import { type Execution, headerValue } from '../engine/execution.ts';
import { hasCode, retryAfterOf } from '../judge/service-problem.ts';
import type { ServiceProblem, StepResult } from '../result/result.ts';
import { connectionFault, wasNotSent } from '../transport/connection-fault.ts';
import {
  isRetriedFault,
  isRetriedStatus,
  mayHaveBeenProcessed,
  parseRetryAfter,
  type RetryPolicy,
  type Wait,
  waitAfter,
} from './retry.ts';

/** What to do after an attempt that did not pass. */
export type Decision =
  | { readonly kind: 'stop' }
  /** Get a new token, then try again. */
  | { readonly kind: 'renew'; readonly because: string }
  /** Wait, then try again; when the step creates something, look first whether it exists. */
  | { readonly kind: 'retry'; readonly wait: Wait; readonly because: string };

/** What is known when a step did not pass. */
export interface Situation {
  readonly step: Step;
  readonly result: StepResult;
  readonly execution: Execution;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Attempts beyond the first that all steps of the run have had. */
  readonly retries: number;
  readonly policy: RetryPolicy;
  /** The step uses a token that a step can renew. */
  readonly usesToken: boolean;
  /** This step has had its token renewed for a refusal. */
  readonly renewed: boolean;
  /** What the step creates may exist, from this attempt or an earlier one. */
  readonly mayExist: boolean;
  /** When this run last created something that the request is about, in milliseconds since the epoch. */
  readonly createdAt: number | undefined;
  readonly now: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/** Decides whether there is another attempt. Directly after a creation, 401, 403 and 404 may mean that it is not known everywhere yet. */
export function decide(situation: Situation): Decision {
  const because = retryReason(situation);
  if (because === undefined) return { kind: 'stop' };
  const { execution, attempt, policy, retries, now, random, result } = situation;
  if (result.response?.status === 401 && situation.usesToken && !situation.renewed) return { kind: 'renew', because };
  if (attempt >= attemptsFor(situation) || retries >= policy.budget) return { kind: 'stop' };
  const header = headerValue(execution.response?.headers ?? [], 'retry-after');
  const retryAfter = parseRetryAfter(header ?? retryAfterOf(result.response?.problem), now);
  return { kind: 'retry', wait: waitAfter(attempt, policy, retryAfter, random), because };
}

/** A server that restarts is back in seconds; where none runs, nobody should wait for it longer. */
const attemptsWhenRefused = 3;

function attemptsFor({ execution, policy }: Situation): number {
  const isRefused = execution.error !== undefined && connectionFault(execution.error) === 'refused';
  return isRefused ? Math.min(policy.attempts, attemptsWhenRefused) : policy.attempts;
}

function retryReason({
  step,
  result,
  execution,
  usesToken,
  renewed,
  mayExist,
  createdAt,
  now,
  policy,
}: Situation): string | undefined {
  if (execution.error) {
    return isRetriedFault(connectionFault(execution.error)) ? (result.reason ?? execution.error.message) : undefined;
  }
  const { response } = result;
  if (!response || step.expect.status.includes(response.status)) return undefined;
  const { status } = response;
  if (isFinal(response.problem, policy)) return undefined;
  if (isRetriedStatus(status)) return `${status} ${response.reason}`;
  if (status === 401 && usesToken && !renewed) return 'the token was refused';
  if (mayExist && isNameTaken(response, policy)) return 'it may exist from an attempt whose answer was lost';
  const fresh = createdAt !== undefined && now - createdAt < policy.propagation;
  return fresh && (status === 404 || status === 403 || (status === 401 && usesToken))
    ? `${status} ${response.reason}, shortly after a creation`
    : undefined;
}

/** Whether the service says that there is something of that name. */
export function isNameTaken(response: StepResult['response'], { nameTaken }: Pick<RetryPolicy, 'nameTaken'>): boolean {
  return response !== undefined && (response.status === 409 || hasCode(response.problem, nameTaken));
}

/** Statuses that say nothing of what the service did: something before it had no answer in time (RFC 9110, section 15.6). */
export function isFromGateway(status: number): boolean {
  return status === 408 || status === 502 || status === 504;
}

/** Whether the service says that another attempt would end in the same way. */
function isFinal(problem: ServiceProblem | undefined, { final, finalMessages }: RetryPolicy): boolean {
  return hasCode(problem, final) || finalMessages.some((beginning) => problem?.message.startsWith(beginning));
}

/** Whether the attempt may have created what the step creates, although no success was seen. */
export function mayHaveCreated(step: Step, execution: Execution): boolean {
  if (!step.creates || !execution.request) return false;
  if (execution.error && wasNotSent(execution.error)) return false;
  const fault = execution.error && connectionFault(execution.error);
  const { response } = execution;
  // An answer that claims success but is not whole, or not what it should be, says nothing about what exists.
  if (response && step.expect.status.includes(response.status)) return true;
  return mayHaveBeenProcessed(fault, response?.status);
}
