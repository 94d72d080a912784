import { plannedChecks, readyCheckName } from '../compile/checks.ts';
import type { Definition, Step } from '../definition/definition.ts';
import { compileSchema, type SchemaCheck } from '../definition/response-schema.ts';
import { connectionFault, describeFault } from './connection.ts';
import { diagnose } from './diagnose.ts';
import type { EngineResponse, Execution } from './engine.ts';
import type { CheckResult, ResponseSummary, StepResult } from './result.ts';
import { readServiceProblem } from './service-problem.ts';

/** Compiled response checks of a definition's steps, by step id. */
export type ResponseChecks = ReadonlyMap<string, SchemaCheck>;

/** Compiles the response schema of every step that has one. */
export function compileResponseChecks(steps: readonly Step[]): ResponseChecks {
  return new Map(
    steps.flatMap((step) => (step.expect.schema ? [[step.id, compileSchema(step.expect.schema.content)]] : [])),
  );
}

/** Result of a step from what happened. Not redacted yet. */
export function toStepResult(
  step: Step,
  definition: Definition,
  execution: Execution,
  before: Readonly<Record<string, string>>,
  responseChecks: ResponseChecks,
): StepResult {
  const base = { ...notReached(step), durationMs: execution.durationMs, notes: execution.console };
  const sent = execution.request && { request: execution.request };
  if (execution.error) {
    const evidence = { response: undefined, connection: connectionFault(execution.error), checks: [] };
    const diagnosis = diagnose(step, definition, evidence);
    return {
      ...base,
      ...sent,
      status: 'error',
      reason: describeFault(execution.error),
      ...(diagnosis && { diagnosis }),
    };
  }
  const response = execution.response && summarise(execution.response);
  const checks = checkResults(step, execution, responseChecks.get(step.id));
  const passed = checks.every((check) => check.status === 'passed');
  const diagnosis = passed ? undefined : diagnose(step, definition, { response, connection: undefined, checks });
  return {
    ...base,
    ...sent,
    status: passed ? 'passed' : 'failed',
    ...(response && { response }),
    checks,
    captures: captureResults(step, definition, execution, before),
    ...(diagnosis && { diagnosis }),
  };
}

/** Result of a step that nothing was sent for. */
export function notReached(step: Step, reason?: string): StepResult {
  return {
    id: step.id,
    name: step.name,
    method: step.request.method,
    url: step.request.url,
    status: 'not-reached',
    durationMs: 0,
    checks: [],
    captures: [],
    notes: [],
    attempts: [],
    ...(reason !== undefined && { reason }),
  };
}

function summarise(response: EngineResponse): ResponseSummary {
  const correlationId = response.headers['correlation-id'];
  const problem = response.status >= 400 ? readServiceProblem(parseJson(response.body)) : undefined;
  return {
    status: response.status,
    reason: response.reason,
    durationMs: response.durationMs,
    ...(correlationId !== undefined && { correlationId }),
    ...(problem && { problem }),
  };
}

/** Each planned check once: what the script found, and for the schema also what ajv found here. */
function checkResults(step: Step, execution: Execution, schemaCheck: SchemaCheck | undefined): CheckResult[] {
  const { response } = execution;
  const ready = execution.assertions.find((assertion) => assertion.name === readyCheckName);
  if (ready?.message !== undefined)
    return [{ kind: 'ready', name: ready.name, status: 'failed', message: ready.message }];
  const planned = plannedChecks(step);
  const asExpected = response !== undefined && step.expect.status.includes(response.status);
  const results = planned.flatMap((check): CheckResult[] => {
    const assertion = execution.assertions.find(({ name }) => name === check.name);
    const violations =
      check.kind === 'schema' && asExpected && schemaCheck ? violationsOf(schemaCheck, response.body) : [];
    if (!assertion && violations.length === 0) return [];
    const message = violations.length > 0 ? violations.join('; ') : assertion?.message;
    return [
      { ...check, status: message === undefined ? 'passed' : 'failed', ...(message !== undefined && { message }) },
    ];
  });
  const names = new Set(planned.map(({ name }) => name));
  const others = execution.assertions
    .filter(({ name }) => !names.has(name))
    .map(({ name, message }) => scriptCheck(name, message));
  const errors = execution.scriptErrors.map(({ listen, message }) => scriptCheck(`the ${listen} script runs`, message));
  const silent =
    results.length === 0 && errors.length === 0
      ? [scriptCheck('the test script runs', 'no check of this step was made')]
      : [];
  return [...results, ...others, ...errors, ...silent];
}

function scriptCheck(name: string, message: string | undefined): CheckResult {
  return {
    kind: 'script',
    name,
    status: message === undefined ? 'passed' : 'failed',
    ...(message !== undefined && { message }),
  };
}

function violationsOf(check: SchemaCheck, body: string): string[] {
  const data = parseJson(body);
  if (data === undefined) return ['the body is not JSON'];
  return check(data).map(({ pointer, message }) => `${pointer === '' ? 'the body' : pointer} ${message}`);
}

function captureResults(
  step: Step,
  definition: Definition,
  execution: Execution,
  before: Readonly<Record<string, string>>,
): StepResult['captures'] {
  return step.captures.flatMap(({ variable }) => {
    const value = execution.values[variable] ?? '';
    if (value === '' || value === before[variable]) return [];
    const secret = definition.variables.find(({ name }) => name === variable)?.secret ?? false;
    return [{ variable, ...(!secret && { value }) }];
  });
}

/** The body as data, undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
