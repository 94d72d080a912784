import fc from 'fast-check';
import sdk from 'postman-collection';
import { captureCheckName, claimCheckName } from '../../src/compile/scripts/planned-checks.ts';
import { testScript } from '../../src/compile/scripts/step-scripts.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { formatPointer, pointerKeys } from '../../src/definition/pointer.ts';
import type { Scope, ScopeVariable } from '../../src/environment/scope.ts';
import { createCookies } from '../../src/run/engine/cookies.ts';
import type { State } from '../../src/run/engine/state.ts';
import type { judge } from '../../src/run/judge/judge.ts';
import { jsonProblem } from '../../src/run/result/parse-json.ts';
import { definitionOf, stepOf, variableOf } from '../unit/compile/definitions.ts';
import { choosing, withoutUndefined } from './judged-choices.ts';
import { type Sandbox, type ScriptOutcome, type Values, valuesIn } from './postman-sandbox.ts';

/** Steps with answers and states, and what becomes of them in Postman's sandbox and by `judge`. */

/** A step, its answer, and the variables before its test script. */
export interface Case {
  readonly step: Step;
  readonly definition: Definition;
  readonly answer: { readonly status: number; readonly body: string };
  readonly state: State;
}

/** What a test script did, or would do. */
export type CaseOutcome = ScriptOutcome;

const declared = ['a', 'b', 'c', 'd', 'e'];
const names = [...declared, 'undeclared'];
/** Set by a script, and named by nothing else: what it holds then is not known. */
const scripted = 'scripted';
const keys = ['id', 'name', 'n', 'token', '0', "it's", 'a/b~c', 'length', 'constructor', '123456789012345678901', ''];

const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('one', 'two', 'one-two', '7', 'true') },
  { weight: 3, arbitrary: fc.constantFrom(7, 0, 1.5, true, false) },
  { weight: 2, arbitrary: fc.constantFrom<string | null>('', null, ' ', '{{a}}', '1,2', 'null', '[object Object]') },
);

const claims = fc.constantFrom<unknown>(
  { org: 'one', n: 7, yes: true },
  { org: 'Zoë 😀 ???>>>', n: 0 },
  { org: '', n: null, yes: [1] },
  { org: { id: 'x' } },
  {},
  null,
  'text',
  [7],
  7,
);
const encoded = (text: string) => Buffer.from(text).toString('base64url');
const token = fc.oneof(
  { weight: 6, arbitrary: claims.map((data) => `e30.${encoded(JSON.stringify(data))}.signature`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        claims,
        fc.constantFrom('=', '==', ' ', '+', '/', '.', '!', '\n', 'A', '😀'),
        fc.oneof(fc.nat(30), fc.constant(1000)),
      )
      .map(([data, odd, at]) => {
        const payload = encoded(JSON.stringify(data));
        return `e30.${payload.slice(0, at)}${odd}${payload.slice(at)}`;
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'e30', '.', 'e30.', 'e30.A.', 'e30.e30', `e30.${encoded('{"org":')}.`, 'e30.gICA.'),
  },
);

const data = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 3, arbitrary: token },
    { weight: 2, arbitrary: tie('object') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 2 }) },
  ),
  object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { minKeys: 2, maxKeys: 7 }),
}));
const body = fc.oneof(
  { weight: 12, arbitrary: data.object.map((value) => JSON.stringify(value)) },
  { weight: 3, arbitrary: data.value.map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: data.object.chain((value) =>
      fc.constantFrom('\uFEFF', '\u00EF\u00BB\u00BF', ' ', 'x', '//\n').map((mark) => mark + JSON.stringify(value)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', 'null', '<html>', '{"id": "one"', "{'id': 'one'}", '[]', '{"id": 1e999}', '"one"'),
  },
);

const pointer = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/id', '/name', '/n', '/token') },
  { weight: 1, arbitrary: fc.constantFrom('/id/length', '/name/0', '/token/length') },
  { weight: 6, arbitrary: fc.constantFrom(...keys).map((key) => formatPointer([key])) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...keys), { minLength: 2, maxLength: 3 }).map((some) => formatPointer(some)),
  },
  { weight: 1, arbitrary: fc.constant('') },
);

const flag = fc.constantFrom(undefined, undefined, true);

const captures: fc.Arbitrary<Step['captures']> = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        variable: fc.constantFrom(...names),
        from: pointer,
        claim: fc.constantFrom(undefined, undefined, 'org', 'n', 'yes', 'length', '0'),
        unlessSet: flag,
        optional: flag,
      }),
      { maxLength: 4, selector: (capture) => capture.variable },
    ),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc
          .record({
            variable: fc.constant(scripted),
            script: fc.constantFrom("return 'made';", 'return 7;', 'return {};', "throw new Error('no');"),
            unlessSet: flag,
          })
          .map((capture) => [capture]),
      },
    ),
  )
  .map((both) => both.flat().map((capture) => withoutUndefined(capture) as Step['captures'][number]));

const template = fc.constantFrom(
  '{{a}}',
  '{{b}}',
  '{{a}}-{{b}}',
  '{{undeclared}}',
  '{{ a }}',
  '{{none}}',
  '{{c}}{{a',
  '{{}}',
);
const values: fc.Arbitrary<Step['expect']['values']> = fc.uniqueArray(
  fc.record({ pointer, value: fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 2, arbitrary: template }) }),
  // Two texts of checks that are the same could not be told apart.
  { maxLength: 3, selector: (value) => value.pointer },
);

const schema = fc.constantFrom<object | undefined>(
  ...many(undefined),
  {},
  { type: 'object' },
  { type: 'object', required: ['id'], properties: { id: { type: 'string', minLength: 1 } } },
  { type: ['object', 'null'], properties: { n: { type: 'number', minimum: 1 } } },
  { type: 'object', properties: { name: { enum: ['one', 'two', 7, null] }, id: { const: 'one' } } },
  { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 1 },
  {
    type: 'object',
    properties: { token: { type: 'string', pattern: '^e30\\.' } },
    anyOf: [{ required: ['token'] }, { required: ['0'] }],
  },
);

const types = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'any',
  'secret',
  'string',
  'number',
  'boolean',
  'array',
  'object',
);
const stored = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 3, arbitrary: fc.constantFrom(...names.map((name) => `{{${name}}}`), '{{c}}-{{d}}') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>('{{ a }}', '{{none}}', '{{$guid}}', '{{e', [1, 2], { id: 1 }, { toString: 1 }),
  },
);
const scopeVariable = (some: readonly string[]): fc.Arbitrary<ScopeVariable> =>
  fc
    .record({
      key: fc.constantFrom(...some),
      value: stored,
      type: types,
      disabled: fc.constantFrom(...many(undefined), true),
    })
    // The SDK itself refuses such data where a text is wanted.
    .filter(({ value, type }) => type === undefined || !Object.hasOwn(Object(value), 'toString'))
    .map((made) => normalized(withoutUndefined(made) as unknown as ScopeVariable));
const scope = (some: readonly string[], maxLength: number): fc.Arbitrary<Scope> =>
  fc.array(scopeVariable(some), { maxLength });

function many<Value>(value: Value): Value[] {
  return Array.from({ length: 8 }, () => value);
}

/** As Postman's SDK has the variable, once it has read it: with a value of its type. In JSON there is no NaN. */
function normalized(made: ScopeVariable): ScopeVariable {
  const { value } = new sdk.Variable(made as never).toJSON() as { value: unknown };
  return { ...made, value: Number.isNaN(value) ? 0 : value };
}

const variables = fc
  .tuple(...declared.map(() => fc.constantFrom('environment', 'environment', 'collection', undefined)))
  .map((scopes) =>
    declared.map((name, index) =>
      variableOf(name, withoutUndefined({ scope: scopes[index] }) as { scope: 'collection' }),
    ),
  );

/** Steps of all kinds, with answers that are as expected more often than not. */
export const judgedCases: fc.Arbitrary<Case> = fc
  .record({
    status: fc.constantFrom([200], [200], [200], [200, 201], [204, 200], []),
    content: schema,
    values,
    captures,
    unset: fc.subarray(names, { maxLength: 2 }),
    needed: fc.subarray([...names, scripted], { maxLength: 3 }),
    variables,
    answer: fc.record({ status: fc.constantFrom(...many(200), 201, 204, 400), body }),
    fitted: fc.array(fc.record({ value: fc.oneof(scalar, scalar, data.value, fc.constant(undefined)), token }), {
      minLength: 4,
      maxLength: 4,
    }),
    isFitted: fc.constantFrom(true, true, true, false),
    chosen: fc.option(choosing(names, token), { freq: 2, nil: undefined }),
    environment: scope([...names, scripted], 6),
    collection: scope(names, 4),
    globals: scope(names, 2),
    run: scope(names, 2),
    row: fc.dictionary(fc.constantFrom(...names), stored, { maxKeys: 2 }),
    left: fc.subarray([...names, scripted], { maxLength: 4 }),
  })
  .map(({ fitted, isFitted, chosen, ...parts }) => {
    if (chosen) return caseOf(withChoice(parts, chosen));
    const given = caseOf(parts);
    return isFitted ? fit(given, fitted) : given;
  });

type Choosing = ReturnType<typeof choosing> extends fc.Arbitrary<infer Value> ? Value : never;

/** Infinity is written as a number that is too large. */
function withChoice(parts: Parts, { body: data, claims: checked, captures: chosen }: Choosing): Parts {
  const text = JSON.stringify(data, (_key, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? 'INFINITE' : value,
  );
  const answer = { status: 200, body: text.replaceAll('"INFINITE"', '1e999') };
  return { ...parts, answer, status: [200], content: undefined, values: [], claims: checked, captures: chosen };
}

interface Parts extends Pick<Case, 'answer'>, Pick<Step, 'captures' | 'unset'>, Pick<Definition, 'variables'> {
  readonly status: readonly number[];
  readonly content: object | undefined;
  readonly values: Step['expect']['values'];
  readonly claims?: Step['expect']['claims'];
  readonly needed: readonly string[];
  readonly environment: Scope;
  readonly collection: Scope;
  readonly globals: Scope;
  readonly run: Scope;
  readonly row: State['row'];
  readonly left: readonly string[];
}

function caseOf({ status, content, answer, environment, collection, globals, run, row, ...parts }: Parts): Case {
  const isChecked = status.length > 0;
  const step = stepOf('one', {
    expect: {
      status,
      schema: isChecked && content ? { file: 'x.schema.json', content: { ...content } } : undefined,
      values: isChecked ? parts.values : [],
      ...(parts.claims && { claims: parts.claims }),
    },
    captures: isChecked ? parts.captures : [],
    unset: parts.unset,
  });
  // A later step that needs what this one sets has the script before the request say so.
  const later = stepOf('later', { needs: parts.needed });
  const isPending = step.captures.some((capture) => parts.needed.includes(capture.variable));
  const pending = isPending ? [{ key: 'pending-one', value: parts.left.join(' ') }] : [];
  return {
    step,
    definition: definitionOf([step, later], { variables: parts.variables }),
    answer,
    state: {
      environment: { name: 'Generated', values: environment },
      collection,
      globals,
      run: [...run, ...pending],
      row,
      iteration: { index: 0, count: 1 },
      cookies: createCookies(),
    },
  };
}

/** A scope of Postman's SDK; its types do not know all that it does. */
function scopeWith(values: Scope): { replaceIn(text: string): string } {
  return new sdk.VariableScope({ values } as never) as never;
}

/** The case with an answer that holds what is expected, and something at each place that is captured. */
function fit(given: Case, fitted: readonly Readonly<Record<'value' | 'token', unknown>>[]): Case {
  const { step, state } = given;
  const left = [...fitted];
  const data: Record<string, unknown> = {};
  const put = (at: string, value: unknown) => {
    const path = pointerKeys(at);
    const last = path.pop();
    let inside = data;
    for (const key of path) {
      // A text has a length and letters, too.
      if (!Object.hasOwn(inside, key)) inside[key] = last === 'length' || last === '0' ? 'one' : {};
      if (typeof inside[key] !== 'object' || inside[key] === null) return;
      inside = inside[key] as Record<string, unknown>;
    }
    if (last !== undefined && value !== undefined && !Object.hasOwn(inside, last)) inside[last] = value;
  };
  const scopes = [
    state.run,
    Object.entries(state.row).map(([key, value]) => ({ key, value })),
    state.environment.values,
  ];
  const all = [...scopes, state.collection, state.globals].reverse().flat();
  const resolve = (text: string) => scopeWith(all).replaceIn(text);
  for (const { pointer: at, value } of step.expect.values) put(at, typeof value === 'string' ? resolve(value) : value);
  for (const { from = '', claim } of step.captures) put(from, claim ? left.pop()?.token : left.pop()?.value);
  return { ...given, answer: { ...given.answer, body: JSON.stringify(data) } };
}

/** What `judge` makes of a case. */
export function judgedOutcome(by: typeof judge, { step, definition, answer, state }: Case): CaseOutcome {
  const { checks, notes, state: after } = by(step, definition, answer, state);
  return {
    checks: checks.map(({ name, status }) => [name, status === 'passed']),
    messages: Object.fromEntries(
      checks.flatMap(({ name, message }) => (message === undefined ? [] : [[name, message]])),
    ),
    notes,
    environment: valuesIn(after.environment.values),
    collection: valuesIn(after.collection),
    run: valuesIn(after.run),
    errors: [],
  };
}

/** The outcome without what only a script of the definition knows, as `judge` says. */
export function withoutUnknown(outcome: CaseOutcome, by: typeof judge, given: Case): CaseOutcome {
  const { unknown } = by(given.step, given.definition, given.answer, given.state);
  if (unknown.length === 0) return outcome;
  const known = (list: Values, name: string) => list.filter(([key]) => key !== name);
  return {
    ...outcome,
    checks: outcome.checks.filter(([name]) => name !== `captures ${scripted}`),
    environment: known(outcome.environment, scripted),
    run: known(outcome.run, 'pending-one'),
  };
}

/** The outcome without messages that are in other words: those of `pm.expect`, and of a body that is not JSON. Of dynamic variables, the name. */
export function withoutOtherWords(outcome: CaseOutcome, { step, answer }: Case): CaseOutcome {
  const isJson = jsonProblem(answer.body) === undefined;
  const chosen = step.captures.filter(({ choose }) => choose).map(({ variable }) => captureCheckName(variable));
  const same = isJson ? [...chosen, ...(step.expect.claims ?? []).map(claimCheckName)] : [];
  const withoutGuid = (text: string) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{{$guid}}');
  const messages = Object.entries(outcome.messages).filter(([name]) => same.includes(name));
  return {
    ...outcome,
    messages: Object.fromEntries(messages.map(([name, message]) => [name, withoutGuid(message)])),
    notes: outcome.notes.map((note) => withoutGuid(String(note))),
  };
}

/** What the compiled test script of a case does in Postman's sandbox. */
export function scriptOutcome(sandbox: Sandbox, { step, definition, answer, state }: Case): Promise<CaseOutcome> {
  const response = { code: answer.status, body: answer.body, header: [] };
  return sandbox.run('test', testScript(step, definition), state, { response });
}
