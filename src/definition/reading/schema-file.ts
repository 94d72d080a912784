import { Ajv } from 'ajv';
import { messageOf } from '../../errors.ts';
import { pointerKeys } from '../pointer.ts';
import { addFormats, compileSchema, inPlainWords } from '../schemas/response-schema.ts';
import type { Problem } from './problem.ts';
import { problemAt, problemAtMatch, problemAtPath, type SourceFile } from './source-file.ts';

const draft07 = 'http://json-schema.org/draft-07/schema#';

/** Problems of a schema file that was parsed as YAML; empty when `source.data` is a draft-07 JSON Schema, in JSON. */
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
  if ($schema === undefined) return [problemAt(source, 0, `the key "$schema" is missing; expected "${draft07}"`)];
  if ($schema !== draft07) return [problemAtPath(source, ['$schema'], `expected "${draft07}"`)];
  const invalid = invalidProblems(source);
  return invalid.length > 0 ? invalid : unusableProblems(source);
}

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
addFormats(ajv);

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
  if (ajv.validateSchema(source.data as object)) return [];
  const messages = new Map<string, string[]>();
  for (const error of ajv.errors ?? []) {
    messages.set(error.instancePath, [...(messages.get(error.instancePath) ?? []), inPlainWords(error)]);
  }
  const outermost = [...messages].filter(([path]) => !messages.has(path.replace(/\/[^/]*$/, '')) || path === '');
  return outermost.map(([pointer, [first, ...more]]) => {
    const path = pointerKeys(pointer);
    const what = more.length > 0 ? 'has a value that draft-07 does not allow' : first;
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
    if (keyword !== undefined) return [problemAtWord(source, keyword, `"${keyword}" is not a keyword of draft-07`)];
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
