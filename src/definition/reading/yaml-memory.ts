import type { Places } from './places.ts';

/** What a file of a definition is; what is right in one is wrong in another. */
export type FileKind = 'collection' | 'step' | 'schema';

/**
 * What was read of YAML texts in which nothing was wrong, to know them again: reading YAML takes most of the time of a long definition.
 * Who reads a definition may bring one.
 */
export interface YamlMemory {
  /** Levels of a file whose places are stored. Default: `placedDepth`. */
  readonly depth?: number;
  find(kind: FileKind, text: string): ReadYaml | undefined;
  keep(kind: FileKind, text: string, read: ReadYaml): void;
}

/** The content of a YAML text, which has the shape of its kind. */
export interface ReadYaml {
  readonly data: unknown;
  /** Of every key and item down to the depth of the memory. */
  readonly places: Places;
}

/** Levels of a file whose lines results may point at: `/expect/values/<pointer>`. */
export const placedDepth = 3;

/** Knows what it is given as long as it is there itself. */
export function newYamlMemory(depth = placedDepth): YamlMemory {
  const known = {
    collection: new Map<string, ReadYaml>(),
    step: new Map<string, ReadYaml>(),
    schema: new Map<string, ReadYaml>(),
  };
  return {
    depth,
    find: (kind, text) => known[kind].get(text),
    keep: (kind, text, read) => known[kind].set(text, read),
  };
}
