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
