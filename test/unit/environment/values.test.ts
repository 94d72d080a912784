import { describe, expect, it } from 'vitest';
import { parsePostmanEnvironment } from '../../../src/environment/postman-file.ts';
import { mergeSources } from '../../../src/environment/values.ts';

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
