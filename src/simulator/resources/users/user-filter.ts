import type { FilterRules, Operator } from '../../lists/filter.ts';
import type { User } from '../../state/model.ts';

const nameParts = ['given', 'middle', 'family', 'formatted', 'honorificPrefix', 'honorificSuffix'];
const addressParts = ['countryCode', 'locality', 'postalCode', 'region', 'streetAddress'];
const plainAttributes = [
  ...['accountId', 'externalId', 'locale', 'mobilePhone', 'nickname', 'preferredLanguage', 'primaryPhone'],
  ...['timezone', 'title', 'type', 'username'],
];

/** The documented attributes of a user; what the simulator does not store never matches. */
export const userFilter: FilterRules<User> = {
  attributes: {
    ...attributesNamed(plainAttributes, ['eq', 'sw']),
    ...attributesNamed(addressParts, ['eq', 'sw'], 'address'),
    ...attributesNamed(nameParts, ['eq', 'sw'], 'name'),
    ...attributesNamed(['given', 'family'], ['eq', 'sw', 'ew', 'co'], 'name'),
    ...attributesNamed(['email'], ['eq', 'sw', 'ew', 'co']),
    ...attributesNamed(['href'], ['eq', 'sw'], 'photo'),
    enabled: { operators: ['eq', 'sw'], value: ({ enabled }) => enabled },
    id: { operators: ['eq'], value: ({ id }) => id },
    'population.id': { operators: ['eq'], value: ({ populationId }) => populationId },
  },
  joins: ['and', 'or'],
};

function attributesNamed(names: readonly string[], operators: readonly Operator[], parent?: string) {
  const textOf = (name: string, { attributes }: User) => {
    const holder = (parent === undefined ? attributes : attributes[parent]) as Record<string, unknown> | undefined;
    const value = holder?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  return Object.fromEntries(
    names.map((name) => [
      parent === undefined ? name : `${parent}.${name}`,
      { operators, value: (user: User) => textOf(name, user) },
    ]),
  );
}
