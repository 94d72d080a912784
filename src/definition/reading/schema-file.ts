import { messageOf } from '../../errors.ts';
import { isMapping } from '../merge-patch.ts';
import { isDraft07, pointerKeys, referredPlace, valueAt } from '../pointer.ts';
import { type Draft, draftOf, drafts } from '../schemas/draft.ts';
import { addFormats, ajvOf, compileSchema, inPlainWords } from '../schemas/response-schema.ts';
import type { Problem } from './problem.ts';
import { problemAt, problemAtMatch, problemAtPath, type SourceFile } from './source-file.ts';

/** Problems of a schema file that was parsed as YAML; empty when `source.data` is a JSON Schema of a known draft, in JSON. */
export function schemaFileProblems(source: SourceFile): Problem[] {
  const { data } = source;
  if (!isJson(source.text)) {
    const message = 'this is not JSON, which has no comments, no commas at the end of a list and no unquoted text';
    return [problemAt(source, firstUnlikeJson(source.text), message)];
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return [problemAt(source, 0, 'this is not a JSON Schema; expected a mapping that begins with "$schema"')];
  }
  const { $schema } = data as { $schema?: unknown };
  const expected = `expected one of ${Object.keys(drafts).join(', ')}`;
  if ($schema === undefined) return [problemAt(source, 0, `the key "$schema" is missing; ${expected}`)];
  if (typeof $schema !== 'string' || !Object.hasOwn(drafts, $schema))
    return [problemAtPath(source, ['$schema'], expected)];
  const invalid = invalidProblems(source);
  if (invalid.length > 0) return invalid;
  const circle = findCircle(data as Readonly<Record<string, unknown>>);
  if (circle === undefined) return unusableProblems(source);
  return [
    problemAtPath(source, pointerKeys(circle), 'this leads back to itself without end: no value could be checked'),
  ];
}

/** JSON pointer of a schema that says of a value what is said of that very value by way of itself; undefined when there is none. */
function findCircle(schema: Readonly<Record<string, unknown>>): string | undefined {
  const states = new Map<string, 'begun' | 'done'>();
  const circleFrom = (place: string): string | undefined => {
    if (states.has(place)) return states.get(place) === 'begun' ? place : undefined;
    states.set(place, 'begun');
    const found = sameValuePlaces(schema, place)
      .map(circleFrom)
      .find((circle) => circle !== undefined);
    states.set(place, 'done');
    return found;
  };
  return ['', ...referenced(schema)].map(circleFrom).find((circle) => circle !== undefined);
}

/** Places of the schemas that say something of the same value as the one at `place` (in-place applicators). */
function sameValuePlaces(schema: Readonly<Record<string, unknown>>, place: string): string[] {
  const node = valueAt(schema, place);
  if (!isMapping(node)) return [];
  const target = typeof node.$ref === 'string' ? referredPlace(schema, node.$ref) : undefined;
  const references = target === undefined ? [] : [target];
  if (typeof node.$ref === 'string' && isDraft07(schema)) return references;
  const lists = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => {
    const parts = node[name];
    return Array.isArray(parts) ? [...parts.keys()].map((index) => `${place}/${name}/${index}`) : [];
  });
  return [...references, ...['not', 'if', 'then', 'else'].map((name) => `${place}/${name}`), ...lists];
}

/** Places that a reference anywhere in the schema leads to. */
function referenced(root: unknown, value = root): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => referenced(root, item));
  if (!isMapping(value)) return [];
  const target = typeof value.$ref === 'string' ? referredPlace(root, value.$ref) : undefined;
  return [
    ...(target === undefined ? [] : [target]),
    ...Object.values(value).flatMap((child) => referenced(root, child)),
  ];
}

const known = new Map<Draft, ReturnType<typeof ajvOf>>();

/** Knows the schema of the schemas of a draft, which is compiled once. */
function schemaOfSchemas(draft: Draft): ReturnType<typeof ajvOf> {
  const ajv = known.get(draft) ?? ajvOf(draft, { strict: false, allErrors: true, logger: false });
  if (!known.has(draft)) addFormats(ajv);
  known.set(draft, ajv);
  return ajv;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Offset of the first token that JSON does not have, or of a comma before a closing bracket, in a text that is good YAML. */
function firstUnlikeJson(text: string): number {
  const token = /\s*([{}[\]:,]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/y;
  let comma = -1;
  while (token.lastIndex < text.trimEnd().length) {
    const from = token.lastIndex;
    const mark = token.exec(text)?.[1];
    if (mark === undefined) return from + (text.slice(from).match(/\S/)?.index ?? 0);
    if (comma >= 0 && (mark === '}' || mark === ']')) return comma;
    comma = mark === ',' ? token.lastIndex - 1 : -1;
  }
  return 0;
}

/** Where the schema differs from the schema of schemas. One problem a place: alternatives are reported each on its own. */
function invalidProblems(source: SourceFile): Problem[] {
  const draft = draftOf(source.data as Readonly<Record<string, unknown>>);
  const ajv = schemaOfSchemas(draft);
  if (ajv.validateSchema(source.data as object)) return [];
  const messages = new Map<string, string[]>();
  for (const error of ajv.errors ?? []) {
    messages.set(error.instancePath, [...(messages.get(error.instancePath) ?? []), inPlainWords(error)]);
  }
  const outermost = [...messages].filter(([path]) => !messages.has(path.replace(/\/[^/]*$/, '')) || path === '');
  return outermost.map(([pointer, [first, ...more]]) => {
    const path = pointerKeys(pointer);
    const what = more.length > 0 ? `has a value that ${draft} does not allow` : first;
    return problemAtPath(source, path, `${path.length > 0 ? `"${path.at(-1)}"` : 'the schema'} ${what}`);
  });
}

/** What only shows when the schema is compiled: unknown keywords and formats, references that lead to nothing. */
function unusableProblems(source: SourceFile): Problem[] {
  try {
    compileSchema(source.data as Readonly<Record<string, unknown>>);
    return [];
  } catch (error) {
    const message = messageOf(error).replace(/^strict mode: /, '');
    const keyword = /^unknown keyword: "(.+)"$/.exec(message)?.[1];
    if (keyword !== undefined)
      return [
        problemAtWord(
          source,
          keyword,
          `"${keyword}" is not a keyword of ${draftOf(source.data as Readonly<Record<string, unknown>>)}`,
        ),
      ];
    const format = /^unknown format "(.+)" ignored/.exec(message)?.[1];
    if (format !== undefined) return [problemAtWord(source, format, `the format "${format}" is not known`)];
    const reference = /^can't resolve reference (\S+) from/.exec(message)?.[1];
    if (reference !== undefined)
      return [problemAtWord(source, reference, 'this reference leads to nothing in the file')];
    const [, pattern, reason] = /^Invalid regular expression: \/(.+)\/u?: (.+)$/.exec(message) ?? [];
    if (pattern !== undefined) return [problemAtWord(source, pattern, `this is no regular expression: ${reason}`)];
    const place = / at (?:path )?"#(.*)"/.exec(message);
    const text = message.replace(place?.[0] ?? '', '').replace(/ \(strict\w+\)$/, '');
    return [problemAtPath(source, pointerKeys(place?.[1] ?? ''), `this schema cannot be used: ${text}`)];
  }
}

function problemAtWord(source: SourceFile, word: string, message: string): Problem {
  return problemAtMatch(source, [], new RegExp(JSON.stringify(word).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')), message);
}
