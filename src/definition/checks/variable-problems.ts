import { basename } from 'node:path';
import { mayBeUnresolved } from '../definition.ts';
import { isMapping } from '../merge-patch.ts';
import { perDefinition } from '../per-definition.ts';
import { isDeclarable, rawNames, rawReferences, rawScripts, sentParameters } from '../raw.ts';
import { type Checked, type CollectionSources, scriptsOf } from '../reading/collection-sources.ts';
import { nearest } from '../reading/nearest.ts';
import type { Problem } from '../reading/problem.ts';
import { type DataPath, problemAtMatch, problemAtPath, type SourceFile } from '../reading/source-file.ts';
import type { CollectionFile, ConditionSource, RawFragment, StepFile } from '../schema.ts';
import { dynamicVariables, keysIn, textsIn, variablesIn } from '../variables.ts';

/** Problems with variables: not declared, leading back to themselves, used before anything sets them, never used. */
export function variableProblems(sources: CollectionSources): Problem[] {
  const steps = [...sources.steps, ...sources.cleanUp];
  // What a file or script that cannot be read does to variables is not known.
  const scripts = [...steps.flatMap(({ data }) => scriptsOf(data)), ...fragmentsOf(sources).flatMap(rawScripts)];
  const isKnown = sources.complete && scripts.every(({ facts }) => facts.parsed);
  return [
    ...declarationProblems(sources),
    ...circleProblems(sources.collection),
    ...(isKnown ? [...prematureUses(sources).map((use) => use.explain()), ...unusedProblems(sources)] : []),
  ];
}

/** Fragments of the Postman format in every file: of the collection and its folders, then of the steps. */
function fragmentsOf({ collection, steps, cleanUp }: CollectionSources): (RawFragment | undefined)[] {
  return [...sharedFragments(collection.data), ...[...steps, ...cleanUp].map(({ data }) => data.raw)];
}

function sharedFragments({ raw, folders }: CollectionFile): (RawFragment | undefined)[] {
  return [raw, ...(folders ?? []).map((folder) => folder.raw)];
}

/** Variables that a step's request cannot be sent without, in the order of their first use. */
export function stepNeeds(step: StepFile, authorization: CollectionFile['authorization']): string[] {
  const names = [...sentUses(step, authorization).map(({ name }) => name), ...rawRequestReferences(step.raw)];
  return [...new Set(names)].filter((name) => !isDynamic(name));
}

function rawRequestReferences(raw: RawFragment | undefined): string[] {
  if (!isMapping(raw?.request)) return rawReferences(raw?.request);
  const { auth, ...rest } = raw.request;
  return [...rawReferences(sentParameters(auth)), ...rawReferences(rest)];
}

/** A place that names a variable. */
interface Use {
  readonly name: string;
  readonly path: DataPath;
  /** `{{name}}` in a text, a quoted name in a script, or the name itself as a value or as a key. */
  readonly as: 'reference' | 'script' | 'value' | 'key';
  /** The request uses it through the collection's authorization. */
  readonly inherited?: boolean;
  /** It need not have a value. */
  readonly mayBeEmpty?: boolean;
}

function referencesIn(data: unknown, path: DataPath): Use[] {
  return textsIn(data, path).flatMap((entry) =>
    variablesIn(entry.text).map((name): Use => ({ name, path: entry.path, as: 'reference' })),
  );
}

/** Keys of a body that name a variable, such as `"{{field}}": x` in a form. */
function keyUses(data: unknown, path: DataPath): Use[] {
  return keysIn(data, path).flatMap((entry) =>
    variablesIn(entry.text).map((name): Use => ({ name, path: entry.path, as: 'key' })),
  );
}

/** What is sent, in the order in which it is filled in; disabled headers are not sent. */
function sentUses(step: StepFile, authorization: CollectionFile['authorization']): Use[] {
  const { url, auth, others } = ownUses(step);
  return [...url, ...(auth ?? inheritedUses(authorization ?? {})), ...others];
}

/** What a step itself names: in the address, its authorization, the rest of its request, and the checks of the response. */
const ownUses = perDefinition(({ request, expect, capture, creates, gone }: StepFile) => ({
  url: referencesIn(request.url, ['request', 'url']),
  auth: request.auth && referencesIn(request.auth, ['request', 'auth']),
  others: [
    ...headerUses(request, false),
    ...keyUses(request.body, ['request', 'body']),
    ...referencesIn(request.body, ['request', 'body']),
  ],
  checks: [
    ...referencesIn(expect.values, ['expect', 'values']),
    ...Object.entries(expect.claims ?? {}).flatMap(([pointer, claims]) =>
      Object.entries(claims).flatMap(([claim, condition]) =>
        conditionUses(condition, ['expect', 'claims', pointer, claim]),
      ),
    ),
    ...Object.entries(capture ?? {}).flatMap(([name, { choose }]) =>
      (choose?.where ?? []).flatMap((condition, index) =>
        conditionUses(condition, ['capture', name, 'choose', 'where', index]),
      ),
    ),
    ...referencesIn(creates?.name, ['creates', 'name']),
    ...referencesIn(creates?.find?.url, ['creates', 'find', 'url']),
    ...referencesIn(gone, ['gone']),
  ],
}));

/** What is asked only when it has a value need not have one. */
function conditionUses(condition: ConditionSource, path: DataPath): Use[] {
  const uses = (['is', 'has', 'endsWith'] as const).flatMap((key) => referencesIn(condition[key], [...path, key]));
  return condition.ifSet ? uses.map((use): Use => ({ ...use, mayBeEmpty: true })) : uses;
}

const inheritedUses = perDefinition((authorization: NonNullable<CollectionFile['authorization']>) =>
  referencesIn(authorization, []).map((use): Use => ({ ...use, path: ['request'], inherited: true })),
);

function headerUses({ headers }: StepFile['request'], disabled: boolean): Use[] {
  return (headers ?? []).flatMap((header, index) =>
    (header.disabled ?? false) === disabled
      ? (['name', 'value'] as const).flatMap((key) => referencesIn(header[key], ['request', 'headers', index, key]))
      : [],
  );
}

/** Variables that are read when the request is sent and its response is checked. */
function readUses(step: StepFile, authorization: CollectionFile['authorization']): Use[] {
  return [...sentUses(step, authorization), ...ownUses(step).checks];
}

/** Variables that are read when a value is made, but for those that its script reads. */
function makerUses(step: StepFile, variable: string): Use[] {
  const { password, table } = step.generate?.[variable] ?? {};
  return [
    ...referencesIn(password?.avoid, ['generate', variable, 'password', 'avoid']),
    ...referencesIn(table, ['generate', variable, 'table']),
  ];
}

function scriptUses(step: StepFile): Use[] {
  return scriptsOf(step).flatMap(({ path, facts }) =>
    [...facts.reads, ...facts.sets].map((name): Use => ({ name, path, as: path[0] === 'tests' ? 'key' : 'script' })),
  );
}

/** Every place of a step that names a variable, but for what is only text for people. */
const allUses = perDefinition((step: StepFile): readonly Use[] => {
  const generated = Object.entries(step.generate ?? {});
  const keys = (name: 'generate' | 'capture') =>
    Object.keys(step[name] ?? {}).map((variable): Use => ({ name: variable, path: [name, variable], as: 'key' }));
  return [
    ...readUses(step, { none: true }),
    ...headerUses(step.request, true),
    ...generated.flatMap(([variable]) => makerUses(step, variable)),
    ...keys('generate'),
    ...keys('capture'),
    ...(step.unset ?? []).map((name, index): Use => ({ name, path: ['unset', index], as: 'value' })),
    ...scriptUses(step),
  ];
});

/** What experiments name: a reader may set other values than the steps do. */
function experimentUses({ try: experiments }: StepFile): Use[] {
  return (experiments ?? []).flatMap(({ change }, index): Use[] => [
    ...referencesIn(change, ['try', index, 'change']),
    ...(['variables', 'simulator'] as const).flatMap((key) =>
      Object.keys(change[key] ?? {}).map(
        (name): Use => ({ name, path: ['try', index, 'change', key, name], as: 'key' }),
      ),
    ),
  ]);
}

function troubleshootingUses({ troubleshooting }: Pick<StepFile, 'troubleshooting'>): Use[] {
  return (troubleshooting ?? []).flatMap(({ when }, index): Use[] =>
    when.variable === undefined
      ? []
      : [{ name: when.variable, path: ['troubleshooting', index, 'when', 'variable'], as: 'value' }],
  );
}

/** Variables that are named somewhere but not declared in the collection's file, and unknown dynamic ones. */
function declarationProblems(sources: CollectionSources): Problem[] {
  const { source, data } = sources.collection;
  const known = new Set([...Object.keys(data.variables), ...(data.dynamicVariables ?? [])]);
  const undeclared = (at: SourceFile, use: Use) => undeclaredProblem(at, use, known, basename(source.file));
  const environments = Object.entries(data.environments ?? {});
  const inCollection: Use[] = [
    ...referencesIn(data.authorization, ['authorization']),
    ...Object.entries(data.variables).flatMap(([name, variable]) =>
      referencesIn(variable.value, ['variables', name, 'value']).filter(
        (use) => !mayBeUnresolved(variable, data) || isDeclarable(use.name),
      ),
    ),
    ...(data.cleanUp ? [{ name: data.cleanUp.askedBy, path: ['cleanUp', 'askedBy'], as: 'value' } as const] : []),
    ...environments.flatMap(([id, { values }]) => [
      ...Object.keys(values ?? {}).map(
        (name): Use => ({ name, path: ['environments', id, 'values', name], as: 'key' }),
      ),
      ...referencesIn(values, ['environments', id, 'values']),
    ]),
    ...referencesIn(data.roles, ['roles']),
    ...troubleshootingUses(data),
  ];
  return [
    ...inCollection.flatMap((use) => undeclared(source, use)),
    ...[...sources.steps, ...sources.cleanUp].flatMap((step) =>
      [...allUses(step.data), ...experimentUses(step.data), ...troubleshootingUses(step.data)].flatMap((use) =>
        undeclared(step.source, use),
      ),
    ),
  ];
}

function undeclaredProblem(source: SourceFile, use: Use, known: ReadonlySet<string>, file: string): Problem[] {
  const { name } = use;
  if (known.has(name)) return [];
  if (name === '') return [problemAtUse(source, use, 'there is no name between {{ and }}')];
  if (isDynamic(name)) {
    if (dynamicVariables.includes(name)) return [];
    const expected = dynamicVariables.map((one) => `{{${one}}}`).join(', ');
    return [problemAtUse(source, use, `{{${name}}} is not the same in every engine; expected one of ${expected}`)];
  }
  const near = nearest(name, [...known]);
  const hint = near ? `; did you mean "${near}"?` : '';
  return [problemAtUse(source, use, `the variable "${name}" is not declared in ${file}${hint}`)];
}

function isDynamic(name: string): boolean {
  return name.startsWith('$');
}

function problemAtUse(source: SourceFile, { name, path, as }: Use, message: string): Problem {
  const literal = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const inScript = new RegExp(`(?<=['"\`]|\\{\\{\\s*)${literal}(?=['"\`]|\\s*\\}\\})`);
  if (as === 'script') return problemAtMatch(source, path, inScript, message);
  if (as === 'reference') return problemAtMatch(source, path, new RegExp(`\\{\\{\\s*${literal}\\s*\\}\\}`), message);
  return problemAtPath(source, path, message, as === 'key');
}

/** Values of variables that hold themselves, directly or through others. Each circle is reported once. */
function circleProblems({ source, data }: Checked<CollectionFile>): Problem[] {
  const circles = new Set<string>();
  const search = (name: string, way: readonly string[]): Problem[] => {
    const start = way.indexOf(name);
    if (mayBeUnresolved(data.variables[name], data)) return [];
    if (start < 0) return valueReferences(data, name).flatMap((next) => search(next, [...way, name]));
    const circle = way.slice(start);
    const known = [...circle].sort().join(' ');
    if (circles.has(known)) return [];
    circles.add(known);
    const steps = [...circle, name].map((one) => `{{${one}}}`).join(' → ');
    return [
      problemAtPath(source, ['variables', name, 'value'], `the value of "${name}" leads back to itself: ${steps}`),
    ];
  };
  return Object.keys(data.variables).flatMap((name) => search(name, []));
}

function valueReferences(data: CollectionFile, name: string): string[] {
  return Object.hasOwn(data.variables, name) ? variablesIn(data.variables[name]?.value ?? '') : [];
}

/** A variable that is used before anything sets it. */
export interface PrematureUse {
  readonly variable: string;
  /** Looks through the steps for who sets it, and says so. */
  explain(): Problem;
}

/** Follows the variables through the steps: what is used before anything sets it. */
export function prematureUses(sources: CollectionSources): PrematureUse[] {
  const { variables, authorization } = sources.collection.data;
  const given = Object.keys(variables).filter((name) => isGiven(variables[name]));
  const state = { available: new Set(given), replaced: new Set<string>(), emptiedBy: new Map<string, string>() };
  const set = (names: readonly string[]) => {
    for (const name of names) {
      state.available.add(name);
      state.replaced.add(name);
    }
  };
  // These run with every request.
  set(
    sharedFragments(sources.collection.data)
      .flatMap(rawScripts)
      .flatMap(({ facts }) => facts.sets),
  );
  /** The variable itself, or a part of its value, that has no value yet. */
  const missing = (name: string, way: readonly string[] = []): string | undefined => {
    if (mayBeUnresolved(variables[name], sources.collection.data)) return undefined;
    if (!state.available.has(name)) return name;
    if (state.replaced.has(name) || variables[name]?.required || way.includes(name)) return undefined;
    const parts = valueReferences(sources.collection.data, name).filter((part) => Object.hasOwn(variables, part));
    return parts.map((part) => missing(part, [...way, name])).find((part) => part !== undefined);
  };
  const all = [...sources.steps, ...sources.cleanUp];
  return all.flatMap(({ source, data }, index) => {
    const check = (uses: readonly Use[]) =>
      uses.flatMap((use) => {
        const isNeeded = Object.hasOwn(variables, use.name) && !use.mayBeEmpty;
        const name = isNeeded ? missing(use.name) : undefined;
        if (name === undefined) return [];
        const through =
          name !== use.name ? `, part of "${use.name}",` : use.inherited ? ", of the collection's authorization," : '';
        const emptiedBy = state.emptiedBy.get(name);
        const explain = () => {
          const why = explainMissing(name, data, all.slice(index + 1), emptiedBy, sources.collection.source.file);
          return problemAtUse(source, use, `the variable "${name}"${through} is used before anything sets it; ${why}`);
        };
        return [{ variable: name, explain }];
      });
    const problems = Object.keys(data.generate ?? {}).flatMap((variable) => {
      const found = check(makerUses(data, variable));
      set([variable]);
      return found;
    });
    set([...scriptsOf(data), ...rawScripts(data.raw)].flatMap(({ facts, before }) => (before ? facts.sets : [])));
    problems.push(...check(readUses(data, authorization)));
    set(settersOf(data));
    for (const name of data.unset ?? []) {
      state.available.delete(name);
      state.emptiedBy.set(name, data.name);
    }
    return problems;
  });
}

function isGiven(variable: CollectionFile['variables'][string] | undefined): boolean {
  return variable?.required === true || (variable?.value ?? '') !== '';
}

/** Variables that a step sets, before its request or from its response. */
function settersOf(step: StepFile): string[] {
  return [
    ...Object.keys(step.generate ?? {}),
    ...Object.keys(step.capture ?? {}),
    ...[...scriptsOf(step), ...rawScripts(step.raw)].flatMap(({ facts }) => facts.sets),
  ];
}

function explainMissing(
  name: string,
  step: StepFile,
  following: readonly Checked<StepFile>[],
  emptiedBy: string | undefined,
  collectionFile: string,
): string {
  if (emptiedBy !== undefined) return `"${emptiedBy}" emptied it`;
  if (Object.hasOwn(step.generate ?? {}, name)) return 'name it further up in generate';
  if (settersOf(step).includes(name)) return 'this step sets it only from its response';
  const later = following.find(({ data }) => settersOf(data).includes(name));
  if (later) return `it is set later, by "${later.data.name}"`;
  return `give it a value or required: true in ${basename(collectionFile)}, or capture it in an earlier step`;
}

function unusedProblems(sources: CollectionSources): Problem[] {
  const { steps, cleanUp } = sources;
  const { source, data } = sources.collection;
  const used = new Set([
    ...referencesIn(data.authorization, []).map(({ name }) => name),
    ...Object.keys(data.variables).flatMap((name) => valueReferences(data, name)),
    ...(data.cleanUp ? [data.cleanUp.askedBy] : []),
    ...[...steps, ...cleanUp].flatMap((step) => allUses(step.data).map(({ name }) => name)),
    ...fragmentsOf(sources).flatMap(rawNames),
  ]);
  // The script of the collection reads base addresses. A value that the collection brings with it may be for people,
  // and one that may be missing may stand in a template.
  const isUsed = (name: string) => {
    const { scope, format } = data.variables[name] ?? {};
    const isKept = scope === 'collection' || format === 'base-url' || mayBeUnresolved(data.variables[name], data);
    return used.has(name) || isKept;
  };
  return Object.keys(data.variables)
    .filter((name) => !isUsed(name))
    .map((name) =>
      problemAtPath(source, ['variables', name], `the variable "${name}" is declared but nothing uses it`, true),
    );
}
