import {
  type PlannedCheck,
  plannedChecks,
  readyCheckName,
  statusCheckName,
} from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { formatPointer } from '../../definition/pointer.ts';
import { compileSchema, type SchemaCheck } from '../../definition/schemas/response-schema.ts';
import { variablesIn } from '../../definition/variables.ts';
import { type EngineRequest, type EngineResponse, type Execution, headerValue } from '../engine/execution.ts';
import { valuesOf } from '../engine/state.ts';
import { toBodyText } from '../result/body-text.ts';
import { isTooDeep, jsonProblem, parseJson } from '../result/parse-json.ts';
import { shapeOf, writeField } from '../result/response-shape.ts';
import type { CheckResult, ReceivedResponse, SentRequest, StepResult, Timings } from '../result/result.ts';
import { connectionFault, describeFault } from '../transport/connection-fault.ts';
import type { RequestTimings } from '../transport/transport.ts';
import { expiryOf, tokensIn } from './access-token.ts';
import { checkResult, placeOf, schemaFailure } from './check-result.ts';
import { diagnose, type Evidence, noEvidence } from './diagnose.ts';
import { judge } from './judge.ts';
import { readReportedProblem, readServiceProblem } from './service-problem.ts';

/** What checks the body of a step's response; undefined when it has no schema. */
export function schemaCheckOf({ expect }: Step): SchemaCheck | undefined {
  return expect.schema && compileSchema(expect.schema.content);
}

/** Result of a step from what happened. Not redacted yet, and with whole bodies. */
export function toStepResult(
  step: Step,
  definition: Definition,
  execution: Execution,
  before: Readonly<Record<string, string>>,
  runStartedAt: number,
): StepResult {
  const base = {
    ...notReached(step, definition),
    engine: execution.engine,
    startMs: execution.startedAt - runStartedAt,
    durationMs: execution.durationMs,
    notes: [...execution.console, ...unresolvedNotes(definition, execution)],
  };
  const sent = execution.request && { request: toSentRequest(execution.request) };
  if (execution.error) {
    const evidence = { ...noEvidence, connection: connectionFault(execution.error) };
    return {
      ...base,
      ...sent,
      status: 'error',
      reason: describeFault(execution.error),
      checks: inOrder(scriptChecks(step, definition, execution)),
      diagnoses: diagnose(step, definition, evidence),
    };
  }
  const { service } = step.origin ?? definition;
  if (isSkipped(execution)) {
    const checks = inOrder(scriptChecks(step, definition, execution));
    return { ...base, status: 'skipped', reason: 'its script skipped it (skipRequest)', checks };
  }
  const checks = checkResults(step, definition, execution, schemaCheckOf(step));
  const passed = checks.every((check) => check.status === 'passed');
  const response = execution.response && toReceivedResponse(execution.response, service, passed);
  return {
    ...base,
    ...sent,
    status: passed ? 'passed' : 'failed',
    ...(response && { response }),
    checks,
    captures: captureResults(step, definition, valuesOf(execution.state), before),
    diagnoses: passed
      ? []
      : diagnose(step, definition, {
          ...noEvidence,
          response,
          isNotJson: isNotJson(execution.response),
          checks,
          token: tokenState(execution),
        }),
  };
}

/** Names of variables that were sent in their braces, where nothing else would say so. */
function unresolvedNotes({ unresolved, variables }: Definition, { request }: Execution): string[] {
  if (unresolved !== 'sent' || !request) return [];
  const { url, headers, body = '' } = request;
  const texts = [url.replace(/%7B%7B(.*?)%7D%7D/gi, '{{$1}}'), ...headers.map(({ value }) => value), body];
  const declared = new Set(variables.map(({ name }) => name));
  const names = new Set(texts.flatMap(variablesIn).filter((name) => declared.has(name)));
  return names.size === 0 ? [] : [`sent without a value: ${[...names].map((name) => `{{${name}}}`).join(', ')}`];
}

/** A script skipped the request, and nothing says that this is a failure. */
function isSkipped({ skipped, assertions, scriptErrors }: Execution): boolean {
  return skipped && scriptErrors.length === 0 && assertions.every(({ message }) => message === undefined);
}

function isNotJson(response: EngineResponse | undefined): boolean {
  return response !== undefined && response.body !== '' && parseJson(response.body) === undefined;
}

/** Whether the Bearer token of a request was over when it was answered, by the clock of the server where it tells. */
function tokenState({ request, response, startedAt, durationMs }: Execution): Evidence['token'] {
  const token = /^Bearer (.+)$/i.exec(headerValue(request?.headers ?? [], 'authorization') ?? '')?.[1];
  const expiry = token === undefined ? undefined : expiryOf(token);
  if (expiry === undefined) return undefined;
  const answered = Date.parse(headerValue(response?.headers ?? [], 'date') ?? '');
  return expiry <= (Number.isNaN(answered) ? startedAt + durationMs : answered) ? 'expired' : 'fresh';
}

/** The shape of the whole body, of which results keep only the beginning. */
export function shapeIn(step: Step, response: ReceivedResponse | undefined): Pick<StepResult, 'shape'> {
  if (!response?.body || !step.expect.status.includes(response.status)) return {};
  const body = parseJson(response.body.text);
  return body === undefined ? {} : { shape: shapeOf(body).map(writeField) };
}

/** Result of a step that nothing was sent for. */
export function notReached(step: Step, definition: Definition, reason?: string): StepResult {
  const source = placeOf(step, definition, '/request');
  return {
    id: step.id,
    name: step.name,
    method: step.request.method,
    url: step.request.url,
    iteration: 1,
    ...(source && { source }),
    status: 'not-reached',
    durationMs: 0,
    checks: [],
    captures: [],
    notes: [],
    diagnoses: [],
    attempts: [],
    ...(reason !== undefined && { reason }),
  };
}

function toSentRequest({ method, url, headers, body }: EngineRequest): SentRequest {
  return { method, url, headers, ...(body !== undefined && { body: toBodyText(body) }) };
}

/** From moments to spans. A connection that was open already has taken no time to look up, connect and secure. */
function toTimings({
  socket = 0,
  lookup = 0,
  connect = 0,
  secureConnect = 0,
  response = 0,
  end = 0,
}: RequestTimings): Timings {
  const connected = Math.max(socket, lookup, connect, secureConnect);
  return {
    wait: socket,
    dns: Math.max(0, lookup - socket),
    connect: Math.max(0, connect - Math.max(lookup, socket)),
    tls: Math.max(0, secureConnect - connect),
    firstByte: Math.max(0, response - connected),
    download: Math.max(0, end - response),
  };
}

function toReceivedResponse(
  response: EngineResponse,
  service: Definition['service'],
  passed: boolean,
): ReceivedResponse {
  const correlationId = headerValue(response.headers, 'correlation-id');
  const problem = problemIn(response, service, passed);
  const tokens = tokensIn(response.body);
  return {
    status: response.status,
    reason: response.reason,
    durationMs: response.durationMs,
    headers: response.headers,
    ...(response.body !== '' && { body: toBodyText(response.body) }),
    ...(response.timings && { timings: toTimings(response.timings) }),
    ...(correlationId !== undefined && { correlationId }),
    ...(problem && { problem }),
    ...(tokens.length > 0 && { tokens }),
  };
}

/** What a response says is wrong. One that passed is asked only when its status is that of an error. */
function problemIn(
  response: EngineResponse,
  service: Definition['service'],
  passed: boolean,
): ReceivedResponse['problem'] {
  if (response.status >= 400) return readServiceProblem(parseJson(response.body), service);
  return passed ? undefined : readReportedProblem(response, parseJson(response.body), service);
}

/**
 * Each planned check once: what the script found, and for the schema what ajv found here. A body that is nested too deeply fails
 * the step without a schema too. (The script that is run does not look at
 * the schema and does not tell of it; it would have, once it has checked the status and found what is expected.)
 */
function checkResults(
  step: Step,
  definition: Definition,
  execution: Execution,
  schemaCheck: SchemaCheck | undefined,
): CheckResult[] {
  const result = (check: Omit<PlannedCheck, 'askedAt'>, askedAt: string, message: string | undefined) =>
    checkResult(check, message, placeOf(step, definition, askedAt));
  const scriptCheck = (name: string, message: string | undefined) => scriptResult(step, definition, name, message);
  const { response } = execution;
  const ready = execution.assertions.find((assertion) => assertion.name === readyCheckName);
  if (ready?.message !== undefined) return [result({ kind: 'ready', name: ready.name }, '/request', ready.message)];
  const planned = plannedChecks(step);
  const names = execution.assertions.map(({ name }) => name);
  const asExpected = response !== undefined && step.expect.status.includes(response.status);
  const wordsOf = createWords(step, definition, execution);
  const results = planned.flatMap((check): MadeCheck[] => {
    const isSchema = check.kind === 'schema' && asExpected && schemaCheck !== undefined;
    const failure = isSchema
      ? (jsonProblem(response.body) ?? schemaFailure(schemaCheck, parseJson(response.body)))
      : undefined;
    const at = names.indexOf(isSchema ? statusCheckName(step.expect.status) : check.name);
    if (at < 0 && failure === undefined) return [];
    const message = failure ?? execution.assertions[names.indexOf(check.name)]?.message;
    return [{ at, check: result(check, check.askedAt, message && (wordsOf(check.name) ?? message)) }];
  });
  const others = scriptChecks(step, definition, execution);
  const errors = execution.scriptErrors.map(({ listen, message }) => scriptCheck(`the ${listen} script runs`, message));
  const tooDeep =
    asExpected && !schemaCheck && isTooDeep(response.body)
      ? [result({ kind: 'schema', name: 'body can be read' }, '/request', jsonProblem(response.body))]
      : [];
  const silent =
    planned.length > 0 && results.length === 0 && errors.length === 0
      ? [scriptCheck('the test script runs', 'no check of this step was made')]
      : [];
  return [...inOrder([...results, ...others]), ...tooDeep, ...errors, ...silent];
}

/** A check, and where it stands among those that scripts have made. */
interface MadeCheck {
  readonly at: number;
  readonly check: CheckResult;
}

function inOrder(checks: readonly MadeCheck[]): CheckResult[] {
  return checks.toSorted((one, other) => one.at - other.at).map(({ check }) => check);
}

/** The checks that scripts of the definition have made, also those that are called like a planned one. */
function scriptChecks(step: Step, definition: Definition, { assertions }: Execution): MadeCheck[] {
  const names = assertions.map(({ name }) => name);
  const planned = plannedChecks(step).map(({ name }) => names.indexOf(name));
  return assertions.flatMap(({ name, message }, at) =>
    name === readyCheckName || planned.includes(at)
      ? []
      : [{ at, check: scriptResult(step, definition, name, message) }],
  );
}

function scriptResult(step: Step, definition: Definition, name: string, message: string | undefined): CheckResult {
  const test = step.tests?.findIndex((one) => one.name === name) ?? -1;
  const askedAt = test < 0 ? '/scripts/test' : formatPointer(['tests', test]);
  return checkResult({ kind: 'script', name }, message, placeOf(step, definition, askedAt));
}

/**
 * Says why a check failed in the words of `judge`, which are the same whatever ran the step. Undefined where only its script knows.
 */
function createWords(
  step: Step,
  definition: Definition,
  { response, state }: Execution,
): (name: string) => string | undefined {
  let failures: ReadonlyMap<string, string | undefined> | undefined;
  return (name) => {
    if (!response) return undefined;
    failures ??= new Map(judge(step, definition, response, state).checks.map((check) => [check.name, check.message]));
    return failures.get(name);
  };
}

/** What a step has captured: its variables that have a new value, without the values of secret ones. */
export function captureResults(
  step: Step,
  definition: Definition,
  values: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): StepResult['captures'] {
  return step.captures.flatMap(({ variable }) => {
    const value = values[variable] ?? '';
    if (value === '' || value === before[variable]) return [];
    const secret = definition.variables.find(({ name }) => name === variable)?.secret ?? false;
    return [{ variable, ...(!secret && { value }) }];
  });
}
