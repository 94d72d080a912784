import { pointerKeys, presenceIn } from './pointer.ts';
import type { Problem } from './problem.ts';
import { compileSchema, type SchemaCheck } from './response-schema.ts';
import type { CollectionFile, StepFile } from './schema.ts';
import { inspectScript, type ScriptFacts } from './script.ts';
import { type DataPath, problemAtPath, problemInText, type SourceFile } from './source.ts';
import { dynamicVariables, textsIn, variablesIn } from './variables.ts';

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

/** Problems of meaning: names, variables, captures, examples, scripts. */
export function meaningProblems(sources: CollectionSources): Problem[] {
  const all = [...sources.steps, ...sources.cleanUp];
  return [
    ...duplicateProblems(all),
    ...all.flatMap((step) => [
      ...choiceProblems(step),
      ...scriptProblems(step),
      ...responseProblems(step, sources.schemas),
      ...creationProblems(step, sources),
    ]),
    ...declarationProblems(sources, all),
    ...(sources.complete ? orderProblems(sources) : []),
    ...(sources.complete ? unusedProblems(sources, all) : []),
  ];
}

function duplicateProblems(steps: readonly Checked<StepFile>[]): Problem[] {
  return (['id', 'name'] as const).flatMap((key) => {
    const first = new Map<string, string>();
    return steps.flatMap((step) => {
      const value = step.data[key];
      const other = first.get(value);
      if (other !== undefined) {
        return [
          problemAtPath(step.source, [key], `the ${key} "${value}" is taken by ${other}; give each step its own`),
        ];
      }
      first.set(value, step.source.file);
      return [];
    });
  });
}

/** "Exactly one of" rules that JSON Schema would report poorly. */
function choiceProblems({ source, data }: Checked<StepFile>): Problem[] {
  const check = (path: DataPath, object: object, keys: readonly string[]) => {
    const given = keys.filter((key) => Object.hasOwn(object, key));
    if (given.length === 1) return [];
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    return [problemAtPath(source, path, `expected exactly one of ${keys.join(', ')}; ${found}`)];
  };
  return [
    ...Object.entries(data.generate ?? {}).flatMap(([name, entry]) =>
      check(['generate', name], entry, ['password', 'runId', 'script']),
    ),
    ...Object.entries(data.capture ?? {}).flatMap(([name, entry]) =>
      check(['capture', name], entry, ['from', 'script']),
    ),
    ...(data.creates ? check(['creates'], data.creates, ['undo', 'within']) : []),
  ];
}

/** Every script of a step, with the path that leads to it. */
function scriptsOf(step: StepFile): { path: DataPath; facts: ScriptFacts }[] {
  const entry = (path: DataPath, text: string | undefined, kind: 'body' | 'script') =>
    text === undefined ? [] : [{ path, facts: inspectScript(text, kind) }];
  return [
    ...Object.entries(step.generate ?? {}).flatMap(([name, made]) =>
      entry(['generate', name, 'script'], made.script, 'body'),
    ),
    ...entry(['scripts', 'prerequest'], step.scripts?.prerequest, 'script'),
    ...Object.entries(step.capture ?? {}).flatMap(([name, made]) =>
      entry(['capture', name, 'script'], made.script, 'body'),
    ),
    ...entry(['scripts', 'test'], step.scripts?.test, 'script'),
  ];
}

function scriptProblems({ source, data }: Checked<StepFile>): Problem[] {
  return scriptsOf(data).flatMap(({ path, facts }) =>
    facts.problems.map((problem) => problemInText(source, path, problem, problem.message)),
  );
}

function responseProblems({ source, data }: Checked<StepFile>, schemas: CollectionSources['schemas']): Problem[] {
  const file = data.expect.schema;
  const schema = file === undefined ? undefined : schemas.get(file);
  if (file !== undefined && schema === undefined) return [];
  const pointers = [
    ...Object.entries(data.capture ?? {}).flatMap(([name, capture]) =>
      capture.from === undefined
        ? []
        : [{ path: ['capture', name, 'from'], pointer: capture.from, optional: capture.optional ?? false }],
    ),
    ...Object.keys(data.expect.values ?? {}).map((pointer) => ({
      path: ['expect', 'values', pointer],
      pointer,
      optional: false,
    })),
  ];
  const problems = pointers.flatMap(({ path, pointer, optional }) => {
    if (schema === undefined) {
      return [
        problemAtPath(
          source,
          path,
          `"${pointer}" cannot be relied on; name the schema of the response in expect.schema`,
        ),
      ];
    }
    const presence = presenceIn(schema, pointer);
    if (presence === 'undeclared') {
      return [
        problemAtPath(source, path, `no response has "${pointer}": ${file} declares ${siblings(schema, pointer)}`),
      ];
    }
    if (presence === 'optional' && !optional) {
      return [
        problemAtPath(
          source,
          path,
          `"${pointer}" is optional in ${file}; require it there, or set optional: true here`,
        ),
      ];
    }
    return [];
  });
  return [...problems, ...exampleProblems({ source, data }, schema, file)];
}

/** The keys that a schema declares where the pointer goes astray. */
function siblings(schema: Readonly<Record<string, unknown>>, pointer: string): string {
  const keys = pointerKeys(pointer);
  let depth = keys.length - 1;
  while (depth > 0 && presenceIn(schema, `/${keys.slice(0, depth).join('/')}`) === 'undeclared') depth -= 1;
  let node: unknown = schema;
  for (const key of keys.slice(0, depth)) {
    const parent = node as { properties?: Record<string, unknown>; items?: unknown };
    node = parent.properties?.[key] ?? parent.items;
  }
  const declared = Object.keys((node as { properties?: object } | undefined)?.properties ?? {});
  return declared.length === 0 ? 'nothing there' : declared.join(', ');
}

function exampleProblems(
  { source, data }: Checked<StepFile>,
  schema: Readonly<Record<string, unknown>> | undefined,
  file: string | undefined,
): Problem[] {
  const { example } = data;
  if (!example) return [];
  const expected = ([] as number[]).concat(data.expect.status as number[]);
  const statusProblems = expected.includes(example.status)
    ? []
    : [
        problemAtPath(
          source,
          ['example', 'status'],
          `the example's status is ${example.status}; the step expects ${expected.join(' or ')}`,
        ),
      ];
  if (!schema || example.body === undefined) return statusProblems;
  const violations = schemaCheckOf(schema)(example.body);
  return [
    ...statusProblems,
    ...violations.map(({ pointer, message }) =>
      problemAtPath(
        source,
        ['example', 'body', ...pointerKeys(pointer)],
        `the example does not satisfy ${file}: ${pointer === '' ? 'the body' : pointer} ${message}`,
      ),
    ),
  ];
}

const compiled = new WeakMap<object, SchemaCheck>();

function schemaCheckOf(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const known = compiled.get(schema) ?? compileSchema(schema);
  compiled.set(schema, known);
  return known;
}

function creationProblems({ source, data }: Checked<StepFile>, sources: CollectionSources): Problem[] {
  const { creates } = data;
  if (!creates) return [];
  const problems: Problem[] = [];
  if (!Object.hasOwn(data.capture ?? {}, creates.id)) {
    problems.push(
      problemAtPath(source, ['creates', 'id'], `"${creates.id}" is not captured by this step; add it to capture`),
    );
  }
  const undoers = sources.cleanUp.map((step) => step.data.id);
  if (sources.complete && creates.undo !== undefined && !undoers.includes(creates.undo)) {
    const expected =
      undoers.length > 0 ? `expected one of ${undoers.join(', ')}` : 'the collection has no clean-up steps';
    problems.push(
      problemAtPath(source, ['creates', 'undo'], `no clean-up step has the id "${creates.undo}"; ${expected}`),
    );
  }
  const kinds = sources.steps.flatMap((step) =>
    step.data.creates && step.data !== data ? [step.data.creates.kind] : [],
  );
  if (sources.complete && creates.within !== undefined && !kinds.includes(creates.within)) {
    problems.push(
      problemAtPath(source, ['creates', 'within'], `no other step creates a thing of the kind "${creates.within}"`),
    );
  }
  return problems;
}

/** Texts of a step that are sent, in the order in which they are filled in; disabled headers are not sent. */
function sentTexts(
  step: StepFile,
  authorization: CollectionFile['authorization'],
): { path: DataPath; text: string; inherited?: boolean }[] {
  const { request } = step;
  const auth = request.auth
    ? textsIn(request.auth, ['request', 'auth'])
    : textsIn(authorization).map(({ text }) => ({ path: ['request'] as DataPath, text, inherited: true }));
  return [
    { path: ['request', 'url'], text: request.url },
    ...auth,
    ...(request.headers ?? []).flatMap((header, index) =>
      header.disabled ? [] : [{ path: ['request', 'headers', index, 'value'] as DataPath, text: header.value }],
    ),
    ...textsIn(request.body, ['request', 'body']),
  ];
}

/** Variables that a step's request cannot be sent without, in the order of their first use. */
export function stepNeeds(step: StepFile, authorization: CollectionFile['authorization']): string[] {
  return [...new Set(sentTexts(step, authorization).flatMap(({ text }) => variablesIn(text)))].filter(
    (name) => !name.startsWith('$'),
  );
}

interface Use {
  readonly name: string;
  readonly path: DataPath;
}

function templateUses(step: StepFile, authorization: CollectionFile['authorization']): Use[] {
  const checked = textsIn(step.expect.values, ['expect', 'values']);
  const created = textsIn(step.creates?.name, ['creates', 'name']);
  return [...sentTexts(step, authorization), ...checked, ...created].flatMap(({ text, path }) =>
    variablesIn(text).map((name) => ({ name, path })),
  );
}

function generatorUses(step: StepFile): Use[] {
  return Object.entries(step.generate ?? {}).flatMap(([variable, { password }]) =>
    textsIn(password?.avoid, ['generate', variable, 'password', 'avoid']).flatMap(({ text, path }) =>
      variablesIn(text).map((name) => ({ name, path })),
    ),
  );
}

function setters(step: StepFile): string[] {
  return [
    ...Object.keys(step.generate ?? {}),
    ...Object.keys(step.capture ?? {}),
    ...scriptsOf(step).flatMap(({ facts }) => facts.sets),
  ];
}

/** Variables that are named somewhere but not declared in `collection.yaml`, and unknown dynamic ones. */
function declarationProblems(sources: CollectionSources, steps: readonly Checked<StepFile>[]): Problem[] {
  const { data } = sources.collection;
  const known = (name: string) => Object.hasOwn(data.variables, name);
  const undeclared = (source: SourceFile, path: DataPath, name: string, atKey = false): Problem[] => {
    if (name.startsWith('$')) {
      return dynamicVariables.includes(name)
        ? []
        : [
            problemAtPath(
              source,
              path,
              `{{${name}}} is not the same in every engine; expected one of ${dynamicVariables.join(', ')}`,
            ),
          ];
    }
    if (name === '') return [problemAtPath(source, path, 'the name between {{ and }} is empty')];
    return known(name)
      ? []
      : [problemAtPath(source, path, `the variable "${name}" is not declared in collection.yaml`, atKey)];
  };
  const inCollection = [
    ...textsIn(data.authorization, ['authorization']),
    ...Object.entries(data.variables).flatMap(([name, { value }]) => textsIn(value, ['variables', name, 'value'])),
  ].flatMap(({ text, path }) => variablesIn(text).flatMap((name) => undeclared(sources.collection.source, path, name)));
  const asked = data.cleanUp ? undeclared(sources.collection.source, ['cleanUp', 'askedBy'], data.cleanUp.askedBy) : [];
  const inTemplates = Object.entries(data.environments ?? {}).flatMap(([id, template]) =>
    Object.keys(template.values ?? {}).flatMap((name) =>
      undeclared(sources.collection.source, ['environments', id, 'values', name], name, true),
    ),
  );
  const inSteps = steps.flatMap(({ source, data: step }) => [
    ...[...templateUses(step, {}), ...generatorUses(step)].flatMap(({ name, path }) => undeclared(source, path, name)),
    ...Object.keys(step.generate ?? {}).flatMap((name) => undeclared(source, ['generate', name], name, true)),
    ...Object.keys(step.capture ?? {}).flatMap((name) => undeclared(source, ['capture', name], name, true)),
    ...(step.unset ?? []).flatMap((name, index) => undeclared(source, ['unset', index], name)),
    ...scriptsOf(step).flatMap(({ path, facts }) =>
      [...facts.reads, ...facts.sets].flatMap((name) => undeclared(source, path, name)),
    ),
  ]);
  return [...inCollection, ...asked, ...inTemplates, ...inSteps];
}

/** Follows the variables through the steps: what is used before anything sets it. */
function orderProblems(sources: CollectionSources): Problem[] {
  const { variables, authorization } = sources.collection.data;
  const available = new Set(Object.keys(variables).filter((name) => isGiven(variables[name])));
  const all = [...sources.steps, ...sources.cleanUp];
  const problems: Problem[] = [];
  for (const [index, { source, data }] of all.entries()) {
    const generated = Object.keys(data.generate ?? {});
    const uses = [...generatorUses(data), ...templateUses(data, authorization)];
    for (const name of generated) available.add(name);
    for (const fact of scriptsOf(data)) for (const name of fact.facts.sets) available.add(name);
    for (const { name, path } of uses) {
      if (name.startsWith('$') || available.has(name) || !Object.hasOwn(variables, name)) continue;
      const later = all.slice(index).find((step) => setters(step.data).includes(name));
      const who = later
        ? `${later.data === data ? 'this step sets it only from its response' : `it is set later, by "${later.data.name}"`}`
        : 'give it a value or required: true in collection.yaml, or capture it in an earlier step';
      problems.push(problemAtPath(source, path, `the variable "${name}" is used before anything sets it; ${who}`));
    }
    for (const name of setters(data)) available.add(name);
    for (const name of data.unset ?? []) available.delete(name);
  }
  return problems;
}

function isGiven(variable: CollectionFile['variables'][string] | undefined): boolean {
  return variable?.required === true || (variable?.value ?? '') !== '';
}

function unusedProblems(sources: CollectionSources, steps: readonly Checked<StepFile>[]): Problem[] {
  const { source, data } = sources.collection;
  const used = new Set([
    ...textsIn(data.authorization).flatMap(({ text }) => variablesIn(text)),
    ...Object.values(data.variables).flatMap(({ value }) => variablesIn(value ?? '')),
    ...(data.cleanUp ? [data.cleanUp.askedBy] : []),
    ...steps.flatMap(({ data: step }) => [
      ...templateUses(step, data.authorization).map(({ name }) => name),
      ...generatorUses(step).map(({ name }) => name),
      ...setters(step),
      ...(step.unset ?? []),
      ...scriptsOf(step).flatMap(({ facts }) => facts.reads),
    ]),
  ]);
  return Object.keys(data.variables)
    .filter((name) => !used.has(name))
    .map((name) =>
      problemAtPath(source, ['variables', name], `the variable "${name}" is declared but nothing uses it`, true),
    );
}
