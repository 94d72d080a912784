import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { exchangeLines, mostBodyLines } from '../../../src/report/text/http-trace.ts';
import { shortIds, unbroken, withoutIds, wrapped } from '../../../src/report/text/lines.ts';

const id = '24bb59f1-d21b-4e4a-9f62-ff48ed1bb007';
const other = '97bb59f1-d21b-4e4a-9f62-ff48ed1bb007';

describe('a line that is too long', () => {
  it.each([
    ['goes on further in', 'one two three four five', '    ', 16, '    one two\n      three four\n      five'],
    ['stays when it fits', 'one two', '', 7, 'one two'],
    ['goes on further in than it begins', '  one two three', '', 9, '  one two\n    three'],
    ['retains blanks within', 'one  two', '', 20, 'one  two'],
    [
      'is broken within an address',
      `GET https://a.example/one/two/three/four`,
      '',
      24,
      'GET https://a.example/\n  one/two/three/four',
    ],
    ['is as long as a word that has no parts', 'aaaaaaaaaaaaaaaaaaaaaaaa b', '', 10, 'aaaaaaaaaaaaaaaaaaaaaaaa\n  b'],
    ['does not break a command', `Do: ${unbroken('npm run x -- --step')}`, '', 20, 'Do:\n  npm run x -- --step'],
  ])('%s', (_what, text, indent, width, want) => {
    expect(wrapped(text, indent, width)).toBe(want);
  });

  it('is measured without its colors', () => {
    const { green } = pc.createColors(true);
    expect(wrapped(`${green('one')} ${green('two')}`, '', 7)).toBe(`${green('one')} ${green('two')}`);
  });

  it('keeps the lines of a text of others further in, with a width and without', () => {
    expect(wrapped('refused\n::error::x', '  ', undefined)).toBe('  refused\n    ::error::x');
    expect(wrapped('refused\n::error::x', '  ', 60)).toBe('  refused\n    ::error::x');
  });

  it('is one line without a width', () => {
    expect(wrapped(unbroken('a b c'), '  ', undefined)).toBe('  a b c');
  });
});

it('ids are short, and nothing else', () => {
  expect(shortIds(`/v1/environments/${id}/users run-20261130T001929-a691d08e`)).toBe(
    '/v1/environments/24bb59f1…/users run-20261130T001929-a691d08e',
  );
});

it('notes have names without ids, where the names tell things apart', () => {
  expect(withoutIds([`passed over "A" (${id}): no`, `chose "B" (${other}): yes`])).toEqual([
    'passed over "A": no',
    'chose "B": yes',
  ]);
  expect(withoutIds([`passed over "A" (${id}): no`, `chose "A" (${other}): yes`])).toEqual([
    'passed over "A" (24bb59f1…): no',
    'chose "A" (97bb59f1…): yes',
  ]);
});

describe('an exchange in brief', () => {
  const colors = pc.createColors(false);
  const body = (text: string) => ({ text, bytes: text.length, truncated: false });
  const request = { method: 'GET', url: 'https://a.example/', headers: [{ name: 'Host', value: 'a' }] };
  const brief = (text: string) =>
    exchangeLines(
      { request, response: { status: 200, reason: 'OK', durationMs: 1, headers: [], body: body(text) } },
      colors,
      true,
    );

  it('has headers that matter and an indented body', () => {
    expect(brief('{"a":[1]}')).toEqual([
      '> GET https://a.example/',
      '< 200 OK',
      '< ',
      '< {',
      '<   "a": [',
      '<     1',
      '<   ]',
      '< }',
    ]);
  });

  it('says how many lines of a long body it leaves out', () => {
    const lines = brief(JSON.stringify(Array.from({ length: 100 }, (_, index) => index)));
    expect(lines).toHaveLength(3 + mostBodyLines + 1);
    expect(lines.at(-1)).toBe('< … (62 more lines; --debug-http shows all)');
  });

  it('cuts a line that is long', () => {
    expect(Math.max(...brief('x'.repeat(10_000)).map((line) => line.length))).toBeLessThan(210);
  });
});
