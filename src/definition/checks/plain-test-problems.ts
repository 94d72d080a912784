import type { Checked } from '../reading/collection-sources.ts';
import type { Problem } from '../reading/problem.ts';
import { type DataPath, problemAtPath } from '../reading/source-file.ts';
import type { PlainTest, StepFile } from '../schema.ts';

/** Problems of `tests`: entries that are not one statement, and keys that would add to the same script. */
export function plainTestProblems({ source, data }: Checked<StepFile>): Problem[] {
  if (!data.tests) return [];
  const adding = [
    ...Object.keys(data.expect).map((key) => `expect.${key}`),
    ...(['capture', 'unset'] as const).filter((key) => data[key] !== undefined),
    ...(data.scripts?.test === undefined ? [] : ['scripts.test']),
  ];
  const message = `"tests" is the whole test script of a step, which ${adding.join(', ')} would add to; remove one or the other`;
  return [
    ...(adding.length > 0 ? [problemAtPath(source, ['tests'], message, true)] : []),
    ...data.tests.flatMap((test, index) =>
      statementProblems(test).map(({ key, message }) => {
        const path: DataPath = ['tests', index, ...(key === undefined ? [] : [key])];
        return problemAtPath(source, path, message, key !== undefined);
      }),
    ),
  ];
}

interface StatementProblem {
  /** The key of the entry that is wrong, when it is one. */
  readonly key?: keyof PlainTest;
  readonly message: string;
}

function statementProblems(test: PlainTest): StatementProblem[] {
  const given = (['expect', 'capture', 'parse'] as const).filter((key) => test[key] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    return [{ message: `expected exactly one of expect, capture, parse; ${found}` }];
  }
  const named = test.expect !== undefined;
  return [
    ...(named && test.name === undefined ? [{ message: 'the key "name" is missing; "expect" needs it' }] : []),
    ...(!named && test.name !== undefined
      ? [{ key: 'name', message: `"name" is that of a check; "${given[0]}" makes none` } as const]
      : []),
    ...(test.scope !== undefined && test.capture === undefined
      ? [{ key: 'scope', message: `"scope" is that of a variable; "${given[0]}" sets none` } as const]
      : []),
  ];
}
