import { describe, expect, test } from 'vitest';
import { dynamicVariables, substitute, textsIn, variablesIn, withoutMade } from '../../../src/definition/variables.ts';

describe('names in a text', () => {
  test.each<{ given: string; want: string[] }>([
    { given: '', want: [] },
    { given: 'no names', want: [] },
    { given: '{{a}}', want: ['a'] },
    { given: '{{ a }}', want: ['a'] },
    { given: '{{b}}/{{a}}/{{b}}', want: ['b', 'a'] },
    { given: '{{$guid}}', want: ['$guid'] },
    { given: '{{}}', want: [''] },
    { given: '{a} {{b} {c}}', want: [] },
    { given: '{{{a}}}', want: ['a'] },
    { given: '{{a{{b}}c}}', want: ['b'] },
    { given: '{"a":{"b":"{{c}}"}}', want: ['c'] },
  ])('$given', ({ given, want }) => {
    expect(variablesIn(given)).toEqual(want);
  });
});

describe('a text with values for its names', () => {
  const values: Readonly<Record<string, string>> = {
    tld: 'eu',
    api: 'https://api.{{tld}}/v1',
    deep: '{{api}}/x',
    empty: '',
    self: '<{{self}}>',
    ping: '{{pong}}',
    pong: '{{ping}}',
    name: 'tld',
    laughs: '{{laughs}}{{laughs}}{{laughs}}',
  };

  test.each<{ given: string; want: string | RegExp }>([
    { given: '{{tld}}', want: 'eu' },
    { given: '{{ tld }}!', want: 'eu!' },
    { given: '{{deep}}', want: 'https://api.eu/v1/x' },
    { given: '[{{empty}}]', want: '[]' },
    { given: '{{unknown}} {{tld}}', want: '{{unknown}} eu' },
    { given: '{{toString}}', want: '{{toString}}' },
    { given: '{{{{name}}}}', want: 'eu' },
    { given: '{{self}}', want: `${'<'.repeat(19)}{{self}}${'>'.repeat(19)}` },
    { given: '{{ping}}', want: /^\{\{(ping|pong)\}\}$/ },
  ])('$given', ({ given, want }) => {
    const found = substitute(given, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));
    if (typeof want === 'string') expect(found).toBe(want);
    else expect(found).toMatch(want);
  });

  test('does not fill the memory with values that multiply each other', () => {
    expect(substitute('{{laughs}}', (name) => values[name]).length).toBeLessThan(3 * 1024 * 1024);
  });
});

test('texts in data are found with the path that leads to each, keys are not texts', () => {
  expect(textsIn({ a: ['x', 1, { b: 'y' }], c: null, d: true, '{{k}}': '' }, ['root'])).toEqual([
    { path: ['root', 'a', 0], text: 'x' },
    { path: ['root', 'a', 2, 'b'], text: 'y' },
    { path: ['root', '{{k}}'], text: '' },
  ]);
});

test('no dynamic variable is one of the random ones of Postman, but for the UUID', () => {
  expect(dynamicVariables.filter((name) => name.startsWith('$random'))).toEqual(['$randomUUID']);
});

describe('variables made of what steps set are replaced by that', () => {
  const values = new Map([
    ['user', 'user-{{run}}'],
    ['mail', '{{user}}@{{host}}'],
    ['host', '{{tld}}'],
    ['tld', 'com'],
    ['one', '{{other}}'],
    ['other', '{{one}}{{run}}'],
    ['run', undefined],
    ['token', '{{run}}'],
  ]);
  const set = new Set(['run', 'token']);

  test.each<{ given: string[]; want: string[] }>([
    { given: ['host', 'tld', 'nothing'], want: ['host', 'tld', 'nothing'] },
    { given: ['user'], want: ['run'] },
    { given: ['tld', 'mail', 'user', 'run'], want: ['tld', 'run'] },
    { given: ['one'], want: ['run'] },
    { given: ['token'], want: ['token'] },
  ])('$given', ({ given, want }) => {
    expect(withoutMade(given, values, set)).toEqual(want);
  });
});
