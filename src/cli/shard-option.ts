import { InvalidArgumentError } from 'commander';
import type { Shard } from '../run/result/result.ts';

const mostShards = 9999;

/** Reads `I/N`: shard I, from 1, of N. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || count < 1)
    throw new InvalidArgumentError(`Expected which shard of how many, such as 1/3; at most ${mostShards}.`);
  if (index < 1 || index > count)
    throw new InvalidArgumentError(`Expected a shard from 1 to ${count}, such as 1/${count}.`);
  return { index, count };
}
