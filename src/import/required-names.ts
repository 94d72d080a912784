import { type Json, scriptText } from '../compile/canonical.ts';
import type { CollectionFile } from '../definition/schema.ts';
import { inspectScript } from '../definition/script-facts.ts';
import { variablesIn } from '../definition/variables.ts';
import type { SourceTree } from './walk.ts';

/** Scripts that may set variables of any name, change requests or pass them by. */
const unforeseeable =
  /\.set\(\s*[^'"\s]|set\w*Variable\(\s*[^'"\s]|\bpm\.request\b|\bskipRequest\b|\bsendRequest\b|\bsetNextRequest\b|\bunset\b|\bclear\b|\beval\b/;

/** The items of a collection, and the events of the collection itself. */
export interface SourceScripts extends SourceTree {
  readonly events: unknown;
}

/**
 * The variables in the hosts of addresses that have no value and that no script sets, if each request has one: then nothing can be sent
 * without them.
 */
export function namesOfHosts(
  variables: CollectionFile['variables'],
  { requests, folders, events: shared }: SourceScripts,
): string[] {
  const events = [shared, ...folders.map(({ frame }) => frame.event), ...requests.map(({ item }) => item.event)];
  const scripts = events.flatMap((list) =>
    ((list ?? []) as readonly Json[]).map(({ script }) => scriptText((script as Json | undefined)?.exec)),
  );
  const facts = scripts.map((text) => inspectScript(text, 'body'));
  if (facts.some(({ parsed }) => !parsed) || scripts.some((text) => unforeseeable.test(text))) return [];
  const set = new Set(facts.flatMap(({ sets }) => sets));
  const isOpen = (name: string) =>
    Object.hasOwn(variables, name) && !set.has(name) && (variables[name]?.value ?? '') === '';
  const hosts = requests.map(({ item }) => hostOf(((item.request as Json).url as Json).raw).filter(isOpen));
  return hosts.every((names) => names.length > 0) ? [...new Set(hosts.flat())] : [];
}

/** The variables in an address before its path. */
function hostOf(address: unknown): string[] {
  return variablesIn(/^([a-z]+:\/\/)?[^/?#]*/i.exec(String(address ?? ''))?.[0] ?? '');
}
