import { isIPv6 } from 'node:net';
import { InvalidArgumentError } from 'commander';
import type { Shard } from '../../run/result/result.ts';
import { type DisputedAnswer, disputedAnswers } from '../../simulator/dialect.ts';
import { type RateLimits, rateLimitGroups } from '../../simulator/state/model.ts';

/** What reads the values of options. Each throws `InvalidArgumentError` with what it expects. */

export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400))
    throw new InvalidArgumentError('Expected a number of seconds above 0, at most 86400.');
  return value;
}

export function hours(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 87_600) || text.trim() === '')
    throw new InvalidArgumentError('Expected a number of hours, 0 or more.');
  return value;
}

export function milliseconds(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 3_600_000)
    throw new InvalidArgumentError('Expected whole milliseconds, at most 3600000 (an hour).');
  return value;
}

/** Seconds for which the simulator delays something. */
export function delaySeconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 86_400)
    throw new InvalidArgumentError('Expected a number of seconds, at most 86400.');
  return value;
}

export function megabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1024))
    throw new InvalidArgumentError('Expected a number of megabytes above 0, at most 1024.');
  return value;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0 to 99.');
  return Number(text);
}

export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

/** How many things go on at once. */
export function lanes(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999.');
  return Number(text);
}

export function processes(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 99.');
  return Number(text);
}

export function perSecond(text: string): number {
  const value = Number(text.replace(/\/s$/, ''));
  if (!(value > 0 && value <= 10_000)) throw new InvalidArgumentError('Expected a number above 0, such as 50 or 0.5.');
  return value;
}

/** The name of an answer that the simulator can give in two ways. */
export function disputedAnswer(text: string): DisputedAnswer {
  if (Object.hasOwn(disputedAnswers, text)) return text as DisputedAnswer;
  const known = Object.entries(disputedAnswers).map(([name, what]) => `\n  ${name}: ${what}`);
  throw new InvalidArgumentError(`Expected one of these names:${known.join('')}`);
}

/** A group of requests and how many of them a license allows. */
export function rateLimit(text: string): RateLimits {
  const [group, limit = '', ...more] = text.split('=');
  const known = rateLimitGroups.find((name) => name === group);
  if (known === undefined || more.length > 0 || !/^[1-9]\d{0,8}$/.test(limit)) {
    throw new InvalidArgumentError(
      `Expected a group and a number, such as rlgConfigRpm=600. ${rateLimitGroups.join(', ')}`,
    );
  }
  return { [known]: { limit: Number(limit) } };
}

export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('Expected a port number from 0 to 65535.');
  return value;
}

/** A host as `new URL(…).hostname` gives it: lower case, an international name in ASCII, an IPv6 address in brackets. */
export function hostname(text: string): string {
  const host = isIPv6(text) ? `[${text}]` : text;
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  // A port may be the usual one, which a URL leaves out: hence the look at the text.
  const isAlone = !/[/\\?#@*\s%]|:\d*$/.test(host) && url?.port === '';
  if (!url || !isAlone)
    throw new InvalidArgumentError(
      'Expected a host alone, such as pingone.test or 192.0.2.1, without scheme, port or path.',
    );
  return url.hostname;
}

export function collectionName(text: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text))
    throw new InvalidArgumentError('Expected lower case words joined by hyphens.');
  return text;
}

const mostShards = 9999;

/** Reads `I/N`: shard I, from 1, of N. */
export function shard(text: string): Shard {
  const [, index, total] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || total === undefined || total < 1)
    throw new InvalidArgumentError(`Expected which shard of how many, such as 1/3; at most ${mostShards}.`);
  if (index < 1 || index > total)
    throw new InvalidArgumentError(`Expected a shard from 1 to ${total}, such as 1/${total}.`);
  return { index, count: total };
}
