import { Ajv, type ErrorObject } from 'ajv';
import type { TSchema } from 'typebox';
import { CollectionFile, patternWords, StepFile, stepSchemaFile } from '../schema.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { problemAtPath, type SourceFile } from './source-file.ts';

/**
 * That the schemas of the formats are schemas is tested, and not looked at anew in each process. Most processes check a few files:
 * compiling the schemas takes longer than that, and code that is neither inlined nor optimized is compiled in a third of the time.
 */
const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strictRequired: false,
  validateSchema: false,
  inlineRefs: false,
  code: { optimize: false },
}).addSchema(StepFile, stepSchemaFile);

/** Problems of a `collection.yaml` with the format; empty when `source.data` is a `CollectionFile`. */
export function collectionShapeProblems(source: SourceFile): Problem[] {
  return shapeProblems(source, CollectionFile);
}

/** Problems of a step file with the format; empty when `source.data` is a `StepFile`. */
export function stepShapeProblems(source: SourceFile): Problem[] {
  return shapeProblems(source, StepFile);
}

/** Problems of a file with a schema of a format; empty when `source.data` fits it. */
export function shapeProblems(source: SourceFile, schema: TSchema): Problem[] {
  const validate = ajv.compile(schema);
  if (validate(source.data)) return [];
  const errors = validate.errors ?? [];
  return errors
    .filter((error) => !isEcho(error, errors))
    .map((error) => {
      const path = dataPath(error.instancePath);
      const extra = error.keyword === 'additionalProperties' ? [String(error.params.additionalProperty)] : [];
      return problemAtPath(source, [...path, ...extra], explain(error), extra.length > 0);
    });
}

/** `propertyNames` reports a key a second time, `if` what the step reports, and a range says nothing of what is no number; the first says more. */
function isEcho({ keyword, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const isOfWrongType = () => errors.some((other) => other.keyword === 'type' && other.instancePath === instancePath);
  return ['propertyNames', 'if'].includes(keyword) || (['minimum', 'maximum'].includes(keyword) && isOfWrongType());
}

function dataPath(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One sentence: what is wrong and what was expected. */
function explain(error: ErrorObject): string {
  const { keyword, data, params } = error;
  const schema = (error.parentSchema ?? {}) as SchemaNode;
  const name = dataPath(error.instancePath).at(-1);
  const subject = name === undefined ? 'the file' : /^\d+$/.test(name) ? `item ${Number(name) + 1}` : `"${name}"`;
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(String(params.additionalProperty), schema);
    case 'required': {
      const key = String(params.missingProperty);
      const where = name === undefined ? '' : `${subject}: `;
      return `${where}the key "${key}" is missing; expected ${expectedBy(schema.properties?.[key] ?? {})}`;
    }
    case 'minProperties':
      return `${subject} is empty; expected ${knownKeys(schema).length > 0 ? oneOf(knownKeys(schema)) : expectedBy(schema)}`;
    case 'maxProperties':
      return `${subject} has ${Object.keys(data as object).length} keys; expected exactly one${knownKeys(schema).length > 0 ? ` of ${knownKeys(schema).join(', ')}` : ''}`;
    case 'minLength':
    case 'minItems':
      return `${subject} is empty; expected ${expectedBy(schema)}`;
    case 'minimum':
    case 'maximum':
      return `${subject} is ${data}; expected ${schema.minimum} to ${schema.maximum}`;
    case 'pattern':
      return `${subject} is ${quoted(String(data))}; expected ${wordsFor(String(params.pattern))}`;
    default:
      return `${subject} is ${kindOf(data)}; expected ${expectedBy(schema)}`;
  }
}

/** What is read of a schema of the format. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly minimum?: number;
  readonly maximum?: number;
}

function expectedBy(schema: SchemaNode): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return oneOf(schema.enum.map(String));
  const types = ([] as string[]).concat(schema.type ?? []);
  const words = types.map((type) => kindNames[type] ?? type).join(' or ') || 'a value';
  return schema.description ? `${words} (${schema.description.replace(/\.$/, '')})` : words;
}

function wordsFor(pattern: string): string {
  return patternWords[pattern] ?? `text that matches ${pattern}`;
}

function knownKeys(schema: SchemaNode): string[] {
  return Object.keys(schema.properties ?? {});
}

function unknownKey(key: string, schema: SchemaNode): string {
  const known = knownKeys(schema);
  const [pattern] = Object.keys(schema.patternProperties ?? {});
  if (known.length === 0 && pattern !== undefined) {
    return `the key ${JSON.stringify(key)} is not allowed here; expected ${wordsFor(pattern)}`;
  }
  const near = nearest(key, known);
  return `unknown key ${JSON.stringify(key)}; ${near ? `did you mean "${near}"?` : `expected ${oneOf(known)}`}`;
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
}

const kindNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

function kindOf(value: unknown): string {
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  return (
    {
      object: 'a mapping',
      string: `the text ${quoted(String(value))}`,
      number: `the number ${value}`,
      boolean: `${value}`,
    }[typeof value as 'object'] ?? typeof value
  );
}

/** A text in quotes; of a long one, the beginning. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
