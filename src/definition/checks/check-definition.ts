import { asList } from '../definition.ts';
import { keysBeside, pointerKeys, presenceIn, valueAt } from '../pointer.ts';
import { type Checked, type CollectionSources, scriptsOf } from '../reading/collection-sources.ts';
import type { Problem } from '../reading/problem.ts';
import { type DataPath, problemAtPath, problemInText } from '../reading/source-file.ts';
import { isRequested } from '../request.ts';
import type { ChoiceSource, StepFile } from '../schema.ts';
import { compileSchema } from '../schemas/response-schema.ts';
import { choiceConditionProblems, conditionProblems } from './condition-problems.ts';
import { folderProblems } from './folder-problems.ts';
import { plainTestProblems } from './plain-test-problems.ts';
import { rawProblems } from './raw-problems.ts';
import { requestProblems } from './request-problems.ts';
import { variableProblems } from './variable-problems.ts';

/** Problems of meaning: names, variables, captures, examples, scripts. */
export function meaningProblems(sources: CollectionSources): Problem[] {
  const all = [...sources.steps, ...sources.cleanUp];
  return [
    ...duplicateProblems(all, sources.collection.source.file),
    ...onceProblems(sources),
    ...tagProblems(sources),
    ...all.flatMap((step) => [
      ...choiceProblems(step),
      ...statusProblems(step),
      ...scriptProblems(step),
      ...plainTestProblems(step),
      ...responseProblems(step, sources.schemas),
      ...creationProblems(step, sources),
    ]),
    ...folderProblems(sources),
    ...rawProblems(sources),
    ...requestProblems(sources),
    ...variableProblems(sources),
  ];
}

/** Without an expected status nothing says when the body is that of a success. */
function statusProblems({ source, data }: Checked<StepFile>): Problem[] {
  if (data.expect.status !== undefined) return [];
  const needing = [
    ...(['schema', 'values', 'claims'] as const)
      .filter((key) => data.expect[key] !== undefined)
      .map((key) => `expect.${key}`),
    ...(['capture', 'unset', 'creates'] as const).filter((key) => data[key] !== undefined),
  ];
  if (needing.length === 0) return [];
  return [
    problemAtPath(
      source,
      ['expect'],
      `"expect": the key "status" is missing; ${needing.join(' and ')} ${needing.length === 1 ? 'needs' : 'need'} it`,
    ),
  ];
}

/** A file that is listed twice is reported as that, and steps of one id by their ids alone. */
function duplicateProblems(steps: readonly Checked<StepFile>[], collectionFile: string): Problem[] {
  const ids = new Map(steps.map(({ data }) => [data.id, data]));
  return (['id', 'name'] as const).flatMap((key) => {
    const first = new Map<string, string>();
    return steps.flatMap(({ source, data }) => {
      const value = data[key];
      if (key === 'name' && ids.get(data.id) !== data && value === ids.get(data.id)?.name) return [];
      const other = first.get(value);
      if (other === undefined) first.set(value, source.file);
      if (other === undefined || (other === source.file && other !== collectionFile)) return [];
      const owner = other === source.file ? 'a step above' : other;
      return [problemAtPath(source, [key], `the ${key} "${value}" is taken by ${owner}; give each step its own`)];
    });
  });
}

/** A word chooses a step by its id, or steps by a tag. */
function tagProblems({ steps }: CollectionSources): Problem[] {
  const ids = new Set(steps.map(({ data }) => data.id));
  return steps.flatMap(({ source, data }) =>
    (data.tags ?? []).flatMap((tag, index) =>
      ids.has(tag) ? [problemAtPath(source, ['tags', index], `the tag "${tag}" is the id of a step`)] : [],
    ),
  );
}

/** Steps that run once come before all that run in each iteration, and clean-up is no part of an iteration. */
function onceProblems({ steps, cleanUp }: CollectionSources): Problem[] {
  const repeated = steps.findIndex(({ data }) => !data.once);
  const late = repeated < 0 ? [] : steps.slice(repeated).filter(({ data }) => data.once);
  return [
    ...late.map(({ source }) =>
      problemAtPath(
        source,
        ['once'],
        `a step that is once must not come after one that is not; ${steps[repeated]?.source.file} is not once`,
        true,
      ),
    ),
    ...cleanUp
      .filter(({ data }) => data.once)
      .map(({ source }) =>
        problemAtPath(source, ['once'], 'a clean-up step cannot be once; it runs once in every run', true),
      ),
  ];
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
      check(['generate', name], entry, ['password', 'runId', 'table', 'script']),
    ),
    ...Object.entries(data.capture ?? {}).flatMap(([name, entry]) =>
      check(['capture', name], entry, ['from', 'choose', 'script']),
    ),
    ...Object.entries(data.capture ?? {}).flatMap(([name, { claim, choose, script }]) => {
      const other = script !== undefined ? 'a script' : choose && 'what is chosen';
      if (claim === undefined || other === undefined) return [];
      const message = `a claim is taken from what "from" leads to, not from ${other}`;
      return [problemAtPath(source, ['capture', name, 'claim'], message)];
    }),
    ...Object.entries(data.capture ?? {}).flatMap(([name, { choose }]) =>
      (choose ? choiceConditionProblems(choose) : []).map(({ path, message, atKey }) =>
        problemAtPath(source, ['capture', name, 'choose', ...path], message, atKey),
      ),
    ),
    ...Object.entries(data.expect.claims ?? {}).flatMap(([pointer, claims]) =>
      Object.entries(claims).flatMap(([claim, condition]) =>
        conditionProblems(condition).map(({ path, message, atKey }) =>
          problemAtPath(source, ['expect', 'claims', pointer, claim, ...path], message, atKey),
        ),
      ),
    ),
    ...Object.keys(data.answer ?? {}).flatMap((pointer) =>
      pointer === '' || valueAt(data.example?.body, pointer) !== undefined
        ? []
        : [problemAtPath(source, ['answer', pointer], `"${pointer}" is not in the body of the example`, true)],
    ),
    ...Object.entries(data.expect.values ?? {}).flatMap(([pointer, value]) => {
      const { json, jsonText, raw } = data.request.body ?? {};
      if (!isRequested(value) || (json ?? jsonText ?? raw) !== undefined) return [];
      const message = 'the request has no JSON body that could ask for a value';
      return [problemAtPath(source, ['expect', 'values', pointer, 'requested'], message)];
    }),
    ...(data.creates ? check(['creates'], data.creates, ['undo', 'within']) : []),
  ];
}

function scriptProblems({ source, data }: Checked<StepFile>): Problem[] {
  return scriptsOf(data).flatMap(({ path, facts }) =>
    facts.problems.map((problem) => problemInText(source, path, problem, problem.message)),
  );
}

/** A JSON pointer that a step relies on, and the path that leads to it. */
interface PlacedPointer {
  readonly path: DataPath;
  readonly pointer: string;
  /** Where it leads from; the response body when it is left out. */
  readonly inside?: string;
  /** The pointer is a key of the file. */
  readonly atKey: boolean;
  /** What to do when a response may lack the value; undefined when that is no problem. */
  readonly ifOptional: string | undefined;
}

function pointersOf({ capture, expect }: StepFile): PlacedPointer[] {
  return [
    ...Object.entries(capture ?? {}).flatMap(([name, { from, optional }]): PlacedPointer[] => {
      const ifOptional = optional ? undefined : 'require it there, or set optional: true here';
      return from === undefined ? [] : [{ path: ['capture', name, 'from'], pointer: from, atKey: false, ifOptional }];
    }),
    ...Object.entries(capture ?? {}).flatMap(([name, { choose, optional }]) =>
      choose ? choicePointers(choose, ['capture', name, 'choose'], optional ?? false) : [],
    ),
    ...(['values', 'claims'] as const).flatMap((key) =>
      Object.keys(expect[key] ?? {}).map((pointer): PlacedPointer => {
        return { path: ['expect', key, pointer], pointer, atKey: true, ifOptional: 'require it there' };
      }),
    ),
  ];
}

/** A part that an item does not have is a reason to choose another one, so the schema need not require it. */
function choicePointers(choose: ChoiceSource, path: DataPath, isOptional: boolean): PlacedPointer[] {
  const { from, take, name, where, most } = choose;
  const parts: [DataPath, string | undefined][] = [
    [['take'], take],
    [['name'], name],
    ...[
      ...(where ?? []).map((amount, index) => ({ at: ['where', index], amount })),
      { at: ['most'], amount: most },
    ].flatMap(({ at, amount }): [DataPath, string | undefined][] => [
      [[...at, 'value'], amount?.value],
      [[...at, 'minus'], amount?.minus],
    ]),
  ];
  return [
    {
      path: [...path, 'from'],
      pointer: from,
      atKey: false,
      ifOptional: isOptional ? undefined : 'require it there, or set optional: true here',
    },
    ...parts.flatMap(([at, pointer]): PlacedPointer[] =>
      pointer === undefined
        ? []
        : [{ path: [...path, ...at], pointer, inside: `${from}/0`, atKey: false, ifOptional: undefined }],
    ),
  ];
}

function responseProblems({ source, data }: Checked<StepFile>, schemas: CollectionSources['schemas']): Problem[] {
  const file = data.expect.schema;
  const schema = file === undefined ? undefined : schemas.get(file);
  if (file !== undefined && schema === undefined) return [];
  const problems = pointersOf(data).flatMap(({ path, pointer, inside = '', atKey, ifOptional }) => {
    const problem = (message: string) => [problemAtPath(source, path, `"${pointer}" ${message}`, atKey)];
    if (schema === undefined) return [];
    const presence = presenceIn(schema, inside + pointer);
    // That the list is not declared is said already.
    if (presence === 'undeclared' && inside !== '' && presenceIn(schema, inside) === 'undeclared') return [];
    if (presence === 'undeclared') {
      const declared = keysBeside(schema, inside + pointer).join(', ') || 'nothing there';
      return problem(
        `is in no ${inside ? `item of "${inside.slice(0, -2)}"` : 'response'}: ${file} declares ${declared}`,
      );
    }
    return presence === 'optional' && ifOptional !== undefined ? problem(`is optional in ${file}; ${ifOptional}`) : [];
  });
  return [...problems, ...exampleProblems({ source, data }, schema, file)];
}

function exampleProblems(
  { source, data }: Checked<StepFile>,
  schema: Readonly<Record<string, unknown>> | undefined,
  file: string | undefined,
): Problem[] {
  const { example } = data;
  if (!example) return [];
  const expected = asList(data.expect.status);
  const statusProblems =
    expected.length === 0 || expected.includes(example.status)
      ? []
      : [
          problemAtPath(
            source,
            ['example', 'status'],
            `the example's status is ${example.status}; the step expects ${expected.join(' or ')}`,
          ),
        ];
  if (!schema || example.body === undefined) return statusProblems;
  const violations = compileSchema(schema)(example.body);
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
  const isCreatedElsewhere = (kind: string) =>
    sources.steps.some((step) => step.data.creates?.kind === kind && step.data !== data);
  if (sources.complete && creates.within !== undefined && !isCreatedElsewhere(creates.within)) {
    problems.push(
      problemAtPath(source, ['creates', 'within'], `no other step creates a thing of the kind "${creates.within}"`),
    );
  }
  return problems;
}
