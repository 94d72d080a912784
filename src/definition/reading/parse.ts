import {
  Composer,
  type CST,
  type Document,
  isScalar,
  type Node,
  Parser,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './problem.ts';
import { newSource, problemAt, type SourceFile } from './source-file.ts';

/** Parsed file and its syntax problems (duplicate keys, tabs, alias bombs, empty, more than one document). */
export interface ParsedSource {
  readonly source: SourceFile;
  readonly problems: readonly Problem[];
}

/** Size of a file. */
export const maximumBytes = 1024 * 1024;

/** Levels of lists and mappings. Composing is recursive: a file of open brackets would overflow the stack. */
export const maximumDepth = 100;

/**
 * Parses YAML 1.2 (so JSON too). Never throws on bad text: what is wrong is in `problems`, and `data` is undefined then.
 * Aliases are refused: a definition has no need of them, and nested ones make documents of any size ("alias bombs").
 */
export function parseSource(file: string, text: string): ParsedSource {
  const unparsed = newSource(file, text);
  const only = (offset: number, message: string): ParsedSource => ({
    source: unparsed,
    problems: [problemAt(unparsed, offset, message)],
  });
  if (Buffer.byteLength(text) > maximumBytes)
    return only(0, 'the file is larger than 1 MiB, the limit for a definition');
  const notText = unparsed.text.search(/[\uFFFD\0]/);
  if (notText >= 0) return only(notText, 'this is not text in UTF-8; save the file as UTF-8');
  const tokens = tokensOf(unparsed);
  const tooDeep = tokens.map((token) => firstBeyond(maximumDepth, token)).find((token) => token !== undefined);
  if (tooDeep) return only(tooDeep.offset, `this is nested more than ${maximumDepth} levels deep`);
  const [document, second] = composed(tokens);
  const problems = document ? documentProblems(unparsed, document) : [];
  if (problems.length === 0 && (!document || isEmpty(document.contents))) {
    return only(0, 'the file is empty; expected a mapping of keys to values');
  }
  if (second) {
    problems.push(
      problemAt(unparsed, second.range?.[0] ?? 0, 'a second YAML document begins here; expected one document a file'),
    );
  }
  if (!document || problems.length > 0) return { source: unparsed, problems };
  return { source: { ...unparsed, data: document.toJS() as unknown, document }, problems };
}

function tokensOf({ text }: SourceFile): CST.Token[] {
  return [...new Parser().parse(text)];
}

function composed(tokens: readonly CST.Token[]): Document[] {
  const composer = new Composer({
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false, // compares every pair of keys: duplicateProblems does it in one pass
  });
  return [...composer.compose(tokens)];
}

/** The first collection that has `depth` collections around it. */
function firstBeyond(depth: number, token: CST.Token | null | undefined): CST.Token | undefined {
  if (token?.type === 'document') return firstBeyond(depth, token.value);
  if (!token || !('items' in token)) return undefined;
  if (depth === 0) return token;
  for (const { key, value } of token.items) {
    const found = firstBeyond(depth - 1, key) ?? firstBeyond(depth - 1, value);
    if (found) return found;
  }
  return undefined;
}

function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function documentProblems(source: SourceFile, document: Document): Problem[] {
  const errors = [...document.errors, ...document.warnings];
  return [...errorProblems(source, document, errors), ...contentProblems(source, document)];
}

/** One problem a cause: what the parser says of the text after it lost its way is only confusing. */
function errorProblems(source: SourceFile, document: Document, errors: readonly YAMLError[]): Problem[] {
  const unclosed = errors.find(isUnclosed);
  const opening = unclosed && openingOf(source, document, unclosed.pos[0]);
  if (opening !== undefined) {
    const mark = source.text.charAt(opening);
    return [problemAt(source, opening, `this ${mark} has no closing ${closingMarks[mark]}`)];
  }
  const byLine = new Map<number, Problem>();
  for (const [index, error] of errors.entries()) {
    if (index > 0 && / in YAML stream/.test(error.message)) continue;
    const problem = problemOf(source, error);
    if (!byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()];
}

const closingMarks: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" };

function isUnclosed({ message }: YAMLError): boolean {
  return /^Missing closing|must end with a|end with a [\]}]$/.test(message);
}

/** Where the innermost quote or bracket opens that is still open at an offset. */
function openingOf(source: SourceFile, document: Document, offset: number): number | undefined {
  let opening: number | undefined;
  visit(document, {
    Node(_key, node) {
      const [from, to] = (node as Node).range ?? [0, 0];
      const mark = source.text.charAt(from);
      const closing = closingMarks[mark];
      const isOpen = closing !== undefined && (source.text.charAt(to - 1) !== closing || to - from < 2);
      if (from < offset && to >= offset && isOpen) opening = from;
    },
  });
  return opening;
}

function problemOf(source: SourceFile, { code, message, pos }: YAMLError): Problem {
  const [offset] = pos;
  const braces = [offset - 1, offset].find((start) => start >= 0 && source.text.startsWith('{{', start));
  if (code === 'NON_STRING_KEY' && braces !== undefined) {
    return problemAt(source, braces, 'a text that begins with {{ must be in quotes: "{{name}}"');
  }
  const [first = message] = message.split('\n');
  const [pattern, words] = plainWords.find(([candidate]) => candidate.test(first)) ?? [
    /^./,
    (letter: string) => letter.toLowerCase(),
  ];
  return problemAt(source, offset, first.replace(pattern, words as string));
}

/** What the parser says, in the words of a person who writes YAML. */
const plainWords: readonly (readonly [RegExp, string])[] = [
  [/^Tabs are not allowed.*/, 'a tab is used for indentation; YAML allows spaces only'],
  [/^With stringKeys.*/, 'a key must be text, not a list or a mapping'],
  [/^All mapping items must.*/, 'this line fits no mapping above; the keys of a mapping begin in the same column'],
  [/^All sequence items must.*/, 'this line fits no list above; the items of a list begin in the same column'],
  [
    /^Nested mappings.*/,
    'there are two keys here; indent by the same number of spaces, or put a text that holds ": " in quotes',
  ],
  [
    /^Implicit keys need to be on a single line/,
    'this key goes on in the next line; is a colon missing, or the next line indented too far?',
  ],
  [/^Implicit map keys need.*/, 'expected a colon and a value after this key'],
  [/^Plain value cannot start with .*?(\S+)$/, 'a text that begins with $1 must be in quotes'],
  [/^Unexpected .+ at node end/, 'unexpected text after a complete value; put the whole text in quotes'],
  [/^Unexpected .*token.*: (".+")$/, 'unexpected $1'],
  [/^Unresolved tag: (.+)$/, 'the tag $1 is not allowed'],
];

/** Keys that are there twice, and aliases. */
function contentProblems(source: SourceFile, document: Document): Problem[] {
  const duplicates: Problem[] = [];
  const aliases = new Map<string, Problem>();
  visit(document, {
    Map: (_key, map) => void duplicates.push(...duplicateProblems(source, map)),
    Alias(_key, alias) {
      // An alias without a name is an error already. One problem an anchor, at its first alias: a bomb has hundreds.
      if (alias.source === '' || aliases.has(alias.source)) return;
      const message = `the alias *${alias.source} is not allowed; write the value out`;
      aliases.set(alias.source, problemAt(source, alias.range?.[0] ?? 0, message));
    },
  });
  return [...duplicates, ...aliases.values()];
}

function duplicateProblems(source: SourceFile, { items }: YAMLMap): Problem[] {
  const offsets = new Map<string, number>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const offset = (key as Scalar).range?.[0] ?? 0;
    const first = offsets.get(name);
    if (first === undefined) {
      offsets.set(name, offset);
      return [];
    }
    const { line } = source.lines.linePos(first);
    return [problemAt(source, offset, `the key "${name}" is already in line ${line}; remove one of the two`)];
  });
}
