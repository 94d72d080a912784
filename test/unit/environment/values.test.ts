import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Definition, Variable } from '../../../src/definition/definition.ts';
import { toDefinition } from '../../../src/definition/definition.ts';
import { completeScopes } from '../../../src/environment/complete.ts';
import { parsePostmanEnvironment, readPostmanEnvironment } from '../../../src/environment/postman-file.ts';
import type { Environment } from '../../../src/environment/scope.ts';
import { environmentSource, type InitialScopes, initialScopes, mergeSources } from '../../../src/environment/values.ts';
import { createSecrets } from '../../../src/run/secrets/redact.ts';
import { createSecretKeeper } from '../../../src/run/secrets/secret-keeper.ts';

describe('values from several sources', () => {
  it('are those of the first source that has one', () => {
    const given = mergeSources([
      { origin: '--var', values: { tld: 'eu' } },
      { origin: 'file.json', values: { tld: 'com', region: 'EU' } },
    ]);
    expect(given.get('tld')).toEqual({ value: 'eu', origin: '--var' });
    expect(given.get('region')).toEqual({ value: 'EU', origin: 'file.json' });
  });

  it('count as not given when they are empty', () => {
    const given = mergeSources([
      { origin: 'file.json', values: { adminAppSecret: '' } },
      { origin: (name) => `OS ${name}`, values: { adminAppSecret: 's' } },
    ]);
    expect(given.get('adminAppSecret')).toEqual({ value: 's', origin: 'OS adminAppSecret' });
  });

  it('lose the space around them that pasting leaves', () => {
    expect(
      mergeSources([{ origin: '.env', values: { adminAppSecret: ' secret\n' } }]).get('adminAppSecret')?.value,
    ).toBe('secret');
  });
});

describe('a Postman environment file', () => {
  it('gives its enabled values', () => {
    const text = JSON.stringify({
      name: 'x',
      values: [
        { key: 'a', value: '1', enabled: true },
        { key: 'b', value: '2', enabled: false },
        { key: 'c', value: '3' },
        { key: 'd', value: null },
      ],
    });
    expect(parsePostmanEnvironment(text, 'x.json')).toEqual({ a: '1', c: '3', d: '' });
  });

  it('may begin with a byte order mark', () => {
    expect(parsePostmanEnvironment('\uFEFF{"values":[]}', 'x.json')).toEqual({});
  });
});

describe('a Postman environment', () => {
  it('is read whole: names, types, what is empty and what is disabled', () => {
    const values = [
      { key: 'user id', value: 7, type: 'number', enabled: true },
      { key: 'größe', value: true },
      { key: 'list', value: [1, { a: 2 }] },
      { key: 'pin', value: 's', type: 'secret' },
      { key: 'empty', value: '' },
      { key: 'nothing', value: null },
      { key: 'off', value: 'x', enabled: false },
      { key: 'gone', value: 'x', disabled: true },
    ];
    const want = {
      name: 'Test',
      values: [
        { key: 'user id', value: 7, type: 'number' },
        { key: 'größe', value: true },
        { key: 'list', value: [1, { a: 2 }] },
        { key: 'pin', value: 's', type: 'secret' },
        { key: 'empty', value: '' },
        { key: 'nothing', value: null },
        { key: 'off', value: 'x', disabled: true },
        { key: 'gone', value: 'x', disabled: true },
      ],
    };
    expect(readPostmanEnvironment(JSON.stringify({ name: 'Test', values }), 'x.json')).toEqual(want);
    const wrapped = { environment: { name: 'Test', values } };
    expect(readPostmanEnvironment(JSON.stringify(wrapped), 'x.json')).toEqual(want);
  });

  it.each([
    ['{}', 'x.json is not a Postman environment: it has no list "values"'],
    ['null', 'x.json is not a Postman environment: it has no list "values"'],
    ['{"values": [{"key": "a"}, {"value": "s3cr3t"}, 1]}', 'values[1] has no "key"; values[2] has no "key"'],
    ['{"values": s3cr3t}', 'x.json:1:19: this is not valid JSON'],
  ])('of %s is refused, and no value is named', (text, message) => {
    expect(() => readPostmanEnvironment(text, 'x.json')).toThrow(message);
    expect(() => readPostmanEnvironment(text, 'x.json')).not.toThrow('s3cr3t');
  });

  it('has secrets by their type, whatever their names', () => {
    const secrets = createSecrets();
    const values = [
      { key: 'pin', value: ' zebra-{{kind}}-quartz ', type: 'secret' },
      { key: 'kind', value: '4711' },
    ];
    createSecretKeeper(definitionOf({}), secrets).learnScope(values);
    expect(secrets.redactor().text('pin zebra-4711-quartz')).toBe('pin [secret]');
  });
});

function definitionOf(variables: Readonly<Record<string, Partial<Variable>>>, raw?: Definition['raw']): Definition {
  const declared = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, { description: name, ...variable }]),
  );
  const source = { id: 'x', name: 'X', description: '', authorization: { none: true as const }, steps: ['a.yaml'] };
  return toDefinition({ ...source, variables: declared, ...(raw && { raw }) }, [], [], '');
}

describe('the scopes that a run begins with', () => {
  const definition = definitionOf({
    region: { value: 'EU' },
    token: { secret: true },
    adminEnvID: { format: 'uuid' },
    item: { value: 'stale', scope: 'collection' },
    page: { scope: 'collection' },
  });

  const scopes = (sources: { var?: object; file?: string; os?: object }): InitialScopes => {
    const environment = sources.file === undefined ? undefined : (parse(sources.file) as Environment);
    return initialScopes(definition, {
      environment,
      values: mergeSources([
        { origin: '--var', values: { ...sources.var } },
        ...(environment ? [environmentSource(environment, 'file')] : []),
        { origin: 'OS', values: { ...sources.os } },
      ]),
    });
  };
  const collection = (item: string) => [
    { key: 'item', value: item, type: 'string' },
    { key: 'page', value: '', type: 'string' },
  ];

  it('are the declared values when nothing is given', () => {
    expect(scopes({})).toEqual({
      environment: { values: [{ key: 'region', value: 'EU' }] },
      collection: collection('stale'),
    });
  });

  it('are the environment as it stands, with the declared variables that it lacks', () => {
    const file =
      'name: Test\nvalues: [{key: n, value: 7, type: number}, {key: "", value: ""}, {key: prefix, value: " x "}]';
    expect(scopes({ file, os: { token: 'T' } })).toEqual({
      environment: {
        name: 'Test',
        values: [
          { key: 'n', value: 7, type: 'number' },
          { key: '', value: '' },
          { key: 'prefix', value: ' x ' },
          { key: 'region', value: 'EU' },
          { key: 'token', value: 'T', type: 'secret' },
        ],
      },
      collection: collection('stale'),
    });
  });

  it('have the first value of each variable, and an empty one counts as not given', () => {
    const file = 'values: [{key: token, value: "", type: secret}, {key: region, value: CA}, {key: free, value: ""}]';
    const { environment } = scopes({ var: { region: 'NA' }, file, os: { token: 'T', region: 'AP' } });
    expect(environment.values).toEqual([
      { key: 'token', value: 'T', type: 'secret' },
      { key: 'region', value: 'NA' },
      { key: 'free', value: '' },
    ]);
  });

  it('lose the space that pasting leaves only where a declaration says what the value looks like', () => {
    const file = 'values: [{key: adminEnvID, value: " x\\n"}, {key: region, value: " y "}]';
    expect(scopes({ file: file.replace('\\n', ' ') }).environment.values).toEqual([
      { key: 'adminEnvID', value: 'x' },
      { key: 'region', value: ' y ' },
    ]);
  });

  it('keep a variable of the collection in the collection, and one of the environment hides it', () => {
    expect(scopes({ var: { item: 'given' } }).collection).toEqual(collection('given'));
    const hiding = scopes({ file: 'values: [{key: item, value: mine}, {key: page, value: ""}]' });
    expect(hiding.collection).toEqual(collection('stale'));
    expect(hiding.environment.values).toEqual([
      { key: 'item', value: 'mine' },
      { key: 'region', value: 'EU' },
    ]);
    const both = scopes({ var: { item: 'given' }, file: 'values: [{key: item, value: mine}]' });
    expect(both.environment.values[0]).toEqual({ key: 'item', value: 'given' });
    expect(both.collection).toEqual(collection('given'));
  });

  it('are those of a fragment that has the whole list of the collection', () => {
    const raw = {
      variable: [
        { key: 'n', value: 1, type: 'number', description: 'x' },
        { key: 'off', disabled: true },
      ],
    };
    const { environment, collection: own } = completeScopes(definitionOf({ n: { value: '1' } }, raw), {});
    expect(environment.values).toEqual([]);
    expect(own).toEqual([
      { key: 'n', value: 1, type: 'number' },
      { key: 'off', value: undefined, disabled: true },
    ]);
  });
});
