import type { RunResult } from '../../src/index.ts';

/** Keys of what differs from run to run, and of what the engines say of themselves. */
const left = new Set([
  'engine',
  'tool',
  'startedAt',
  'finishedAt',
  'durationMs',
  'startMs',
  'elapsedMs',
  'waitMs',
  'timings',
  'bytes',
  // Times in the claims of a token.
  'at_hash',
  'auth_time',
  'exp',
  'iat',
  // Of a request the runtime adds some, and a server some to its answers.
  'headers',
]);

// Not of ten digits: `%22` before an id that begins with eight.
const random =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{8}T\d{6}-[0-9a-f]{8}|\d{4}-\d\d-\d\dT[\d:.]+Z|127\.0\.0\.1:\d+|(?<!%)\b\d{10}(?:\d|\d{3})?\b|[0-9a-f]{8}-[0-9a-f]{0,4}(?=\\?")|'[\w+/]{43}='/g;

/**
 * A result without what differs from run to run: durations are left out, ids, names that hold them, times and ports are numbered in the
 * order in which they first stand there.
 */
export function comparableResult(result: RunResult): unknown {
  const numbers = new Map<string, string>();
  const named = (text: string) => {
    if (!numbers.has(text)) numbers.set(text, `#${numbers.size + 1}`);
    return numbers.get(text) ?? '';
  };
  const text = JSON.stringify(result, (key, value: unknown) =>
    left.has(key) ? undefined : withoutUnsentBody(key, value),
  );
  return JSON.parse(text.replace(random, named));
}

/** Newman reports the body of a GET, which it does not send. */
function withoutUnsentBody(key: string, value: unknown): unknown {
  const isGet = key === 'request' && (value as { method?: string } | undefined)?.method === 'GET';
  return isGet ? { ...(value as object), body: undefined } : value;
}
