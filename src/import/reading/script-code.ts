import { type Comment, type Expression, type Node, parse, type Statement } from 'acorn';
import { sentBodyExpression } from '../../compile/scripts/step-scripts.ts';
import { ofLately } from '../../definition/per-definition.ts';
import { inspectScript, parseScript } from '../../definition/script-facts.ts';
import { isDeeper } from './read-collection.ts';

/** Reads scripts as syntax trees. */

const options = { ecmaVersion: 2020, sourceType: 'script' } as const;

/** Levels of a syntax tree: no generated script has as many, and what reads them is recursive. */
const maximumDepth = 1000;

/** The statements of a script or of a function's body; undefined when it does not parse, or is nested too deep to be read. */
export const statementsOf = ofLately((text: string): readonly Statement[] | undefined => {
  try {
    const alone = parseScript(text);
    const { body } = 'program' in alone ? alone.program : parse(text, { ...options, allowReturnOutsideFunction: true });
    return isDeeper(body, maximumDepth) ? undefined : (body as Statement[]);
  } catch {
    return undefined;
  }
});

/** Whether a script runs at all where the sandboxes run it. */
export function isScript(text: string): boolean {
  return inspectScript(text, 'script').parsed;
}

/** Whether somebody wrote comments into a script that parses. */
export function hasComments(text: string): boolean {
  if (!/\/[/*]|<!--|-->/.test(text)) return false;
  const comments: Comment[] = [];
  parse(text, { ...options, onComment: comments });
  return comments.length > 0;
}

/** Whether two pieces of code are the same but for comments, white space, quotes and what else does not change their meaning. */
export function isSameCode(one: unknown, other: unknown): boolean {
  return codeText(one) === codeText(other);
}

function codeText(code: unknown): string {
  return JSON.stringify(code, (key, value: unknown) => (isSpelling(key, value) ? undefined : withQuotedKey(value)));
}

/** Of a node, where it stands and how it is written. */
export function isSpelling(key: string, value: unknown): boolean {
  return key === 'start' || key === 'end' || key === 'raw' || (key === 'expression' && typeof value === 'boolean');
}

/** `{ a: 1 }` as `{ "a": 1 }`. */
function withQuotedKey(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const property = value as { type?: string; computed: boolean; key: { type: string; name: string } } | null;
  if (property?.type !== 'Property' || property.computed || property.key.type !== 'Identifier') return value;
  return { ...property, key: { type: 'Literal', value: property.key.name } };
}

/** The data that an expression of literals makes; undefined when there is anything else in it. */
export function dataOf(node: unknown): unknown {
  const known = node as Expression | null | undefined;
  switch (known?.type) {
    case 'Literal':
      return known.regex ? undefined : known.value;
    case 'UnaryExpression': {
      const value = dataOf(known.argument);
      return known.operator === '-' && typeof value === 'number' ? -value : undefined;
    }
    case 'ArrayExpression': {
      const items = known.elements.map((item) => dataOf(item));
      return items.includes(undefined) ? undefined : items;
    }
    case 'ObjectExpression': {
      const entries = known.properties.map((property): [string, unknown] => {
        if (property.type !== 'Property') return ['', undefined];
        const { key, value, computed } = property;
        const name = key.type === 'Identifier' && !computed ? key.name : dataOf(key);
        return [String(name), name === undefined ? undefined : dataOf(value)];
      });
      return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
    }
    default:
      return undefined;
  }
}

/** The text that a literal is, undefined when it is none. */
export function textOf(node: unknown): string | undefined {
  const value = dataOf(node);
  return typeof value === 'string' ? value : undefined;
}

/** Keys of the pointer that `pm.response.json().a?.[0]` follows; undefined for another expression. */
export function responseKeys(node: unknown): string[] | undefined {
  return keysAfter(node, responseBody);
}

/** The same of the body that was sent. */
export function sentKeys(node: unknown): string[] | undefined {
  return keysAfter(node, requestBody);
}

function keysAfter(node: unknown, whole: unknown): string[] | undefined {
  const expression = unchained(node);
  if (expression?.type !== 'MemberExpression') return isSameCode(expression, whole) ? [] : undefined;
  const keys = keysAfter(expression.object, whole);
  const { property, computed } = expression;
  const key = property.type === 'Identifier' && !computed ? property.name : dataOf(property);
  return keys && (typeof key === 'string' || typeof key === 'number') ? [...keys, String(key)] : undefined;
}

/** `a?.b` without what says that it is a chain. */
export function unchained(node: unknown): Expression {
  const expression = node as Expression;
  return expression?.type === 'ChainExpression' ? expression.expression : expression;
}

const responseBody = expressionOf('pm.response.json()');
const requestBody = expressionOf(sentBodyExpression);

function expressionOf(text: string): Expression | undefined {
  const [statement] = statementsOf(`${text};`) ?? [];
  return (statement as { expression?: Expression } | undefined)?.expression;
}

/** The script in a block, with the comments in it and without the margin that it has there. */
export function scriptIn(text: string, { start, end }: Pick<Node, 'start' | 'end'>): string {
  const inside = text.slice(start + 1, end - 1);
  if (!inside.includes('\n')) return inside.trim();
  const whole = inside.replace(/^[ \t]*\n/, '').replace(/\n[ \t]*$/, '');
  const lines = whole.split('\n');
  const used = lines.filter((line) => line.trim() !== '');
  const marginOf = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? '';
  const [shortest = ''] = used.map(marginOf).sort((one, other) => one.length - other.length);
  const compiled = `${marginOf(text.slice(text.lastIndexOf('\n', start) + 1))}    `;
  const margin = [compiled, shortest].find((some) => used.every((line) => line.startsWith(some))) ?? '';
  const script = lines.map((line) => (line.startsWith(margin) ? line.slice(margin.length) : '')).join('\n');
  // Within a text over several lines, spaces count.
  return isSameCode(statementsOf(script), statementsOf(whole)) ? script : whole;
}
