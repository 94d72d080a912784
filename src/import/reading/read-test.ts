import type { CallExpression, Expression, MemberExpression } from 'acorn';
import { conditionComment } from '../../compile/scripts/condition-script.ts';
import { keptComment, successComment, testScript } from '../../compile/scripts/step-scripts.ts';
import { isChoice, isCondition } from '../../definition/checks/condition-problems.ts';
import type { ClaimCheck } from '../../definition/definition.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer } from '../../definition/pointer.ts';
import type { CaptureSource, StepFile } from '../../definition/schema.ts';
import { definitionAround, smallestStep, stepAlone } from '../alone.ts';
import { hasKnownReferences } from '../references.ts';
import { blockUntil, dedent } from '../writing/lines.ts';
import { dataOf, expressionOf, isCall, responseKeys, textOf } from './script-code.ts';

type Scalar = string | number | boolean | null;

/** What a generated test script was made from, as far as it can be read out of it. */
export interface FoundTest {
  readonly status: readonly number[];
  readonly schema: { readonly file: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
  readonly values: Readonly<Record<string, Scalar>>;
  readonly claims: NonNullable<StepFile['expect']['claims']>;
  readonly capture: Readonly<Record<string, CaptureSource>>;
  readonly unset: readonly string[];
  /** The script of the definition, or what somebody added at the end. */
  readonly script: string | undefined;
}

type OnSuccess = { -readonly [Key in 'values' | 'capture']: [string, FoundTest[Key][string]][] } & {
  unset: string[];
  claims: ClaimCheck[];
};

const unsetting = stepAlone({ ...smallestStep, expect: { status: 200 }, unset: ['x'] });
/** The comment above what is emptied after a success. */
const [, unsetComment = ''] = testScript(unsetting, definitionAround(unsetting, []))
  .map((line) => line.trim())
  .filter((line) => line.startsWith('// '));

/** Reads a generated test script in its plain form; undefined when it does not look like one. */
export function readTest(lines: readonly string[]): FoundTest | undefined {
  const schema = readSchema(lines);
  let at = schema?.end ?? 0;
  // What it needs for what it chooses is made anew.
  if (lines[at] === conditionComment) at = lines.findIndex((line, index) => index > at && line.startsWith('pm.test('));
  const status = readStatus(lines.slice(at, at + 3));
  if (!status) return undefined;
  at += 3;
  const found: OnSuccess = { values: [], claims: [], capture: [], unset: [] };
  if (lines[at] === '' && lines[at + 1] === successComment && /^if \(.*\) \{$/.test(lines[at + 2] ?? '')) {
    const block = blockUntil(lines, at + 3, '}');
    const inside = block && dedent(block.inside);
    if (!inside || !readOnSuccess(inside, found)) return undefined;
    at = block.end + 1;
  }
  return {
    status,
    schema: schema && { file: schema.file, content: schema.content },
    values: Object.fromEntries(found.values),
    claims: byToken(found.claims),
    capture: Object.fromEntries(found.capture),
    unset: found.unset,
    script: readRest(lines.slice(at)),
  };
}

function readSchema(
  lines: readonly string[],
): { file: string; content: Readonly<Record<string, unknown>>; end: number } | undefined {
  const file = /^\/\/ ([A-Za-z0-9_.-]+\.schema\.json)$/.exec(lines[0] ?? '')?.[1];
  if (file === undefined || !lines[1]?.startsWith('const schema = ')) return undefined;
  const last = lines.findIndex((line, index) => index > 0 && (index === 1 ? line.endsWith('};') : line === '};'));
  const code = lines
    .slice(1, last + 1)
    .join('\n')
    .slice('const schema = '.length, -1);
  const content = last < 0 ? undefined : dataOf(expressionOf(code));
  return isMapping(content) && lines[last + 1] === '' ? { file, content, end: last + 2 } : undefined;
}

function readStatus([test = '', check = '', end]: readonly string[]): number[] | undefined {
  if (!/^pm\.test\(.*, \(\) => \{$/.test(test) || end !== '});') return undefined;
  const one = /^ {4}pm\.response\.to\.have\.status\((\d{3})\);$/.exec(check)?.[1];
  if (one !== undefined) return [Number(one)];
  const several = dataOf(
    expressionOf(/^ {4}pm\.expect\(pm\.response\.code\)\.to\.be\.oneOf\((.*)\);$/.exec(check)?.[1] ?? ''),
  );
  return Array.isArray(several) && several.length > 0 && several.every((item) => typeof item === 'number')
    ? several
    : undefined;
}

/** Reads what is done after a success into `found`; false when a part is not of the kind that is generated. */
function readOnSuccess(lines: readonly string[], found: OnSuccess): boolean {
  for (let at = 0; at < lines.length; ) {
    if (lines[at] === '') at += 1;
    const isOptional = lines[at] === '(function capture() {';
    const block = blockUntil(lines, at + 1, isOptional ? '})();' : '});');
    if (isUnset(lines[at])) {
      const names = lines.slice(at + 1).map((line) => textOf(/^pm\.\w+\.unset\((.*)\);$/.exec(line)?.[1] ?? ''));
      for (const name of names) if (name !== undefined) found.unset.push(name);
      return names.length > 0 && names.length === found.unset.length;
    }
    if (!block || !(isOptional || /^pm\.test\(.*, \(\) => \{$/.test(lines[at] ?? ''))) return false;
    if (!readCheck(block.inside, isOptional, found)) return false;
    at = block.end + 1;
  }
  return true;
}

function isUnset(line: string | undefined): boolean {
  return line === unsetComment;
}

function readCheck(lines: readonly string[], isOptional: boolean, found: OnSuccess): boolean {
  const [first = ''] = lines;
  if (first === '    pm.response.to.have.jsonSchema(schema);') return lines.length === 1;
  if (lines.length === 1 && first.startsWith('    expectClaim(')) {
    const claim = readClaim(first);
    if (claim) found.claims.push(claim);
    return claim !== undefined;
  }
  if (lines.length === 1) {
    const value = readValue(first);
    if (value) found.values.push(value);
    return value !== undefined;
  }
  const capture = readCapture(lines, isOptional);
  if (capture) found.capture.push(capture);
  return capture !== undefined;
}

/** `    pm.expect(pm.response.json().a).to.equal('x');` */
function readValue(line: string): [string, Scalar] | undefined {
  const call = expressionOf(line) as CallExpression | undefined;
  const [expected] = call?.arguments ?? [];
  const to = (call?.callee as MemberExpression | undefined)?.object as MemberExpression | undefined;
  const expectation = to?.object as CallExpression | undefined;
  const [subject] = expectation?.arguments ?? [];
  const keys = subject && responseKeys(subject as Expression);
  if (!keys || !expected) return undefined;
  const text = isCall(expected, 'pm.variables.replaceIn', 1) ? (expected as CallExpression).arguments[0] : expected;
  const value = dataOf(text);
  return value === undefined ? undefined : [formatPointer(keys), value as Scalar];
}

/** `    expectClaim('/token', 'sub', {…});` */
function readClaim(line: string): ClaimCheck | undefined {
  const call = expressionOf(line) as CallExpression | undefined;
  const [pointer, claim, condition] = call && isCall(call, 'expectClaim', 3) ? call.arguments.map(dataOf) : [];
  const isKnown = typeof pointer === 'string' && typeof claim === 'string' && claim !== '' && isCondition(condition);
  return isKnown && hasKnownReferences(condition) ? { pointer, claim, condition } : undefined;
}

function byToken(claims: readonly ClaimCheck[]): FoundTest['claims'] {
  const pointers = [...new Set(claims.map(({ pointer }) => pointer))];
  return Object.fromEntries(
    pointers.map((pointer) => [
      pointer,
      Object.fromEntries(
        claims.filter((one) => one.pointer === pointer).map(({ claim, condition }) => [claim, condition]),
      ),
    ]),
  );
}

function readCapture(lines: readonly string[], isOptional: boolean): [string, CaptureSource] | undefined {
  const unlessSet = lines[0]?.startsWith('    if (') && lines[0].endsWith(`) return; ${keptComment}`);
  const taking = unlessSet ? lines.slice(1) : lines;
  const attempt = isOptional && taking[0] === '    try {' ? blockUntil(taking, 1, '    } catch (error) {') : undefined;
  const inside = attempt ? dedent(attempt.inside) : taking;
  const value = inside && readCaptured(inside);
  const variable = textOf(/pm\.\w+\.set\((.*), value\);$/.exec(inside?.at(-1) ?? '')?.[1] ?? '');
  if (!value || variable === undefined) return undefined;
  return [variable, { ...value, ...(unlessSet && { unlessSet }), ...(isOptional && { optional: true }) }];
}

function readCaptured(lines: readonly string[]): CaptureSource | undefined {
  const [first = ''] = lines;
  if (first.startsWith('    const value = choose(')) return readChoice(lines);
  if (first === '    const value = (() => {') {
    const block = blockUntil(lines, 1, '    })();');
    const script = block && dedent(block.inside, 2);
    return script && { script: script.join('\n') };
  }
  const direct = /^ {4}const value = (.*);$/.exec(first)?.[1];
  if (direct !== undefined) return readPointer(direct);
  const found = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
  const payload = found(/^ {4}const payload = .*?(pm\.response\..*)\.split\('\.'\)\[1\]/);
  const claim = textOf(found(/^ {4}const value = .*\[('.*')\];$/) ?? '');
  const from = payload === undefined ? undefined : readPointer(payload);
  return from && claim !== undefined ? { ...from, claim } : undefined;
}

/** `    const value = choose('x', {…});`, on one line or on several. */
function readChoice(lines: readonly string[]): CaptureSource | undefined {
  const end = lines.findIndex((line, index) => (index === 0 ? line.endsWith('});') : line === '    });'));
  const code = lines.slice(0, end + 1).join('\n');
  const call = expressionOf(code.slice(code.indexOf('choose('))) as CallExpression | undefined;
  const choose = call && isCall(call, 'choose', 2) ? dataOf(call.arguments[1]) : undefined;
  return isChoice(choose) && hasKnownReferences(choose) ? { choose } : undefined;
}

function readPointer(code: string): { from: string } | undefined {
  const expression = expressionOf(code);
  const keys = expression && responseKeys(expression);
  return keys && { from: formatPointer(keys) };
}

/** The block of the definition's own script; lines that somebody added are taken as they are. */
function readRest(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const block = lines[0] === '' && lines[1] === '{' ? blockUntil(lines, 2, '}') : undefined;
  const script = block && block.end === lines.length - 1 ? dedent(block.inside) : undefined;
  const text = (script ?? lines).join('\n');
  return text.trim() === '' ? undefined : script ? text : text.replace(/^\n+/, '');
}
