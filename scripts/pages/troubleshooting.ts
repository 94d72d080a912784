import type { RootContent } from 'mdast';
import { weightOf } from '../../src/compile/scripts/condition-weight.ts';
import type { TroubleshootingEntry } from '../../src/definition/schema.ts';
import { list, text } from '../../src/report/text/mdast.ts';
import { conditionWords } from './conditions.ts';
import { prose } from './parts.ts';

/** The section of the overview with what may happen with every request. */
export const generalTitle = 'What may happen with every request';

export const firstIsLikeliest = 'When several lines fit, the first names the likeliest cause.';

/** Entries in the order in which a run shows them. */
export function entryList(all: readonly TroubleshootingEntry[]): RootContent {
  const likeliestFirst = all.toSorted((one, other) => weightOf(other.when) - weightOf(one.when));
  return list(
    likeliestFirst.map(({ when, cause, remedy }) => [
      ...prose(`${conditionWords(when)}: `),
      { type: 'strong', children: prose(cause) },
      text(' '),
      ...prose(remedy),
    ]),
  );
}
