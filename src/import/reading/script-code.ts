import { type Expression, type Node, parse, parseExpressionAt } from 'acorn';

/** Reads values out of generated scripts. */

const options = { ecmaVersion: 2020 } as const;

/** The expression that a text is, undefined when it is none. */
export function expressionOf(text: string): Expression | undefined {
  try {
    const expression = parseExpressionAt(text, 0, options);
    return /^[\s;]*$/.test(text.slice(expression.end)) ? expression : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a script runs at all where the sandboxes run it. */
export function isScript(text: string): boolean {
  try {
    parse(text, { ...options, sourceType: 'script' });
    return true;
  } catch {
    return false;
  }
}

/** The data that an expression of literals makes; undefined when there is anything else in it. */
export function dataOf(node: Expression | Node | null | undefined): unknown {
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
export function textOf(code: string): string | undefined {
  const value = dataOf(expressionOf(code));
  return typeof value === 'string' ? value : undefined;
}

/** Keys of the pointer that `pm.response.json().a?.[0]` follows; undefined for another expression. */
export function responseKeys(node: Expression | Node): string[] | undefined {
  const expression = node as Expression;
  if (expression.type === 'ChainExpression') return responseKeys(expression.expression);
  if (expression.type === 'CallExpression') return isCall(expression, 'pm.response.json', 0) ? [] : undefined;
  if (expression.type !== 'MemberExpression') return undefined;
  const keys = responseKeys(expression.object);
  const { property, computed } = expression;
  const key = property.type === 'Identifier' && !computed ? property.name : dataOf(property);
  return keys && (typeof key === 'string' || typeof key === 'number') ? [...keys, String(key)] : undefined;
}

/** Whether an expression calls what is named, with so many arguments. */
export function isCall(node: Expression | Node, callee: string, count: number): boolean {
  const expression = node as Expression;
  return (
    expression.type === 'CallExpression' &&
    expression.arguments.length === count &&
    pathOf(expression.callee) === callee
  );
}

function pathOf(node: Node): string {
  const expression = node as Expression;
  if (expression.type === 'Identifier') return expression.name;
  if (expression.type !== 'MemberExpression' || expression.computed) return '';
  return `${pathOf(expression.object)}.${(expression.property as Expression & { name?: string }).name ?? ''}`;
}
