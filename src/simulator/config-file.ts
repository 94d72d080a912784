import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { type Document, isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** A file (or list) given to the simulator is wrong; the message has a line for each problem, `file:line:column: …`. */
export class SimulatorFileError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SimulatorFileError';
    this.problems = problems;
  }
}

const ajv = new Ajv({ allErrors: true, verbose: true, discriminator: true, allowUnionTypes: true });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** A problem that no schema sees, and where it is. */
export interface ConfigProblem {
  readonly keys: readonly string[];
  readonly message: string;
}

/**
 * Reads YAML or JSON that must fit a schema, and `further` checks. `name` is what problems start with. Throws a
 * `SimulatorFileError`.
 */
export function readConfigFile<Schema extends TSchema>(
  text: string,
  name: string,
  schema: Schema,
  further: (value: never) => readonly ConfigProblem[] = () => [],
): Static<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  if (broken.length > 0) throw new SimulatorFileError(broken);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const place: Place = (keys, key) => at(offsetOf(document, keys, key));
  const result = checked(value, schema, place);
  const problems = further(result as never).map(({ keys, message }) => `${place(keys)}: ${message}`);
  if (problems.length > 0) throw new SimulatorFileError(problems);
  return result;
}

/** Checks a value made by a program. Problems start with the place in it, such as `faults/0/do`. */
export function checkedValue<Schema extends TSchema>(value: unknown, schema: Schema): Static<Schema> {
  return checked(value, schema, (keys) => keys.join('/') || 'value');
}

type Place = (keys: readonly string[], key?: string) => string;

function checked<Schema extends TSchema>(value: unknown, schema: Schema, place: Place): Static<Schema> {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return value as Static<Schema>;
  const problems = withoutConsequences(validate.errors ?? []).map((error) => problemOf(error, place));
  throw new SimulatorFileError([...new Set(problems)]);
}

/** A value that fits no alternative gives an error for each; the one about all of them says it best. */
function withoutConsequences(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath);
  return errors.filter(
    ({ keyword, instancePath, schemaPath }) =>
      keyword === 'anyOf' || !unions.some((path) => instancePath.startsWith(path) && schemaPath.includes('/anyOf/')),
  );
}

function problemOf(error: ErrorObject, place: Place): string {
  const keys = keysOf(error.instancePath);
  const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {}).join(', ');
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      return `${place(keys, key)}: unknown key "${key}"; known keys: ${known}`;
    }
    case 'required':
      return `${place(keys)}: the key "${error.params.missingProperty}" is missing`;
    case 'discriminator':
      return `${place(keys, 'kind')}: must be ${describe(error)}`;
    default:
      return `${place(keys)}: ${keys.at(-1) ?? 'the file'} must be ${describe(error)}`;
  }
}

function describe({ parentSchema, message = 'something else' }: ErrorObject): string {
  const description: unknown = parentSchema?.description;
  return typeof description === 'string' ? description : message.replace(/^must be /, '');
}

function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Where a value, or a key in it, stands in the text. */
function offsetOf(document: Document, keys: readonly string[], key?: string): number {
  const node = keys.length === 0 ? document.contents : document.getIn(keys.map(indexOrKey), true);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  return isScalar(node) || isCollection(node) ? (node.range?.[0] ?? 0) : 0;
}

function indexOrKey(key: string): number | string {
  return /^\d+$/.test(key) ? Number(key) : key;
}
