import { jsonText } from '../../compile/compile.ts';
import { collectionFile } from '../../definition/reading/collection-place.ts';
import type { WrittenCollection, WrittenStep } from '../../definition/schema.ts';
import { slugOf, unique } from '../names.ts';
import { toYaml } from '../writing/yaml.ts';

/** A collection to begin with, made of something that describes requests. */
export interface BegunCollection {
  readonly collection: WrittenCollection;
  /** By file name. */
  readonly schemas: Readonly<Record<string, object>>;
}

/** Its files, by path in the folder of the collection. */
export function begunFiles({ collection, schemas }: BegunCollection): ReadonlyMap<string, string> {
  return new Map([
    [collectionFile, toYaml(collection, 'collection', '../')],
    ...Object.entries(schemas).map(([file, schema]) => [`schemas/${file}`, jsonText(schema)] as const),
  ]);
}

/** Steps with ids of their own, made of names that may be the same. */
export function withIds(steps: readonly (Omit<WrittenStep, 'id'> & { readonly title: string })[]): WrittenStep[] {
  const taken = new Set<string>();
  return steps.map(({ title, ...step }, index) => ({
    id: unique(slugOf(title, `step-${index + 1}`), taken, (text, number) => `${text}-${number}`),
    ...step,
  }));
}

/** todo-api, apiKey → TODO_API_API_KEY: TOKEN alone could be anybody's. */
export function osName(id: string, variable: string): string {
  return `${id}-${variable}`
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase();
}

/** The variables that a person gives: with the OS variable of each. */
export function givenVariables(
  id: string,
  names: readonly string[],
  secrets: readonly string[],
): NonNullable<WrittenCollection['variables']> {
  return Object.fromEntries(
    [...new Set([...names, ...secrets])].map((name) => [
      name,
      { required: true, ...(secrets.includes(name) && { secret: true }), os: osName(id, name) },
    ]),
  );
}
