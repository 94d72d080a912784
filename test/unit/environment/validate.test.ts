import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../../src/definition/load.ts';
import { valueProblems } from '../../../src/environment/validate.ts';
import { collectionFolder } from '../../e2e/support.ts';

const definition = await loadDefinition(collectionFolder);
const good = {
  ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
  adminEnvID: 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502',
  adminAppID: 'c9d2f6a4-7b31-4e0d-a5c8-3e6f1b2a4d03',
  adminAppSecret: 'k3-9f-secret-of-mine',
};

describe('what is said of wrong values', () => {
  it.each([
    [
      'of a secret that holds a line break',
      { adminAppSecret: 'k3-9f-secret\nof-mine' },
      'adminAppSecret holds a line break',
    ],
    [
      'of an address that holds a secret',
      { apiPath: 'ftp://x/{{adminAppSecret}}' },
      'apiPath is not usable; expected an address',
    ],
    [
      'of a region that is a secret',
      { region: '{{email}}', email: '{{adminAppSecret}}' },
      'region is not allowed; expected one of NA',
    ],
    ['of braces that a secret opens', { adminAppSecret: 'k3-{{9f-secret', email: '{{adminAppSecret}}}}' }, 'email'],
  ])('names no secret: %s', (_what, values, wanted) => {
    const problems = valueProblems(definition, new Map(), { ...good, ...values });
    expect(problems.map(({ message }) => message).join()).toContain(wanted);
    expect(JSON.stringify(problems)).not.toMatch(/k3|9f|of-mine/);
  });

  it('quotes what is no secret', () => {
    expect(valueProblems(definition, new Map(), { ...good, region: 'USA' }).map(({ message }) => message)).toEqual([
      'region is "USA"; expected one of NA, CA, EU, AU, SG, AP',
    ]);
  });

  it('waits for what steps set, but not in an address', () => {
    const of = (values: Readonly<Record<string, string>>) =>
      valueProblems(definition, new Map(), { ...good, ...values }).map(({ message }) => message);
    expect(of({ email: '{{runID}}@example.com', namePrefix: '{{username}}' })).toEqual([]);
    expect(of({ username: '{{runID}}-{{nope}}' })).toEqual(['username needs a value for runID, nope']);
    expect(of({ apiPath: 'https://{{envID}}.example.com' })).toEqual(['apiPath needs a value for envID']);
  });
});
