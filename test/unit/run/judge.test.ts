import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../../src/cli/collection-folder.ts';
import type { Step } from '../../../src/definition/definition.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import type { Scope } from '../../../src/environment/scope.ts';
import { needsNewman } from '../../../src/run/direct/native-step.ts';
import { createCookies } from '../../../src/run/engine/cookies.ts';
import type { State } from '../../../src/run/engine/state.ts';
import { adopt } from '../../../src/run/judge/adopt.ts';
import { judge } from '../../../src/run/judge/judge.ts';
import { definitionOf, stepOf, variableOf } from '../compile/definitions.ts';

function stateWith({ run = {}, ...values }: Readonly<Record<string, unknown>> & { run?: object } = {}): State {
  const scope = (record: object): Scope => Object.entries(record).map(([key, value]) => ({ key, value }));
  return {
    environment: { values: scope(values) },
    collection: [],
    globals: [],
    run: scope(run),
    row: {},
    iteration: { index: 0, count: 1 },
    cookies: createCookies(),
  };
}

const valuesOf = (scope: Scope) => Object.fromEntries(scope.map(({ key, value }) => [key, value]));
const messagesOf = (checks: readonly { name: string; message?: string }[]) =>
  checks.map(({ name, message }) => [name, message]);

function judged(fields: Partial<Step>, body: unknown, state = stateWith(), status = 200) {
  const step = stepOf('one', fields);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judge(step, definitionOf([step]), { status, body: text }, state);
}

describe('judge', () => {
  const expect200 = { status: [200], schema: undefined };

  test('says what is wrong with each check', () => {
    const schema = { file: 'x.schema.json', content: { type: 'object', required: ['id'] } };
    const values = [
      { pointer: '/name', value: '{{wanted}}' },
      { pointer: '/list', value: 7 },
    ];
    const captures = ['/id', '/empty', '/list', '/object'].map((from) => ({ variable: from.slice(1), from }));
    const body = { name: 'Bob', list: [1], object: {}, empty: '' };
    const { checks, captures: made } = judged(
      { expect: { status: [200], schema, values }, captures },
      body,
      stateWith({ wanted: 'Ada' }),
    );
    expect(messagesOf(checks)).toEqual([
      ['status is 200', undefined],
      ['body matches x.schema.json', 'the body must have the key "id"'],
      ['body.name is {{wanted}}', "expected 'Bob' to equal 'Ada'"],
      ['body.list is 7', 'expected a list to equal 7'],
      ['captures id', 'id: expected undefined to be a string, a number or a boolean'],
      ['captures empty', 'empty: expected a text that is not empty'],
      ['captures list', 'list: expected a list to be a string, a number or a boolean'],
      ['captures object', 'object: expected an object to be a string, a number or a boolean'],
    ]);
    expect(made).toEqual([]);
  });

  test('makes no other check of an answer whose status is not expected', () => {
    const state = stateWith({ old: 1 });
    const { checks, state: after } = judged({ captures: [{ variable: 'a', from: '/id' }] }, { id: 'x' }, state, 404);
    expect(messagesOf(checks)).toEqual([['status is 200', 'expected response to have status code 200 but got 404']]);
    expect(after).toBe(state);
  });

  test('fails the checks of a body that is not JSON, and passes over a byte order mark', () => {
    const fields = { captures: [{ variable: 'a', from: '/id' }] };
    expect(judged(fields, '<html>').checks[1]?.message).toBe('the body is not JSON');
    expect(judged(fields, '\uFEFF{"id":"x"}').captures).toEqual([{ variable: 'a', scope: 'environment', value: 'x' }]);
  });

  test('names the scripts that it does not know, and neither passes nor fails what they check', () => {
    const fields = {
      captures: [
        { variable: 'made', script: "return 'x';" },
        { variable: 'kept', script: "return 'x';", unlessSet: true },
        { variable: 'id', from: '/id' },
      ],
      scripts: { test: 'pm.test("own");' },
    };
    const run = { 'pending-one': 'made id' };
    const { checks, unknown, state } = judged(fields, { id: 7 }, stateWith({ kept: 'given', run }));
    expect(messagesOf(checks)).toEqual([
      ['status is 200', undefined],
      ['captures kept', undefined],
      ['captures id', undefined],
    ]);
    expect(unknown).toEqual(['/capture/made', '/scripts/test']);
    // What the script would have set is not to be used.
    expect(valuesOf(state.run)).toEqual({ 'pending-one': 'made' });
    expect(judged({ raw: { event: [] }, expect: { ...expect200, status: [], values: [] } }, '').unknown).toEqual([
      '/raw/event',
    ]);
    expect(judged({ tests: [{ parse: 'json' }] }, {}).unknown).toEqual(['/tests']);
  });

  test('a variable of the run says what may be used, once all checks have held', () => {
    const fields = { captures: [{ variable: 'id', from: '/id' }] };
    const state = stateWith({ run: { 'pending-one': 'id' } });
    expect(valuesOf(judged(fields, { id: 'x' }, state).state.run)).toEqual({ 'pending-one': '' });
    expect(valuesOf(judged(fields, {}, state).state.run)).toEqual({ 'pending-one': 'id' });
  });

  test('ends with answers that are nested as deep as a service likes', () => {
    const depth = 100_000;
    const body = `{"id":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const content = {
      type: 'object',
      properties: { id: { $ref: '#/definitions/list' } },
      definitions: { list: { type: 'array', items: { $ref: '#/definitions/list' } } },
    };
    const { checks } = judged(
      {
        expect: { status: [200], schema: { file: 'x.schema.json', content }, values: [{ pointer: '/id', value: 'x' }] },
        captures: [
          { variable: 'a', from: '/id' },
          { variable: 'b', from: '/id', claim: 'org' },
        ],
      },
      body,
    );
    expect(checks.map(({ status }) => status)).toEqual(['passed', 'failed', 'failed', 'failed', 'failed']);
    expect(checks[1]?.message).toBe('the body is nested deeper than 200 levels');
  });
});

describe('what a lost answer created is adopted as the answer would have been', () => {
  const adopted = (fields: Partial<Step>, item: unknown, state = stateWith()) => {
    const step = stepOf('one', fields);
    const { state: after, ...rest } = adopt(
      step,
      definitionOf([step], { variables: [variableOf('shared', { scope: 'collection' })] }),
      item,
      state,
    );
    const { environment, collection, run } = after;
    return { ...rest, values: valuesOf(environment.values), collection: valuesOf(collection), run: valuesOf(run) };
  };

  test('a claim is taken out of the token', () => {
    const token = `e30.${Buffer.from('{"org":"o-1"}').toString('base64url')}.signature`;
    const captures = [{ variable: 'org', from: '/token', claim: 'org' }];
    expect(adopted({ captures }, { token }).values).toEqual({ org: 'o-1' });
  });

  test('values are compared with the variables before the captures', () => {
    const fields = {
      expect: { status: [201], schema: undefined, values: [{ pointer: '/name', value: 'user {{id}}' }] },
      captures: [{ variable: 'id', from: '/id' }],
    };
    const { checks, values } = adopted(fields, { id: 'new', name: 'user old' }, stateWith({ id: 'old' }));
    expect(messagesOf(checks)).toEqual([
      ['body.name is user {{id}}', undefined],
      ['captures id', undefined],
    ]);
    expect(values).toEqual({ id: 'new' });
  });

  test('numbers and booleans are captured, with their types', () => {
    const captures = ['n', 'yes'].map((variable) => ({ variable, from: `/${variable}` }));
    const { checks, values } = adopted({ captures }, { n: 7, yes: false });
    expect(checks.map(({ status }) => status)).toEqual(['passed', 'passed']);
    expect(values).toEqual({ n: 7, yes: false });
  });

  test('what is unset is gone', () => {
    expect(adopted({ unset: ['old'] }, {}, stateWith({ old: 'x', other: 'y' })).values).toEqual({ other: 'y' });
  });

  test('a capture by a script does not fail; what it would set stays as it was', () => {
    const captures = [{ variable: 'made', script: "return 'x';" }];
    const { checks, unknown, values } = adopted({ captures }, {}, stateWith({ made: 'old' }));
    expect({ checks, unknown, values }).toEqual({ checks: [], unknown: ['/capture/made'], values: { made: 'old' } });
  });

  test('captures go where the variable lives, and settle what was pending', () => {
    const captures = [
      { variable: 'shared', from: '/id' },
      { variable: 'maybe', from: '/none', optional: true },
    ];
    const { values, collection, run } = adopted(
      { captures },
      { id: 'x' },
      stateWith({ run: { 'pending-one': 'shared' } }),
    );
    expect({ values, collection, run }).toEqual({
      values: {},
      collection: { shared: 'x' },
      run: { 'pending-one': '' },
    });
  });
});

describe('a choice', () => {
  const licenses = [
    { id: 'a', name: 'OVER', status: 'EXPIRED' },
    { id: 'b', name: 'LATE', status: 'ACTIVE', at: '2030-01-01T00:00:00Z' },
    { id: 'c', name: 'ELSEWHERE', status: 'ACTIVE', at: '2020-01-01', regions: ['EU'] },
    { id: 'd', name: 'FULL', status: 'ACTIVE', at: '2020-01-01', regions: ['NORTH_AMERICA'], max: 1, count: 1 },
    { id: 'e', name: 'SMALL', status: 'ACTIVE', at: '2020-01-01', regions: ['NORTH_AMERICA'], max: 3, count: 1 },
    { id: 'f', name: 'LARGE', status: 'ACTIVE', at: '2020-01-01', regions: ['NORTH_AMERICA'], max: 9, count: 2 },
    { id: 'g', name: 'TEXT', status: 'ACTIVE', at: '2020-01-01', regions: ['NORTH_AMERICA'], max: '9', count: 2 },
    { id: 'h', status: 'ACTIVE' },
    { name: 'NAMELESS' },
    7,
    null,
  ];
  const choose = {
    from: '/licenses',
    take: '/id',
    name: '/name',
    where: [
      { value: '/status', is: 'ACTIVE' },
      { value: '/at', past: true as const },
      { value: '/regions', has: '{{region}}', writtenAs: { NA: 'NORTH_AMERICA' } },
      { value: '/max', minus: '/count', atLeast: 1 },
    ],
    most: { value: '/max', minus: '/count' },
  };
  const step = stepOf('one', { captures: [{ variable: 'license', choose }] });
  const chosen = (body: unknown, values: object = {}) =>
    judge(
      step,
      definitionOf([step]),
      { status: 200, body: JSON.stringify(body) },
      stateWith({ region: 'NA', ...values }),
      Date.parse('2026-01-01'),
    );

  test('takes the item that is fit and has the most, and says why it passed over the others', () => {
    const { captures, notes } = chosen({ licenses });
    expect(captures).toEqual([{ variable: 'license', scope: 'environment', value: 'f' }]);
    expect(notes).toEqual([
      'passed over "OVER" (a): status is EXPIRED, not ACTIVE',
      'passed over "LATE" (b): at is 2030-01-01T00:00:00Z, not yet',
      'passed over "ELSEWHERE" (c): regions lacks NORTH_AMERICA (it has EU)',
      'passed over "FULL" (d): max less count is 0, not at least 1',
      'passed over "TEXT" (g): max is 9, not a number',
      'passed over item 8 (h): it does not say at',
      'passed over "NAMELESS": it does not say id',
      'passed over item 10: it does not say id',
      'passed over item 11: it does not say id',
      'chose "LARGE" (f): max less count is 7',
    ]);
  });

  test.each([
    ['is fit', 'e', undefined],
    [
      'is not fit',
      'd',
      'license cannot be used, "FULL" (d): max less count is 0, not at least 1; empty license to let this step choose',
    ],
    ['is not there', 'z', 'license z is not in licenses; empty license to let this step choose'],
  ])('takes the item that the variable names when it %s, and no other', (_what, license, message) => {
    const { checks, captures, notes } = chosen({ licenses }, { license });
    expect(checks[1]?.message).toBe(message);
    expect(captures.map(({ value }) => value)).toEqual(message === undefined ? [license] : []);
    expect(notes).toEqual([]);
  });

  test.each([
    [{ licenses: [] }, 'nothing in licenses fits: there are none'],
    [
      { licenses: [licenses[0], {}] },
      'nothing in licenses fits: "OVER" (a): status is EXPIRED, not ACTIVE; item 2: it does not say id',
    ],
    [{ licenses: { 0: {} } }, 'licenses is not a list'],
    [[], 'licenses is not a list'],
  ])('fails with a sentence when nothing fits: %j', (body, message) => {
    expect(chosen(body).checks[1]?.message).toBe(message);
  });
});

describe('claims of a token', () => {
  const tokenOf = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  const claims = [
    { claim: 'iss', condition: { endsWith: '/{{env}}/as' } },
    { claim: 'aud', condition: { has: '{{app}}' } },
    { claim: 'sub', condition: { is: '{{user}}', ifSet: true } },
    { claim: 'exp', condition: { future: true as const } },
    { claim: 'iat', condition: { past: true as const } },
  ].map((check) => ({ pointer: '/id_token', ...check }));
  const good = { iss: 'https://x/e1/as', aud: ['other', 'a1'], sub: 'u1', exp: 1_900_000_000, iat: '2020-01-01' };
  const step = stepOf('one', { expect: { status: [200], schema: undefined, values: [], claims } });
  const messages = (body: unknown, values: object = { user: 'u1' }) =>
    messagesOf(
      judge(
        step,
        definitionOf([step]),
        { status: 200, body: JSON.stringify(body) },
        stateWith({ env: 'e1', app: 'a1', ...values }),
        Date.parse('2026-01-01'),
      ).checks,
    ).slice(1);

  test('are checks of their own, with a name that says what is asked', () => {
    expect(messages({ id_token: tokenOf(good) })).toEqual([
      ['id_token claim iss ends with /{{env}}/as', undefined],
      ['id_token claim aud has {{app}}', undefined],
      ['id_token claim sub is {{user}}', undefined],
      ['id_token claim exp is in the future', undefined],
      ['id_token claim iat is in the past', undefined],
    ]);
  });

  test('are compared with what a variable holds, and with nothing when ifSet has none', () => {
    const [, , other] = messages({ id_token: tokenOf(good) }, { user: 'u2' });
    expect(other?.[1]).toBe('sub is u1, not u2');
    expect(messages({ id_token: tokenOf(good) }, { user: '' })[2]?.[1]).toBeUndefined();
    expect(messages({ id_token: tokenOf(good) }, {})[2]?.[1]).toBeUndefined();
  });

  test('fail with what is there instead', () => {
    const bad = { iss: 'https://x/e2/as', aud: 'other', exp: 1_700_000_000, iat: 'soon' };
    expect(messages({ id_token: tokenOf(bad) }).map(([, message]) => message)).toEqual([
      'iss is https://x/e2/as, which does not end with /e1/as',
      'aud lacks a1 (it has other)',
      'it does not say sub',
      'exp is 1700000000, already past',
      'iat is soon, not a time',
    ]);
  });

  test.each([{}, { id_token: 7 }, { id_token: 'a.b.c' }, []])('fail when there is no token: %j', (body) => {
    expect(new Set(messages(body).map(([, message]) => message))).toEqual(new Set(['this is not a JSON Web Token']));
  });
});

test.each(bundledCollections())('knows all that the steps of %s check and capture', async (name) => {
  const definition = await loadDefinition(bundledCollectionFolder(name));
  const steps = [...definition.steps, ...definition.cleanUp.steps];
  expect(steps.filter((step) => needsNewman(step, definition))).toEqual([]);
  for (const step of steps) {
    const [status = 200] = step.expect.status;
    const { unknown } = judge(step, definition, { status, body: '{}' }, stateWith());
    expect(unknown, step.name).toEqual([]);
  }
});

test('the answer to "What if Newman ends?" says how many steps run without it', async () => {
  const all = await Promise.all(bundledCollections().map((name) => loadDefinition(bundledCollectionFolder(name))));
  const count = all.reduce((sum, { steps }) => sum + steps.length, 0);
  const answers = await readFile(new URL('../../../src/run/engine/README.md', import.meta.url), 'utf8');
  expect(answers).toContain(`run without it, ${count}, and`);
});
