import { parse, type Token } from 'acorn';
import type { Definition, Step, Variable } from '../../definition/definition.ts';
import { entropyHeader, entropyVariable, storesEntropy, usesEntropy } from '../../definition/password-entropy.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { pointerKeys } from '../../definition/pointer.ts';
import { isRequested } from '../../definition/request.ts';
import type { ExpectedValue } from '../../definition/schema.ts';
import { draftOf } from '../../definition/schemas/draft.ts';
import { withoutKnownValues } from '../../definition/schemas/known-values.ts';
import { variablesIn } from '../../definition/variables.ts';
import { baseVariables } from './base-addresses.ts';
import { choiceLines, claimLine, conditionScript } from './condition-script.ts';
import { collectionHintScript, givesHints, hintFunctions, readyReport } from './hint-script.ts';
import { accessor, assignment, literal } from './literal.ts';
import { passwordScript } from './password-script.ts';
import { ownTest } from './plain-tests.ts';
import {
  type CheckKind,
  captureCheckName,
  capturedTypes,
  captureOrigin,
  claimCheckName,
  keepsValue,
  pendingName,
  schemaCheckName,
  scriptedChecks,
  scriptedSchema,
  setBy,
  setterOf,
  settersOf,
  statusCheckName,
  valueCheckName,
  variableNamed,
} from './planned-checks.ts';
import { tableScript } from './table-script.ts';

/** A script as Postman stores it: one line an entry. Empty when there is nothing to do. */
export type ScriptLines = readonly string[];

/** First line of the collection's pre-request script. */
const basesComment =
  '// Base addresses work as people write them: with or without a slash at the end, or the ending named here.';

/** The collection's pre-request script: base addresses work with and without their ending, and what hints need. */
export function collectionPrerequestScript(definition: Definition): ScriptLines {
  const [bases, hints] = [baseScript(definition.variables), collectionHintScript(definition)];
  return bases.length > 0 && hints.length > 0 ? [...bases, '', ...hints] : [...bases, ...hints];
}

/** The part of it that is about base addresses. */
export function baseScript(variables: readonly Variable[]): ScriptLines {
  const bases = baseVariables(variables);
  if (bases.length === 0) return [];
  return [
    basesComment,
    `const endings = { ${bases.map(({ name, removeSuffix }) => `${keyOf(name)}: ${literal(removeSuffix ?? '')}`).join(', ')} };`,
    'Object.keys(endings).forEach((name) => {',
    "    let base = pm.variables.replaceIn('{{' + name + '}}').replace(/\\/+$/, '');",
    '    const ending = endings[name];',
    "    while (ending !== '' && base.endsWith(ending)) base = base.slice(0, -ending.length).replace(/\\/+$/, '');",
    "    if (!base.includes('{{')) pm.variables.set(name, base);",
    '});',
  ];
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : literal(name);
}

/** What the clean-up folder writes to the console when it is not asked for. */
export function skippedNote(askedBy: string): string {
  return `Skipped. To delete what this collection created, set the variable ${askedBy} to true.`;
}

/** What a request writes to the console that needs a variable, when the request that sets it did not pass. */
export function waitingNote(setter: string, variable: string): string {
  return `Skipped: "${setter}" did not pass, which sets ${variable}.`;
}

/** The clean-up folder's pre-request script: it runs only when a variable asks for it. */
export function cleanUpPrerequestScript(askedBy: string): ScriptLines {
  return [
    '// Deleting cannot be undone, so this folder runs only when it is asked for.',
    `if (pm.variables.replaceIn(${literal(`{{${askedBy}}}`)}) !== 'true') {`,
    `    console.log(${literal(skippedNote(askedBy))});`,
    '    pm.execution.skipRequest();',
    '}',
  ];
}

/**
 * Whether a step expects and makes nothing: it does as in Postman, whatever its variables hold. Its scripts stand as they are, as those
 * of a collection that was imported do.
 */
export function isPlain(step: Step): boolean {
  return !hasChecks(step) && step.generate.length === 0;
}

/**
 * Whether a script looks at the variables of a step before it is sent. Where unresolved ones are sent, there is nothing to look for, and
 * a script of the definition may still be getting values when a generated one would run.
 */
export function isLookedAt(step: Step, { unresolved }: Pick<Definition, 'unresolved'>): boolean {
  return !isPlain(step) && !(unresolved === 'sent' && step.generate.length === 0);
}

function plainLines(text: string | undefined): ScriptLines {
  return text === undefined ? [] : text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
}

/**
 * A step's pre-request script: skips a request that needs what one that failed would have set; else makes values, runs the script of
 * the definition, then stops a request that would be sent with a hole in it.
 */
export function prerequestScript(step: Step, definition: Definition): ScriptLines {
  if (!isLookedAt(step, definition)) return plainLines(step.scripts?.prerequest);
  const needs = Object.fromEntries(step.needs.map((name) => [name, setterOf(definition, name)]));
  const setters = settersBefore(step, definition);
  const made = [
    ...step.generate.flatMap((entry) => [...generateScript(entry, step, definition), '']),
    ...rawScript(step.scripts?.prerequest).slice(1),
    ...(step.scripts?.prerequest === undefined ? [] : ['']),
    '// Nothing is sent with a hole in it: each of these must have a value.',
    'Object.keys(needed).forEach((name) => {',
    "    const value = pm.variables.replaceIn('{{' + name + '}}');",
    "    if (value === '' || /\\{\\{[^{}]*\\}\\}/.test(value)) problems.push(name + ' is empty: ' + needed[name]);",
    '});',
    ...readyReport(step, givesHints(definition)),
  ];
  return [
    'const problems = [];',
    ...assignment('needed', needs),
    ...pendingScript(step, definition),
    '',
    ...(setters.length === 0
      ? made
      : [
          '// What a request that did not pass would have set is not used, although an earlier run may have left a value.',
          'const waitsFor = {',
          ...setters.map(
            ({ id, name }) => `    ${literal(name)}: pm.variables.replaceIn(${literal(`{{${pendingName(id)}}}`)}),`,
          ),
          '};',
          "const lackingOf = (name) => waitsFor[name].split(' ').find((variable) => Object.keys(needed).includes(variable));",
          'const failed = Object.keys(waitsFor).find(lackingOf);',
          'if (failed !== undefined) {',
          "    console.log('Skipped: \"' + failed + '\" did not pass, which sets ' + lackingOf(failed) + '.');",
          '    pm.execution.skipRequest();',
          '} else {',
          ...indent(made),
          '}',
        ]),
  ];
}

/** Variables that a step sets and a later step needs. Clean-up needs ids also of what a step that failed has created. */
function neededLater(step: Step, definition: Definition): string[] {
  const position = positionOf(step, definition);
  if (!hasChecks(step) || position >= definition.steps.length) return [];
  return setBy(step).filter((name) => (lastNeeds(definition.steps).get(name) ?? -1) > position);
}

/**
 * The steps with checks before this one that set a variable it needs, in their order; of several that set the same, the last. None for
 * clean-up.
 */
export function settersBefore(step: Step, definition: Definition): Step[] {
  const position = positionOf(step, definition);
  if (position >= definition.steps.length) return [];
  const at = (setter: Step) => positionOf(setter, definition);
  const last = step.needs.map((name) =>
    (settersOf(definition).setters.get(name) ?? []).findLast((setter) => at(setter) < position && hasChecks(setter)),
  );
  return [...new Set(last)].filter((setter) => setter !== undefined).sort((one, other) => at(one) - at(other));
}

/** Clean-up comes after all steps. */
function positionOf(step: Step, definition: Definition): number {
  return settersOf(definition).positions.get(step) ?? definition.steps.length;
}

/** The place of the last step that needs a variable. */
const lastNeeds = perDefinition(
  (steps: readonly Step[]): ReadonlyMap<string, number> =>
    new Map(steps.flatMap(({ needs }, position) => needs.map((name) => [name, position] as const))),
);

/** Without an expected status, nothing says whether a step has passed. */
function hasChecks({ expect }: Step): boolean {
  return expect.status.length > 0;
}

/**
 * What a step has yet to set before later steps may be sent, and the variable of the run (`name`) that says so: values that it makes
 * anew, and those that it keeps when they are there.
 */
export function pendingOf(
  step: Step,
  definition: Definition,
): { readonly name: string; readonly made: readonly string[]; readonly kept: readonly string[] } | undefined {
  const names = neededLater(step, definition);
  if (names.length === 0) return undefined;
  const kept = names.filter((name) => keepsValue(step, name));
  return { name: pendingName(step.id), made: names.filter((name) => !kept.includes(name)), kept };
}

/** Says, before anything is sent, what the step has yet to set: everything but the values that it keeps. */
function pendingScript(step: Step, definition: Definition): string[] {
  const pending = pendingOf(step, definition);
  if (!pending) return [];
  const { name, made, kept } = pending;
  const set = (value: string) => `pm.variables.set(${literal(name)}, ${value});`;
  return [
    '',
    '// The requests that need what this one sets are not sent until its checks have held.',
    ...(kept.length === 0
      ? [set(literal(made.join(' ')))]
      : [
          `const isEmpty = (name) => ${isEmptyValue("pm.variables.replaceIn('{{' + name + '}}')")};`,
          set(
            made.length === 0
              ? `${literal(kept)}.filter(isEmpty).join(' ')`
              : `${literal(made)}.concat(${literal(kept)}.filter(isEmpty)).join(' ')`,
          ),
        ]),
  ];
}

function generateScript(entry: Step['generate'][number], step: Step, definition: Definition): string[] {
  const { variable } = entry;
  const name = literal(variable);
  const scope = scopeOf(definition, variable);
  const entropy = usesEntropy(step, definition) ? entropyVariable.name : undefined;
  const make = [
    'try {',
    `    ${scope}.set(${name}, (() => {`,
    ...indent(makerScript(entry, entropy), 2),
    '    })());',
    '} catch (error) {',
    `    ${scope}.unset(${name});`,
    `    problems.push(${literal(`${variable} cannot be made: `)} + error.message);`,
    '}',
  ];
  const comment = `// ${generatorComment(entry)}`;
  return entry.unlessSet ? [comment, `if (${hasNoValue(variable)}) {`, ...indent(make), '}'] : [comment, ...make];
}

function generatorComment({ variable, unlessSet, password }: Step['generate'][number]): string {
  if (unlessSet) return `${variable}: made only when it has no value.`;
  if (password)
    return `${variable}: made afresh at every send, since a server may refuse a password that the user already has.`;
  return `${variable}: made afresh at every send.`;
}

/** The body of the function that makes a value. `entropy` is the variable with random digits for a password. */
export function makerScript(entry: Step['generate'][number], entropy?: string): ScriptLines {
  const { password, runId, table, script } = entry;
  if (password) return passwordScript(password, entropy);
  if (runId) {
    return [
      "const time = new Date().toISOString().replace(/[-:]|\\.\\d+Z$/g, '');",
      "return time + '-' + pm.variables.replaceIn('{{$guid}}').slice(0, 8);",
    ];
  }
  if (table) return tableScript(table, entry);
  return linesOf(script ?? '');
}

/** A step's test script: checks the status, the body's schema and values, captures variables, and ends the run before clean-up. */
export function testScript(step: Step, definition: Definition): ScriptLines {
  const { status, values, claims = [] } = step.expect;
  const schema = scriptedSchema(step);
  const isCounted = neededLater(step, definition).length > 0;
  const hasHints = hasChecks(step) && givesHints(definition);
  const check = createCheck(isCounted, hasHints);
  const onSuccess = [
    ...(schema ? check('schema', schemaCheckName(schema.file), [schemaCheckLine]) : []),
    ...values.flatMap(({ pointer, value }) => ['', ...check('value', ...valueCheck(pointer, value))]),
    ...claims.flatMap((claim) => ['', ...check('value', claimCheckName(claim), [claimLine(claim)])]),
    ...step.captures.flatMap((capture) => ['', ...captureScript(capture, definition, check)]),
    ...(isCounted ? ['', ...settledScript(step)] : []),
    ...(step.unset.length > 0 ? ['', ...unsetScript(step.unset, definition)] : []),
  ];
  const [first] = status;
  const isExpected =
    status.length === 1 ? `pm.response.code === ${first}` : `${literal(status)}.includes(pm.response.code)`;
  const lines = [
    ...(schema ? [`// ${schema.file}`, schemaLine(schema.content), ''] : uncheckedSchemaLines(step)),
    ...conditionScript(step),
    ...(isCounted || hasHints ? [...checkFunction(isCounted, hasHints), ''] : []),
    ...(status.length === 0
      ? []
      : check('status', statusCheckName(status), [
          status.length === 1
            ? `pm.response.to.have.status(${first});`
            : `pm.expect(pm.response.code).to.be.oneOf(${literal(status)});`,
        ])),
    ...(onSuccess.length > 0
      ? [
          '',
          '// The body of an error is not what the checks below are about (its id is not the id of anything created).',
          `if (${isExpected}) {`,
          ...indent(onSuccess[0] === '' ? onSuccess.slice(1) : onSuccess),
          '}',
        ]
      : []),
    ...(storesEntropy(step, definition) ? entropyScript(definition) : []),
    ...(isPlain(step) ? plainLines(ownTest(step)) : rawScript(ownTest(step))),
    ...(endsBeforeCleanUp(step, definition) ? endScript(definition) : []),
    ...(hasHints ? ['', ...hintFunctions(step)] : []),
  ];
  return lines[0] === '' ? lines.slice(1) : lines;
}

function entropyScript(definition: Definition): string[] {
  return [
    '',
    '// For engines without Web Crypto: the digits of this disabled header were made by Newman, with node:crypto.',
    entropyLine(scopeOf(definition, entropyVariable.name)),
  ];
}

/** The line that stores random digits for the next request. */
export function entropyLine(scope: string): string {
  const digits = `pm.request.headers.get(${literal(entropyHeader.name)}) || ''`;
  return `if (typeof crypto === 'undefined') ${scope}.set(${literal(entropyVariable.name)}, ${digits});`;
}

/**
 * Whether a run ends after the step unless clean-up is asked for: it is the last one. The folder's own script would skip its requests
 * anyway, but the Postman CLI (1.34.0, on v3 collections) counts a skipped request as a failed one.
 */
export function endsBeforeCleanUp(step: Step, { steps, cleanUp }: Definition): boolean {
  return step === steps.at(-1) && cleanUp.askedBy !== undefined && cleanUp.steps.length > 0;
}

function endScript({ cleanUp }: Definition): string[] {
  return ['', '// The run ends here, unless clean-up is asked for.', endLine(cleanUp.askedBy ?? '')];
}

/** The line that ends the run before clean-up. */
export function endLine(askedBy: string): string {
  return `if (pm.variables.replaceIn(${literal(`{{${askedBy}}}`)}) !== 'true') pm.execution.setNextRequest(null);`;
}

/** Lines of a test script that make a check; `kind` and `variable` say what a hint may be about. */
type MakeCheck = (kind: CheckKind, name: string, lines: ScriptLines, variable?: string) => string[];

function createCheck(isCounted: boolean, hasHints: boolean): MakeCheck {
  const call = isCounted || hasHints ? 'check' : 'pm.test';
  return (kind, name, lines, variable) => [
    `${call}(${literal(name)}, () => {`,
    ...indent(lines),
    hasHints ? `}, ${[kind, ...(variable === undefined ? [] : [variable])].map(literal).join(', ')});` : '});',
  ];
}

/** The statements of a test script that make `pm.test` count what holds, or add a hint to what does not. */
export function checkFunction(isCounted: boolean, hasHints: boolean): ScriptLines {
  const verify = ['verify();', ...(isCounted ? ['held += 1;'] : [])];
  return [
    ...(isCounted ? ['let held = 0;'] : []),
    ...(hasHints ? ['const failures = [];'] : []),
    `function check(name, verify${hasHints ? ', kind, variable' : ''}) {`,
    '    pm.test(name, () => {',
    ...(hasHints
      ? [
          '        try {',
          ...indent(verify, 3),
          '        } catch (error) {',
          '            failures.push({ kind, variable, message: error.message });',
          '            error.message += hint();',
          '            throw error;',
          '        }',
        ]
      : indent(verify, 2)),
    '    });',
    '}',
  ];
}

function settledScript(step: Step): string[] {
  return [
    '// All checks have held: what this request has set may be used.',
    settledLine(String(scriptedChecks(step).length), step.id),
  ];
}

/** The line that says that a step has passed. */
export function settledLine(count: string, id: string): string {
  return `if (held === ${count}) pm.variables.set(${literal(pendingName(id))}, '');`;
}

/** Says what a script does not check. */
function uncheckedSchemaLines({ expect: { schema } }: Step): ScriptLines {
  if (!schema) return [];
  return [
    `// ${schema.file} is of JSON Schema ${draftOf(schema.content)}, which Postman's sandbox does not know: not checked here.`,
    '',
  ];
}

/** What a test script calls the schema of the body. */
export const schemaName = 'schema';

/** On one line, which people can pass over. */
const schemaLine = perDefinition((content: object) => `const ${schemaName} = ${literal(withoutKnownValues(content))};`);

/** The line of a test script that checks the body. */
const schemaCheckLine = `pm.response.to.have.jsonSchema(${schemaName});`;

function valueCheck(pointer: string, value: ExpectedValue): [name: string, lines: ScriptLines] {
  return [
    valueCheckName(pointer, value),
    [
      ...(isRequested(value)
        ? [sentLine, `const asked = ${sentBodyExpression}${accessors(value.requested, true)};`]
        : []),
      `pm.expect(${bodyExpression(pointer)}).to.equal(${expectedExpression(value)});`,
    ],
  ];
}

/** The body of the request: in Bruno it is parsed. */
export const sentLine = 'const sent = pm.request.body;';

/** The JSON body of the request, as it was sent. */
export const sentBodyExpression =
  "(typeof sent.raw === 'string' ? JSON.parse(pm.variables.replaceIn(sent.raw)) : sent)";

function expectedExpression(value: ExpectedValue): string {
  if (isRequested(value)) {
    if (!value.writtenAs) return 'asked';
    return `new Map(Object.entries(${literal(value.writtenAs)})).get(String(asked)) ?? asked`;
  }
  const hasVariables = typeof value === 'string' && variablesIn(value).length > 0;
  return hasVariables ? `pm.variables.replaceIn(${literal(value)})` : literal(value);
}

function captureScript(capture: Step['captures'][number], definition: Definition, check: MakeCheck): ScriptLines {
  const { variable, optional, unlessSet, script } = capture;
  const set = `${scopeOf(definition, variable)}.set(${literal(variable)}, value);`;
  const keep = unlessSet ? [`if (!${hasNoValue(variable)}) return; // a value that was given is kept`] : [];
  const value = valueExpression(capture);
  if (optional) return optionalCapture(keep, value, set, script === undefined);
  const lines = [...keep, ...value, ...capturedLines(literal(captureOrigin(capture))), set];
  return check('capture', captureCheckName(variable), lines, variable);
}

/** The lines of a test script that check whether a value can be captured. `origin` is the literal that says where it comes from. */
function capturedLines(origin: string): ScriptLines {
  return [
    `pm.expect(typeof value, 'type of ${origin.slice(1)}).to.be.oneOf(${literal(capturedTypes)});`,
    `pm.expect(value, ${origin}).to.not.equal('');`,
  ];
}

/**
 * A capture that is no failure. Of a body that has no such part, or is not JSON, nothing may be thrown: it would end the script. What a
 * script of the definition throws is to be seen.
 *
 * @param keep The line that keeps a given value, or none.
 * @param value The lines that find the value.
 * @param set The statement that sets the variable.
 */
function optionalCapture(keep: ScriptLines, value: ScriptLines, set: string, isFromBody: boolean): ScriptLines {
  const take = [...value, `if (${literal(capturedTypes)}.includes(typeof value) && value !== '') ${set}`];
  const attempt = [
    'try {',
    ...indent(take),
    '} catch (error) {',
    '    // There is no value, which is no failure.',
    '}',
  ];
  return ['(function capture() {', ...indent([...keep, ...(isFromBody ? attempt : take)]), '})();'];
}

function valueExpression({ variable, from, claim, choose, script, optional }: Step['captures'][number]): ScriptLines {
  if (choose) return choiceLines(variable, choose);
  if (script !== undefined) return ['const value = (() => {', ...indent(linesOf(script)), '})();'];
  const expression = bodyExpression(from ?? '', optional);
  if (claim === undefined) return [`const value = ${expression};`];
  return [
    '// The middle part of a JSON Web Token is its claims, in base64url (RFC 7519): six bits a character.',
    "const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';",
    `const payload = Array.from(${expression}.split('.')[1], (character) => digits.indexOf(character));`,
    "const bits = payload.map((digit) => digit.toString(2).padStart(6, '0')).join('');",
    "const bytes = bits.match(/.{8}/g).map((byte) => '%' + parseInt(byte, 2).toString(16).padStart(2, '0'));",
    `const value = JSON.parse(decodeURIComponent(bytes.join('')))[${literal(claim)}];`,
  ];
}

/** `/a/0/b-c` as `pm.response.json().a?.[0]?.['b-c']`: undefined when a part is missing (or the body is null, when optional). */
function bodyExpression(pointer: string, optional = false): string {
  return `pm.response.json()${accessors(pointer, optional)}`;
}

function accessors(pointer: string, optional: boolean): string {
  return pointerKeys(pointer)
    .map((key, depth) => {
      const access = accessor(key);
      if (!optional && depth === 0) return access;
      return access.startsWith('.') ? `?${access}` : `?.${access}`;
    })
    .join('');
}

function unsetScript(names: readonly string[], definition: Definition): string[] {
  return [
    '// What these named is gone.',
    ...names.map((name) => `${scopeOf(definition, name)}.unset(${literal(name)});`),
  ];
}

/**
 * Condition that a variable is empty or set in no scope. Not `pm.variables.get`, which in Bruno reads only what the run itself set.
 */
function hasNoValue(variable: string): string {
  return isEmptyValue(`pm.variables.replaceIn(${literal(`{{${variable}}}`)})`);
}

/**
 * Condition that a text is empty, or a variable that was not filled in. It must not compare with the name in braces: the Postman
 * CLI (1.34.0) fills in variables also within the text of scripts of v3 collections.
 */
function isEmptyValue(expression: string): string {
  return `/^$|\\{\\{/.test(${expression})`;
}

function scopeOf(definition: Definition, name: string): string {
  const { scope } = variableNamed(definition, name) ?? (name === entropyVariable.name ? entropyVariable : {});
  return scope === 'collection' ? 'pm.collectionVariables' : 'pm.environment';
}

/** A script of the definition, in a block of its own, so that its names do not clash with the generated ones. */
function rawScript(text: string | undefined): string[] {
  return text === undefined ? [] : ['', '{', ...indent(linesOf(text)), '}'];
}

/** A script of the definition by lines that can be indented: a line feed inside a text, where spaces would count, is escaped. */
function linesOf(script: string): string[] {
  // Without a template and a line feed that is escaped, no text goes over the end of a line.
  if (!/`|\\[\r\n]/.test(script)) return script.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  const tokens: Token[] = [];
  parse(script, { ecmaVersion: 2020, allowReturnOutsideFunction: true, onToken: tokens });
  const texts = tokens.filter(({ type }) => type.label === 'template' || type.label === 'string');
  const escaped = texts
    .reduceRight(
      (code, { start, end }) => code.slice(0, start) + escapeLineFeeds(code.slice(start, end)) + code.slice(end),
      script,
    )
    .replace(/\r\n?/g, '\n');
  return escaped.replace(/\n+$/, '').split('\n');
}

function escapeLineFeeds(text: string): string {
  return text.replace(/\\(.)|\n/gs, (whole, escaped) => (whole === '\n' ? '\\n' : escaped === '\n' ? '' : whole));
}

function indent(lines: ScriptLines, levels = 1): string[] {
  return lines.map((line) => (line === '' ? '' : `${'    '.repeat(levels)}${line}`));
}
