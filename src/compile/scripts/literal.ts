/**
 * A value as a JavaScript literal on one line: the one way in which values of a definition enter a script. As people write it, with
 * single quotes, and keys without any where they need none. Whatever could end the literal, the line or a surrounding HTML page is
 * escaped, so no value can become code.
 */
export function literal(value: unknown): string {
  return brackets(value, ({ items, open, close }) => `${open}${items.join(', ')}${close}`);
}

/** The longest line of a block literal. */
const maximumLength = 110;

/** The same on several lines where it is long, for tables and conditions; each line is an entry. */
export function blockLiteral(value: unknown): string[] {
  return blockLines(value, 0).split('\n');
}

function blockLines(value: unknown, level: number): string {
  const line = literal(value);
  if (line.length + level * 4 <= maximumLength) return line;
  const entry = (item: unknown) => blockLines(item, level + 1);
  return brackets(
    value,
    ({ items, open, close }) => {
      const margin = '    '.repeat(level);
      return `${open}\n${items.map((item) => `${margin}    ${item}`).join(',\n')}\n${margin}${close}`;
    },
    entry,
  );
}

interface Parts {
  readonly items: readonly string[];
  readonly open: string;
  readonly close: string;
}

function brackets(value: unknown, join: (parts: Parts) => string, entry: (item: unknown) => string = literal): string {
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return join({ items: value.map(entry), open: '[', close: ']' });
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  return join({ items: entries.map(([key, item]) => `${keyLiteral(key)}: ${entry(item)}`), open: '{', close: '}' });
}

/** The lines that give a value a name in a script. */
export function assignment(name: string, value: unknown): string[] {
  const [first, ...rest] = blockLiteral(value);
  const lines = [`const ${name} = ${first}`, ...rest];
  return [...lines.slice(0, -1), `${lines.at(-1)};`];
}

/** How an expression goes on to a part of its value: `.a`, `[0]`, `['b-c']`. */
export function accessor(key: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return `.${key}`;
  // A longer number is not the same text when JavaScript writes it.
  return /^(0|[1-9]\d{0,14})$/.test(key) ? `[${key}]` : `[${literal(key)}]`;
}

/** In JavaScript, unlike in JSON, the key `"__proto__"` names the prototype; `['__proto__']` is a key like any other. */
function keyLiteral(key: string): string {
  if (key === '__proto__') return `['${key}']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textLiteral(key);
}

function textLiteral(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return escapeUnsafe(`'${inner}'`);
}

function escapeUnsafe(code: string): string {
  return code.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('</', '<\\/');
}
