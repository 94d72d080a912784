import type { Statement } from 'acorn';
import { callHint, handOver, readyHintReport } from '../../compile/scripts/hint-script.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer } from '../../definition/pointer.ts';
import type { CollectionFile, TroubleshootingEntry } from '../../definition/schema.ts';
import { find, match } from './code-shape.ts';
import { dataOf, statementsOf } from './script-code.ts';

/** Reads troubleshooting entries out of generated scripts. */

/** What the collection's own script says for the hints of all requests. */
export type FoundHints = Pick<CollectionFile, 'service' | 'troubleshooting'>;

const hintsShape = 'const hints = $hints;';

const handOverText = handOver('$token').join('\n');

/** The statements of the collection's script that are for hints. */
export const collectionHintShapes: readonly string[] = [
  hintsShape,
  ...(statementsOf(handOverText) ?? []).map(({ start, end }) => handOverText.slice(start, end)),
];

const entriesShape = 'function entries() { return $entries; }';

/** The functions that give hints, as they stand in a test script. */
export const hintShapes: readonly string[] = [entriesShape, callHint.join('\n')];

/** A check before sending with hints, and one without. */
export const readyHintShape = readyHintReport(['const own = $own;']).join('\n');

/** What a script of the collection says for hints; undefined when it says nothing. */
export function readCollectionHints(text: string): FoundHints | undefined {
  const hints = dataOf(find(hintsShape, statementsOf(text) ?? [])?.hints);
  if (!isMapping(hints) || !Array.isArray(hints.entries)) return undefined;
  const { service: name, places, ready, entries } = hints;
  const errors = Object.entries(isMapping(places) ? places : {}).map(([key, keys]) => [
    key,
    formatPointer([keys].flat().map(String)),
  ]);
  const service = {
    ...(typeof name === 'string' && { name }),
    ...(errors.length > 0 && { errors: Object.fromEntries(errors) }),
  };
  return {
    ...(Object.keys(service).length > 0 && { service }),
    troubleshooting: readEntries([ready, entries]),
  };
}

/** The entries of a request, from both of its scripts. */
export function readHints(prerequest: string, test: string): TroubleshootingEntry[] {
  const before = (statementsOf(prerequest) ?? []).map((statement) => ownEntries(statement)).find((own) => own);
  const after = find(entriesShape, statementsOf(test) ?? [])?.entries;
  return readEntries([dataOf(before), dataOf(after)]);
}

/** The entries in the check before sending, which may stand in what is done when nothing is lacking. */
function ownEntries(statement: Statement): unknown {
  const inner = match('if ($isLacking) $skip; else { $rest; }', statement)?.rest as readonly Statement[] | undefined;
  return match(readyHintShape, statement)?.own ?? inner?.map((one) => ownEntries(one)).find((own) => own);
}

/** Entries of several lists, each once: one that does not say when it holds is in two. */
function readEntries(lists: readonly unknown[]): TroubleshootingEntry[] {
  const found = lists.flat(1).flatMap((entry): TroubleshootingEntry[] => {
    if (!Array.isArray(entry)) return [];
    const [, when, cause, remedy] = entry as unknown[];
    return isMapping(when) && typeof cause === 'string' && typeof remedy === 'string' ? [{ when, cause, remedy }] : [];
  });
  return found.filter((entry, at) => found.findIndex((one) => JSON.stringify(one) === JSON.stringify(entry)) === at);
}
