import { perDefinition } from '../per-definition.ts';
import type { CollectionFile, StepFile } from '../schema.ts';
import { inspectScript, type ScriptFacts } from '../script-facts.ts';
import type { DataPath, SourceFile } from './source-file.ts';

/** A file whose data has the shape `T`. */
export interface Checked<T> {
  readonly source: SourceFile;
  readonly data: T;
}

/** The files of a collection that have the right shape; what could not be read is missing. */
export interface CollectionSources {
  readonly collection: Checked<CollectionFile>;
  readonly steps: readonly Checked<StepFile>[];
  readonly cleanUp: readonly Checked<StepFile>[];
  /** Schemas by file name; undefined content when a file is missing or not a schema (reported already). */
  readonly schemas: ReadonlyMap<string, Readonly<Record<string, unknown>> | undefined>;
  /** Every step file named by the collection could be read: variables can be followed through them. */
  readonly complete: boolean;
}

/** A script of a step, or an entry of `tests` that sets a variable, with the path that leads to it. */
export interface PlacedScript {
  readonly path: DataPath;
  readonly facts: ScriptFacts;
  /** It runs before the request is sent. */
  readonly before: boolean;
}

/** Every script of a step, in the order in which they run. */
export const scriptsOf = perDefinition((step: StepFile): readonly PlacedScript[] => {
  const entry = (path: DataPath, text: string | undefined, kind: 'body' | 'script', before: boolean): PlacedScript[] =>
    text === undefined ? [] : [{ path, facts: inspectScript(text, kind), before }];
  return [
    ...Object.entries(step.generate ?? {}).flatMap(([name, made]) =>
      entry(['generate', name, 'script'], made.script, 'body', true),
    ),
    ...entry(['scripts', 'prerequest'], step.scripts?.prerequest, 'script', true),
    ...Object.entries(step.capture ?? {}).flatMap(([name, made]) =>
      entry(['capture', name, 'script'], made.script, 'body', false),
    ),
    ...(step.tests ?? []).flatMap(({ capture }, index) =>
      Object.keys(capture ?? {}).map((name): PlacedScript => {
        const facts = { parsed: true, problems: [], reads: [], sets: [name] };
        return { path: ['tests', index, 'capture', name], facts, before: false };
      }),
    ),
    ...entry(['scripts', 'test'], step.scripts?.test, 'script', false),
  ];
});
