import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { editYaml } from '../../../src/import/writing/edit-yaml.ts';

const text = `# yaml-language-server: $schema=step.schema.json
# About the step.
id: a   # its id

# Why it is called so.
name: 'A step'
description: >-
  Folded
  text.
request:
  # The address.
  url: "{{base}}/a"   # with a base
  headers:
    # Which kind.
    - { name: Accept, value: a/b }
    - name: X
      value: "1"
list: [a,  b]
`;

const data = () => parse(text) as { [key: string]: unknown; request: { url: string; headers: object[] } };

/** Lines that are there before and not after, and the other way round. */
function changesOf(after: object): { removed: string[]; added: string[] } {
  const edited = editYaml(text, data(), after) ?? '';
  expect(parse(edited)).toEqual(after);
  const [old, now] = [text.split('\n'), edited.split('\n')];
  return { removed: old.filter((line) => !now.includes(line)), added: now.filter((line) => !old.includes(line)) };
}

test('leaves a text alone in which nothing changes', () => {
  expect(editYaml(text, data(), data())).toBe(text);
});

test('changes a value in its line and keeps the comment behind it', () => {
  expect(changesOf({ ...data(), id: 'b' })).toEqual({ removed: ['id: a   # its id'], added: ['id: b # its id'] });
});

test('changes a value within a mapping and keeps the lines around it', () => {
  const { request, ...rest } = data();
  expect(changesOf({ ...rest, request: { ...request, url: 'x' } })).toEqual({
    removed: ['  url: "{{base}}/a"   # with a base'],
    added: ['  url: "x" # with a base'],
  });
});

test('adds to a list, and takes away from it, without writing the other items anew', () => {
  const { request, ...rest } = data();
  const added = { ...rest, request: { ...request, headers: [...request.headers, { name: 'Y', value: '2' }] } };
  expect(changesOf(added).removed).toEqual([]);
  expect(changesOf({ ...rest, request: { ...request, headers: request.headers.slice(0, 1) } })).toEqual({
    removed: ['    - name: X', '      value: "1"'],
    added: [],
  });
});

test('adds a key at the end and takes one away with its comment', () => {
  expect(changesOf({ ...data(), more: { a: 1 } })).toEqual({ removed: [], added: ['more:', '  a: 1'] });
  const { name: _, ...rest } = data();
  expect(changesOf(rest).removed).toEqual(['# Why it is called so.', "name: 'A step'"]);
});

test('gives up on a text that is one flow mapping', () => {
  expect(editYaml('{ a: 1 }\n', { a: 1 }, { a: 2 })).toBeUndefined();
});
