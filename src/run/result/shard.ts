import type { Shard } from './result.ts';

/**
 * The part of a list that a shard is: consecutive items, in order, so that the shards one after the other are the list. The
 * first shards have one item more when it cannot be divided evenly, and the last have none when there are more shards than
 * items. `index` is from 1 to `count`.
 */
export function shardOf<T>(items: readonly T[], { index, count }: Shard): readonly T[] {
  const each = Math.floor(items.length / count);
  const rest = items.length % count;
  const from = each * (index - 1) + Math.min(rest, index - 1);
  return items.slice(from, from + each + (index <= rest ? 1 : 0));
}

/**
 * Whether a row is of a shard: every `count`-th is, from the one with the number of the shard. A row that is added to the end of
 * a file moves no other to another shard. Numbers of rows are from 1; without a shard, each is of it.
 */
export function isRowOf(row: number, shard: Shard | undefined): boolean {
  return !shard || (row - 1) % shard.count === shard.index - 1;
}

/** How many of `total` rows are of a shard; none when there are more shards than rows. */
export function rowsOfShard(total: number, shard: Shard | undefined): number {
  return shard ? Math.max(0, Math.ceil((total - shard.index + 1) / shard.count)) : total;
}

export function isSameShard(one: Shard | undefined, other: Shard | undefined): boolean {
  return one?.index === other?.index && one?.count === other?.count;
}
