import type { CollectionFile, StepFile } from '../schema.ts';
import { keysIn, textsIn, variablesIn } from '../variables.ts';
import type { Checked } from './collection-sources.ts';
import { basedSource } from './source-file.ts';

/** A collection with what it takes from its base; problems with that are told of the base's file. */
export function withBase(
  own: Checked<CollectionFile>,
  base: Checked<CollectionFile>,
  steps: readonly StepFile[],
): Checked<CollectionFile> {
  const service = own.data.service ?? base.data.service;
  const troubleshooting = [...(own.data.troubleshooting ?? []), ...(base.data.troubleshooting ?? [])];
  const used = usedNames(own.data, steps);
  const taken = withParts(used, base.data.variables);
  const inherited = Object.entries(base.data.variables).filter(([name]) => taken.has(name));
  return {
    source: basedSource(own.source, base.source),
    data: {
      ...own.data,
      ...(service && { service }),
      ...(troubleshooting.length > 0 && { troubleshooting }),
      variables: { ...Object.fromEntries(inherited), ...own.data.variables },
    },
  };
}

/** Names that a collection and its steps mention, other than in scripts. */
function usedNames(collection: CollectionFile, steps: readonly StepFile[]): string[] {
  const { cleanUp, environments } = collection;
  return [
    ...[...textsIn([collection, steps]), ...keysIn(steps)].flatMap(({ text }) => variablesIn(text)),
    ...(cleanUp ? [cleanUp.askedBy] : []),
    ...Object.values(environments ?? {}).flatMap(({ values }) => Object.keys(values ?? {})),
    ...steps.flatMap(({ generate, capture }) => Object.keys({ ...generate, ...capture })),
  ];
}

/** The names, and those that their values are made of. */
function withParts(names: readonly string[], variables: CollectionFile['variables']): ReadonlySet<string> {
  const all = new Set(names);
  for (const name of all)
    if (Object.hasOwn(variables, name)) for (const part of variablesIn(variables[name]?.value ?? '')) all.add(part);
  return all;
}
