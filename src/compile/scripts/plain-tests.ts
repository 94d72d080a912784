import type { Step } from '../../definition/definition.ts';
import { pointerKeys } from '../../definition/pointer.ts';
import type { PlainTest } from '../../definition/schema.ts';
import { accessor, literal } from './literal.ts';

/** The text of the test script that a step has beside the generated one: as it is written, or as its `tests` say it. */
export function ownTest({ tests, scripts }: Pick<Step, 'tests' | 'scripts'>): string | undefined {
  return tests ? testsScript(tests) : scripts?.test;
}

/** The object that sets variables of a scope. */
export const setters = {
  environment: 'pm.environment',
  collection: 'pm.collectionVariables',
  global: 'pm.globals',
  local: 'pm.variables',
} as const;

/**
 * The script that `tests` are. Its checks are made by functions of the old kind, as in Postman's own snippets, so that none is taken for
 * one that `expect` makes.
 */
export function testsScript(tests: readonly PlainTest[]): string {
  return tests.flatMap(statementLines).join('\n');
}

function statementLines({ name = '', expect, capture, scope }: PlainTest): string[] {
  const [variable] = Object.entries(capture ?? {});
  if (variable) return [`${setters[scope ?? 'environment']}.set(${literal(variable[0])}, ${partOf(variable[1])});`];
  if (!expect) return [`${partOf('')};`];
  return [`pm.test(${literal(name)}, function () {`, ...expectLines(expect).map((line) => `    ${line}`), '});'];
}

function expectLines({ status, values = {} }: NonNullable<PlainTest['expect']>): string[] {
  return [
    ...(typeof status === 'number' ? [`pm.response.to.have.status(${status});`] : []),
    ...(Array.isArray(status) ? [`pm.expect(pm.response.code).to.be.oneOf(${literal(status)});`] : []),
    ...Object.entries(values).map(([pointer, value]) => `pm.expect(${partOf(pointer)}).to.eql(${literal(value)});`),
  ];
}

/** Unlike in a check of `expect`, a missing part on the way is an error, as in a script that somebody wrote. */
function partOf(pointer: string): string {
  return `pm.response.json()${pointerKeys(pointer).map(accessor).join('')}`;
}
