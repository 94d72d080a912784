import { randomUUID } from 'node:crypto';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { valueAt } from '../../src/definition/pointer.ts';
import { compileSchema } from '../../src/definition/schemas/response-schema.ts';
import { substitute } from '../../src/definition/variables.ts';
import type { RequestLogEntry } from '../../src/simulator/index.ts';
import { changesFor } from '../pages/languages.ts';
import { authorizationOf, basicPlaceholder } from '../pages/request.ts';
import type { Snippet } from '../pages/snippets.ts';
import { stateProblem } from './state.ts';

export type Values = Readonly<Record<string, string>>;

/** What became of the example of a step. */
export type Verdict =
  | { readonly status: 'passed'; readonly changes: number }
  | { readonly status: 'failed'; readonly reason: string };

/** What a flow needs. */
export interface Flow {
  readonly definition: Definition;
  /** The example of a step, in the language of this flow. */
  readonly snippetOf: (step: Step) => Snippet;
  /** Runs a program and gives what it printed. */
  readonly run: (program: string) => Promise<string>;
  /** Values to begin with: none that a step takes from an answer. */
  readonly values: Values;
  /** Values that the scripts of a real run made. They stand in for scripts, which an example does not have. */
  readonly scripted: Values;
  /** Requests that the simulator has answered; it grows. */
  readonly requests: readonly RequestLogEntry[];
  /** Another address of the same simulator for each address in `values`, for looking at its state. */
  readonly lookUp: (url: string) => string;
}

/** Runs the example of every step, clean-up included, one after the other: what one answers is what the next sends. Ends with the first that fails. */
export async function runFlow(flow: Flow): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  let values = flow.values;
  for (const step of [...flow.definition.steps, ...flow.definition.cleanUp.steps]) {
    values = { ...values, ...madeBefore(step, values, flow) };
    try {
      const snippet = flow.snippetOf(step);
      const changes = changesFor(snippet.language, step, flow.definition);
      const filled = fill(snippet.code, step, flow.definition, values);
      const answer = await answerTo(
        changes.reduce((code, change) => change.make(code, step), filled),
        step,
        values,
        flow,
      );
      values = { ...values, ...takenFrom(answer, step, values, flow) };
      const problem = await stateProblem(
        step,
        (text) => flow.lookUp(fill(text, step, flow.definition, values)),
        values,
      );
      if (problem !== undefined) throw new Error(problem);
      verdicts.set(step.id, { status: 'passed', changes: changes.length });
    } catch (error) {
      verdicts.set(step.id, { status: 'failed', reason: masked(error, flow.definition, values) });
      return verdicts;
    }
  }
  return verdicts;
}

/** A text with the values in the places of the variables. */
function fill(text: string, step: Step, definition: Definition, values: Values): string {
  const { basic } = authorizationOf(step, definition);
  const lookUp = (name: string) => values[name];
  const credentials = basic ? substitute(`${basic.username}:${basic.password}`, lookUp) : '';
  const filled = substitute(text.replaceAll(basicPlaceholder, Buffer.from(credentials).toString('base64')), lookUp);
  const hole = /\{\{[^{}]*\}\}/.exec(filled);
  if (hole) throw new Error(`there is no value for ${hole[0]}`);
  return filled;
}

/** Values that Postman's scripts make before a request is sent. */
function madeBefore(step: Step, values: Values, { scripted }: Flow): Record<string, string> {
  return Object.fromEntries(
    step.generate
      .filter(({ variable, unlessSet }) => !(unlessSet && values[variable]))
      .map(({ variable, runId }) => [
        variable,
        runId ? `snippets-${randomUUID().slice(0, 8)}` : (scripted[variable] ?? ''),
      ]),
  );
}

/** Runs a program and gives the answer it printed. Throws when the simulator or the answer says that something is wrong. */
async function answerTo(program: string, step: Step, values: Values, flow: Flow): Promise<unknown> {
  const before = flow.requests.length;
  const printed = await flow.run(program);
  const [request, more] = flow.requests.slice(before);
  if (!request) throw new Error(`no request reached the simulator; the program printed: ${printed.slice(0, 300)}`);
  if (more) throw new Error('more than one request reached the simulator');
  const { pathname } = new URL(fill(step.request.url, step, flow.definition, values));
  if (request.method !== step.request.method || request.path !== pathname)
    throw new Error(`${request.method} ${request.path} reached the simulator, not ${step.request.method} ${pathname}`);
  if (!step.expect.status.includes(request.status))
    throw new Error(`the simulator answered ${request.status}: ${printed.slice(0, 300)}`);
  return checkedAnswer(printed, step, values);
}

function checkedAnswer(printed: string, step: Step, values: Values): unknown {
  const { schema, values: expected } = step.expect;
  const text = printed.trim();
  if (!schema && expected.length === 0) {
    if (text !== '' && step.example?.body === undefined) throw new Error(`it printed ${text.slice(0, 300)}`);
    return undefined;
  }
  const answer = parsed(text);
  const violations = schema ? compileSchema(schema.content)(answer) : [];
  if (violations.length > 0)
    throw new Error(`the answer does not fit ${schema?.file}: ${JSON.stringify(violations[0])}`);
  for (const { pointer, value } of expected) {
    const wanted = typeof value === 'string' ? substitute(value, (name) => values[name]) : value;
    if (valueAt(answer, pointer) !== wanted) throw new Error(`${pointer} of the answer is not as expected`);
  }
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`it printed no JSON: ${text.slice(0, 300)}`);
  }
}

/** What the captures of a step take from its answer. */
function takenFrom(answer: unknown, step: Step, values: Values, { scripted }: Flow): Record<string, string> {
  return Object.fromEntries(
    step.captures
      .filter(({ variable, unlessSet, optional }) => !optional && !(unlessSet && values[variable]))
      .map(({ variable, from, claim }) => {
        const found = from === undefined ? scripted[variable] : valueAt(answer, from);
        return [variable, String(claim === undefined ? found : claimsOf(String(found))[claim])];
      }),
  );
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** What went wrong, without the values of secrets. */
function masked(error: unknown, definition: Definition, values: Values): string {
  const secrets = definition.variables.filter(({ secret }) => secret).map(({ name }) => values[name] ?? '');
  return secrets
    .filter((value) => value !== '')
    .reduce(
      (text, secret) => text.replaceAll(secret, '[secret]'),
      error instanceof Error ? error.message : String(error),
    );
}
