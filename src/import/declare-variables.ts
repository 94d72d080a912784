import { prematureUses } from '../definition/checks/variable-problems.ts';
import type { Checked, CollectionSources } from '../definition/reading/collection-sources.ts';
import { newSource } from '../definition/reading/source-file.ts';
import type { CollectionFile, StepFile } from '../definition/schema.ts';
import { declarationsOf, type FoundVariables, namesUsed } from './reading/read-variables.ts';
import { dynamicNames, referencesIn } from './references.ts';
import { namesOfHosts, type SourceScripts } from './required-names.ts';

type Declarations = CollectionFile['variables'];

export interface DeclaredVariables {
  readonly collection: CollectionFile;
  /** What a person should know of them, in sentences. */
  readonly notes: readonly string[];
}

/** The collection with its variables declared, and which of them a person must give. */
export function declareVariables(
  collection: CollectionFile,
  steps: readonly StepFile[],
  found: FoundVariables,
  known: Declarations,
  source: SourceScripts,
): DeclaredVariables {
  const used = namesUsed(collection, steps);
  const isSent = collection.unresolved === 'sent';
  // Where unresolved variables are sent, a value may hold anything in braces.
  const inValues = isSent ? [] : found.listed.flatMap(({ value }) => referencesIn(value));
  const dynamic = dynamicNames([...used, ...inValues]);
  const declared: CollectionFile = {
    ...collection,
    variables: declarationsOf(found, used, known),
    ...(dynamic.length > 0 && { dynamicVariables: dynamic }),
  };
  if (!isSent) return { collection: inFormatOrder(withEveryMissing(declared, steps)), notes: [] };
  const required = namesOfHosts(declared.variables, source);
  const { unresolved: _, ...strict } = withRequired(declared, required);
  return { collection: inFormatOrder(withRequired(declared, required)), notes: openNotes(missingNames(strict, steps)) };
}

function openNotes(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`requests are sent although these may have no value, as in Postman: ${names.join(', ')}`];
}

/** A value that nothing sets in time is one that a person must give. */
function withEveryMissing(declared: CollectionFile, steps: readonly StepFile[]): CollectionFile {
  const missing = missingNames(declared, steps);
  // What a step empties stays empty, whoever gave it.
  if (missing.every((name) => declared.variables[name]?.required)) return declared;
  return withEveryMissing(withRequired(declared, missing), steps);
}

function withRequired(declared: CollectionFile, names: readonly string[]): CollectionFile {
  const required = new Set(names);
  const variables = Object.entries(declared.variables).map(([name, variable]) => [
    name,
    required.has(name) ? { ...variable, required: true } : variable,
  ]);
  return { ...declared, variables: Object.fromEntries(variables) };
}

function missingNames(declared: CollectionFile, steps: readonly StepFile[]): string[] {
  const count = declared.steps.length;
  const sources: CollectionSources = {
    collection: unplaced(declared),
    // Clean-up steps are the last ones.
    steps: steps.slice(0, count).map(unplaced),
    cleanUp: steps.slice(count).map(unplaced),
    schemas: new Map(),
    complete: true,
  };
  return [...new Set(prematureUses(sources).map(({ variable }) => variable))];
}

function unplaced<T>(data: T): Checked<T> {
  return { source: newSource('', ''), data };
}

function inFormatOrder({
  id,
  name,
  description,
  variables,
  dynamicVariables,
  ...rest
}: CollectionFile): CollectionFile {
  return { id, name, description, variables, ...(dynamicVariables && { dynamicVariables }), ...rest };
}
