import type { Colors } from 'picocolors/types.js';
import type { CheckResult, ServiceProblem, ServiceProblemDetail, StepResult } from '../../run/result/result.ts';
import { counted, duration } from './words.ts';

/** Every check of a step: those that held in one line, each of the others in its own, with what is wrong. */
export function checkLines({ checks }: StepResult, colors: Colors): string[] {
  const passed = checks.filter((check) => check.status === 'passed').map(({ name }) => name);
  const failed = checks.filter((check) => check.status === 'failed');
  return [
    ...(passed.length > 0 ? [`${colors.green('✓')} ${passed.join(', ')}`] : []),
    ...failed.map(({ name, message }) => `${colors.red(`✗ ${name}`)}: ${message ?? 'failed'}`),
  ];
}

/** The attempts before the last one, and why there was another. */
export function attemptLines({ attempts }: StepResult, colors: Colors): string[] {
  if (attempts.length === 0) return [];
  const each = attempts.map(({ because, waitMs }) => `${because}${waitMs > 0 ? ` (waited ${duration(waitMs)})` : ''}`);
  return [colors.yellow(`${counted(attempts.length, 'attempt')} before this one: ${each.join('; ')}`)];
}

/** Why a step did not pass, in parts that each report puts together in its own way. */
export interface Explanation {
  /** The checks that did not hold, with what is wrong. */
  readonly checks: readonly string[];
  /** What the service itself says; empty when it says nothing. */
  readonly says: readonly string[];
  /** What it says of single values. */
  readonly details: readonly string[];
  /** Id of the answer, which the service's support asks for. */
  readonly correlationId?: string;
  /** What explains the failure, likeliest first. */
  readonly causes: StepResult['diagnoses'];
  /** Place of the definition: `file:line`. */
  readonly source?: string;
}

export function explanationOf({ checks, response, diagnoses, source }: StepResult): Explanation {
  const { problem } = response ?? {};
  return {
    checks: checks.flatMap((check) => (check.status === 'failed' ? [failedCheck(check)] : [])),
    says: problem ? [problemText(problem)] : [],
    details: problem?.details.map(detailText) ?? [],
    ...(response?.correlationId !== undefined && { correlationId: response.correlationId }),
    causes: diagnoses,
    ...(source && { source: `${source.file}:${source.line}` }),
  };
}

/** `The server says INVALID_DATA: The request could not be completed.` */
export function problemText({ service = 'The server', code, message, location }: ServiceProblem): string {
  const says = codeAndMessage(code, message);
  if (location === undefined) return `${service} says ${says}`;
  return `${service} redirects to ${location}${says === '' ? '' : ` (${says})`}`;
}

function codeAndMessage(code: string, message: string): string {
  return [code, message].filter((part) => part !== '').join(': ');
}

function failedCheck({ name, message }: CheckResult): string {
  return `${name}: ${message ?? 'failed'}`;
}

function detailText({ code, target, message, unsatisfied, allowed, shown = [] }: ServiceProblemDetail): string {
  const rules = unsatisfied ? ` (not met: ${unsatisfied.join(', ')})` : '';
  const values = allowed ? ` (allowed: ${allowed.join(', ')})` : '';
  const others = shown.length > 0 ? ` (${shown.map(({ name, value }) => `${name}: ${value}`).join(', ')})` : '';
  const place = target ? ` at ${target}` : '';
  return `${codeAndMessage(`${code}${place}`.trim(), message)}${rules}${values}${others}`;
}

/** Why a step did not pass, as lines: what the service says, the likeliest cause and what to do. */
export function failureLines(step: StepResult, colors: Colors): string[] {
  const { says, details, correlationId, causes } = explanationOf(step);
  const [likeliest] = causes;
  return [
    ...(step.reason === undefined ? [] : [colors.red(step.reason)]),
    ...says,
    ...details.map((detail) => `  ${detail}`),
    ...(says.length === 0 || correlationId === undefined ? [] : [`Correlation id ${correlationId}`]),
    ...(likeliest
      ? [`${colors.yellow('Likely cause:')} ${likeliest.cause}`, `${colors.yellow('What to do:')} ${likeliest.remedy}`]
      : []),
  ];
}

/** Why a step did not pass, in a line: what did not hold, or why there is no answer. */
export function failureTitle(step: StepResult): string {
  const { checks } = explanationOf(step);
  return step.status === 'failed' && checks.length > 0 ? checks.join('; ') : (step.reason ?? step.status);
}
