import sdk from 'postman-collection';
import type { Definition } from '../definition/definition.ts';
import { formatPointer } from '../definition/pointer.ts';
import { compileCollection, itemId } from './collection.ts';
import { scriptedChecks } from './scripts/planned-checks.ts';
import { verifyScript } from './scripts/verify-script.ts';

/** Something wrong in a compiled file, and where. */
export interface Finding {
  /** JSON pointer into the file. */
  readonly at: string;
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

type Path = readonly (string | number)[];

const schemaPattern = /^https:\/\/schema\.(get)?postman\.com\/json\/collection\/v2\.1\.0\/collection\.json$/;

/**
 * Everything in a Postman collection that some tool would refuse, or read as something else: its format, its authorization, its
 * addresses, its names, its bodies, its scripts. Nothing, for a collection that behaves the same in all of them.
 */
export function verifyCollection(collection: unknown): Finding[] {
  const root = record(collection);
  const info = record(root.info);
  const items = itemsOf(root, []);
  return [
    ...(text(info.name) === '' ? [finding(['info', 'name'], 'the collection has no name')] : []),
    ...(schemaPattern.test(text(info.schema))
      ? []
      : [
          finding(
            ['info', 'schema'],
            `expected the schema of Postman's format v2.1.0, but it is ${shown(info.schema)}`,
          ),
        ]),
    ...(items.some(({ item }) => item.request !== undefined)
      ? []
      : [finding(['item'], 'the collection has no request')]),
    ...verifyAuth(root.auth, ['auth']),
    ...list(root.variable).flatMap((variable, index) => verifyVariable(record(variable), ['variable', index])),
    ...verifyEvents(root.event, ['event']),
    ...duplicates(
      items.map(({ item, path }) => ({ value: text(item.name), path: [...path, 'name'] })),
      'name',
    ),
    ...duplicates(idsOf(collection, []), 'id'),
    ...items.flatMap(({ item, path }) => verifyItem(item, path)),
  ];
}

/** What a collection lacks of its definition: a step, one of its checks; then the first place where it differs at all. */
export function verifyAgainst(collection: unknown, definition: Definition): Finding[] {
  const items = itemsOf(record(collection), []);
  const missing = [...definition.steps, ...definition.cleanUp.steps].flatMap((step): Finding[] => {
    const found = items.find(({ item }) => item.id === itemId(definition, step));
    if (!found) return [finding(['item'], `the request "${step.name}" is missing`)];
    const checks = list(found.item.event).flatMap((event) => verifyScript(codeOf(record(event))).checks);
    return scriptedChecks(step)
      .filter(({ name }) => !checks.includes(name))
      .map(({ name }) => finding([...found.path, 'event'], `"${step.name}" does not check that ${name}`));
  });
  const difference = firstDifference(collection, compileCollection(definition), []);
  return [...missing, ...(difference ? [finding(difference, 'this is not what the definition compiles to')] : [])];
}

/** Everything in a Postman environment file that some tool would refuse or lose. */
export function verifyEnvironment(environment: unknown): Finding[] {
  const { name, values, _postman_variable_scope: scope } = record(environment);
  return [
    ...(text(name) === '' ? [finding(['name'], 'the environment has no name')] : []),
    ...(scope === 'environment'
      ? []
      : [finding(['_postman_variable_scope'], `expected "environment", but it is ${shown(scope)}`)]),
    ...(list(values).length === 0 ? [finding(['values'], 'the environment has no values')] : []),
    ...list(values).flatMap((entry, index) =>
      ['key', 'value', 'type']
        .filter((field) => typeof record(entry)[field] !== 'string')
        .map((field) =>
          finding(['values', index], `the value ${shown(record(entry).key)} has no ${field} that is a text`),
        ),
    ),
    ...duplicates(
      list(values).map((entry, index) => ({ value: text(record(entry).key), path: ['values', index, 'key'] })),
      'key',
    ),
  ];
}

function verifyItem(item: Json, path: Path): Finding[] {
  const events = verifyEvents(item.event, [...path, 'event']);
  if (item.request === undefined) return [...events, ...verifyAuth(item.auth, [...path, 'auth'])];
  const tests = list(item.event)
    .map(record)
    .filter(({ listen }) => listen === 'test');
  const examples = list(item.response).map((example, index) => ({
    request: record(record(example).originalRequest),
    path: [...path, 'response', index, 'originalRequest'],
  }));
  return [
    ...events,
    ...(tests.some((event) => verifyScript(codeOf(event)).checks.length > 0)
      ? []
      : [finding([...path, 'event'], `the request ${shown(item.name)} checks nothing`)]),
    ...verifyRequest(record(item.request), [...path, 'request']),
    ...examples.flatMap((example) => verifyRequest(example.request, example.path)),
  ];
}

function verifyRequest(request: Json, path: Path): Finding[] {
  return [
    ...verifyAuth(request.auth, [...path, 'auth']),
    ...verifyUrl(record(request.url), [...path, 'url']),
    ...verifyBody(request, path),
  ];
}

function verifyUrl(url: Json, path: Path): Finding[] {
  const { raw, ...parts } = url;
  if (typeof raw !== 'string') return [finding(path, 'the address has no raw text')];
  const told = new sdk.Url(parts as ConstructorParameters<typeof sdk.Url>[0]).toString();
  if (told === raw) return [];
  return [finding([...path, 'raw'], `the raw address is ${raw}, but its parts say ${told}`)];
}

function verifyBody(request: Json, path: Path): Finding[] {
  const body = record(request.body);
  if (body.mode !== 'raw') return [];
  const { language } = record(record(body.options).raw);
  if (language !== 'json' && language !== 'text')
    return [finding([...path, 'body'], `a raw body names its language, json or text, but it is ${shown(language)}`)];
  const header = list(request.header).map(record).find(isContentType);
  if (language !== 'json' || !header || /[/+]json\b/.test(text(header.value))) return [];
  return [finding([...path, 'header'], `the body is JSON, but its content type is ${shown(header.value)}`)];
}

function isContentType({ key, disabled }: Json): boolean {
  return text(key).toLowerCase() === 'content-type' && disabled !== true;
}

/** The array form of v2.1, and one kind only: the object form of v2.0 is read as no authorization at all. */
function verifyAuth(auth: unknown, path: Path): Finding[] {
  if (auth === undefined || auth === null) return [];
  const { type, ...parameters } = record(auth);
  const wrong = Object.entries(parameters).filter(([, value]) => !Array.isArray(value));
  const isOwn = type === 'noauth' || Object.keys(parameters).join() === type;
  return [
    ...wrong.map(([key]) => finding([...path, key], 'expected authorization in the list form of v2.1')),
    ...(isOwn
      ? []
      : [finding(path, `the authorization is of the type ${shown(type)}, but holds ${Object.keys(parameters)}`)]),
  ];
}

/** Postman hides secret values of environments only; its schema knows no such type for a variable of a collection. */
function verifyVariable({ key, value, type }: Json, path: Path): Finding[] {
  return [
    ...(text(key) === '' ? [finding(path, 'the variable has no key')] : []),
    ...(typeof value === 'string' ? [] : [finding(path, `the variable ${shown(key)} has no value that is a text`)]),
    ...(type === 'string'
      ? []
      : [finding(path, `the variable ${shown(key)} is of the type ${shown(type)}, not "string"`)]),
  ];
}

function verifyEvents(events: unknown, path: Path): Finding[] {
  return list(events).flatMap((value, index): Finding[] => {
    const event = record(value);
    const script = record(event.script);
    const at = [...path, index, 'script'];
    const isLines = Array.isArray(script.exec) && script.exec.every((line) => typeof line === 'string');
    return [
      ...(['prerequest', 'test'].includes(text(event.listen))
        ? []
        : [finding([...path, index], `no tool listens to ${shown(event.listen)}`)]),
      ...(script.type === 'text/javascript' ? [] : [finding(at, `the script is of the type ${shown(script.type)}`)]),
      ...(isLines ? [] : [finding(at, 'the script is not a list of lines')]),
      ...verifyScript(codeOf(event)).problems.map((message) => finding([...at, 'exec'], message)),
    ];
  });
}

function codeOf(event: Json): string {
  return list(record(event.script).exec).join('\n');
}

interface PlacedItem {
  readonly item: Json;
  readonly path: Path;
}

/** Folders and requests, however deep. */
function itemsOf(parent: Json, path: Path): PlacedItem[] {
  return list(parent.item).flatMap((value, index) => {
    const item = record(value);
    const own = [...path, 'item', index];
    return [{ item, path: own }, ...itemsOf(item, own)];
  });
}

interface PlacedText {
  readonly value: string;
  readonly path: Path;
}

function idsOf(value: unknown, path: Path): PlacedText[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    (key === 'id' || key === '_postman_id') && typeof child === 'string'
      ? [{ value: child, path: [...path, key] }]
      : idsOf(child, [...path, key]),
  );
}

/** Tools that find a request by its name take the first of two. */
function duplicates(texts: readonly PlacedText[], what: string): Finding[] {
  return texts
    .filter(({ value }, index) => texts.findIndex((other) => other.value === value) < index)
    .map(({ value, path }) => finding(path, `the ${what} ${shown(value)} is there twice`));
}

function firstDifference(given: unknown, want: unknown, path: Path): Path | undefined {
  if (typeof given !== 'object' || typeof want !== 'object' || given === null || want === null)
    return given === want ? undefined : path;
  if (Array.isArray(given) !== Array.isArray(want)) return path;
  for (const key of new Set([...Object.keys(given), ...Object.keys(want)])) {
    const found = firstDifference((given as Json)[key], (want as Json)[key], [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function finding(path: Path, message: string): Finding {
  return { at: formatPointer(path), message };
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
