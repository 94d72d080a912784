import type { Node, Statement } from 'acorn';
import { full } from 'acorn-walk';
import { readyReport } from '../../compile/scripts/hint-script.ts';
import { literal } from '../../compile/scripts/literal.ts';
import { nextByteScript } from '../../compile/scripts/password-script.ts';
import { capturedTypes, pendingName } from '../../compile/scripts/planned-checks.ts';
import { checkFunction, entropyLine, settledLine } from '../../compile/scripts/step-scripts.ts';
import { entropyVariable } from '../../definition/password-entropy.ts';
import { ofLately } from '../../definition/per-definition.ts';
import { match, type Rule, rewrite } from './code-shape.ts';
import { hintShapes, readyHintShape } from './read-hints.ts';
import { statementsOf } from './script-code.ts';

/**
 * Generated scripts without what follows from other steps: which requests wait for this one, which it waits for, and whether
 * the run ends after it. That is made anew from the whole definition, so it says nothing about the step itself.
 */

const ofOtherSteps: readonly Rule[] = [
  [nextByteScript(entropyVariable.name).join('\n'), nextByteScript(undefined).join('\n')],
  [checkFunction(true, false).join('\n'), ''],
  [checkFunction(false, true).join('\n'), ''],
  [checkFunction(true, true).join('\n'), ''],
  ...hintShapes.map((shape): Rule => [shape, '']),
  [readyHintShape, readyReport({ troubleshooting: [] }, false).join('\n')],
  ...['', ', $kind', ', $kind, $variable'].map(
    (more): Rule => [`check($name, $verify${more});`, 'pm.test($name, $verify);'],
  ),
  ['if ($isExpected) {}', ''],
  ['const isEmpty = (name) => $isEmpty;', ''],
  [`pm.variables.set(${literal(pendingName('…'))}, $names);`, ''],
  ['const needed = $needed;', ''],
  ["const pending = pm.variables.replaceIn($names).split(' ');", ''],
  ['const waitsFor = $waitsFor;', ''],
  ['const lackingOf = $lackingOf;', ''],
  ['const failed = Object.keys(waitsFor).find(lackingOf);', ''],
  ['if (failed !== undefined) $skip; else { $made; }', '$made;'],
  ['if ($isEmpty) $report; else if (pending.includes(name)) $other;', 'if ($isEmpty) $report;'],
];

const types = literal(capturedTypes);

/** Captures as version 0.1.0 compiled them: it took only texts where one was required, and anything where it was optional. */
const asBefore: readonly Rule[] = [
  ['try { $take; } catch (error) {}', '$take;'],
  [
    `pm.expect(typeof value, $type).to.be.oneOf(${types}); pm.expect(value, $origin).to.not.equal('');`,
    "pm.expect(value, $origin).to.be.a('string').that.is.not.empty;",
  ],
  [`if (${types}.includes(typeof value) && value !== '') $set;`, 'if (value !== undefined && value !== null) $set;'],
];

/** The statements of a generated script in their plain form; undefined when it does not parse. */
export const plainStatements = ofLately((text: string): readonly Statement[] | undefined =>
  rewrite(statementsOf(text), plainRules),
);

const plainRules: readonly Rule[] = [...ofOtherSteps, ...asBefore];

const derived: readonly Rule[] = [
  ['pm.test($name, $verify);', 'pm.test($verify);'],
  ['if (pm.response.code === $status) $checks;', 'if (isExpected) $checks;'],
  ['if ($status.includes(pm.response.code)) $checks;', 'if (isExpected) $checks;'],
  ["pm.expect(value, $origin).to.be.a('string').that.is.not.empty;", 'pm.expect(value);'],
];

/** Statements in their plain form without names of checks and the condition of a success, which follow from what is checked. */
export function withoutNames(statements: readonly Statement[]): readonly Statement[] {
  return rewrite(statements, derived);
}

/** What a test script does for the steps after its own: it says that its step has passed, and stores random digits. */
export const forLaterSteps = [settledLine('$count', '…'), entropyLine('$scope')];

/** A script without the statements of some shapes, and without the comment and the empty line above each. */
export function withoutLines(text: string, shapes: readonly string[]): string {
  if (shapes.length === 0) return text;
  const found: Node[] = [];
  for (const statement of statementsOf(text) ?? []) {
    full(statement, (node) => {
      if (shapes.some((shape) => match(shape, node))) found.push(node);
    });
  }
  return found.reduceRight((rest, { start, end }) => `${textBefore(rest, start)}${rest.slice(end)}`, text);
}

function textBefore(text: string, end: number): string {
  const lines = text.slice(0, end).split('\n');
  if (lines.pop()?.trim() !== '') return text.slice(0, end);
  if (/^\s*\/\//.test(lines.at(-1) ?? '')) lines.pop();
  if (lines.at(-1)?.trim() === '') lines.pop();
  return lines.join('\n');
}
