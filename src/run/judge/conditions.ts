import type { ConditionSource } from '../../definition/schema.ts';

/** What conditions read beside the value: variables, and the time. */
export interface Surroundings {
  /** A text with its variables filled in. */
  fill(text: string): string;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/**
 * Why a value is not as a condition asks, in the words of the compiled script (`condition-script.ts`), which this follows line by line;
 * undefined when it is.
 */
export function obstacle(
  name: string,
  value: unknown,
  condition: ConditionSource,
  { fill, now }: Surroundings,
): string | undefined {
  const { is, has, endsWith, atLeast, past, future, ifSet } = condition;
  const wanted = wantedBy(condition, fill);
  const [first] = wanted;
  if (ifSet && !wanted.every((text) => hasText(String(text)))) return undefined;
  if (value === undefined || value === null) return `it does not say ${name}`;
  const found = `${name} is ${shown(value)}, `;
  if (is !== undefined && !wanted.includes(value)) return `${found}not ${wanted.join(' or ')}`;
  const held = [value].flat() as unknown[];
  if (has !== undefined && !held.includes(first))
    return `${name} lacks ${first} (it has ${held.slice(0, mostShown).map(shown).join(', ') || 'nothing'})`;
  const ends = typeof value === 'string' && value.endsWith(String(first));
  if (endsWith !== undefined && !ends) return `${found}which does not end with ${first}`;
  if (atLeast !== undefined) {
    if (typeof value !== 'number' || Number.isNaN(value)) return `${found}not a number`;
    if (value < atLeast) return `${found}not at least ${atLeast}`;
  }
  if (!past && !future) return undefined;
  const time = timeOf(value);
  if (Number.isNaN(time)) return `${found}not a time`;
  if (past && time > now) return `${found}not yet`;
  return future && time <= now ? `${found}already past` : undefined;
}

/** So many items of a list are shown. */
const mostShown = 20;

/** Postman puts a value in their place. */
const dynamicVariable = /\{\{\$(guid|timestamp|isoTimestamp|random[A-Z]\w*)\}\}/g;

/** Whether a text whose variables are filled in is neither empty nor holds one that has no value. */
export function hasText(text: string): boolean {
  return !/^$|\{\{/.test(text.replace(dynamicVariable, 'made'));
}

/** The values that a condition names, as the response writes them. */
function wantedBy({ is, has, endsWith, writtenAs = {} }: ConditionSource, fill: Surroundings['fill']): unknown[] {
  return [is ?? has ?? endsWith ?? []]
    .flat()
    .map((text) => (typeof text === 'string' ? fill(text) : text))
    .map((text) => (typeof text === 'string' && Object.hasOwn(writtenAs, text) ? writtenAs[text] : text));
}

/** Milliseconds since 1970: of seconds (RFC 7519) or an ISO date; NaN for anything else. */
function timeOf(value: unknown): number {
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : String(value);
}
