import type { Json } from '../../compile/canonical.ts';
import { prerequestScript, testScript } from '../../compile/scripts/step-scripts.ts';
import type { Definition } from '../../definition/definition.ts';
import { isSame } from '../../definition/merge-patch.ts';
import type { StepFile } from '../../definition/schema.ts';
import { definitionAround, stepAlone } from '../alone.ts';
import { isAllowedScript, isDeclarable } from '../references.ts';
import { plainPrerequest, plainTest, withoutEnd } from './plain-script.ts';
import { readExample } from './read-example.ts';
import { type FoundPrerequest, readPrerequest, withoutNeeded } from './read-prerequest.ts';
import { readRequest } from './read-request.ts';
import { type FoundTest, readTest } from './read-test.ts';
import { isScript } from './script-code.ts';

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

/** Scopes of variables decide how scripts set them. */
export type Scopes = Pick<Definition, 'variables'>;

/** Reads an item in its canonical form. */
export function readStep(item: Json, names: StepNames, scopes: Scopes, fragments: Fragments): ReadStep {
  const base = {
    id: names.id,
    name: names.name,
    description: textOf((item.request as Json).description),
    ...(names.folder && { folder: [...names.folder] }),
    request: readRequest(item.request as Json),
  };
  const scripts = fragments.event ? undefined : scriptsOf(item.event);
  const parts = scripts && (readGenerated(scripts, base, scopes) ?? readOwn(scripts, base, scopes));
  const file: StepFile = { ...base, expect: {}, ...parts?.keys };
  const example = fragments.response
    ? undefined
    : readExample(item, file, parts?.schema?.content, parts?.isGenerated ?? false);
  return {
    file: { ...file, ...(example && { example: example.example }) },
    schema: parts?.schema,
    saysScripts: parts !== undefined,
    saysExample: example !== undefined,
    notes: [...(parts?.notes ?? []), ...(example?.notes ?? [])],
  };
}

type Base = Pick<StepFile, 'id' | 'name' | 'description' | 'request'>;

interface ReadScripts {
  readonly keys: Pick<StepFile, 'generate' | 'expect' | 'capture' | 'unset' | 'scripts'>;
  readonly schema: FoundSchema | undefined;
  readonly isGenerated: boolean;
  readonly notes: readonly string[];
}

interface Scripts {
  readonly prerequest: string;
  readonly test: string;
}

/** The text of both scripts; undefined when there is more to say of them than their lines. */
function scriptsOf(events: unknown): Scripts | undefined {
  const scripts = { prerequest: '', test: '' };
  for (const event of (events ?? []) as readonly Json[]) {
    const { listen, script, ...more } = event;
    const { exec, type, ...rest } = script as Json;
    const isPlain = Object.keys(more).length === 0 && Object.keys(rest).length === 0 && type === 'text/javascript';
    if (!isPlain || (listen !== 'prerequest' && listen !== 'test') || scripts[listen] !== '') return undefined;
    scripts[listen] = (exec as readonly string[]).join('\n');
  }
  return scripts;
}

/** Scripts that `compile` made, perhaps edited since. Each is made again from what was found, and compared. */
function readGenerated(scripts: Scripts, base: Base, scopes: Scopes): ReadScripts | undefined {
  const given = { before: plainPrerequest(scripts.prerequest).lines, after: plainTest(scripts.test) };
  const before = readPrerequest(given.before) ?? (scripts.prerequest === '' ? noPrerequest : undefined);
  const generatedTest = readTest(given.after);
  const after = generatedTest ?? ownTest(given.after);
  if (!before || !after) return undefined;
  const keys = keysOf(before, after);
  if (!namesIn(keys).every(isDeclarable) || !ownScriptsAllowed(keys)) return undefined;
  const made = compiledScripts({ ...base, ...keys }, after.schema, scopes);
  if (!made) return undefined;
  // What was added at the end is compared without: it is taken over as it is.
  const generated = compiledScripts(
    { ...base, ...keysOf({ ...before, added: undefined }, after) },
    after.schema,
    scopes,
  );
  const front = compiledScripts({ ...base, ...keysOf(before, { ...after, script: undefined }) }, after.schema, scopes);
  const isSameBefore =
    before === noPrerequest ||
    isSame(withoutNeeded(generated?.before ?? []), withoutNeeded(given.before.slice(0, before.length)));
  const isSameAfter = isSame(made.after, given.after);
  const isAlike = isSameButForNames(front?.after ?? [], given.after.slice(0, front?.after.length));
  if (!isSameBefore || !(isSameAfter || (isAlike && before !== noPrerequest))) return undefined;
  // Without our pre-request script, only what cannot be anybody else's is taken for ours.
  if (before === noPrerequest && after.status.length === 0) return undefined;
  return {
    keys,
    schema: after.schema,
    isGenerated: true,
    notes: [
      ...(before.added === undefined
        ? []
        : ['what was added to its pre-request script now runs before the variables are checked']),
      ...(isSameAfter ? [] : [generatedTest ? remadeNames : keptScript]),
    ],
  };
}

const remadeNames = 'the names of the checks in its test script are made again from what they check';
const keptScript = 'its test script is not one that compile makes, and is kept as a script';

const noPrerequest: FoundPrerequest = { generate: {}, script: undefined, added: undefined, length: 0 };

/** A test script beside a pre-request script of ours: of a step that expects nothing, in its block or added by somebody. */
function ownTest(lines: readonly string[]): FoundTest {
  const block = readTest([...smallestTest, '', ...lines]);
  const script = lines.length === 0 ? undefined : block?.script;
  return { status: [], schema: undefined, values: {}, claims: {}, capture: {}, unset: [], script };
}

const smallestTest = ["pm.test('', () => {", '    pm.response.to.have.status(200);', '});'];

/** Scripts that somebody wrote. */
function readOwn(scripts: Scripts, base: Base, scopes: Scopes): ReadScripts | undefined {
  const test = withoutEnd(scripts.test.split('\n')).join('\n');
  const own = {
    ...(scripts.prerequest !== '' && { prerequest: scripts.prerequest }),
    ...(test !== '' && { test }),
  };
  const keys = { expect: {}, ...(Object.keys(own).length > 0 && { scripts: own }) };
  if (!ownScriptsAllowed(keys)) return undefined;
  if (!compiledScripts({ ...base, ...keys }, undefined, scopes)) return undefined;
  return { keys, schema: undefined, isGenerated: false, notes: [] };
}

function keysOf(before: FoundPrerequest, after: FoundTest): ReadScripts['keys'] {
  const { generate, script } = before;
  const { status, schema, values, claims, capture, unset } = after;
  const own = [script, before.added].filter((one) => one !== undefined);
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

/** Both scripts as `compile` makes them from a step; undefined when they would not run. */
function compiledScripts(
  file: StepFile,
  schema: FoundSchema | undefined,
  scopes: Scopes,
): { readonly before: readonly string[]; readonly after: readonly string[] } | undefined {
  const step = stepAlone(file, schema && { [schema.file]: schema.content });
  try {
    const definition = definitionAround(step, scopes.variables);
    const before = prerequestScript(step, definition);
    const after = testScript(step, definition);
    return isScript(before.join('\n')) && isScript(after.join('\n')) ? { before, after } : undefined;
  } catch {
    return undefined;
  }
}

/** Equal lines, but for the names of checks and the condition of a success, which follow from what is checked. */
function isSameButForNames(made: readonly string[], given: readonly string[]): boolean {
  const derived = /^\s*pm\.test\(|^if \(.*pm\.response\.code.*\) \{$|^ {8}pm\.expect\((typeof )?value, /;
  return (
    made.length === given.length &&
    made.every((line, index) => line === given[index] || (derived.test(line) && derived.test(given[index] ?? '')))
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
