import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { judge } from '../src/run/judge/judge.ts';
import {
  type Case,
  type CaseOutcome,
  judgedCases,
  judgedOutcome,
  scriptOutcome,
  withoutOtherWords,
  withoutUnknown,
} from '../test/property/judged-steps.ts';
import { startSandbox } from '../test/property/postman-sandbox.ts';

/**
 * Plants faults in `judge`, one at a time, and looks whether the comparison with Postman's sandbox catches each:
 * `tsx scripts/mutate-judge.ts [cases] [seed]`, by default 2000 cases. Ends with 1 when one is not caught, or when `judge` itself differs.
 */

/** A fault: its name, the file, and a text of it with another in its place. */
type Mutant = readonly [name: string, file: (typeof mutated)[number], from: string, to: string];

const mutated = ['judge.ts', 'typed-value.ts', 'conditions.ts', 'choose.ts'] as const;

const beforeCaptures = '  let state = before;';
const afterCaptures = '  const checks = plannedChecks(step)\n    .filter(({ askedAt })';
const valuesAgain =
  "  for (const value of values)\n    failures.set(formatPointer(['expect', 'values', value.pointer]), valueFailure(value, body, state));\n";
const claimsAgain =
  "  for (const check of step.expect.claims ?? []) failures.set(formatPointer(['expect', 'claims', check.pointer, check.claim]), claimFailure(check, body, state, now));\n";

const mutants: readonly Mutant[] = [
  ['values are compared after the captures', 'judge.ts', afterCaptures, valuesAgain + afterCaptures],
  ['checks come in another order', 'judge.ts', afterCaptures, afterCaptures.replace('.filter', '.toReversed().filter')],
  ['the status may be any', 'judge.ts', 'if (!isExpected) return', 'if (expected.length === 0) return'],
  ['only the first status is expected', 'judge.ts', 'expected.includes(status)', 'expected[0] === status'],
  ['the status is never wrong', 'judge.ts', 'isExpected ? undefined : statusFailure(expected, status)', 'undefined'],
  ['the schema is not checked', 'judge.ts', 'schemaFailure(compileSchema(schema.content), body)', 'undefined'],
  ['values are compared as texts', 'judge.ts', 'found !== expected', 'String(found) !== String(expected)'],
  ['variables in values are not filled in', 'judge.ts', 'hasVariables ? filledIn(value, state) : value', 'value'],
  [
    'variables in variables are not filled in',
    'judge.ts',
    'return replaceVariables(text, (name) => variableText(state, name));',
    'return text.replace(/\\{\\{([^{}]*)\\}\\}/g, (whole, name) => variableText(state, name) ?? whole);',
  ],
  ['spaces in braces do not count', 'judge.ts', 'variableText(state, name)', 'variableText(state, name.trim())'],
  [
    'only data of its own is a part of a body',
    'judge.ts',
    'part === undefined || part === null',
    'typeof part !== "object" || part === null',
  ],
  ['a captured value is a text', 'judge.ts', "value: value as Captured['value']", 'value: String(value)'],
  ['only texts are captured', 'judge.ts', '!capturedTypes.includes(typeof value)', "typeof value !== 'string'"],
  [
    'objects are captured',
    'judge.ts',
    '!capturedTypes.includes(typeof value)',
    'value === undefined || value === null',
  ],
  [
    'null is captured',
    'judge.ts',
    '!capturedTypes.includes(typeof value)',
    '![...capturedTypes, "object"].includes(typeof value) || (value !== null && typeof value === "object")',
  ],
  ['an empty text is captured', 'judge.ts', "value === ''", 'value === null'],
  ['0 and false are not captured', 'judge.ts', "value === ''", '!value'],
  ['the claim is ignored', 'judge.ts', 'claim === undefined ? value : claimsOf(value)[claim]', 'value'],
  ['the claim is looked for in the head of the token', 'judge.ts', "split('.')[1]", "split('.')[0]"],
  ['the claim is read as Latin-1', 'judge.ts', 'decodeURIComponent(', 'unescape('],
  ['a padded token is good', 'judge.ts', "split('.')[1] as string", "split('.')[1]!.replace(/=+$/, '')"],
  ['unlessSet is ignored', 'judge.ts', 'capture.unlessSet && hasValue', 'false && hasValue'],
  ['unlessSet keeps what has no value', 'judge.ts', 'capture.unlessSet && hasValue', 'capture.unlessSet || hasValue'],
  ['an empty value is kept', 'conditions.ts', '/^$|\\{\\{/.test', '/\\{\\{/.test'],
  ['a value made of missing ones is kept', 'conditions.ts', '/^$|\\{\\{/.test', '/^$/.test'],
  ['a dynamic variable is no value', 'conditions.ts', ".replace(dynamicVariable, 'made')", ''],
  [
    'captures do not see earlier ones',
    'judge.ts',
    'captureOutcome(capture, body, state, now)',
    'captureOutcome(capture, body, before, now)',
  ],
  [
    'only the last capture is in the state',
    'judge.ts',
    'state = withTypedVariable(state,',
    'state = withTypedVariable(before,',
  ],
  [
    'an optional value is not captured',
    'judge.ts',
    "if (outcome.kind !== 'captured') continue;",
    "if (outcome.kind !== 'captured' || optional) continue;",
  ],
  [
    'captures live in the environment',
    'judge.ts',
    "?.scope ?? 'environment'",
    "?.name === '' ? 'collection' : 'environment'",
  ],
  ['nothing is unset', 'judge.ts', 'of step.unset)', 'of step.unset.slice(1))'],
  [
    'unset comes before the captures',
    'judge.ts',
    beforeCaptures,
    `${beforeCaptures}\n  for (const name of step.unset) state = withoutVariables(state, scopeOf(definition, name), [name]);`,
  ],
  [
    'unset asks for all checks',
    'judge.ts',
    '  for (const name of step.unset)',
    '  if (allHeld) for (const name of step.unset)',
  ],
  ['what has failed is settled', 'judge.ts', 'if (allHeld) state', 'state'],
  ['nothing is settled', 'judge.ts', 'if (allHeld) state', 'if (!allHeld) state'],
  ['the type of the variable is ignored', 'typed-value.ts', 'typeOf(present)?.in(value) ?? value', 'value'],
  ['a disabled variable counts', 'typed-value.ts', 'key === name && !disabled', 'key === name'],
  ['the first of two variables counts', 'typed-value.ts', 'scope.findLast(', 'scope.find('],
  [
    'the collection comes before the environment',
    'typed-value.ts',
    '[environment.values, collection, globals]',
    '[collection, environment.values, globals]',
  ],
  ['globals are not read', 'typed-value.ts', 'collection, globals]', 'collection]'],
  ['the row is not read', 'typed-value.ts', 'Object.hasOwn(row, name)', 'false'],
  ['variables of the run are not read', 'typed-value.ts', 'if (own) return', 'if (false) return'],
  ['nothing is noted', 'judge.ts', 'notes.push(...(outcome.notes ?? []));', ''],
  ['nothing is noted of a choice that failed', 'judge.ts', 'notes: error.notes }', 'notes: [] }'],
  [
    'a variable that has a value is chosen anew',
    'judge.ts',
    'hasValue(variable, state) ? filledIn',
    'false ? filledIn',
  ],
  ['an empty variable is looked for', 'judge.ts', 'hasValue(variable, state) ? filledIn', 'true ? filledIn'],
  [
    'texts of conditions are not filled in',
    'judge.ts',
    'fill: (text) => filledIn(text, state)',
    'fill: (text) => text',
  ],
  ['ifSet is ignored', 'conditions.ts', 'if (ifSet && ', 'if (false && '],
  ['everything is ifSet', 'conditions.ts', 'if (ifSet && ', 'if ('],
  ['one text that has a value is enough for ifSet', 'conditions.ts', '!wanted.every((text)', '!wanted.some((text)'],
  ['what is missing is compared', 'conditions.ts', 'value === undefined || value === null', 'value === undefined'],
  ['null is not missing', 'conditions.ts', 'value === undefined || value === null', 'value === null'],
  ['only the first of a list may be it', 'conditions.ts', '!wanted.includes(value)', 'first !== value'],
  [
    'values are compared as texts by is',
    'conditions.ts',
    '!wanted.includes(value)',
    '!wanted.map(String).includes(String(value))',
  ],
  [
    'what is there alone is not had',
    'conditions.ts',
    '[value].flat() as unknown[]',
    '(Array.isArray(value) ? value : []) as unknown[]',
  ],
  ['lists in lists are had', 'conditions.ts', '[value].flat() as', '[value].flat(9) as'],
  ['a list is had only alone', 'conditions.ts', '[value].flat() as', '[value] as'],
  ['the beginning is the end', 'conditions.ts', 'value.endsWith(', 'value.startsWith('],
  ['what is in a text is at its end', 'conditions.ts', 'value.endsWith(', 'value.includes('],
  ['a number has an end', 'conditions.ts', "typeof value === 'string' && value.endsWith(", 'String(value).endsWith('],
  ['the least is too little', 'conditions.ts', 'value < atLeast', 'value <= atLeast'],
  [
    'a text is a number',
    'conditions.ts',
    "typeof value !== 'number' || Number.isNaN(value)",
    'Number.isNaN(Number(value))',
  ],
  ['NaN is a number', 'conditions.ts', ' || Number.isNaN(value)', ''],
  ['every time is past', 'conditions.ts', 'past && time > now', 'false'],
  ['every time is to come', 'conditions.ts', 'future && time <= now', 'false'],
  ['seconds are milliseconds', 'conditions.ts', 'value * 1000', 'value'],
  ['any text may be a date', 'conditions.ts', ' && /^\\d{4}-\\d\\d-\\d\\d/.test(value)', ''],
  [
    'a number is no time',
    'conditions.ts',
    "typeof value === 'number') return value",
    "typeof value === 'bigint') return Number(value)",
  ],
  ['what is no time is past', 'conditions.ts', 'if (Number.isNaN(time))', 'if (false)'],
  ['writtenAs is ignored', 'conditions.ts', 'Object.hasOwn(writtenAs, text) ?', 'false ?'],
  ['writtenAs knows what every object has', 'conditions.ts', 'Object.hasOwn(writtenAs, text) ?', 'text in writtenAs ?'],
  ['what is no list is empty', 'choose.ts', 'if (!Array.isArray(list)) throw', 'if (list === undefined) throw'],
  ['numbers are not found by their text', 'choose.ts', 'String(value) === wanted', 'value === wanted'],
  ['what is unfit may be wanted', 'choose.ts', 'if (reason !== undefined) throw', 'if (false) throw'],
  ['the least is chosen', 'choose.ts', 'other.amount - one.amount', 'one.amount - other.amount'],
  ['the first is chosen', 'choose.ts', 'other.amount - one.amount', '0'],
  ['what is unfit is chosen', 'choose.ts', '.filter(({ reason }) => reason === undefined)', ''],
  ['an item without a value is fit', 'choose.ts', "!capturedTypes.includes(typeof value) || value === ''", 'false'],
  ['an empty text is a value', 'choose.ts', " || value === ''", ''],
  [
    'the last reason is told',
    'choose.ts',
    '.find((one) => one !== undefined)',
    '.findLast((one) => one !== undefined)',
  ],
  ['the amount is no condition', 'choose.ts', '[{ ...most, ...isNumber }]', '[]'],
  ['nothing is taken off', 'choose.ts', '(amount as number) - (valueAt(item, minus) as number)', 'amount'],
  ['numbers are not looked at before one is taken off', 'choose.ts', 'condition.minus === undefined ? []', 'true ? []'],
  ['claims are not checked', 'judge.ts', 'for (const check of step.expect.claims ?? [])', 'for (const check of [])'],
  ['a token that cannot be read is good', 'judge.ts', "return 'this is not a JSON Web Token';", 'return undefined;'],
  [
    'a claim is what every object has',
    'judge.ts',
    'valueAt(claims, formatPointer([claim]))',
    '(claims as never)[claim]',
  ],
  ['claims see what was captured', 'judge.ts', afterCaptures, claimsAgain + afterCaptures],
  ['items are counted from 0', 'choose.ts', 'index + 1', 'index'],
];

const room = fileURLToPath(new URL('../src/run/judge/', import.meta.url));

/** `judge` with a fault in it, out of a folder of its own. */
async function planted([name, file, from, to]: Mutant, folder: string): Promise<typeof judge> {
  const own = await mkdtemp(join(folder, 'mutant-'));
  for (const one of mutated) {
    const text = await readFile(join(room, one), 'utf8');
    if (one === file && text.split(from).length !== 2)
      throw new Error(`"${name}": ${file} has not one place with ${from}`);
    const changed = one === file ? text.replace(from, () => to) : text;
    const outside = /'(\.\.?\/[^']*)'/g;
    const placed = changed.replace(outside, (whole, path: string) =>
      mutated.some((local) => path === `./${local}`) ? whole : `'${pathToFileURL(join(room, path)).href}'`,
    );
    await writeFile(join(own, one), placed);
  }
  return ((await import(pathToFileURL(join(own, 'judge.ts')).href)) as { judge: typeof judge }).judge;
}

function comparable(outcome: CaseOutcome, given: Case): CaseOutcome {
  return withoutOtherWords(withoutUnknown(outcome, judge, given), given);
}

function isAsDone(by: typeof judge, given: Case, done: CaseOutcome): boolean {
  try {
    return isDeepStrictEqual(comparable(judgedOutcome(by, given), given), done);
  } catch {
    return false;
  }
}

const [numRuns = 2000, seed = 18] = process.argv.slice(2).map(Number);
const cases = fc.sample(judgedCases, { numRuns, seed });
const sandbox = await startSandbox();
const done: CaseOutcome[] = [];
for (const given of cases) done.push(comparable(await scriptOutcome(sandbox, given), given));
sandbox.close();
const differences = (by: typeof judge) =>
  cases.filter((given, index) => !isAsDone(by, given, done[index] as CaseOutcome));

const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
const own = differences(judge).length;
console.log(`judge: ${own} differences in ${numRuns} cases (seed ${seed})`);
let missed = 0;
for (const [index, mutant] of mutants.entries()) {
  const caught = differences(await planted(mutant, folder)).length;
  if (caught === 0) missed += 1;
  console.log(`${String(index + 1).padStart(2)}. ${mutant[0]}: ${caught === 0 ? 'NOT CAUGHT' : `caught by ${caught}`}`);
}
await rm(folder, { recursive: true });
console.log(`${mutants.length - missed} of ${mutants.length} mutants caught`);
process.exitCode = own + missed > 0 ? 1 : 0;
