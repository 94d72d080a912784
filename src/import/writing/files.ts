import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer } from '../../definition/pointer.ts';
import { parseChecked } from '../../definition/reading/parse-checked.ts';
import { lineOf } from '../../definition/reading/places.ts';
import { type DataPath, placesOf, problemAtPath, type SourceFile } from '../../definition/reading/source-file.ts';
import { newYamlMemory, type YamlMemory } from '../../definition/reading/yaml-memory.ts';
import type { RawFragment } from '../../definition/schema.ts';
import type { ImportedDefinition } from '../import-collection.ts';
import { toYaml } from './yaml.ts';

export const collectionFile = 'collection.yaml';

/** Texts of a definition by their paths in its folder. */
export type FileTexts = ReadonlyMap<string, string>;

/** A memory that knows the lines of all that `keptParts` lists. */
export const newImportMemory = (): YamlMemory => newYamlMemory(4);

/**
 * The files of an imported definition; `schemas` is where editors find the schemas of the format, seen from there. What is read of
 * them is stored in `memory`.
 */
export function toFiles(imported: ImportedDefinition, schemas: string, memory?: YamlMemory): Map<string, string> {
  return new Map([
    [collectionFile, toYaml(imported.collection, 'collection', schemas, memory)],
    ...imported.steps.map(({ file, data }): [string, string] => [file, toYaml(data, 'step', schemas, memory)]),
    ...imported.schemas.map(({ file, content }): [string, string] => [
      `schemas/${file}`,
      `${JSON.stringify(content, null, 2)}\n`,
    ]),
  ]);
}

/** A part of a collection that is kept as it is. */
export interface KeptPart {
  readonly file: string;
  readonly line: number;
  /** Keys of the YAML file: `raw.request.auth`. */
  readonly key: string;
  /** JSON pointer in the source file. */
  readonly pointer: string;
}

/** Every part that stands in a `raw` of the files. */
export function keptParts(imported: ImportedDefinition, files: FileTexts, memory = newImportMemory()): KeptPart[] {
  const { collection, steps, pointer, folderPointers } = imported;
  const inFile = (file: string, places: readonly [DataPath, RawFragment | undefined, string][]): KeptPart[] => {
    if (places.every(([, raw]) => raw === undefined)) return [];
    const text = files.get(file) ?? '';
    const { source } = parseChecked(file, text, file === collectionFile ? 'collection' : 'step', memory);
    return places.flatMap(([path, raw, at]) => partsOf(source, path, raw ?? {}, at));
  };
  return [
    ...inFile(collectionFile, [
      [['raw'], collection.raw, pointer],
      ...(collection.folders ?? []).map(({ raw }, index): [DataPath, RawFragment | undefined, string] => [
        ['folders', index, 'raw'],
        raw,
        folderPointers[index] ?? '',
      ]),
    ]),
    ...steps.flatMap(({ file, data, pointer: at }) => inFile(file, [[['raw'], data.raw, at]])),
  ];
}

/** Mappings of the format whose keys are told one by one. */
const containers = ['request', 'url', 'body', 'info'];

function partsOf(source: SourceFile, path: DataPath, raw: RawFragment, pointer: string): KeptPart[] {
  return Object.entries(raw).flatMap(([key, value]): KeptPart[] => {
    const inner = [...path, key];
    const at = `${pointer}${formatPointer([key])}`;
    const isWhole = isMapping(value) && Object.hasOwn(value, 'mode');
    if (containers.includes(key) && isMapping(value) && !isWhole && Object.keys(value).length > 0) {
      return partsOf(source, inner, value as RawFragment, at);
    }
    const line = lineOf(placesOf(source), formatPointer(inner)) ?? problemAtPath(source, inner, '', true).line;
    return [{ file: source.file, line, key: inner.join('.'), pointer: at }];
  });
}
