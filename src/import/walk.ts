import { canonicalFrame, canonicalItem, type Json, withoutIds } from '../compile/canonical.ts';
import { isMapping } from '../definition/merge-patch.ts';
import { formatPointer } from '../definition/pointer.ts';
import { withoutEntropyHeader } from './generated-entropy.ts';
import { unique } from './names.ts';

/** A request of a collection, in its canonical form, without ids. */
export interface SourceRequest {
  readonly item: Json;
  readonly name: string;
  readonly path: readonly string[];
  readonly pointer: string;
  readonly original: Json;
}

/** A folder of a collection: what is around its items, in the canonical form, without ids. */
export interface SourceFolder {
  readonly path: readonly string[];
  readonly frame: Json;
  readonly pointer: string;
  readonly original: Json;
}

export interface SourceTree {
  readonly requests: readonly SourceRequest[];
  readonly folders: readonly SourceFolder[];
  /** Names that were changed, and entries that are no items, in sentences. */
  readonly notes: readonly string[];
}

/** Lists requests and folders in their order. Requests get names of their own, folders do within their folder. */
export function walkItems(collection: Json, pointer: string): SourceTree {
  const requests: SourceRequest[] = [];
  const folders: SourceFolder[] = [];
  const notes: string[] = [];
  const requestNames = new Set<string>();
  const nameOf = (item: Json, at: string, fallback: string, taken: Set<string>): string => {
    const given = typeof item.name === 'string' ? item.name : '';
    const wanted = given.trim() === '' ? fallback : given;
    const name = unique(wanted, taken, (text, number) => `${text} (${number})`);
    if (name !== given) {
      const why = given.trim() === '' ? 'has no name' : `"${given}" is the name of another one`;
      const isKept = taken === requestNames && typeof item.name === 'string';
      notes.push(`${at}: ${why}; it is called "${name}" ${isKept ? 'here, and as before in Postman' : 'now'}`);
    }
    return name;
  };
  const walk = (items: unknown, path: readonly string[], around: string) => {
    const folderNames = new Set<string>();
    for (const [index, original] of (Array.isArray(items) ? items : []).entries()) {
      const at = `${around}${formatPointer(['item', index])}`;
      if (!isMapping(original)) {
        notes.push(`${at}: this is neither a request nor a folder, and was left out`);
      } else if (Array.isArray(original.item)) {
        const { item, ...frame } = original;
        const inside = [...path, nameOf(original, at, 'Folder', folderNames)];
        folders.push({ path: inside, frame: withoutIds(canonicalFrame(frame)), pointer: at, original });
        walk(item, inside, at);
      } else {
        const item = withoutEntropyHeader(withoutIds(canonicalItem(original)));
        const name = nameOf(original, at, 'Request', requestNames);
        requests.push({ item, name, path, pointer: at, original });
      }
    }
  };
  walk(collection.item, [], pointer);
  return { requests, folders, notes };
}
