import { type ParsedSource, parseSource } from './parse.ts';
import type { Problem } from './problem.ts';
import { schemaFileProblems } from './schema-file.ts';
import { collectionShapeProblems, stepShapeProblems } from './shape.ts';
import { knownSource, newSource, placesOf, type SourceFile } from './source-file.ts';
import type { FileKind, YamlMemory } from './yaml-memory.ts';

const shapeProblems: Readonly<Record<FileKind, (source: SourceFile) => Problem[]>> = {
  collection: collectionShapeProblems,
  step: stepShapeProblems,
  schema: schemaFileProblems,
};

/** Whether data has the shape of a kind of file. */
export function hasShape(kind: FileKind, data: unknown): boolean {
  return shapeProblems[kind]({ ...newSource('', ''), data }).length === 0;
}

/**
 * Parses a file of a definition, and looks whether it has the shape of its kind. Neither is done again for a text that `memory` knows;
 * what has no problems is given to it.
 */
export function parseChecked(file: string, text: string, kind: FileKind, memory?: YamlMemory): ParsedSource {
  const known = memory?.find(kind, text);
  if (known)
    return { source: knownSource(file, text, known, () => parseSource(file, text).source.document), problems: [] };
  const { source, problems: wrong } = parseSource(file, text);
  const problems = wrong.length > 0 ? wrong : shapeProblems[kind](source);
  if (problems.length > 0) return { source, problems };
  const places = placesOf(source, memory?.depth);
  memory?.keep(kind, text, { data: source.data, places });
  return { source: { ...source, places }, problems };
}
