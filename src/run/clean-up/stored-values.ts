import { baseVariables, withoutEnding } from '../../compile/scripts/base-addresses.ts';
import { type Definition, setBySteps } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { substitute, textsIn, variablesIn } from '../../definition/variables.ts';
import { tokenStepOf } from '../judge/access-token.ts';

/**
 * What a ledger stores of variables, beside what is given now. Where the service is, which tenant it is and who signs on are given; what a run
 * made, was told or was answered is stored.
 */

type Values = Readonly<Record<string, string>>;

/** The stored values that still hold: all but those that are given anew. */
export function storedValues(definition: Definition, stored: Values): Values {
  const { all } = givenAnew(definition);
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !all.has(name)));
}

/** The first variable by which a ledger is of another address or tenant than the given one, with what it holds; undefined for the same. */
export function otherTenant(
  definition: Definition,
  stored: Values,
  given: Values,
): { readonly name: string; readonly value: string } | undefined {
  const { addresses, tenant } = givenAnew(definition);
  const filled = (values: Values, name: string) => {
    const value = substitute(values[name] ?? '', (inner) => values[inner]);
    const base = baseVariables(definition.variables).find((variable) => variable.name === name);
    return base ? withoutEnding(value, base.removeSuffix) : value;
  };
  const different = [...addresses, ...tenant].find((name) => {
    const [before, now] = [filled(stored, name), filled(given, name)];
    return before !== '' && now !== '' && before !== now;
  });
  return different === undefined ? undefined : { name: different, value: filled(stored, different) };
}

/** The variables that say where the service is; those of the token's address, which say which tenant; and the rest of that request. */
const givenAnew = perDefinition((definition: Definition) => {
  const set = setBySteps(definition.steps);
  const addresses = baseVariables(definition.variables).map(({ name }) => name);
  const request = tokenStepOf(definition)?.step.request;
  const isGiven = (name: string) => !set.has(name) && !addresses.includes(name);
  const tenant = variablesIn(request?.url ?? '').filter(isGiven);
  const { auth, headers, body } = request ?? {};
  const credentials = textsIn({ auth, headers, body })
    .flatMap(({ text }) => variablesIn(text))
    .filter((name) => isGiven(name) && !tenant.includes(name));
  return { addresses, tenant, all: new Set([...addresses, ...tenant, ...credentials]) };
});
