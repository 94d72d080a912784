import { type Compare, type Filter, parse } from 'scim2-parse-filter';
import { inferredMessages } from '../inferred.ts';
import { invalidRequest, type Refusal } from '../refusal.ts';

/** An operator that some resource documents. */
export type Operator = 'co' | 'eq' | 'ew' | 'lt' | 'sw';

/** An attribute that a resource's list can be filtered by. */
export interface FilterAttribute<Item> {
  readonly operators: readonly Operator[];
  /** The item's value; undefined never matches. */
  readonly value: (item: Item) => boolean | string | undefined;
}

/** Attributes of what is in a list such as `memberOfGroups[id eq "…"]`, and what an item has in it. */
export interface FilterList<Item> {
  readonly attributes: readonly string[];
  readonly values: (item: Item) => readonly Readonly<Record<string, string>>[];
}

/** What a resource documents about its filters. */
export interface FilterRules<Item> {
  readonly attributes: Readonly<Record<string, FilterAttribute<Item>>>;
  readonly lists?: Readonly<Record<string, FilterList<Item>>>;
  readonly joins: readonly ('and' | 'or')[];
}

/**
 * The test a `filter` parameter asks for. Only what the resource documents is taken; anything else, and what cannot be
 * parsed, throws 400 with INVALID_FILTER. Strings are compared without regard to case, as documented for `status`.
 */
export function filterOf<Item>(text: string | null, rules: FilterRules<Item>): (item: Item) => boolean {
  if (text === null) return () => true;
  try {
    return predicateOf(parse(text), rules);
  } catch {
    // The parser's own errors, an attribute that is not documented, or nesting deeper than the stack.
    throw invalidFilter(rules);
  }
}

function predicateOf<Item>(filter: Filter, rules: FilterRules<Item>): (item: Item) => boolean {
  switch (filter.op) {
    case 'and':
    case 'or': {
      if (!rules.joins.includes(filter.op)) throw new Error(`no ${filter.op} here`);
      const parts = filter.filters.map((part) => predicateOf(part, rules));
      return filter.op === 'and'
        ? (item) => parts.every((part) => part(item))
        : (item) => parts.some((part) => part(item));
    }
    case '[]': {
      const { attributes, values } = own(rules.lists ?? {}, filter.attrPath);
      const test = predicateOf(filter.valFilter, { attributes: membersBy(attributes), joins: ['and', 'or'] });
      return (item) => values(item).some(test);
    }
    case 'pr':
    case 'not':
      throw new Error(`no ${filter.op} here`);
    default:
      return comparisonOf(filter, rules);
  }
}

function membersBy(names: readonly string[]): FilterRules<Readonly<Record<string, string>>>['attributes'] {
  return Object.fromEntries(names.map((name) => [name, { operators: ['eq'], value: (member) => member[name] }]));
}

const comparisons: Readonly<Record<Operator, (text: string, wanted: string) => boolean>> = {
  co: (text, wanted) => text.includes(wanted),
  eq: (text, wanted) => text === wanted,
  ew: (text, wanted) => text.endsWith(wanted),
  lt: (text, wanted) => text < wanted,
  sw: (text, wanted) => text.startsWith(wanted),
};

function comparisonOf<Item>(filter: Compare, rules: FilterRules<Item>): (item: Item) => boolean {
  const { operators, value } = own(rules.attributes, filter.attrPath);
  const operator = operators.find((known) => known === filter.op);
  if (operator === undefined) throw new Error('not documented');
  const compare = comparisons[operator];
  const wanted = folded(filter.compValue);
  return (item) => {
    const given = value(item);
    // A boolean is compared with a boolean, or with its name.
    return given !== undefined && compare(folded(given), wanted);
  };
}

function folded(value: boolean | null | number | string): string {
  if (typeof value !== 'string' && typeof value !== 'boolean') throw new Error('values are strings in double quotes');
  return String(value).toLowerCase();
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  if (value === undefined) throw new Error('not documented');
  return value;
}

function invalidFilter<Item>(rules: FilterRules<Item>): Refusal {
  const attributes = Object.entries(rules.attributes);
  return invalidRequest([
    {
      code: 'INVALID_FILTER',
      target: 'filter',
      message: inferredMessages.invalidFilter,
      innerError: {
        supportedAttributes: [...attributes.map(([name]) => name), ...Object.keys(rules.lists ?? {})],
        supportedOperators: [...new Set([...attributes.flatMap(([, { operators }]) => operators), ...rules.joins])],
      },
    },
  ]);
}
