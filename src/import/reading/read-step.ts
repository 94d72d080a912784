import type { Json } from '../../compile/canonical.ts';
import { endLine, prerequestScript, testScript } from '../../compile/scripts/step-scripts.ts';
import { type Definition, toDefinition, toStep } from '../../definition/definition.ts';
import { isDeclarable } from '../../definition/raw.ts';
import type { StepFile } from '../../definition/schema.ts';
import { isAllowedScript } from '../references.ts';
import { forLaterSteps, plainStatements, withoutLines, withoutNames } from './plain-script.ts';
import { readExample } from './read-example.ts';
import { type FoundHints, hintShapes, readHints } from './read-hints.ts';
import { readPlainTests, type TestsFrom } from './read-plain-tests.ts';
import { type FoundPrerequest, readPrerequest } from './read-prerequest.ts';
import { readRequest } from './read-request.ts';
import { type FoundTest, readTest } from './read-test.ts';
import { isSameCode, isScript } from './script-code.ts';

/** A schema that a step names. */
export interface FoundSchema {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What was read out of an item of a collection. */
export interface ReadStep {
  /** All that the format can say of it, without a fragment. */
  readonly file: StepFile;
  readonly schema: FoundSchema | undefined;
  /** The file says what the item's scripts do, so no fragment is needed for them. */
  readonly saysScripts: boolean;
  /** Its scripts are those that `compile` makes. */
  readonly isGenerated: boolean;
  /** The same of the saved example. */
  readonly saysExample: boolean;
  /** What is not quite as it was, in sentences. */
  readonly notes: readonly string[];
}

export interface StepNames {
  readonly id: string;
  readonly name: string;
  /** Undefined: the folder with the name of the collection. */
  readonly folder: readonly string[] | undefined;
}

/** What a fragment of a definition brought into the item: our own ids show it, which a fragment has none of. */
export interface Fragments {
  readonly event: boolean;
  readonly response: boolean;
}

/** What the collection says of how scripts are made: scopes of variables decide how they set them. */
export interface Scopes extends Pick<Definition, 'variables'> {
  /** The variable that asks for clean-up: before that, the run ends. */
  readonly askedBy: string | undefined;
  /** What failed checks say of causes and remedies; undefined when they say nothing. */
  readonly hints: FoundHints | undefined;
}

/** Reads an item in its canonical form. */
export function readStep(
  item: Json,
  names: StepNames,
  scopes: Scopes,
  fragments: Fragments,
  testsFrom: TestsFrom,
): ReadStep {
  const base = {
    id: names.id,
    name: names.name,
    description: textOf((item.request as Json).description),
    ...(names.folder && { folder: [...names.folder] }),
    request: readRequest(item.request as Json),
  };
  const scripts = fragments.event ? undefined : scriptsOf(item.event, scopes);
  const parts = scripts && (readGenerated(scripts, base, scopes) ?? readOwn(scripts, base, scopes));
  const file: StepFile = { ...base, expect: {}, ...(parts && withTests(parts.keys, testsFrom)) };
  const example = fragments.response
    ? undefined
    : readExample(item, file, parts?.schema?.content, parts?.isGenerated ?? false);
  return {
    file: {
      ...file,
      ...(example && { example: example.example }),
      ...(example && example.errorExamples.length > 0 && { errorExamples: [...example.errorExamples] }),
    },
    schema: parts?.schema,
    saysScripts: parts !== undefined,
    isGenerated: parts?.isGenerated ?? false,
    saysExample: example !== undefined,
    notes: [...(parts?.notes ?? []), ...(example?.notes ?? [])],
  };
}

type Base = Pick<StepFile, 'id' | 'name' | 'description' | 'request'>;

interface ReadScripts {
  readonly keys: Pick<StepFile, 'generate' | 'expect' | 'capture' | 'tests' | 'unset' | 'scripts' | 'troubleshooting'>;
  readonly schema: FoundSchema | undefined;
  readonly isGenerated: boolean;
  readonly notes: readonly string[];
}

interface Scripts {
  readonly prerequest: string;
  readonly test: string;
}

/** The text of both scripts, without the line that ends the run; undefined when there is more to say of them than their lines. */
function scriptsOf(events: unknown, { askedBy }: Scopes): Scripts | undefined {
  const scripts = { prerequest: '', test: '' };
  for (const event of (events ?? []) as readonly Json[]) {
    const { listen, script, ...more } = event;
    const { exec, type, ...rest } = script as Json;
    const isPlain = Object.keys(more).length === 0 && Object.keys(rest).length === 0 && type === 'text/javascript';
    if (!isPlain || (listen !== 'prerequest' && listen !== 'test') || scripts[listen] !== '') return undefined;
    scripts[listen] = (exec as readonly string[]).join('\n');
  }
  return { ...scripts, test: withoutLines(scripts.test, askedBy === undefined ? [] : [endLine(askedBy)]) };
}

/** Scripts that `compile` made, perhaps edited since. Each is made again from what was found, and compared. */
function readGenerated(scripts: Scripts, base: Base, scopes: Scopes): ReadScripts | undefined {
  if (!mayBeGenerated(scripts)) return undefined;
  const test = withoutLines(scripts.test, [...forLaterSteps, ...hintShapes]);
  const before = scripts.prerequest === '' ? undefined : readPrerequest(scripts.prerequest);
  const after = readTest(test);
  if (!after || (!before && (scripts.prerequest !== '' || after.status.length === 0))) return undefined;
  const troubleshooting = readHints(scripts.prerequest, scripts.test);
  const keys = { ...keysOf(before, after), ...(troubleshooting.length > 0 && { troubleshooting }) };
  if (!namesIn(keys).every(isDeclarable) || !ownScriptsAllowed(keys)) return undefined;
  const { scripts: _, ...generated } = keys;
  const whole = compiledScripts({ ...base, ...keys }, after.schema, scopes);
  const made = keys.scripts ? compiledScripts({ ...base, ...generated }, after.schema, scopes) : whole;
  if (!whole || !made) return undefined;
  const isWhole = isSameCode(plainStatements(whole.test), plainStatements(test));
  // Without our pre-request script, only what cannot be anybody else's is taken for ours.
  if (before ? !isSameCode(plainStatements(made.prerequest), before.generated) : !isWhole) return undefined;
  const madeTest = plainStatements(made.test) ?? [];
  const isSameTest = isSameCode(madeTest, after.generated);
  if (!isSameTest && !isSameCode(withoutNames(madeTest), withoutNames(after.generated))) return undefined;
  return {
    keys,
    schema: after.schema,
    isGenerated: true,
    notes: [
      ...(before?.added === undefined
        ? []
        : ['what was added to its pre-request script now runs before the variables are checked']),
      ...(isSameTest ? [] : ['the names of the checks in its test script are made again from what they check']),
      ...(isWhole || after.status.length > 0
        ? []
        : ['its test script is not one that compile makes, and is kept as a script']),
    ],
  };
}

/** False for scripts without what each one has that is taken for ours, which takes less time than reading them. */
function mayBeGenerated({ prerequest, test }: Scripts): boolean {
  return prerequest === '' ? /\bstatus is \d/.test(test) : /\bproblems\b/.test(prerequest);
}

/** Scripts that somebody wrote. */
function readOwn({ prerequest, test }: Scripts, base: Base, scopes: Scopes): ReadScripts | undefined {
  const own = { ...(prerequest !== '' && { prerequest }), ...(test !== '' && { test }) };
  const keys = { expect: {}, ...(Object.keys(own).length > 0 && { scripts: own }) };
  if (!ownScriptsAllowed(keys)) return undefined;
  if (!compiledScripts({ ...base, ...keys }, undefined, scopes)) return undefined;
  return { keys, schema: undefined, isGenerated: false, notes: [] };
}

/** A test script with nothing beside it as `tests`, where they say the same. */
function withTests(keys: ReadScripts['keys'], from: TestsFrom): ReadScripts['keys'] {
  const { scripts: { test, ...before } = {}, ...others } = keys;
  const isAlone = Object.keys(keys.expect).length === 0 && !keys.capture && !keys.unset;
  const tests = test !== undefined && isAlone ? readPlainTests(test, from) : undefined;
  return tests ? { ...others, tests, ...(before.prerequest !== undefined && { scripts: before }) } : keys;
}

function keysOf(before: FoundPrerequest | undefined, after: FoundTest): ReadScripts['keys'] {
  const { generate = {}, script, added } = before ?? {};
  const { status, schema, values, claims, capture, unset } = after;
  const own = [script, added].filter((one) => one !== undefined);
  const scripts = {
    ...(own.length > 0 && { prerequest: own.join('\n') }),
    ...(after.script !== undefined && { test: after.script }),
  };
  const [only] = status;
  return {
    ...(Object.keys(generate).length > 0 && { generate }),
    expect: {
      ...(only !== undefined && { status: status.length === 1 ? only : [...status] }),
      ...(schema && { schema: schema.file }),
      ...(Object.keys(values).length > 0 && { values }),
      ...(Object.keys(claims).length > 0 && { claims }),
    },
    ...(Object.keys(capture).length > 0 && { capture }),
    ...(unset.length > 0 && { unset: [...unset] }),
    ...(Object.keys(scripts).length > 0 && { scripts }),
  };
}

function namesIn({ generate, capture, unset }: ReadScripts['keys']): string[] {
  return [...Object.keys(generate ?? {}), ...Object.keys(capture ?? {}), ...(unset ?? [])];
}

function ownScriptsAllowed({ generate, capture, scripts }: ReadScripts['keys']): boolean {
  const bodies = [...Object.values(generate ?? {}), ...Object.values(capture ?? {})].map(({ script }) => script);
  return (
    bodies.every((body) => body === undefined || isAllowedScript(body, 'body')) &&
    [scripts?.prerequest, scripts?.test].every((text) => text === undefined || isAllowedScript(text, 'script'))
  );
}

/** Both scripts as `compile` makes them from a step alone; undefined when they would not run. */
function compiledScripts(
  file: StepFile,
  schema: FoundSchema | undefined,
  { variables, hints }: Scopes,
): Scripts | undefined {
  const step = toStep('', file, schema ? { [schema.file]: schema.content } : {}, [], '');
  const { id, name, description } = file;
  const frame = { id, name, description, variables: {}, authorization: { none: true as const }, steps: [] };
  const collection = { ...frame, ...hints };
  const definition = { ...toDefinition(collection, [step], [], ''), variables };
  try {
    const prerequest = prerequestScript(step, definition).join('\n');
    const test = testScript(step, definition).join('\n');
    return isScript(prerequest) && isScript(test) ? { prerequest, test } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
