import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSimulator, faultKinds, readFault, readFaults, SimulatorFileError } from '../../src/simulator/index.ts';

const folder = join(import.meta.dirname, 'faults');
const example = (file: string) => readFaults(readFileSync(join(folder, file), 'utf8'), file);

function problemsOf(text: string): readonly string[] {
  try {
    readFaults(text, 'faults.yaml');
    return [];
  } catch (error) {
    if (error instanceof SimulatorFileError) return error.problems;
    throw error;
  }
}

test.each(readdirSync(folder))('the example %s is read and taken', (file) => {
  const { faults, seed } = example(file);
  expect(createSimulator({ faults, ...(seed === undefined ? {} : { faultSeed: seed }) }).faults()).toHaveLength(
    faults.length,
  );
});

test('the JSON example has every kind', () => {
  expect(example('every-kind.json').faults.map(({ do: { kind } }) => kind)).toEqual(faultKinds);
});

describe('a fault file is refused with file, line and column', () => {
  test.each([
    [
      'broken YAML',
      'faults:\n  - do: { kind: hang\n',
      ['faults.yaml:3:1: Flow map in block collection must be sufficiently indented and end with a }'],
    ],
    ['no faults', 'seed: 1\n', ['faults.yaml:1:1: the key "faults" is missing']],
    ['faults that are no list', 'faults: 3\n', ['faults.yaml:1:9: faults must be a list of faults']],
    ['nothing at all', '', ['faults.yaml:1:1: the file must be object']],
    [
      'an unknown kind',
      'faults:\n  - do: { kind: explode }\n',
      [`faults.yaml:2:11: must be an object with a kind: ${faultKinds.join(', ')}`],
    ],
    ['no kind', 'faults:\n  - do: {}\n', [`faults.yaml:2:9: must be an object with a kind: ${faultKinds.join(', ')}`]],
    [
      'a key twice',
      'faults:\n  - do: { kind: hang }\n    do: { kind: hang }\n',
      ['faults.yaml:3:5: Map keys must be unique'],
    ],
    [
      'a pointer that is none',
      'faults:\n  - do: { kind: missing-field, pointer: id }\n',
      ['faults.yaml:2:41: pointer must be a JSON pointer such as /license/id'],
    ],
    [
      'several mistakes, all at once',
      [
        'seed: -1',
        'faults:',
        '  - match: { step: nine, methd: POST, attempt: 0 }',
        '    do: { kind: status, status: 200, retryAfter: -1 }',
        '  - match: { method: FETCH, path: v1, probability: 2 }',
        '    do: { kind: delay }',
        '    nmae: x',
      ].join('\n'),
      [
        'faults.yaml:1:7: seed must be a whole number, 0 or more',
        'faults.yaml:3:26: unknown key "methd"; known keys: method, path, step, attempt, probability',
        'faults.yaml:3:20: step must be a step from 1 to 8, or a list of them',
        'faults.yaml:3:48: attempt must be a number from 1, a list of them, or { from, to }',
        'faults.yaml:4:33: status must be an HTTP status from 400 to 599',
        'faults.yaml:4:50: retryAfter must be seconds, or a text',
        'faults.yaml:7:5: unknown key "nmae"; known keys: name, match, do',
        'faults.yaml:5:22: method must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, or a list of them',
        'faults.yaml:5:35: path must be a path pattern such as /v1/environments/*/users',
        'faults.yaml:5:52: probability must be a number from 0 to 1',
        'faults.yaml:6:9: the key "milliseconds" is missing',
      ],
    ],
  ])('for %s', (_given, text, want) => {
    expect(problemsOf(text).toSorted()).toEqual(want.toSorted());
  });

  test('for a single fault, as given by a flag', () => {
    expect(() => readFault('{do: {kind: hang, long: 1}}', '--fault')).toThrow(
      '--fault:1:19: unknown key "long"; known keys: kind, processed',
    );
  });
});
