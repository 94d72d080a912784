import { type Json, scriptText } from '../compile/canonical.ts';
import { collectionFileName } from '../compile/compile.ts';
import { stableId } from '../compile/ids.ts';
import { pendingName } from '../compile/scripts/planned-checks.ts';
import { isMapping } from '../definition/merge-patch.ts';
import { slugOf, unique } from './names.ts';
import { match } from './reading/code-shape.ts';
import { statementsOf, textOf } from './reading/script-code.ts';
import type { SourceRequest } from './walk.ts';

/** Finds again what the ids of a compiled collection were made from. */

/** A step of the definition that an import goes to. */
export interface KnownStep {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  /** Method and address. */
  readonly request: string;
  /** It has a test script of its own, which is to stay one. */
  readonly ownScript: boolean;
}

const ourId = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether something has an id that `compile` gives; other programs make ids of another version of RFC 9562. */
export function hasOurId(value: unknown): boolean {
  return isMapping(value) && typeof value.id === 'string' && ourId.test(value.id);
}

/** The id of the definition: of the one that is there, or the one that the collection's id was made from, or of its name. */
export function definitionId(
  collection: Json,
  file: string,
  wanted: string | undefined,
  name: string,
): { id: string; isOurs: boolean } {
  const stem = file.replace(/^.*[/\\]/, '').replace(/(\.postman_collection)?\.json$/, '');
  const info = isMapping(collection.info) ? collection.info : {};
  const isSource = (id: string) => stableId(id, 'collection') === info._postman_id;
  const fallback = slugOf(name, 'collection');
  const candidates = [wanted, stem, fallback].filter((id) => id !== undefined);
  const source = candidates.find((id) => isSource(id) && collectionFileName(id) !== '');
  return { id: source ?? wanted ?? fallback, isOurs: source !== undefined };
}

export interface StepIdentity {
  readonly id: string;
  readonly file: string;
  /** Whether a known step has a test script of its own. Undefined: the step is not known. */
  readonly ownScript?: boolean;
}

/**
 * Ids and file names for requests: those of known steps where they are the same, else made from their names. An id that something
 * else in the `text` of the collection names, such as a jump of a script, stays as it is.
 */
export function identifySteps(
  requests: readonly SourceRequest[],
  definition: { readonly id: string; readonly isOurs: boolean },
  known: readonly KnownStep[],
  text: string,
): StepIdentity[] {
  const matches = matchKnown(requests, definition.id, known);
  const matched = [...matches.values()];
  const ids = new Set(matched.map(({ id }) => id));
  const files = new Set(matched.map(({ file }) => file.toLowerCase()));
  const repeated = requests.some(({ original }) => itemIdOf(original)) ? repeatedIds(text) : new Set<string>();
  return requests.map((request, index) => {
    const match = matches.get(request);
    if (match) return { id: match.id, file: match.file, ownScript: match.ownScript };
    const slug = slugOf(request.name.replace(/^step \d+\s*[:.-]\s*/i, ''), `request-${index + 1}`);
    const wanted = idInScript(request.item) ?? slug;
    const id =
      recoveredId(request, definition, slug, ids) ??
      namedId(request, repeated, ids) ??
      unique(wanted, ids, (text, number) => `${text}-${number}`);
    ids.add(id);
    const file = unique(slug, files, (text, number) => `${text}-${number}`);
    return { id, file: `${file}.yaml` };
  });
}

/** The id that an item's id was made from, or the item's id itself where that cannot be known. */
function recoveredId(
  { name, original, item }: SourceRequest,
  { id: definition, isOurs }: { readonly id: string; readonly isOurs: boolean },
  slug: string,
  taken: ReadonlySet<string>,
): string | undefined {
  if (!isOurs || typeof original.id !== 'string') return undefined;
  const named = idInScript(item);
  const candidates = [
    ...(named === undefined ? [] : [named]),
    slug,
    slugOf(name, 'request'),
    slug.replace(/\b(a|an|the|all)-/g, ''),
  ];
  const found = candidates.find((id) => stableId(definition, 'step', id) === original.id);
  const own = isItemId.test(original.id) ? original.id : undefined;
  const id = found ?? own;
  return id === undefined || taken.has(id) ? undefined : id;
}

const isItemId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of the item where the text of the collection names it once more. */
function namedId(
  { original }: SourceRequest,
  repeated: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): string | undefined {
  const id = itemIdOf(original);
  return id !== undefined && repeated.has(id) && !taken.has(id) ? id : undefined;
}

function itemIdOf({ id: own, _postman_id }: Json): string | undefined {
  const id = own ?? _postman_id;
  return typeof id === 'string' ? id : undefined;
}

/** Ids of items that are in the text more than once. */
function repeatedIds(text: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  // In the lookahead, as one id may begin within another.
  for (const [, id = ''] of text.matchAll(/(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))/g)) {
    (seen.has(id) ? repeated : seen).add(id);
  }
  return repeated;
}

/** The id of its step that a generated script names. */
function idInScript({ event }: Json): string | undefined {
  const before = ((event ?? []) as readonly Json[]).find(({ listen }) => listen === 'prerequest');
  const text = scriptText((before?.script as Json | undefined)?.exec);
  const statements = (text.includes(pendingName('')) && statementsOf(text)) || [];
  const names = statements.map((statement) => textOf(match('pm.variables.set($name, $names);', statement)?.name));
  return names.flatMap((name) => pending.exec(name ?? '')?.[1] ?? [])[0];
}

const pending = new RegExp(`^${pendingName('')}([a-z0-9-]+)$`);

/** The known step of each request: by its id, else by its name, else by method and address. */
function matchKnown(
  requests: readonly SourceRequest[],
  definition: string,
  known: readonly KnownStep[],
): Map<SourceRequest, KnownStep> {
  const matches = new Map<SourceRequest, KnownStep>();
  const free = new Set(known);
  const byKey = (keyOf: (request: SourceRequest) => unknown, keyOfKnown: (step: KnownStep) => unknown) => {
    const table = new Map([...free].reverse().map((step) => [keyOfKnown(step), step]));
    for (const request of requests) {
      const step = matches.has(request) ? undefined : table.get(keyOf(request));
      if (!step || !free.delete(step)) continue;
      matches.set(request, step);
    }
  };
  byKey(
    ({ original }) => original.id,
    ({ id }) => stableId(definition, 'step', id),
  );
  byKey(
    ({ original }) => original.id,
    ({ id }) => id,
  );
  byKey(
    ({ name }) => name,
    ({ name }) => name,
  );
  byKey(
    ({ item }) => requestKey(item),
    ({ request }) => request,
  );
  return matches;
}

/** Method and address of a canonical item. */
export function requestKey({ request }: Json): string {
  const { method, url } = request as Json;
  return `${String(method)} ${String((url as Json).raw)}`;
}
