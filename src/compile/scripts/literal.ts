import stringify from 'json-stringify-pretty-compact';

/**
 * A value as a JavaScript literal: the one way in which values of a definition enter a script.
 * Text is quoted with single quotes, as people write it; anything else is JSON. Whatever could end the literal, the
 * line or a surrounding HTML page is escaped, so no value can become code.
 */
export function literal(value: unknown): string {
  return typeof value === 'string'
    ? textLiteral(value)
    : escapeUnsafe(computedProto(stringify(value, { maxLength: Number.POSITIVE_INFINITY })));
}

/** The same on several lines where it is long, for schemas and lists; each line is an entry. */
export function blockLiteral(value: unknown): string[] {
  return escapeUnsafe(computedProto(stringify(value, { indent: 4, maxLength: 110 }))).split('\n');
}

/** The lines that give a value a name in a script. */
export function assignment(name: string, value: unknown): string[] {
  const [first, ...rest] = blockLiteral(value);
  const lines = [`const ${name} = ${first}`, ...rest];
  return [...lines.slice(0, -1), `${lines.at(-1)};`];
}

function textLiteral(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return escapeUnsafe(`'${inner}'`);
}

function escapeUnsafe(code: string): string {
  return code.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('</', '<\\/');
}

/** In JavaScript, unlike in JSON, the key `"__proto__"` names the prototype; `["__proto__"]` is a key like any other. */
function computedProto(json: string): string {
  return json.replace(/(?<!\\)"__proto__"(?=:)/g, '["__proto__"]');
}
