import { isMapping } from '../merge-patch.ts';
import type { Checked, CollectionSources } from '../reading/collection-sources.ts';
import type { Problem } from '../reading/problem.ts';
import { type DataPath, problemAtPath, type SourceFile } from '../reading/source-file.ts';
import type { RawFragment, StepFile } from '../schema.ts';

/** Problems of `raw` fragments: what other keys say already, and scripts that would replace generated ones. */
export function rawProblems(sources: CollectionSources): Problem[] {
  const { source, data } = sources.collection;
  const steps = [...sources.steps, ...sources.cleanUp];
  const names = new Set(steps.map((step) => step.data.name));
  return [
    ...forbidden(source, ['raw'], data.raw, ['item'], 'the step files say what the collection holds'),
    ...forbidden(source, ['raw', 'info'], data.raw?.info, ['name', 'description', 'schema'], 'another key says it'),
    ...(data.folders ?? []).flatMap(({ raw }, index) =>
      forbidden(source, ['folders', index, 'raw'], raw, ['name', 'item', 'description'], 'another key says it'),
    ),
    ...steps.flatMap((step) => stepProblems(step, names)),
  ];
}

/** Only a name that a step cannot have is said in raw: that of another one, or an empty one. */
function stepProblems({ source, data }: Checked<StepFile>, names: ReadonlySet<string>): Problem[] {
  const isName = typeof data.raw?.name === 'string' && (names.has(data.raw.name) || data.raw.name.trim() === '');
  return [
    ...forbidden(source, ['raw'], data.raw, isName ? ['item'] : ['name', 'item'], 'another key says it'),
    ...eventProblems(source, data),
  ];
}

function forbidden(source: SourceFile, path: DataPath, raw: unknown, keys: readonly string[], why: string): Problem[] {
  if (!isMapping(raw)) return [];
  return keys
    .filter((key) => Object.hasOwn(raw, key))
    .map((key) => problemAtPath(source, [...path, key], `"${key}" is not allowed in raw: ${why}`, true));
}

/** A fragment's `event` replaces both scripts, so nothing else may ask for something in them. */
function eventProblems(source: SourceFile, { raw, expect, ...data }: StepFile): Problem[] {
  if (!raw || !Object.hasOwn(raw as RawFragment, 'event')) return [];
  const asking = [
    ...Object.keys(expect).map((key) => `expect.${key}`),
    ...(['generate', 'capture', 'tests', 'unset', 'scripts'] as const).filter((key) => data[key] !== undefined),
  ];
  if (asking.length === 0) return [];
  const message = `"event" replaces the scripts of this step, which ${asking.join(', ')} would be part of; remove one or the other`;
  return [problemAtPath(source, ['raw', 'event'], message, true)];
}
