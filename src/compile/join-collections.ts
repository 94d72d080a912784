import type { Definition } from '../definition/definition.ts';
import { compileCollection, type PostmanCollection } from './collection.ts';
import { stableId } from './ids.ts';

/**
 * Several collections as one that runs them in sequence: each is a folder with the items, scripts and authorization it has
 * alone, to the letter. `joined` is what `joinDefinitions` made of the parts. One alone stays as it is.
 */
export function compileJoined(parts: readonly Definition[], joined: Definition): PostmanCollection {
  const compiled = parts.map((part) => compileCollection(part));
  const [only, ...others] = compiled;
  if (only !== undefined && others.length === 0) return only;
  const variables = compiled.flatMap(({ variable }) => (variable ?? []) as readonly { readonly key: string }[]);
  return {
    info: {
      ...(only?.info as object | undefined),
      _postman_id: stableId(joined.id, 'collection'),
      name: joined.name,
      description: joined.description,
    },
    item: compiled.map(({ info, item, event, auth }, index) => ({
      id: stableId(joined.id, 'part', String(index)),
      name: (info as { readonly name: string }).name,
      item,
      event,
      auth,
    })),
    variable: variables.filter(({ key }, index) => variables.findIndex((other) => other.key === key) === index),
  };
}
