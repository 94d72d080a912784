import type { Fault, FaultMatch } from '../faults/fault.ts';

/** Ids as people tell them apart: the first eight digits. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** A path with short ids. */
export function shortPath(path: string): string {
  return path.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, (id) => `${shortId(id)}…`);
}

/** `1 user`, `2 users`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `POST, step 3, attempt 1 to 2`. */
export function matchWords({ method, path, step, attempt, probability }: FaultMatch = {}): string {
  const words = [
    ...(method === undefined ? [] : [[method].flat().join(' or ')]),
    ...(path === undefined ? [] : [path]),
    ...(step === undefined ? [] : [`step ${[step].flat().join(' or ')}`]),
    ...(attempt === undefined ? [] : [`attempt ${attemptWords(attempt)}`]),
    ...(probability === undefined ? [] : [`${Math.round(probability * 100)} % of them`]),
  ];
  return words.length === 0 ? 'every request' : words.join(', ');
}

function attemptWords(attempt: NonNullable<FaultMatch['attempt']>): string {
  if (typeof attempt === 'number') return String(attempt);
  if (Array.isArray(attempt)) return attempt.join(', ');
  return attempt.to === undefined ? `${attempt.from} and later` : `${attempt.from} to ${attempt.to}`;
}

/** `status: status 429, retryAfter 1`. */
export function actionWords({ kind, ...options }: Fault['do']): string {
  const words = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return words.length === 0 ? kind : `${kind}: ${words.join(', ')}`;
}
