import type { Json } from '../../compile/canonical.ts';
import { undescribed } from '../../compile/postman-v3/entity.ts';
import { baseScript } from '../../compile/scripts/step-scripts.ts';
import type { Variable } from '../../definition/definition.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { isDeclarable, rawNames } from '../../definition/raw.ts';
import type { CollectionFile, StepFile } from '../../definition/schema.ts';
import { inspectScript } from '../../definition/script-facts.ts';
import { keyReferencesIn, referencesIn } from '../references.ts';
import { find } from './code-shape.ts';
import { dataOf, isSameCode, statementsOf } from './script-code.ts';

type Declarations = CollectionFile['variables'];

/** What the collection itself says of variables. */
export interface FoundVariables {
  /** Those in its `variable` list that the format can say, in order. */
  readonly listed: readonly Pick<Variable, 'name' | 'value' | 'description' | 'secret'>[];
  /** The list is nothing but those. */
  readonly saysList: boolean;
  /** Base addresses, from the generated script of the collection, in order. */
  readonly bases: readonly Pick<Variable, 'name' | 'removeSuffix'>[];
}

/** `list` is in the canonical form; `secrets` are names that its source marks as secret. */
export function readVariables(
  list: readonly Json[],
  secrets: readonly unknown[],
  bases: FoundVariables['bases'],
): FoundVariables {
  // Of several with one name, the last that is enabled counts, as in Postman.
  const counted = new Set(
    new Map(list.filter(({ disabled }) => disabled !== true).map((one) => [one.key, one])).values(),
  );
  const readable = list.filter((one) => counted.has(one) && typeof one.key === 'string' && isDeclarable(one.key));
  const listed = readable.map(({ key, value, description }) => ({
    name: String(key),
    // A number or boolean is text here; a fragment keeps its type.
    value: typeof value === 'object' ? JSON.stringify(value) : String(value),
    description: typeof description === 'string' && description !== '' ? description : undescribed,
    ...(secrets.includes(key) && { secret: true }),
  }));
  const plainKeys = ['key', 'value', 'type', 'description'];
  const isPlain = (variable: Json) =>
    typeof variable.value === 'string' && Object.keys(variable).every((key) => plainKeys.includes(key));
  return { listed, saysList: readable.length === list.length && list.every(isPlain), bases };
}

/** Base addresses in a generated script of the collection; undefined when it is not one. */
export function readBases(text: string): FoundVariables['bases'] | undefined {
  const given = statementsOf(text) ?? [];
  const endings = dataOf(find('const endings = $endings;', given)?.endings);
  if (!isMapping(endings)) return undefined;
  const bases = Object.entries(endings).map(([name, ending]) => ({
    name,
    ...(ending !== '' && { removeSuffix: String(ending) }),
  }));
  const made = baseScript(bases.map((base) => ({ ...base, description: '', format: 'base-url' })));
  return isSameCode(statementsOf(made.join('\n')), given) ? bases : undefined;
}

/** Every variable that files use, in the order of their first use. */
export function namesUsed(
  collection: Pick<CollectionFile, 'authorization' | 'cleanUp' | 'raw' | 'folders'>,
  steps: readonly StepFile[],
): string[] {
  const names = [
    ...referencesIn(collection.authorization),
    ...rawNames(collection.raw),
    ...(collection.folders ?? []).flatMap(({ raw }) => rawNames(raw)),
    ...steps.flatMap(namesInStep),
    ...(collection.cleanUp ? [collection.cleanUp.askedBy] : []),
  ];
  return [...new Set(names)];
}

function namesInStep(step: StepFile): string[] {
  const { request, generate, expect, capture, tests, unset, scripts, creates, gone, raw } = step;
  const made = Object.values(generate ?? {}).flatMap(({ password, table }) => [
    ...referencesIn([password?.avoid, table]),
  ]);
  const bodies = [...Object.values(generate ?? {}), ...Object.values(capture ?? {})].map(({ script }) => script);
  const conditions = [
    ...Object.values(expect.claims ?? {}).flatMap((claims) => Object.values(claims)),
    ...Object.values(capture ?? {}).flatMap(({ choose }) => choose?.where ?? []),
  ];
  return [
    ...referencesIn([request.url, request.auth, (request.headers ?? []).map(({ name, value }) => [name, value])]),
    ...keyReferencesIn(request.body),
    ...referencesIn(request.body),
    ...Object.keys(generate ?? {}),
    ...made,
    ...scriptNames([...bodies], 'body'),
    ...scriptNames([scripts?.prerequest, scripts?.test], 'script'),
    ...(tests ?? []).flatMap((test) => Object.keys(test.capture ?? {})),
    ...referencesIn([
      expect.values,
      ...conditions.map(({ is, has, endsWith }) => [is, has, endsWith]),
      creates?.name,
      creates?.find?.url,
      gone,
    ]),
    ...Object.keys(capture ?? {}),
    ...(unset ?? []),
    ...rawNames(raw),
  ];
}

function scriptNames(texts: readonly (string | undefined)[], kind: 'body' | 'script'): string[] {
  return texts.flatMap((text) => {
    if (text === undefined) return [];
    const { reads, sets } = inspectScript(text, kind);
    return [...reads, ...sets];
  });
}

/** Declares variables: base addresses and those of the collection in their order, then the others that are used. */
export function declarationsOf(found: FoundVariables, used: readonly string[], known: Declarations): Declarations {
  const { listed, bases } = found;
  // Listed values stay where a fragment has the whole list.
  const scoped = new Map(listed.map((variable) => [variable.name, variable]));
  const ordered = mergeOrders(
    bases.map(({ name }) => name),
    listed.map(({ name }) => name),
  );
  const values = listed.flatMap(({ value }) => referencesIn(value ?? ''));
  const others = [...used, ...values].filter((name) => isDeclarable(name) && !ordered.includes(name));
  const usedNames = new Set([...used, ...values]);
  const names = [...new Set([...ordered, ...others])].filter((name) => {
    const isKept = found.saysList || bases.some((base) => base.name === name);
    return isKept || usedNames.has(name);
  });
  return Object.fromEntries(
    names.map((name) => {
      const before = Object.hasOwn(known, name) ? known[name] : undefined;
      const { format, removeSuffix: _, scope: __, ...kept } = before ?? newDeclaration(name);
      const base = bases.find((candidate) => candidate.name === name);
      const variable = scoped.get(name);
      const { value: ___, ...withoutValue } = kept;
      const { name: ____, ...own } = variable ?? {};
      return [
        name,
        {
          ...(variable ? withoutValue : kept),
          ...own,
          ...(variable?.description === undescribed && before && { description: before.description }),
          ...(variable && found.saysList && { scope: 'collection' as const }),
          ...(base
            ? {
                format: 'base-url' as const,
                ...(base.removeSuffix !== undefined && { removeSuffix: base.removeSuffix }),
              }
            : format !== undefined && format !== 'base-url' && { format }),
        },
      ];
    }),
  );
}

const secretName = /token|secret|passw|pwd|credential|private.?key|api.?key/i;
const harmlessName = /type|ur[li]|path|expir|endpoint|header|prefix|name|lifetime/i;

function newDeclaration(name: string): Declarations[string] {
  const isSecret = secretName.test(name) && !harmlessName.test(name);
  return { description: undescribed, ...(isSecret && { secret: true }) };
}

/** One order that agrees with both, as far as they agree with each other. */
function mergeOrders(first: readonly string[], second: readonly string[]): string[] {
  const merged: string[] = [];
  let rest = [...first];
  for (const name of second) {
    const at = rest.indexOf(name);
    merged.push(...rest.slice(0, at < 0 ? 0 : at), name);
    rest = rest.slice(at < 0 ? 0 : at + 1);
  }
  return [...new Set([...merged, ...rest])];
}
