import type { Definition } from '../../definition/definition.ts';
import { textsIn } from '../../definition/variables.ts';

/** Values that are too short or too common to be searched for in texts, although they are secrets. */

const shortest = 6;

/** Words of the protocols, which headers and bodies hold whatever the secret is. */
const commonWords = new Set(
  `accept access accesstoken administrator application authorization bearer boolean bytes change changeme charset chunked client
  connection content cookie created credentials default deleted description disabled enabled encoding environment error
  expired failed false forbidden gateway header invalid keep-alive length letmein license localhost message method network
  number object organization password passwords passw0rd policy postman private production profile
  qwerty region request response sandbox secret secrets server service session simulator status string success timeout
  token tokens transfer tutorial undefined unauthorized update username users version welcome`.split(/\s+/),
);

/** Whether a value would be found where it is no secret: it has fewer than six characters, is a number or a common word. */
export function isCommonValue(value: string): boolean {
  return isShort(value) || /^[\d.,:-]{0,12}$/.test(value) || commonWords.has(value.toLowerCase());
}

/** Whether it has fewer characters, of which each may be two units. */
function isShort(value: string): boolean {
  return value.length < 2 * shortest && [...value].length < shortest;
}

/**
 * What the definition itself holds, and is so no secret: its words, and its texts as a whole. Values that it gives to secret
 * variables do not count.
 */
export function publicTexts(definition: Definition): ReadonlySet<string> {
  const known = publicTextsOf.get(definition) ?? readPublicTexts(definition);
  publicTextsOf.set(definition, known);
  return known;
}

/** A command asks several times. */
const publicTextsOf = new WeakMap<Definition, ReadonlySet<string>>();

function readPublicTexts(definition: Definition): ReadonlySet<string> {
  const isSecret = new Set(definition.variables.filter(({ secret }) => secret).map(({ name }) => name));
  const open = {
    ...definition,
    variables: definition.variables.map(({ value, ...variable }) =>
      variable.secret ? variable : { value, ...variable },
    ),
    environments: definition.environments.map(({ values, ...template }) => ({
      ...template,
      values: Object.entries(values).filter(([name]) => !isSecret.has(name)),
    })),
  };
  const texts = textsIn(open).map(({ text }) => text);
  const names = definition.variables.map(({ name }) => name);
  const words = [...texts, ...names].flatMap((text) => text.match(/[A-Za-z]{6,}/g) ?? []);
  return new Set([...texts, ...names, ...words].map((text) => text.toLowerCase()));
}
