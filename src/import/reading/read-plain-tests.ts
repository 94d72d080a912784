import type { Expression, Node, Statement } from 'acorn';
import { setters, testsScript } from '../../compile/scripts/plain-tests.ts';
import { formatPointer } from '../../definition/pointer.ts';
import { isDeclarable } from '../../definition/raw.ts';
import type { PlainTest } from '../../definition/schema.ts';
import { match, matchExpression } from './code-shape.ts';
import { dataOf, hasComments, isSameCode, statementsOf, textOf } from './script-code.ts';

/** The names of a script for parts of the response body: the keys that lead to each. */
type Names = ReadonlyMap<string, readonly string[]>;
/** Which scripts become `tests`: all that can, or those that `compile` made of `tests`. */
export type TestsFrom = 'any script' | 'compiled tests' | 'none';

type Expectation = NonNullable<PlainTest['expect']>;

/**
 * A test script as `tests` that do the same in every case, also when a check fails, a part is missing, or the body is no JSON. Undefined
 * for all that they cannot say.
 */
export function readPlainTests(text: string, from: TestsFrom = 'any script'): PlainTest[] | undefined {
  const statements = from === 'none' ? undefined : statementsOf(text);
  const tests = statements && readStatements(statements);
  if (!tests || tests.length === 0 || hasComments(text)) return undefined;
  const isMeant = from === 'any script' || isSameCode(statementsOf(testsScript(tests)), statements);
  return isMeant ? tests : undefined;
}

/**
 * A name stands for what it was given. The script ends where that cannot be read; so it is read there, by the next statement, or by one
 * that does only that.
 */
function readStatements(statements: readonly Statement[]): PlainTest[] | undefined {
  const names = new Map<string, readonly string[]>();
  const tests: PlainTest[] = [];
  let unread: readonly string[] | undefined;
  for (const statement of statements) {
    const declared = readDeclaration(statement, names);
    const known = declared && names.get(declared.name);
    if (known && !isSameKeys(known, declared.keys)) return undefined;
    const read = declared
      ? undefined
      : (readSetter(statement, names) ?? readParse(statement) ?? readTest(statement, names));
    if (!declared && !read) return undefined;
    const keys = declared?.keys ?? read?.keys;
    if (unread && !(keys && beginsWith(keys, unread))) {
      if (unread.length > 0) return undefined;
      tests.push({ parse: 'json' });
    }
    unread = declared?.keys;
    if (declared) names.set(declared.name, declared.keys);
    if (read) tests.push(read.test);
  }
  if (unread && unread.length > 0) return undefined;
  return unread ? [...tests, { parse: 'json' }] : tests;
}

interface Declared {
  readonly name: string;
  readonly keys: readonly string[];
}

/** `const json = pm.response.json();` */
function readDeclaration(statement: Statement, names: Names): Declared | undefined {
  if (statement.type !== 'VariableDeclaration') return undefined;
  const [declaration, ...more] = statement.declarations;
  const keys = bodyKeys(declaration?.init, names);
  if (declaration?.id.type !== 'Identifier' || more.length > 0 || !keys) return undefined;
  const { name } = declaration.id;
  return ['pm', 'JSON', 'responseBody', 'responseCode'].includes(name) ? undefined : { name, keys };
}

interface ReadStatement {
  readonly test: PlainTest;
  /** Keys of the part of the body that the statement reads first. */
  readonly keys?: readonly string[];
}

/** `pm.environment.set('token', json.access_token);` */
function readSetter(statement: Statement, names: Names): ReadStatement | undefined {
  for (const [scope, setter] of settersByScope) {
    const call = match(`${setter}.set($variable, $value);`, statement);
    const variable = textOf(call?.variable);
    const keys = bodyKeys(call?.value, names);
    if (variable === undefined || !keys || !isDeclarable(variable) || variable === '__proto__') continue;
    return { test: { capture: { [variable]: formatPointer(keys) }, ...(scope !== 'environment' && { scope }) }, keys };
  }
  return undefined;
}

const settersByScope = Object.entries(setters) as [keyof typeof setters, string][];

/** What reads the body only to see that it can be read. */
function readParse(statement: Statement): ReadStatement | undefined {
  return match('pm.response.json();', statement) ? { test: { parse: 'json' }, keys: [] } : undefined;
}

/** `pm.test('Status code is 200', () => { pm.response.to.have.status(200); });` */
function readTest(statement: Statement, names: Names): ReadStatement | undefined {
  const call = match('pm.test($name, $verify);', statement);
  const [name, verify] = [textOf(call?.name), call?.verify as Expression | undefined];
  if (name === undefined) return undefined;
  if (verify?.type !== 'ArrowFunctionExpression' && verify?.type !== 'FunctionExpression') return undefined;
  if (verify.params.length > 0 || verify.async || verify.generator || verify.id) return undefined;
  const { body } = verify;
  const expect = readExpectation(body.type === 'BlockStatement' ? body.body : [asStatement(body)], names);
  return expect && { test: { name, expect } };
}

function asStatement(expression: Expression): Statement {
  return { type: 'ExpressionStatement', expression, start: expression.start, end: expression.end };
}

/** Within a check, what cannot be read fails it, and so does what is read of it: a name has to be used at once, too. */
function readExpectation(statements: readonly Statement[], outer: Names): Expectation | undefined {
  const names = new Map(outer);
  const values = new Map<string, string | number | boolean | null>();
  let status: Expectation['status'];
  let unread: readonly string[] | undefined;
  for (const statement of statements) {
    const declared = readDeclaration(statement, names);
    if (declared && names.has(declared.name)) return undefined;
    const expression = statement.type === 'ExpressionStatement' ? statement.expression : undefined;
    const found = declared ? undefined : readStatus(expression);
    const value = declared || found !== undefined ? undefined : readValue(expression, names);
    const keys = declared?.keys ?? value?.keys;
    if (unread && !(keys && beginsWith(keys, unread))) return undefined;
    unread = declared?.keys;
    if (declared) names.set(declared.name, declared.keys);
    else if (found !== undefined && status === undefined && values.size === 0) status = found;
    else if (value && !values.has(formatPointer(value.keys))) values.set(formatPointer(value.keys), value.value);
    else return undefined;
  }
  if (unread || (status === undefined && values.size === 0)) return undefined;
  return { ...(status !== undefined && { status }), ...(values.size > 0 && { values: Object.fromEntries(values) }) };
}

function readStatus(expression: Expression | undefined): Expectation['status'] {
  const several = matchExpression('pm.expect(pm.response.code).to.be.oneOf($status)', expression);
  const list = dataOf(several?.status);
  if (Array.isArray(list)) return list.length > 0 && list.every(isStatus) ? list : undefined;
  const compared = readEqual(expression);
  const one = compared && matchExpression('pm.response.code', compared.actual) ? compared.value : undefined;
  const status = one ?? dataOf(matchExpression('pm.response.to.have.status($status)', expression)?.status);
  return isStatus(status) ? status : undefined;
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599;
}

interface Value {
  readonly keys: readonly string[];
  readonly value: string | number | boolean | null;
}

function readValue(expression: Expression | undefined, names: Names): Value | undefined {
  const compared = readEqual(expression);
  const keys = compared && bodyKeys(compared.actual, names);
  return keys && { keys, value: compared.value };
}

const equalities = ['eql', 'eqls', 'equal', 'equals', 'eq'];
const facts: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** `pm.expect($actual).to.eql(7)`, in the words that are the same of a value that is no object. */
function readEqual(
  expression: Expression | undefined,
): { readonly actual: unknown; readonly value: Value['value'] } | undefined {
  const isCall = expression?.type === 'CallExpression' && expression.arguments.length === 1;
  const last = isCall ? expression.callee : expression;
  const word = wordOf(last);
  if (last?.type !== 'MemberExpression' || word === undefined) return undefined;
  let subject: Node = last.object;
  while (subject.type === 'MemberExpression' && ['to', 'be'].includes(wordOf(subject) ?? '')) {
    subject = (subject as unknown as { object: Node }).object;
  }
  const actual = matchExpression('pm.expect($actual)', subject)?.actual;
  if (actual === undefined) return undefined;
  if (!isCall) return Object.hasOwn(facts, word) ? { actual, value: facts[word] as boolean | null } : undefined;
  const value = dataOf(expression.arguments[0]);
  return equalities.includes(word) && isPlainValue(value, word) ? { actual, value } : undefined;
}

/** The name of a member that is written after a dot. */
function wordOf(node: Node | undefined): string | undefined {
  const { type, property, computed, optional } = (node ?? {}) as {
    type?: string;
    property?: { name?: string };
    computed?: boolean;
    optional?: boolean;
  };
  return type === 'MemberExpression' && !computed && !optional ? property?.name : undefined;
}

/** Of the words for being equal, only some see a difference between 0 and -0. */
function isPlainValue(value: unknown, word: string): value is Value['value'] {
  if (typeof value !== 'number') return value === null || typeof value === 'string' || typeof value === 'boolean';
  return Number.isFinite(value) && (value !== 0 || (!Object.is(value, -0) && word.startsWith('eql')));
}

/** The keys from the body to a part of it; undefined for another expression. */
function bodyKeys(node: unknown, names: Names): readonly string[] | undefined {
  const expression = node as Expression | null | undefined;
  if (expression?.type === 'Identifier') return names.get(expression.name);
  if (expression?.type !== 'MemberExpression') return isBody(expression) ? [] : undefined;
  const { object, property, computed, optional } = expression;
  const keys = optional ? undefined : bodyKeys(object, names);
  const key = !computed && property.type === 'Identifier' ? property.name : dataOf(property);
  if (!keys || (typeof key !== 'string' && typeof key !== 'number') || isBuiltIn(String(key))) return undefined;
  return [...keys, String(key)];
}

/** In the sandbox, `JSON.parse` reads as `pm.response.json` does. */
function isBody(expression: Expression | null | undefined): boolean {
  return ['pm.response.json()', 'JSON.parse(responseBody)'].some((shape) => matchExpression(shape, expression));
}

/** What every list, text or object of JavaScript has, such as `length`, is no part of a JSON document. */
function isBuiltIn(key: string): boolean {
  return [{}, [], '', 0, true].some((value) => key in Object(value));
}

function beginsWith(keys: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((key, index) => key === keys[index]);
}

function isSameKeys(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && beginsWith(one, other);
}
