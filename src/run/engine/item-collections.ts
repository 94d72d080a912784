import type { PostmanCollection } from '../../compile/collection.ts';
import type { SdkModule } from './postman-sdk.ts';

/**
 * For each request a collection of the SDK with nothing but it and the folders around it: building one takes longer than running it,
 * so each is built once and lent to one execution at a time.
 */
export interface ItemCollections {
  /** A built collection that nobody else uses. Throws when there is no such item. */
  take(itemId: string): object;
  /** Gives back one that is as it was. */
  giveBack(itemId: string, built: object): void;
}

interface Node {
  readonly id?: unknown;
  readonly item?: readonly Node[];
}

export function createItemCollections(
  collection: PostmanCollection,
  sdk: () => Pick<SdkModule, 'Collection'>,
): ItemCollections {
  const free = new Map<string, object[]>();
  let paths: ReadonlyMap<string, readonly Node[]> | undefined;
  const build = (itemId: string): object => {
    paths ??= pathsOf(collection as Node);
    const path = paths.get(itemId);
    if (!path) throw new Error(`the collection has no item with the id ${itemId}`);
    const [item, ...around] = path.toReversed();
    const only = around.reduce((inside: object, folder) => ({ ...lean(folder), item: [inside] }), lean(item ?? {}));
    return new (sdk().Collection)(only);
  };
  return {
    take: (itemId) => free.get(itemId)?.pop() ?? build(itemId),
    giveBack: (itemId, built) => {
      const list = free.get(itemId) ?? [];
      free.set(itemId, list);
      list.push(built);
    },
  };
}

/** The nodes from the collection to each item, itself included, by the id of the item. The last of an id counts, as in Postman. */
function pathsOf(root: Node): ReadonlyMap<string, readonly Node[]> {
  const paths = new Map<string, readonly Node[]>();
  const visit = (node: Node, path: readonly Node[]) => {
    const own = [...path, node];
    if (!node.item) paths.set(String(node.id), own);
    for (const child of node.item ?? []) visit(child, own);
  };
  visit(root, []);
  return paths;
}

/** Without what a run only has to carry along. */
function lean(node: Node): object {
  const { description: _, response: __, variable: ___, ...rest } = node as Readonly<Record<string, unknown>>;
  return rest;
}
