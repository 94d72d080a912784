import { createHash } from 'node:crypto';
import type { Call } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { invalidRequest, type Refusal } from '../refusal.ts';

/** How long a page may be. A longer `limit` is cut: the size in the answer wins over the limit asked (documented). */
export interface PageSize {
  readonly standard: number;
  readonly maximum: number;
}

/** Orders a list: by `key`, then by `sequence`, which no two items share. */
export interface Ordering<Item> {
  readonly key: (item: Item) => string;
  readonly descending: boolean;
}

interface Position {
  readonly key: string;
  readonly sequence: number;
  readonly backwards: boolean;
}

/** How a resource writes its lists (recorded). */
export interface ListForm<Item> {
  readonly ordering?: Ordering<Item> | undefined;
  /** What `self` repeats of the query. Default: all of it, in the order of the request. */
  readonly query?: 'none' | 'sorted';
  /** Default true. */
  readonly hasCount?: boolean;
}

/** One page of `items` (already filtered), as PingOne writes lists; `name` is the key below `_embedded`. */
export function pageOf<Item extends { readonly sequence: number }>(
  call: Call,
  name: string,
  items: readonly Item[],
  size: PageSize,
  render: (item: Item) => JsonObject,
  { ordering = { key: () => '', descending: false }, query, hasCount = true }: ListForm<Item> = {},
): JsonObject {
  const limit = limitOf(call, size);
  const sorted = items.toSorted((one, other) =>
    compare(positionOf(one, ordering), positionOf(other, ordering), ordering),
  );
  const start = startOf(call, sorted, ordering, limit);
  const page = sorted.slice(start, start + limit);
  const last = page.at(-1);
  const first = page[0];
  const next = last !== undefined && start + page.length < sorted.length;
  return {
    _links: {
      self: { href: selfAddress(call, query) },
      ...(next
        ? { next: { href: pageAddress(call, { ...positionOf(last, ordering), backwards: false }, limit) } }
        : {}),
      ...(start > 0 && first !== undefined
        ? { prev: { href: pageAddress(call, { ...positionOf(first, ordering), backwards: true }, limit) } }
        : {}),
    },
    _embedded: { [name]: page.map(render) },
    ...(hasCount ? { count: sorted.length } : {}),
    size: page.length,
  };
}

/** The ordering an `order` parameter asks for (`name`, or `-name` for descending). Throws 400 for a key not in `keys`. */
export function orderingOf<Item>(
  call: Call,
  keys: Readonly<Record<string, (item: Item) => string>>,
): Ordering<Item> | undefined {
  const order = call.url.searchParams.get('order');
  if (order === null) return undefined;
  const descending = order.startsWith('-');
  const name = descending ? order.slice(1) : order;
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (key === undefined) throw invalidParameter('order', inferredMessages.invalidOrder);
  return { key, descending };
}

function limitOf(call: Call, size: PageSize): number {
  const text = call.url.searchParams.get('limit');
  if (text === null) return size.standard;
  if (!/^-?\d+$/.test(text)) throw invalidParameter('limit', inferredMessages.invalidLimit);
  const limit = Number(text);
  if (limit >= 1) return Math.min(limit, size.maximum);
  throw invalidRequest([
    {
      code: 'OUT_OF_RANGE',
      target: 'limit',
      message: inferredMessages.outOfRange(1, size.maximum),
      innerError: { rangeMinimumValue: 1, rangeMaximumValue: size.maximum },
    },
  ]);
}

/** Where the page begins. A cursor names the neighbour of the page, so it stays right when items come and go. */
function startOf<Item extends { readonly sequence: number }>(
  call: Call,
  sorted: readonly Item[],
  ordering: Ordering<Item>,
  limit: number,
): number {
  const cursor = call.url.searchParams.get('cursor');
  if (cursor === null) return 0;
  const position = decodeCursor(call, cursor);
  const beyond = (item: Item) => compare(positionOf(item, ordering), position, ordering);
  if (position.backwards) {
    const end = sorted.findIndex((item) => beyond(item) >= 0);
    return Math.max(0, (end < 0 ? sorted.length : end) - limit);
  }
  const start = sorted.findIndex((item) => beyond(item) > 0);
  return start < 0 ? sorted.length : start;
}

function positionOf<Item extends { readonly sequence: number }>(item: Item, ordering: Ordering<Item>) {
  return { key: ordering.key(item), sequence: item.sequence };
}

function compare<Item>(
  one: { readonly key: string; readonly sequence: number },
  other: { readonly key: string; readonly sequence: number },
  ordering: Ordering<Item>,
): number {
  const byKey = one.key < other.key ? -1 : Number(one.key > other.key);
  return (byKey || one.sequence - other.sequence) * (ordering.descending ? -1 : 1);
}

/** The address of a list as it was asked for. */
export function selfAddress(call: Call, form?: 'none' | 'sorted'): string {
  const query = new URLSearchParams(form === 'none' ? '' : call.url.searchParams);
  if (form === 'sorted') query.sort();
  return addressOf(call, query);
}

function pageAddress(call: Call, position: Position, limit: number): string {
  const query = new URLSearchParams(call.url.searchParams);
  query.set('cursor', encodeCursor(call, position));
  query.set('limit', String(limit));
  return addressOf(call, query);
}

/** Recorded: a blank is `%20`, not `+`. */
function addressOf({ origin, url }: Call, query: URLSearchParams): string {
  const text = query.toString().replaceAll('+', '%20');
  return `${origin}${url.pathname}${text === '' ? '' : `?${text}`}`;
}

function encodeCursor(call: Call, { key, sequence, backwards }: Position): string {
  return Buffer.from(JSON.stringify([listOf(call), key, sequence, backwards])).toString('base64url');
}

function decodeCursor(call: Call, cursor: string): Position {
  try {
    const [list, key, sequence, backwards] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (
      list === listOf(call) &&
      typeof key === 'string' &&
      typeof sequence === 'number' &&
      typeof backwards === 'boolean'
    ) {
      return { key, sequence, backwards };
    }
  } catch {
    // Not one of ours.
  }
  throw invalidParameter('cursor', inferredMessages.invalidCursor);
}

/** What a cursor belongs to: this path with this filter and order. */
function listOf(call: Call): string {
  const { pathname, searchParams } = call.url;
  const list = JSON.stringify([pathname, searchParams.get('filter'), searchParams.get('order')]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 16);
}

function invalidParameter(target: string, message: string): Refusal {
  return invalidRequest([{ code: 'INVALID_PARAMETER', target, message }]);
}
