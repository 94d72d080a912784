import type { Places } from './places.ts';

/**
 * What was read of YAML texts in which nothing was wrong, to know them again: reading YAML takes most of the time of a long definition.
 * Who reads a definition may bring one.
 */
export interface YamlMemory {
  find(text: string): ReadYaml | undefined;
  keep(text: string, read: ReadYaml): void;
}

/** The content of a YAML text. */
export interface ReadYaml {
  readonly data: unknown;
  /** Of every key and item down to `placedDepth`. */
  readonly places: Places;
}

/** Levels of a file whose lines results may point at: `/expect/values/<pointer>`. */
export const placedDepth = 3;
