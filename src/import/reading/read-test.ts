import type { BlockStatement, Statement } from 'acorn';
import { sentLine } from '../../compile/scripts/step-scripts.ts';
import { isChoice, isCondition } from '../../definition/checks/condition-problems.ts';
import type { ClaimCheck } from '../../definition/definition.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer } from '../../definition/pointer.ts';
import type { CaptureSource, ExpectedValue, StepFile } from '../../definition/schema.ts';
import { hasKnownReferences } from '../references.ts';
import { find, type Holes, match, matchExpression } from './code-shape.ts';
import { plainStatements } from './plain-script.ts';
import { dataOf, responseKeys, scriptIn, sentKeys, textOf, unchained } from './script-code.ts';

/** What a generated test script was made from, as far as it can be read out of it. */
export interface FoundTest {
  readonly status: readonly number[];
  readonly schema: { readonly file: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
  readonly values: Readonly<Record<string, ExpectedValue>>;
  readonly claims: NonNullable<StepFile['expect']['claims']>;
  readonly capture: Readonly<Record<string, CaptureSource>>;
  readonly unset: readonly string[];
  /** The script of the definition, or what somebody added at the end. */
  readonly script: string | undefined;
  /** The generated statements in their plain form. */
  readonly generated: readonly Statement[];
}

/** What is done after a success. */
interface OnSuccess {
  readonly schemas: string[];
  readonly values: [string, ExpectedValue][];
  readonly claims: ClaimCheck[];
  readonly capture: [string, CaptureSource][];
  readonly unset: string[];
}

/** Reads a test script: of one that was not generated, all is a script of the definition. Undefined when it does not parse. */
export function readTest(text: string): FoundTest | undefined {
  const statements = plainStatements(text);
  if (!statements) return undefined;
  const found = readGenerated(statements, text) ?? nothing;
  return { ...found, script: readRest(text, statements, found.generated.length) };
}

type Generated = Omit<FoundTest, 'script'>;

const nothing: Generated = {
  status: [],
  schema: undefined,
  values: {},
  claims: {},
  capture: {},
  unset: [],
  generated: [],
};

function readGenerated(statements: readonly Statement[], text: string): Generated | undefined {
  const statusAt = statements.findIndex((statement) => readStatus(statement) !== undefined);
  const status = readStatus(statements[statusAt]);
  if (!status) return undefined;
  const success = statements[statusAt + 1];
  const checks = (match('if (pm.response.code === $status) { $checks; }', success) ??
    match('if ($status.includes(pm.response.code)) { $checks; }', success)) as { checks: Statement[] } | undefined;
  const found: OnSuccess = { schemas: [], values: [], claims: [], capture: [], unset: [] };
  const read = (checks?.checks ?? []).filter((statement) => readCheck(statement, text, found));
  // What somebody added is not among what is generated.
  if (read.length > 0 && read.length !== checks?.checks.length) return undefined;
  const schema = readSchema(statements.slice(0, statusAt), text, found.schemas[0]);
  if (found.schemas.length > 0 && !schema) return undefined;
  const end = statusAt + (read.length > 0 ? 2 : 1);
  if (statements.slice(end).some((statement) => usesCounting(statement, text))) return undefined;
  return {
    status,
    schema,
    values: Object.fromEntries(found.values),
    claims: byToken(found.claims),
    capture: Object.fromEntries(found.capture),
    unset: found.unset,
    generated: statements.slice(0, end),
  };
}

/** Whether a statement that somebody added needs the function that counts checks. */
function usesCounting({ type, start, end }: Statement, text: string): boolean {
  return type !== 'BlockStatement' && /\bcheck\(/.test(text.slice(start, end));
}

function readStatus(statement: Statement | undefined): number[] | undefined {
  const one = match('pm.test($name, () => { pm.response.to.have.status($status); });', statement);
  const several = match('pm.test($name, () => { pm.expect(pm.response.code).to.be.oneOf($status); });', statement);
  const status = [dataOf(one?.status ?? several?.status)].flat();
  return status.every((item) => typeof item === 'number') && status.length > 0 ? status : undefined;
}

/** The name of its file is in that of its check; where that was changed, in the comment above it. */
function readSchema(before: readonly Statement[], text: string, checkName = ''): FoundTest['schema'] {
  const statement = before.find((one) => match('const schema = $content;', one));
  const content = dataOf(match('const schema = $content;', statement)?.content);
  const [file] = [checkName, text.slice(0, statement?.start).trim()].flatMap(
    (named) => /[A-Za-z0-9_.-]+\.schema\.json$/.exec(named)?.[0] ?? [],
  );
  return isMapping(content) && file !== undefined ? { file, content } : undefined;
}

/** Reads a statement of what is done after a success into `found`; false when it is not of a kind that is generated. */
function readCheck(statement: Statement, text: string, found: OnSuccess): boolean {
  const inCheck = (shape: string) => match(`pm.test($name, () => { ${shape} });`, statement);
  const schema = inCheck('pm.response.to.have.jsonSchema(schema);');
  if (schema) return found.schemas.push(String(dataOf(schema.name))) > 0;
  const claim = inCheck('expectClaim($pointer, $claim, $condition);');
  if (claim) return add(found.claims, readClaim(claim));
  const requested =
    inCheck(
      `${sentLine} const asked = $asked; pm.expect($from).to.equal(new Map(Object.entries($written)).get(String(asked)) ?? asked);`,
    ) ?? inCheck(`${sentLine} const asked = $asked; pm.expect($from).to.equal(asked);`);
  if (requested) return add(found.values, readRequested(requested));
  const value =
    inCheck('pm.expect($from).to.equal(pm.variables.replaceIn($value));') ??
    inCheck('pm.expect($from).to.equal($value);');
  if (value) return add(found.values, readValue(value));
  const unset = match('$scope.unset($name);', statement);
  if (unset) return add(found.unset, textOf(unset.name));
  const optional = match('(function capture() { $steps; })();', statement);
  const steps = (optional ?? inCheck('$steps;'))?.steps;
  return add(found.capture, steps && readCapture(steps as Statement[], text, optional !== undefined));
}

function add<Item>(list: Item[], item: Item | undefined): boolean {
  if (item !== undefined) list.push(item);
  return item !== undefined;
}

function readValue(holes: Holes): [string, ExpectedValue] | undefined {
  const keys = responseKeys(holes.from);
  const value = dataOf(holes.value);
  return keys && value !== undefined ? [formatPointer(keys), value as ExpectedValue] : undefined;
}

function readRequested({ from, asked, written }: Holes): [string, ExpectedValue] | undefined {
  const [keys, requested] = [responseKeys(from), sentKeys(asked)];
  const writtenAs = written === undefined ? undefined : dataOf(written);
  if (!keys || !requested || (written !== undefined && !isMapping(writtenAs))) return undefined;
  const value = { requested: formatPointer(requested), ...(isMapping(writtenAs) && { writtenAs }) };
  return [formatPointer(keys), value as ExpectedValue];
}

function readClaim(holes: Holes): ClaimCheck | undefined {
  const [pointer, claim, condition] = [textOf(holes.pointer), textOf(holes.claim), dataOf(holes.condition)];
  const isKnown = pointer !== undefined && claim && isCondition(condition) && hasKnownReferences(condition);
  return isKnown ? { pointer, claim, condition } : undefined;
}

function byToken(claims: readonly ClaimCheck[]): FoundTest['claims'] {
  const tokens = new Map<string, [string, ClaimCheck['condition']][]>();
  for (const { pointer, claim, condition } of claims) {
    tokens.set(pointer, [...(tokens.get(pointer) ?? []), [claim, condition]]);
  }
  return Object.fromEntries([...tokens].map(([pointer, entries]) => [pointer, Object.fromEntries(entries)]));
}

function readCapture(
  steps: readonly Statement[],
  text: string,
  optional: boolean,
): [string, CaptureSource] | undefined {
  const set =
    find('$scope.set($variable, value);', steps) ?? find('if ($isValue) $scope.set($variable, value);', steps);
  const variable = textOf(set?.variable);
  const value = find('const value = $value;', steps)?.value;
  const source = value && readSource(value, steps, text);
  if (variable === undefined || !source) return undefined;
  const unlessSet = match('if (!$isEmpty) return;', steps[0]) !== undefined;
  return [variable, { ...source, ...(unlessSet && { unlessSet }), ...(optional && { optional }) }];
}

function readSource(value: unknown, steps: readonly Statement[], text: string): CaptureSource | undefined {
  const choice = matchExpression('choose($variable, $choice)', value);
  if (choice) {
    const choose = dataOf(choice.choice);
    return isChoice(choose) && hasKnownReferences(choose) ? { choose } : undefined;
  }
  const own = matchExpression('(() => $script)()', value);
  if (own) return { script: scriptIn(text, own.script as BlockStatement) };
  const payload = find('const payload = Array.from($payload, $toNumber);', steps)?.payload;
  const token = matchExpression("$token.split('.')[1]", unchained(payload))?.token;
  const claim = textOf(matchExpression('$claims[$claim]', value)?.claim);
  const keys = responseKeys(token ?? value);
  return keys && { from: formatPointer(keys), ...(token !== undefined && { claim: claim ?? '' }) };
}

/** The script after what is generated: in a block of its own, as it is compiled, or as somebody added it. */
function readRest(text: string, statements: readonly Statement[], from: number): string | undefined {
  const rest = text
    .slice(statements[from - 1]?.end ?? 0)
    .replace(/^\s*\n/, '')
    .trimEnd();
  const [only, ...more] = statements.slice(from);
  if (only?.type === 'BlockStatement' && more.length === 0 && rest.length === only.end - only.start) {
    return scriptIn(text, only);
  }
  return rest === '' ? undefined : rest;
}
