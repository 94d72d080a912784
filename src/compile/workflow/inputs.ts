import type { Definition, Variable } from '../../definition/definition.ts';
import { constantOf } from '../scripts/base-addresses.ts';
import { settersOf } from '../scripts/planned-checks.ts';
import { plainName } from './operations.ts';
import { variableSchema } from './variable-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** JSON Schema of what a person gives to a workflow: these variables, in the order of their declaration. */
export function inputsSchema(names: readonly string[], definition: Definition): Json {
  const wanted = new Set(names);
  const declared = definition.variables.filter(({ name }) => wanted.has(plainName(name)));
  const known = new Set(declared.map(({ name }) => plainName(name)));
  const undeclared = names.filter((name) => !known.has(name));
  const properties = [
    ...declared.map((variable) => [plainName(variable.name), inputSchema(variable, definition)] as const),
    ...undeclared.map((name) => [name, { type: 'string', description: dynamicDescription(name) }] as const),
  ];
  const required = properties.filter(([, schema]) => !('default' in schema)).map(([name]) => name);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(properties),
  };
}

function inputSchema(variable: Variable, definition: Definition): Json {
  const { enum: allowed, format } = variableSchema(variable) as { enum?: readonly string[]; format?: string };
  const value = constantOf(definition, variable);
  const maker = makerSentence(variable.name, definition);
  return {
    type: 'string',
    description: [variable.description, maker].filter(Boolean).join(' '),
    // Of the formats, this one matters to runners: what has it is not shown. Some refuse a schema with one they do not know.
    ...(format === 'password' && { format }),
    ...(allowed && { enum: allowed }),
    ...(value !== undefined && { default: value }),
  };
}

/** Why a person must give what the Postman collection makes itself, and what would do. */
function makerSentence(name: string, definition: Definition): string | undefined {
  const setters = settersOf(definition).setters.get(name) ?? [];
  const generator = setters.flatMap(({ generate }) => generate).find(({ variable }) => variable === name);
  if (generator?.password) {
    const { length } = generator.password;
    return `Arazzo cannot make it: give a new password of ${length} characters, with upper case, lower case, digits and others.`;
  }
  if (generator?.runId) {
    return 'Arazzo cannot make it: give a text that no run had before, such as the time with some random digits.';
  }
  if (generator) return 'In Postman a script makes it; Arazzo has none: give the value.';
  const capturing = setters.find(({ captures }) => captures.some(({ variable }) => variable === name));
  const capture = capturing?.captures.find(({ variable }) => variable === name);
  if (!capturing || !capture) return undefined;
  return capture.claim === undefined
    ? `In Postman a script takes it from the response of "${capturing.name}"; Arazzo has none: give the value.`
    : `In Postman it is the claim "${capture.claim}" of a token in the response of "${capturing.name}"; Arazzo cannot read tokens: give the value.`;
}

const dynamic: Readonly<Record<string, string>> = {
  guid: 'A new UUID.',
  randomUUID: 'A new UUID.',
  timestamp: 'The time now, in seconds since 1970.',
  isoTimestamp: 'The time now, as in 2026-01-31T12:00:00.000Z.',
};

function dynamicDescription(name: string): string {
  return `${Object.hasOwn(dynamic, name) ? dynamic[name] : 'A value.'} Postman makes it up itself; Arazzo cannot.`;
}

/** Names of the inputs that expressions in plain data refer to, each once. */
export function inputsIn(data: unknown, definition: Definition): string[] {
  const known = new Set([
    ...definition.variables.map(({ name }) => plainName(name)),
    ...(definition.dynamicVariables ?? []).map(plainName),
    ...Object.keys(dynamic).map(plainName),
  ]);
  const found = [...JSON.stringify(data).matchAll(/\$inputs\.([A-Za-z0-9_]+)/g)].map(([, name = '']) => name);
  return [...new Set(found)].filter((name) => known.has(name));
}
