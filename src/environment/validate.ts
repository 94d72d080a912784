import { type Definition, mayBeUnresolved, setBySteps, type Variable } from '../definition/definition.ts';
import { perDefinition } from '../definition/per-definition.ts';
import { readsUndeclared } from '../definition/raw.ts';
import { substitute, variablesIn } from '../definition/variables.ts';
import { refusesPlainHttp } from './plain-http.ts';
import { valueText } from './scope.ts';
import { type GivenValues, hasForm } from './values.ts';

/** Something wrong with the value of a variable. */
export interface ValueProblem {
  readonly variable: string;
  /** A sentence: what is wrong, where the value came from, what to do. Never holds a secret. */
  readonly message: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Everything wrong with the values a run would begin with, before anything is sent. `allowedHttpHosts`: other machines that `http://` may go to. */
export function valueProblems(
  definition: Definition,
  given: GivenValues,
  values: Readonly<Record<string, string>>,
  allowedHttpHosts: readonly string[] = [],
): ValueProblem[] {
  const declared = variablesByName(definition);
  const unknown = [...given.keys()]
    .filter((name) => !declared.has(name) && given.get(name)?.origin === '--var' && !readsUndeclared(definition))
    .map((name) => ({ variable: name, message: `${name} (from --var) is not a variable of this collection` }));
  const set = setBySteps([...definition.steps, ...definition.cleanUp.steps]);
  const isFilledInLater = ({ format }: Variable, holes: readonly string[]) =>
    format !== 'base-url' && holes.every((hole) => set.has(hole));
  const isSentUnresolved = (variable: Variable) => mayBeUnresolved(variable, definition);
  return [
    ...unknown,
    ...definition.variables.flatMap((variable) => {
      const { name } = variable;
      const value = substitute(values[name] ?? '', (inner) => values[inner] || undefined);
      if (value === '') return variable.required ? [missingProblem(variable)] : [];
      // What steps set is not known before they run.
      const holes = variablesIn(value);
      if (holes.length > 0 && (isSentUnresolved(variable) || isFilledInLater(variable, holes))) return [];
      const secret = holdsSecret(variable, definition, values);
      const unknownValue = hasOwnAddresses(definition, given)
        ? undefined
        : unknownValueProblem({ ...variable, secret }, value);
      const wrong = formatProblem({ ...variable, secret }, value, allowedHttpHosts) ?? unknownValue;
      return wrong === undefined ? [] : [{ variable: name, message: `${named(name, given)} ${wrong}` }];
    }),
  ];
}

/** Values that are used although they are not among those known so far: a sentence for each. */
export function unknownValues(
  definition: Definition,
  given: GivenValues,
  values: Readonly<Record<string, string>>,
): string[] {
  return definition.variables.flatMap((variable) => {
    const value = values[variable.name] ?? '';
    const wrong =
      value === ''
        ? undefined
        : unknownValueProblem({ ...variable, secret: holdsSecret(variable, definition, values) }, value);
    return wrong === undefined ? [] : [`${named(variable.name, given)} ${wrong}; it is used all the same`];
  });
}

/** Whether a person gave all addresses that are declared with variables in them, without such variables. */
function hasOwnAddresses({ variables }: Definition, given: GivenValues): boolean {
  return variables
    .filter(({ format, value = '' }) => format === 'base-url' && variablesIn(value).length > 0)
    .every(({ name }) => given.has(name) && variablesIn(given.get(name)?.value ?? '').length === 0);
}

function unknownValueProblem({ known, secret }: Variable, value: string): string | undefined {
  if (known === undefined || known.includes(value)) return undefined;
  return `is ${secret ? 'not allowed' : JSON.stringify(value)}; expected one of ${known.join(', ')}`;
}

/** `tld (from .env)`. */
function named(name: string, given: GivenValues): string {
  const origin = given.get(name)?.origin;
  return `${name}${origin ? ` (from ${origin})` : ''}`;
}

/**
 * Everything wrong with the values of one iteration, which go before those of the run. What only a run can fill in
 * (`{{runID}}`) is not known yet, and a value that holds it is not checked further.
 */
export function iterationProblems(
  definition: Definition,
  values: Readonly<Record<string, unknown>>,
  allowedHttpHosts: readonly string[] = [],
): ValueProblem[] {
  const declared = variablesByName(definition);
  const given = Object.entries(values).flatMap(([name, value]): [Variable, string][] => {
    const variable = declared.get(name);
    // Only scripts make use of a list or an object.
    const text = typeof value === 'object' ? '' : valueText(value);
    return variable === undefined || text === '' ? [] : [[variable, text]];
  });
  const texts = Object.fromEntries(given.map(([{ name }, text]) => [name, text]));
  const all = given.some(([, text]) => text.includes('{{')) ? { ...declaredValues(definition), ...texts } : texts;
  return given.flatMap(([variable, text]) => {
    const { name } = variable;
    const secretIn = variablesIn(text).find((inner) => declared.get(inner)?.secret);
    // As Postman would: an import runs as it did there.
    if (secretIn !== undefined && !variable.secret && definition.iterations !== 'shared')
      return [
        { variable: name, message: `${name} would hold the secret {{${secretIn}}}; write a value that holds none` },
      ];
    const value = substitute(text, (inner) => all[inner] || undefined);
    const holes = variablesIn(value);
    const isFilledInLater = holes.every((hole) => declared.has(hole));
    if (holes.length > 0 && (mayBeUnresolved(variable, definition) || isFilledInLater)) return [];
    const secret = holdsSecret(variable, definition, all);
    const checked = { ...variable, secret };
    const wrong = formatProblem(checked, value, allowedHttpHosts) ?? unknownValueProblem(checked, value);
    return wrong === undefined ? [] : [{ variable: name, message: `${name} ${wrong}` }];
  });
}

const variablesByName = perDefinition(
  ({ variables }: Definition): ReadonlyMap<string, Variable> =>
    new Map(variables.map((variable) => [variable.name, variable])),
);

function declaredValues({ variables }: Definition): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value ?? '']));
}

/** Whether a variable is secret, or its value is filled in with one that is. */
function holdsSecret(
  { name, secret }: Variable,
  definition: Definition,
  values: Readonly<Record<string, string>>,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (secret) return true;
  if (seen.has(name)) return false;
  const inside = variablesIn(values[name] ?? '');
  if (inside.length === 0) return false;
  const within = new Set([...seen, name]);
  return definition.variables.some(
    (variable) => inside.includes(variable.name) && holdsSecret(variable, definition, values, within),
  );
}

function missingProblem({ name, description, os, secret }: Variable): ValueProblem {
  const inFile = `${name} in the environment file`;
  const where = [
    ...(os === undefined ? [inFile] : [`the OS variable ${os} (also in .env)`, inFile]),
    ...(os === undefined && !secret ? [`--var ${name}=VALUE`] : []),
  ];
  const parts = [`${name} has no value.`, description, `Set ${where.join(', or ')}.`];
  return { variable: name, message: parts.filter((part) => part !== '').join(' ') };
}

/** What is wrong with a value, to be read after the variable's name. */
function formatProblem(variable: Variable, value: string, allowedHttpHosts: readonly string[]): string | undefined {
  const shown = variable.secret ? '' : ` ${JSON.stringify(value)}`;
  const holes = variablesIn(value);
  if (holes.length > 0 && !variable.secret) return `needs a value for ${holes.join(', ')}`;
  if (hasForm(variable) && /[\r\n\t]/.test(value)) return 'holds a line break or a tab; paste it again';
  if (variable.allowed && !variable.allowed.includes(value)) {
    return `is${shown || ' not allowed'}; expected one of ${variable.allowed.join(', ')}`;
  }
  switch (variable.format) {
    case 'uuid':
      return uuid.test(value)
        ? undefined
        : `is${shown || ' not an id'}; expected an id like 6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01`;
    case 'email':
      return email.test(value) ? undefined : `is${shown}; expected an e-mail address like name@example.com`;
    case 'base-url':
      return baseUrlProblem(value, variable, allowedHttpHosts);
    default:
      return undefined;
  }
}

function baseUrlProblem(
  value: string,
  { refuseSuffix, secret }: Variable,
  allowedHttpHosts: readonly string[],
): string | undefined {
  const shown = secret ? 'not usable' : JSON.stringify(value.replace(/\/\/[^/@]*@/, '//…@'));
  if (!URL.canParse(value)) return `is ${shown}; expected an address like https://api.example.com`;
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `is ${shown}; expected an address that begins with https://`;
  if (url.protocol === 'http:' && refusesPlainHttp(url.hostname, allowedHttpHosts)) {
    return `is ${shown}; expected https://, for http:// would send the credentials unencrypted`;
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return `is ${shown}; expected an address without a user name, "?" or "#"`;
  }
  if (refuseSuffix !== undefined && url.pathname.replace(/\/+$/, '').endsWith(refuseSuffix))
    return `is ${shown}; expected the address without ${refuseSuffix}`;
  return undefined;
}
