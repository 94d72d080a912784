import { type Compare, type Filter, parse } from 'scim2-parse-filter';
import { inferredMessages } from '../inferred.ts';
import { invalidRequest, type Refusal } from '../refusal.ts';

/** An operator that some resource documents. */
export type Operator = 'eq' | 'lt' | 'sw';

/** An attribute that a resource's list can be filtered by. */
export interface FilterAttribute<Item> {
  readonly operators: readonly Operator[];
  /** The item's value; undefined never matches. */
  readonly value: (item: Item) => string | undefined;
}

/** What a resource documents about its filters. */
export interface FilterRules<Item> {
  readonly attributes: Readonly<Record<string, FilterAttribute<Item>>>;
  /** Lists such as `memberOfGroups[id eq "…"]`. */
  readonly lists?: Readonly<
    Record<string, { readonly attribute: string; readonly values: (item: Item) => readonly string[] }>
  >;
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
    case '[]':
      return listPredicateOf(filter.attrPath, filter.valFilter, rules);
    case 'not':
    case 'pr':
      throw new Error(`no ${filter.op} here`);
    default:
      return comparisonOf(filter, rules);
  }
}

function listPredicateOf<Item>(path: string, inner: Filter, rules: FilterRules<Item>): (item: Item) => boolean {
  const list = own(rules.lists ?? {}, path);
  if (inner.op !== 'eq' || inner.attrPath !== list.attribute) throw new Error('not documented');
  const wanted = folded(inner.compValue);
  return (item) => list.values(item).some((value) => value.toLowerCase() === wanted);
}

function comparisonOf<Item>(filter: Compare, rules: FilterRules<Item>): (item: Item) => boolean {
  const { operators, value } = own(rules.attributes, filter.attrPath);
  const operator = operators.find((known) => known === filter.op);
  const wanted = folded(filter.compValue);
  const compare = (test: (text: string) => boolean) => (item: Item) => {
    const text = value(item)?.toLowerCase();
    return text !== undefined && test(text);
  };
  switch (operator) {
    case 'eq':
      return compare((text) => text === wanted);
    case 'sw':
      return compare((text) => text.startsWith(wanted));
    case 'lt':
      return compare((text) => text < wanted);
    default:
      throw new Error('not documented');
  }
}

function folded(value: boolean | null | number | string): string {
  if (typeof value !== 'string') throw new Error('values are strings in double quotes');
  return value.toLowerCase();
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
