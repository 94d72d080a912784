import { Ajv, type ErrorObject } from 'ajv';
import type { TSchema } from 'typebox';
import type { Problem } from './problem.ts';
import { CollectionFile, StepFile } from './schema.ts';
import { problemAtPath, type SourceFile } from './source.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false });

/** Problems of a `collection.yaml` with the format; empty when `source.data` is a `CollectionFile`. */
export function collectionShapeProblems(source: SourceFile): Problem[] {
  return shapeProblems(source, CollectionFile);
}

/** Problems of a step file with the format; empty when `source.data` is a `StepFile`. */
export function stepShapeProblems(source: SourceFile): Problem[] {
  return shapeProblems(source, StepFile);
}

function shapeProblems(source: SourceFile, schema: TSchema): Problem[] {
  const validate = ajv.compile(schema);
  if (validate(source.data)) return [];
  return (validate.errors ?? [])
    .filter((error) => !isEcho(error))
    .map((error) => {
      const path = dataPath(error.instancePath);
      const extra = error.keyword === 'additionalProperties' ? [String(error.params.additionalProperty)] : [];
      return problemAtPath(source, [...path, ...extra], explain(error), extra.length > 0);
    });
}

/** `propertyNames` reports the key a second time; the first says more. */
function isEcho(error: ErrorObject): boolean {
  return error.keyword === 'propertyNames';
}

function dataPath(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One sentence: what is wrong and what was expected. */
function explain(error: ErrorObject): string {
  const name = dataPath(error.instancePath).at(-1);
  const subject = name === undefined ? 'the file' : /^\d+$/.test(name) ? `item ${Number(name) + 1}` : `"${name}"`;
  const expected = expectedOf(error);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(String(error.params.additionalProperty), error);
    case 'required':
      return `${name === undefined ? '' : `${subject}: `}key "${error.params.missingProperty}" is missing; expected ${describe(error, String(error.params.missingProperty))}`;
    case 'type':
      return `${subject} is ${kindOf(error.data)}; expected ${expected}`;
    case 'enum':
    case 'const':
      return `${subject} is ${JSON.stringify(error.data)}; expected ${expected}`;
    case 'minProperties':
      return `${subject} is empty; expected ${oneOf(knownKeys(error))}`;
    case 'maxProperties':
      return `${subject} has ${Object.keys(error.data as object).length} keys; expected exactly one of ${knownKeys(error).join(', ')}`;
    case 'minLength':
    case 'minItems':
      return `${subject} is empty; expected ${expected}`;
    case 'pattern':
      return `${subject} is ${JSON.stringify(error.data)}; expected text that matches ${error.params.pattern}`;
    default:
      return `${subject} ${error.message ?? 'is not valid'}`;
  }
}

function expectedOf(error: ErrorObject): string {
  const { parentSchema, params } = error;
  if (error.keyword === 'const') return JSON.stringify(params.allowedValue);
  if (error.keyword === 'enum') return oneOf((params.allowedValues as unknown[]).map(String));
  const type = parentSchema?.type as string | string[] | undefined;
  const words = (Array.isArray(type) ? type : [type ?? 'a value']).map((one) => kindNames[one] ?? one).join(' or ');
  const description = parentSchema?.description as string | undefined;
  return description ? `${words} (${description.replace(/\.$/, '')})` : words;
}

function describe(error: ErrorObject, key: string): string {
  const property = (error.parentSchema?.properties as Record<string, { description?: string }> | undefined)?.[key];
  return property?.description ? lowerFirst(property.description.replace(/\.$/, '')) : `a value for it`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function knownKeys(error: ErrorObject): string[] {
  return Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
}

function unknownKey(key: string, error: ErrorObject): string {
  const known = knownKeys(error);
  if (known.length === 0) {
    const [pattern] = Object.keys((error.parentSchema?.patternProperties as object | undefined) ?? {});
    return `key "${key}" is not allowed here; expected a name that matches ${pattern ?? 'nothing'}`;
  }
  const near = known.find((candidate) => isNear(key, candidate));
  return `unknown key "${key}"; ${near ? `did you mean "${near}"?` : `expected ${oneOf(known)}`}`;
}

/** Same letters but for case, separators, a plural, or one slip. */
function isNear(typed: string, known: string): boolean {
  const [a, b] = [typed, known].map((text) => text.toLowerCase().replaceAll(/[-_ ]/g, '')) as [string, string];
  if (a === b || `${a}s` === b || a === `${b}s`) return true;
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let left = 0;
  while (left < a.length && a[left] === b[left]) left += 1;
  let right = 0;
  while (right < Math.min(a.length, b.length) - left && a.at(-1 - right) === b.at(-1 - right)) right += 1;
  const changed = Math.max(a.length, b.length) - left - right;
  const swapped = a.length === b.length && changed === 2 && a[left] === b[left + 1] && a[left + 1] === b[left];
  return changed <= 1 || swapped;
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
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return (
    {
      object: 'a mapping',
      string: `the text ${JSON.stringify(value)}`,
      number: `the number ${value}`,
      boolean: `${value}`,
    }[typeof value as 'object'] ?? typeof value
  );
}
