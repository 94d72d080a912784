/**
 * Text of others (answers, definitions, arguments, names of files) where people, terminals and logs read it. What would steer them is
 * shown instead: control characters and those that turn the direction of text as JSON escapes, and commands of GitHub's log
 * with a backslash that ends them.
 */
export function printable(text: string): string {
  return steering.test(text) ? shown(text.replaceAll('\r\n', '\n')) : text;
}

/** The same for every text in plain data, names of fields included; what needs no change is the same object. */
export function printableData<Data>(data: Data): Data {
  return mapped(data) as Data;
}

/** JSON that says the same without such characters. */
export function printableJson(json: string): string {
  return steering.test(json) ? json.replace(characters, escaped).replaceAll('##[', '##\\u005b') : json;
}

/** Control characters but tab and line feed, marks of direction (Unicode, UAX #9), separators of lines, the byte order mark. */
const characters = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|[\u2028\u2029\ufeff]/gu;

/** GitHub's runner takes `::name` at the beginning of a line for a command, blanks aside, and `##[name]` anywhere. */
const commands = /^[^\S\n]*::|##\[/gm;

const steering = new RegExp(`${characters.source}|${commands.source}`, 'mu');

function shown(text: string): string {
  return text.replace(characters, escaped).replace(commands, (command) => {
    return command === '##[' ? '##\\[' : command.replace('::', '\\::');
  });
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(mapped);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value).map(([key, held]) => [printable(key), mapped(held)] as const);
  const isChanged = entries.some(([key, held]) => (value as Record<string, unknown>)[key] !== held);
  return isChanged ? Object.fromEntries(entries) : value;
}
