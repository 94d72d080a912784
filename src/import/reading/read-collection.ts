import transformer from 'postman-collection-transformer';
import type { Json } from '../../compile/canonical.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { UsageError } from '../../errors.ts';
import { firstBadOffset, placeIn } from '../json-error.ts';

/** A Postman collection as it was read: data of the format v2.0 or v2.1. */
export interface SourceCollection {
  readonly data: Json;
  /** JSON pointer to it in the file: not empty where a program wrapped it. */
  readonly pointer: string;
}

/** Levels of lists and mappings in a file; what reads them is recursive. */
const maximumDepth = 500;

/** Reads a collection from the text of `file`. Throws `UsageError` that says where it is not JSON, or what it is instead. */
export function readCollection(text: string, file: string): SourceCollection {
  const content = text.replace(/^\uFEFF/, '');
  const data = parseJson(content, file);
  // Postman's API wraps a collection that it gives.
  const wrapped = isMapping(data) && isMapping(data.collection) ? data.collection : undefined;
  const collection = wrapped ?? data;
  refuseOthers(collection, file);
  return { data: collection as Json, pointer: wrapped ? '/collection' : '' };
}

function parseJson(text: string, file: string): unknown {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const { line, column } = placeIn(text, firstBadOffset(text));
    const what =
      text.trim() === '' ? 'the file is empty' : text.includes('\0') ? 'this is not text in UTF-8' : 'this is not JSON';
    throw new UsageError(`${file}:${line}:${column}: ${what}; expected a Postman collection`, { cause: error });
  }
  if (isDeeper(data, maximumDepth)) {
    throw new UsageError(`${file}:1:1: this is nested more than ${maximumDepth} levels deep`);
  }
  return data;
}

/** Whether data has more levels than that of lists and mappings. */
export function isDeeper(data: unknown, depth: number): boolean {
  if (depth < 0) return true;
  if (typeof data !== 'object' || data === null) return false;
  return Object.values(data).some((value) => isDeeper(value, depth - 1));
}

function refuseOthers(data: unknown, file: string): void {
  const refuse = (message: string) => {
    throw new UsageError(`${file}:1:1: ${message}`);
  };
  if (!isMapping(data)) refuse('this is not a Postman collection; expected an object with "info" and "item"');
  const collection = data as Json;
  if (transformer.isv1(collection) || (Array.isArray(collection.requests) && !collection.item)) {
    refuse(
      'this is a collection of the format v1, which Postman no longer writes; convert it first: ' +
        `npx postman-collection-transformer convert --input ${file} --input-version 1.0.0 --output v2.json --output-version 2.1.0`,
    );
  }
  if (Array.isArray(collection.values) && !collection.item) {
    refuse('this is a Postman environment, not a collection; give it to run with --environment');
  }
  const { info } = collection;
  const schema = isMapping(info) && typeof info.schema === 'string' ? info.schema : undefined;
  const version = schema === undefined ? undefined : /\/v(\d+\.\d+)/.exec(schema)?.[1];
  if (version !== undefined && !['2.0', '2.1'].includes(version)) {
    refuse(`this is a collection of the format v${version}; expected v2.0 or v2.1 (export it as "Collection v2.1")`);
  }
  if (!isMapping(info) || !Array.isArray(collection.item)) {
    refuse('this is not a Postman collection; expected an object with "info" and "item"');
  }
}
