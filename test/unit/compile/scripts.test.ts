import { describe, expect, test } from 'vitest';
import {
  baseScript,
  cleanUpPrerequestScript,
  prerequestScript,
  testScript,
} from '../../../src/compile/scripts/step-scripts.ts';
import type { Definition, Step, Variable } from '../../../src/definition/definition.ts';
import { definitionOf as plainDefinition, stepOf as plainStep } from './definitions.ts';
import { newSandbox, prepare, run, type SandboxOptions } from './fake-pm.ts';

function variable(name: string, more: Partial<Variable> = {}): Variable {
  return { name, description: name, ...more };
}

function stepOf(more: Partial<Step> = {}): Step {
  return plainStep('step', { name: 'Step', ...more });
}

function definitionOf(steps: readonly Step[], variables: readonly Variable[] = []): Definition {
  return plainDefinition(steps, { variables });
}

describe("the collection's pre-request script", () => {
  const bases = [
    variable('apiPath', { format: 'base-url', removeSuffix: '/v1' }),
    variable('authPath', { format: 'base-url' }),
    variable('tld'),
  ];
  const script = baseScript(bases);

  test.each<{ given: string; want: string }>([
    { given: 'https://api.pingone.com', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.com/', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.com///', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.com/v1', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.com/v1/', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.com//v1//', want: 'https://api.pingone.com' },
    { given: 'https://api.pingone.{{tld}}/v1', want: 'https://api.pingone.eu' },
    { given: 'http://127.0.0.1:8642/v1', want: 'http://127.0.0.1:8642' },
    { given: 'https://example.com/proxy/v1', want: 'https://example.com/proxy' },
    { given: 'https://example.com/v1/proxy', want: 'https://example.com/v1/proxy' },
    { given: 'https://example.com/v10', want: 'https://example.com/v10' },
  ])('makes $want of $given', ({ given, want }) => {
    const { local } = run(script, { environment: { apiPath: given, authPath: 'https://auth', tld: 'eu' } });
    expect(local.get('apiPath')).toBe(want);
    expect(`${local.get('apiPath')}/v1/environments`).not.toContain('/v1/v1');
  });

  test('takes no ending off an address that has none to remove', () => {
    const { local } = run(script, { environment: { apiPath: 'https://api', authPath: 'https://auth/v1/' } });
    expect(local.get('authPath')).toBe('https://auth/v1');
  });

  test('leaves an address alone in which a name has no value', () => {
    const { local } = run(script, { environment: { apiPath: 'https://api.{{tld}}/v1' } });
    expect([...local]).toEqual([]);
  });

  test('gives the same address when it runs once more', () => {
    const options = { environment: { apiPath: 'https://api/v1/', authPath: 'https://auth' } };
    const twice = run([...script.map((line) => line.replace(/^const /, 'var ')), ...script.slice(2)], options);
    expect(twice.local.get('apiPath')).toBe('https://api');
  });

  test('changes only the request, never the environment', () => {
    const { environment } = run(script, { environment: { apiPath: 'https://api/v1/' } });
    expect(environment.get('apiPath')).toBe('https://api/v1/');
  });

  test('is not there when no variable is a base address', () => {
    expect(baseScript([variable('a')])).toEqual([]);
  });
});

describe('the clean-up folder', () => {
  test.each<{ given: Record<string, string>; want: boolean }>([
    { given: {}, want: true },
    { given: { cleanUp: '' }, want: true },
    { given: { cleanUp: 'false' }, want: true },
    { given: { cleanUp: 'yes' }, want: true },
    { given: { cleanUp: 'true' }, want: false },
  ])('is skipped with $given: $want', ({ given, want }) => {
    const { isSkipped, log } = run(cleanUpPrerequestScript('cleanUp'), { collection: given });
    expect(isSkipped).toBe(want);
    expect(log.join()).toBe(
      want ? 'Skipped. To delete what this collection created, set the variable cleanUp to true.' : '',
    );
  });
});

describe("a step's pre-request script", () => {
  const setter = stepOf({ name: 'First', captures: [{ variable: 'thingID', from: '/id' }] });
  const step = stepOf({ needs: ['host', 'thingID'] });
  const script = prerequestScript(step, definitionOf([setter, step]));
  const ready = 'every variable has a value';

  test.each<{ given: Record<string, string>; want: string | undefined }>([
    { given: { host: 'https://a', thingID: '1' }, want: undefined },
    { given: { host: 'https://{{tld}}', thingID: '1', tld: 'eu' }, want: undefined },
    { given: { host: 'https://a' }, want: 'thingID is empty: "First" sets it' },
    { given: { host: '', thingID: '1' }, want: 'host is empty: set it in the environment' },
    { given: { host: 'https://{{tld}}', thingID: '1' }, want: 'host is empty: set it in the environment' },
    { given: {}, want: 'host is empty: set it in the environment; thingID is empty: "First" sets it' },
  ])('with $given says $want', ({ given, want }) => {
    const { checks, isSkipped } = run(script, { environment: given });
    expect(checks.get(ready)).toBe(want);
    expect(isSkipped).toBe(want !== undefined);
  });

  test('makes a run id of time and random digits, unless it has a value', () => {
    const making = (unlessSet: boolean) => {
      const made = stepOf({ generate: [{ variable: 'runID', runId: true, unlessSet }], needs: ['runID'] });
      return prerequestScript(made, definitionOf([made]));
    };
    expect(run(making(false), { environment: { runID: 'old' } }).environment.get('runID')).toMatch(
      /^\d{8}T\d{6}-[0-9a-f]{8}$/,
    );
    expect(run(making(true), { environment: { runID: 'old' } }).environment.get('runID')).toBe('old');
    expect(run(making(true)).environment.get('runID')).toMatch(/^\d{8}T\d{6}-[0-9a-f]{8}$/);
  });

  test('sends nothing when a value cannot be made, and drops the old one', () => {
    const failing = stepOf({ generate: [{ variable: 'a', script: "throw new Error('no luck');" }], needs: ['a'] });
    const { checks, environment, isSkipped } = run(prerequestScript(failing, definitionOf([failing])), {
      environment: { a: 'old' },
    });
    expect(checks.get(ready)).toBe('a cannot be made: no luck; a is empty: "Step" sets it');
    expect(environment.has('a')).toBe(false);
    expect(isSkipped).toBe(true);
  });

  test('sets a variable where it is declared to live', () => {
    const made = stepOf({ generate: [{ variable: 'a', script: 'return 1 + 1 + "";' }] });
    const { collection, environment } = run(
      prerequestScript(made, definitionOf([made], [variable('a', { scope: 'collection' })])),
    );
    expect([[...collection], [...environment]]).toEqual([[['a', '2']], []]);
  });

  test("runs the definition's script before it looks for missing values, with names of its own", () => {
    const prerequest =
      "const problems = 1;\nconst needed = `two\n  lines`;\npm.environment.set('a', problems + needed);";
    const scripted = stepOf({ needs: ['a'], scripts: { prerequest } });
    const { environment, isSkipped } = run(prerequestScript(scripted, definitionOf([scripted])));
    expect(environment.get('a')).toBe('1two\n  lines');
    expect(isSkipped).toBe(false);
  });

  describe('what a step sets', () => {
    const maker = stepOf({
      id: 'maker',
      name: 'Maker',
      generate: [{ variable: 'stamp', runId: true }],
      captures: [
        { variable: 'thingID', from: '/id' },
        { variable: 'kept', from: '/kept', unlessSet: true },
        { variable: 'unused', from: '/id' },
      ],
    });
    const user = stepOf({ id: 'user', needs: ['thingID', 'kept'] });
    const remover = stepOf({ id: 'remover', needs: ['thingID'] });
    const definition = { ...definitionOf([maker, user]), cleanUp: { askedBy: undefined, steps: [remover] } };
    const environment = { thingID: 'of an earlier run', kept: 'given' };

    test.each<{ given: Record<string, string>; want: string }>([
      { given: {}, want: 'thingID kept' },
      { given: { kept: '' }, want: 'thingID kept' },
      { given: environment, want: 'thingID' },
    ])('counts as missing before it is sent, but for what it keeps: with $given, $want', ({ given, want }) => {
      expect(run(prerequestScript(maker, definition), { environment: given }).local.get('pending-maker')).toBe(want);
    });

    test.each<{ what: string; status: number; body: object; want: string | undefined }>([
      { what: 'all checks hold', status: 200, body: { id: 'a', kept: 'b' }, want: '' },
      { what: 'a capture fails', status: 200, body: { kept: 'b' }, want: undefined },
      { what: 'the status is another', status: 500, body: {}, want: undefined },
    ])('may be used only when all checks hold: $what', ({ status, body, want }) => {
      expect(run(testScript(maker, definition), { response: { status, body } }).local.get('pending-maker')).toBe(want);
    });

    test('is not used by a later step while it is pending, whatever value it has, but for clean-up', () => {
      const send = (step: Step) => {
        const sandbox = newSandbox({ environment });
        sandbox.local.set('pending-maker', 'thingID');
        prepare(prerequestScript(step, definition), sandbox)();
        expect(sandbox.checks.get(ready)).toBeUndefined();
        return sandbox.log;
      };
      expect(send(user)).toEqual(['Skipped: "Maker" did not pass, which sets thingID.']);
      expect(send(remover)).toEqual([]);
    });

    test('is used when requests are sent one by one', () => {
      expect(run(prerequestScript(user, definition), { environment }).isSkipped).toBe(false);
    });
  });

  test('keeps the lines of a text as they are, whatever the indentation', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is one of the script
    const script = "const a = `1\n  2\n\\\n3\\\\\n4`;\nreturn a + '5\\\n6' + `<${`7\n8`}>`;";
    const made = stepOf({ generate: [{ variable: 'a', script, unlessSet: true }] });
    const { environment } = run(prerequestScript(made, definitionOf([made])));
    expect(environment.get('a')).toBe(new Function(script)());
    expect(environment.get('a')).toBe('1\n  2\n3\\\n456<7\n8>');
  });
});

describe("a step's test script", () => {
  const schema = {
    file: 'thing.schema.json',
    content: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  };

  function tested(more: Partial<Step>, options: SandboxOptions, variables: readonly Variable[] = []) {
    const step = stepOf(more);
    return run(testScript(step, definitionOf([step], variables)), options);
  }

  test('checks the status, the schema, the values and the captures, and captures', () => {
    const { checks, environment } = tested(
      {
        expect: {
          status: [200, 201],
          schema,
          values: [
            { pointer: '/name', value: '{{wanted}}' },
            { pointer: '/n', value: 1 },
          ],
        },
        captures: [{ variable: 'thingID', from: '/id' }],
      },
      { environment: { wanted: 'Ada' }, response: { status: 201, body: { id: 'x', name: 'Ada', n: 1 } } },
    );
    expect([...checks]).toEqual([
      ['status is 200 or 201', undefined],
      ['body matches thing.schema.json', undefined],
      ['body.name is {{wanted}}', undefined],
      ['body.n is 1', undefined],
      ['captures thingID', undefined],
    ]);
    expect(environment.get('thingID')).toBe('x');
  });

  test('checks and captures nothing of a body whose status is not expected', () => {
    const { checks, environment } = tested(
      {
        expect: { status: [200], schema, values: [{ pointer: '/id', value: 'x' }] },
        captures: [{ variable: 'a', from: '/id' }],
        unset: ['b'],
      },
      { environment: { b: 'kept' }, response: { status: 400, body: { id: 'id of an error' } } },
    );
    expect([...checks.keys()]).toEqual(['status is 200']);
    expect(checks.get('status is 200')).toMatch(/expected 400 to equal 200/);
    expect([...environment]).toEqual([['b', 'kept']]);
  });

  const kinds = "to be one of [ 'string', 'number', 'boolean' ]";
  test.each<{ given: string; body: unknown; want: string }>([
    { given: 'is missing', body: {}, want: `type of owner.id: expected 'undefined' ${kinds}` },
    { given: 'is empty', body: { owner: { id: '' } }, want: "owner.id: expected '' to not equal ''" },
    { given: 'is null', body: { owner: { id: null } }, want: `type of owner.id: expected 'object' ${kinds}` },
    { given: 'is a list', body: { owner: { id: [1] } }, want: `type of owner.id: expected 'object' ${kinds}` },
  ])('fails the capture of a value that $given, and sets nothing', ({ body, want }) => {
    const options = { response: { status: 200, body } };
    const { checks, environment } = tested({ captures: [{ variable: 'a', from: '/owner/id' }] }, options);
    expect(checks.get('captures a')).toBe(want);
    expect(environment.has('a')).toBe(false);
  });

  test.each(['text', 7, 0, true, false])('captures %j with its type', (value) => {
    const options = { response: { status: 200, body: { value } } };
    for (const optional of [true, false]) {
      const { environment } = tested({ captures: [{ variable: 'a', from: '/value', optional }] }, options);
      expect(environment.get('a')).toBe(value);
    }
  });

  test.each([
    undefined,
    null,
    {},
    { owner: null },
    { owner: {} },
    ...[null, '', [1], {}].map((id) => ({ owner: { 'first-id': id } })),
  ])('goes on when the optional value is not in %j', (body) => {
    const { checks, environment } = tested(
      {
        captures: [
          { variable: 'a', from: '/owner/first-id', optional: true },
          { variable: 'b', script: "return 'after';" },
        ],
      },
      { response: { status: 200, body } },
    );
    expect([...checks]).toEqual([
      ['status is 200', undefined],
      ['captures b', undefined],
    ]);
    expect([...environment]).toEqual([['b', 'after']]);
  });

  test('keeps a value that was given when it is to be set only once', () => {
    const captures = [{ variable: 'a', from: '/id', unlessSet: true }] as const;
    const response = { status: 200, body: { id: 'new' } };
    expect(tested({ captures }, { environment: { a: 'old' }, response }).environment.get('a')).toBe('old');
    expect(tested({ captures }, { environment: { a: '' }, response }).environment.get('a')).toBe('new');
    expect(tested({ captures }, { response }).environment.get('a')).toBe('new');
  });

  test('captures a claim of a JSON Web Token', () => {
    const claims = Buffer.from(JSON.stringify({ org: '6b1f3c52', text: '???>>>' })).toString('base64url');
    const { environment } = tested(
      { captures: [{ variable: 'orgID', from: '/token', claim: 'org' }] },
      { response: { status: 200, body: { token: `e30.${claims}.signature` } } },
    );
    expect(environment.get('orgID')).toBe('6b1f3c52');
  });

  test.each(['', 'a', 'ab', 'abc', 'Zoë', '日本語', '😀', '???>>>'])(
    'captures the claim "%s" to the letter',
    (text) => {
      const claims = Buffer.from(JSON.stringify({ org: `org ${text}` })).toString('base64url');
      const { environment } = tested(
        { captures: [{ variable: 'orgID', from: '/token', claim: 'org' }] },
        { response: { status: 200, body: { token: `e30.${claims}.signature` } } },
      );
      expect(environment.get('orgID')).toBe(`org ${text}`);
    },
  );

  test.each([
    { cleanUp: 'false', want: null },
    { cleanUp: '', want: null },
    { cleanUp: 'true', want: undefined },
  ])('ends the run after the last step when clean-up is "$cleanUp"', ({ cleanUp, want }) => {
    const steps = ['first', 'last'].map((id) => stepOf({ id }));
    const definition = { ...definitionOf(steps), cleanUp: { askedBy: 'tidy', steps: [stepOf({ id: 'remove' })] } };
    const after = (step: Step) =>
      run(testScript(step, definition), { environment: { tidy: cleanUp }, response: { status: 200 } }).next;
    expect(steps.map(after)).toEqual([undefined, want]);
    expect(definition.cleanUp.steps.map(after)).toEqual([undefined]);
  });

  test('says which claim a token lacks', () => {
    const { checks } = tested(
      { captures: [{ variable: 'orgID', from: '/token', claim: 'org' }] },
      { response: { status: 200, body: { token: 'e30.e30.signature' } } },
    );
    expect(checks.get('captures orgID')).toBe(`type of the claim org of token: expected 'undefined' ${kinds}`);
  });

  test('gives the message of a capture script that throws', () => {
    const { checks } = tested(
      { captures: [{ variable: 'a', script: "throw new Error('no license fits');" }] },
      { response: { status: 200, body: {} } },
    );
    expect(checks.get('captures a')).toBe('no license fits');
  });

  test('empties variables where they live, after success only', () => {
    const options = { environment: { a: '1' }, collection: { b: '2' }, response: { status: 200, body: {} } };
    const { environment, collection } = tested({ unset: ['a', 'b'] }, options, [
      variable('b', { scope: 'collection' }),
    ]);
    expect([environment.size, collection.size]).toEqual([0, 0]);
  });

  test("runs the definition's script last, with names of its own, whatever the status", () => {
    const script = "const schema = 'mine';\npm.environment.set('a', schema);";
    const options = { response: { status: 500, body: {} } };
    const more = { expect: { status: [200], schema, values: [] }, scripts: { test: script } };
    expect(tested(more, options).environment.get('a')).toBe('mine');
  });
});
