import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { bodyLines } from '../../../src/cli/step-by-step/body-lines.ts';
import { filledSnippet } from '../../../src/cli/step-by-step/copies.ts';
import { firstParagraph, markdownLines, wrapped } from '../../../src/cli/step-by-step/markdown-lines.ts';

const colors = pc.createColors(false);

describe('Markdown at a terminal', () => {
  it('wraps paragraphs, and gives items of lists hanging indents', () => {
    const text = 'One **bold** word and `code`.\n\n* An item that is longer than a line.\n* Another.';
    expect(markdownLines(text, 24, colors)).toEqual([
      'One bold word and code.',
      '',
      '• An item that is longer',
      '  than a line.',
      '• Another.',
    ]);
  });

  it('colors words and measures without colors', () => {
    const lines = markdownLines('a `b` c', 5, pc.createColors(true));
    expect(lines).toEqual([`a ${pc.createColors(true).cyan('b')} c`]);
  });

  it('takes the first paragraph', () => {
    expect(firstParagraph('One\nline.\n\nTwo.')).toBe('One\nline.');
  });

  it('leaves a word alone that is longer than a line', () => {
    expect(wrapped('a https---example.com-long b', 10, 2)).toEqual(['a', '  https---example.com-long', '  b']);
  });
});

describe('a body at a terminal', () => {
  const marks = new Map([
    ['/list/1/id', '→ thing'],
    ['/list/1/kind', '✓'],
  ]);
  const list = [{ id: 'a' }, { id: 'b', kind: 'round', more: 1, most: { deep: [1, 2] } }, { id: 'c' }];

  it('is shown whole while there is room', () => {
    expect(bodyLines({ a: 1, b: [1, 2] }, { colors, width: 40, marks: new Map([['/a', '✓']]) })).toEqual([
      '{',
      '  "a": 1,                              ✓',
      '  "b": [1, 2]',
      '}',
    ]);
  });

  it('is cut to the item of a list that has the marks, and says what was left out', () => {
    expect(bodyLines({ list, count: 3 }, { colors, width: 40, marks, lines: 6 })).toEqual([
      'list, item 2 of 3:',
      '{',
      '  "id": "b",                     → thing',
      '  "kind": "round"                      ✓',
      '  … 2 more: more, most',
      '}',
    ]);
  });

  it('packs short fields into lines', () => {
    const look = { colors, width: 34, marks: new Map<string, string>(), packs: true };
    expect(bodyLines({ a: 'one', b: 'two', c: { d: 'a longer text' }, e: 3 }, look)).toEqual([
      '{',
      '  "a": "one", "b": "two",',
      '  "c": { "d": "a longer text" },',
      '  "e": 3',
      '}',
    ]);
  });

  it('lets a long text go on below itself', () => {
    expect(bodyLines({ message: 'some words that go on' }, { colors, width: 24, marks: new Map() })).toEqual([
      '{',
      '  "message": "some words',
      '    that go on"',
      '}',
    ]);
  });
});

describe('what is wider than the screen', () => {
  const address = 'http://127.0.0.1:41457/b7d3e5f1-4a62-4c09-9e8d-2f1a6b3c5d10/as/resume?flowId=45e01b22-4d7a';

  it('is broken after a part of an address', () => {
    expect(wrapped(`a ${address} b`, 80, 2)).toEqual([
      'a http://127.0.0.1:41457/b7d3e5f1-4a62-4c09-9e8d-2f1a6b3c5d10/as/resume?',
      '  flowId=45e01b22-4d7a b',
    ]);
    expect(wrapped('grant_type=authorization_code&code=[secret]&redirect_uri=http://a/b', 45, 2)).toEqual([
      'grant_type=authorization_code&code=[secret]&',
      '  redirect_uri=http://a/b',
    ]);
  });

  it('has its mark on a line of its own', () => {
    const marks = new Map([['/id', '→ sharedWebAppID, createdWebAppID']]);
    const id = '3640c85e-171a-46f5-9e3d-c77214c33f14';
    expect(bodyLines({ id, size: 1 }, { colors, width: 80, marks })).toEqual([
      '{',
      `  "id": "${id}",`,
      '→ sharedWebAppID, createdWebAppID'.padStart(80),
      '  "size": 1',
      '}',
    ]);
  });
});

describe('copy as', () => {
  it('fills in plain values, and leaves secrets and what a language would have to escape', () => {
    const snippet = { language: 'cURL', code: `curl '{{base}}/{{id}}' -H 'X: {{token}}' -d '{{odd}}'` };
    expect(filledSnippet(snippet, { base: 'https://a.example/v1', id: '7-b', odd: "it's" })).toBe(
      `curl 'https://a.example/v1/7-b' -H 'X: {{token}}' -d '{{odd}}'`,
    );
  });
});
