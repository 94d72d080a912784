import type { Definition, PlacedTroubleshooting, Step } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { pointerKeys } from '../../definition/pointer.ts';
import type { Condition } from '../../definition/schema.ts';
import { variablesIn } from '../../definition/variables.ts';
import { schemaWeight, weightOf } from './condition-weight.ts';
import { literal } from './literal.ts';
import { readyCheckName } from './planned-checks.ts';

/**
 * Cause and remedy in the messages of failed checks, for people who see nothing but Postman, Newman or Bruno. The likeliest entry is
 * found as `diagnose` finds it, from what a script can see.
 */

/** Variable of the run with what the hints of all requests need. A definition would have to mean it to declare one of this name. */
export const hintVariable = 'troubleshooting-hints';

/** A troubleshooting entry as it stands in a script. That with the greatest weight is the likeliest of those that fit. */
export type HintEntry = readonly [weight: number, when: Condition, cause: string, remedy: string];

/** Whether failed checks give hints: only where the definition has troubleshooting entries that a script can find. */
export const givesHints = perDefinition(
  ({ steps, cleanUp, troubleshooting }: Pick<Definition, 'steps' | 'cleanUp' | 'troubleshooting'>): boolean =>
    [{ troubleshooting }, ...steps, ...cleanUp.steps].some((owner) =>
      owner.troubleshooting.some(({ when }) => canHoldBefore(when) || canHoldAfter(when)),
    ),
);

/** The statements of the collection's pre-request script that give what the scripts of all requests need for hints. */
export function collectionHintScript(definition: Definition): string[] {
  if (!givesHints(definition)) return [];
  const { service = {}, troubleshooting, authorization } = definition;
  const { code, message, details, unsatisfied } = service.errors ?? {};
  const places = Object.entries({ code, message, details, unsatisfied }).flatMap(([name, pointer]) =>
    pointer === undefined ? [] : [[name, pointerKeys(pointer)] as const],
  );
  const [token] = variablesIn(authorization.bearer ?? '');
  return [
    '// What to do when a check fails: the requests show the likeliest entry that fits, of these and of their own.',
    'const hints = {',
    ...(service.name === undefined ? [] : [`    service: ${literal(service.name)},`]),
    ...(places.length === 0 ? [] : [`    places: ${literal(Object.fromEntries(places))},`]),
    ...listLines('ready: [', hintEntries(troubleshooting, 'ready'), '],'),
    ...listLines('entries: [', hintEntries(troubleshooting, 'test'), '],'),
    '};',
    ...handOver(literal(token === undefined ? '' : `{{${token}}}`)),
  ];
}

/**
 * The statements that hand the hints on, with the time at which the access token ends: the middle part of a JSON Web Token is its
 * claims, in base64url (RFC 7519). Scripts share nothing but variables, so the functions go along as text.
 */
export function handOver(token: string): string[] {
  return [
    '',
    ...readyHintFunction,
    '',
    ...hintFunction,
    '',
    "const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';",
    `const [, payload = ''] = pm.variables.replaceIn(${token}).split('.');`,
    "const bits = Array.from(payload, (digit) => digits.indexOf(digit).toString(2).padStart(6, '0')).join('');",
    "const claims = (bits.match(/.{8}/g) || []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');",
    'const [, tokenEnds] = /"exp": ?(\\d+)/.exec(claims) || [];',
    'const functions = { readyHint: String(readyHint), hint: String(hint) };',
    `pm.variables.set(${literal(hintVariable)}, JSON.stringify({ ...hints, tokenEnds, ...functions }));`,
  ];
}

/** What a check before sending can know, or one of the response. */
type Moment = 'ready' | 'test';

/** Entries that a script can find, likeliest first. A variable in braces would be filled in where a script stands in a file of Postman 12. */
function hintEntries(troubleshooting: readonly PlacedTroubleshooting[], moment: Moment): HintEntry[] {
  const plain = (text: string) => text.replace(/\{\{([^{}]*)\}\}/g, '<$1>').trim();
  return troubleshooting
    .filter(({ when }) => (moment === 'ready' ? canHoldBefore(when) : canHoldAfter(when)))
    .map(({ when, cause, remedy }): HintEntry => [weightOf(when), when, plain(cause), plain(remedy)])
    .toSorted(([one], [other]) => other - one);
}

function canHoldBefore({ check = 'ready', variable: _, message: __, ...others }: Condition): boolean {
  return check === 'ready' && Object.keys(others).length === 0;
}

/** Without an answer, and of what ends it, a test script knows nothing. */
function canHoldAfter({ check, connection }: Condition): boolean {
  return check !== 'ready' && check !== 'script' && connection === undefined;
}

/** Entries of a list, one a line. */
function listLines(open: string, entries: readonly HintEntry[], close: string): string[] {
  if (entries.length === 0) return [`    ${open}${close}`];
  return [`    ${open}`, ...entries.map((entry) => `        ${literal(entry)},`), `    ${close}`];
}

/** The statement of a pre-request script that fails a request that lacks something, and says what to do. */
export function readyReport({ troubleshooting }: Pick<Step, 'troubleshooting'>, hasHints: boolean): string[] {
  return hasHints
    ? readyHintReport(listLines('const own = [', hintEntries(troubleshooting, 'ready'), '];'))
    : [
        'if (problems.length > 0) {',
        `    pm.test(${literal(readyCheckName)}, () => {`,
        "        throw new Error(problems.join('; '));",
        '    });',
        '    pm.execution.skipRequest();',
        '}',
      ];
}

/** The same with hints; `own` are the lines of the request's own entries. */
export function readyHintReport(own: readonly string[]): string[] {
  return [
    'if (problems.length > 0) {',
    ...own,
    `    const known = JSON.parse(pm.variables.get(${literal(hintVariable)}) || '{}');`,
    "    const text = problems.join('; ');",
    "    const advice = known.readyHint ? eval('(' + known.readyHint + ')')(known, own, text) : '';",
    `    pm.test(${literal(readyCheckName)}, () => {`,
    '        throw new Error(text + advice);',
    '    });',
    '    pm.execution.skipRequest();',
    '}',
  ];
}

const readyHintFunction: readonly string[] = [
  '// The likeliest cause, with its remedy, of variables that have no value.',
  'function readyHint(known, own, text) {',
  "    const fits = ([, { variable = '', message = [] }]) => new RegExp('\\\\b' + variable + '\\\\b').test(text)",
  '        && [].concat(message).every((part) => text.includes(part));',
  '    const [entry] = own.concat(known.ready).filter(fits).sort((one, other) => other[0] - one[0]);',
  "    return entry ? '\\nLikely cause: ' + entry[2] + '\\nWhat to do: ' + entry[3] : '';",
  '}',
];

/** Functions at the end of a test script: the request's own entries, and what chooses one. */
export function hintFunctions({ troubleshooting }: Pick<Step, 'troubleshooting'>): string[] {
  return [
    '// What may be wrong: how much the condition tells (the more, the likelier), the condition, the cause, what to do.',
    'function entries() {',
    ...listLines('return [', hintEntries(troubleshooting, 'test'), '];'),
    '}',
    '',
    ...callHint,
  ];
}

/** The function of a test script that gives the hint, by the function of the collection's own script. */
export const callHint: readonly string[] = [
  '// What to do about it. The function and the entries for all requests are in the pre-request script of the collection.',
  'function hint() {',
  `    const known = JSON.parse(pm.variables.get(${literal(hintVariable)}) || '{}');`,
  "    return known.hint ? eval('(' + known.hint + ')')(known, entries(), failures) : '';",
  '}',
];

/** What a failed check says beside what failed. Nothing in it throws: the check says in any case why it failed. */
const hintFunction: readonly string[] = [
  '// What the service says, the likeliest cause with its remedy, and the correlation id.',
  'function hint(known, own, failures) {',
  '    const at = (name, data) => known.places?.[name]?.reduce((part, key) => part?.[key], data);',
  "    const first = (...values) => String(values.find((value) => value && typeof value !== 'object') || '');",
  "    const header = (name) => pm.response.headers.get(name) || '';",
  '    const status = pm.response.code;',
  '    let body = pm.response.text();',
  '    try {',
  '        body = pm.response.json();',
  '    } catch (error) {',
  '        // It is not JSON.',
  '    }',
  "    const isText = typeof body === 'string' && body !== '';",
  '    const data = isText ? {} : Object(body);',
  '    const error = { ...(Object(data.error) === data.error ? data.error : status >= 400 || data.error ? data : {}) };',
  '    // An authorization server reports an error also in the address of a redirect.',
  "    if (status >= 300 && status < 400) header('location').replace(/[?&#](error\\w*)=([^&#]*)/g, (all, name, value) => {",
  "        error[name] = value.replace(/\\+|%20/g, ' ');",
  '    });',
  "    const isOAuth = typeof error.error === 'string' && error.code === undefined;",
  "    const code = first(at('code', data), error.code, isOAuth && error.error);",
  "    const said = first(at('message', data), isOAuth && error.error_description, error.message, error.detail, error.title);",
  "    const details = [at('details', data), error.details, error.errors].find(Array.isArray) || [];",
  "    const isError = status < 400 && code !== '';",
  "    const isBearer = /^Bearer /i.test(pm.request.headers.get('authorization') || '');",
  "    const now = Date.parse(header('date')) || Date.now();",
  "    const token = isBearer && known.tokenEnds && (known.tokenEnds * 1000 <= now ? 'expired' : 'fresh');",
  "    const answer = { status, code, oauthError: isOAuth && code, token, body: isText ? 'not-json' : isError && 'error' };",
  '    const has = (wanted, value) => wanted === undefined || [].concat(wanted).includes(value);',
  "    const fits = ([, { detail, target, unsatisfied, check, variable, message = [], description = '', ...others }]) => (",
  '        said.toLowerCase().includes(description.toLowerCase())',
  '        && Object.keys(others).every((name) => has(others[name], answer[name]))',
  '        && details.concat({}).some((one) => has(detail, one?.code) && has(target, one?.target)',
  "            && (unsatisfied === undefined || [].concat(at('unsatisfied', one)).includes(unsatisfied)))",
  "        && failures.concat({ message: '' }).some((one) => has(check, one.kind) && has(variable, one.variable)",
  '            && [].concat(message).every((part) => one.message.includes(part)))',
  '    );',
  `    const weightOf = ([weight, { check }]) => (isError && check === 'schema' ? weight - ${schemaWeight} : weight);`,
  '    const likeliest = (one, other) => weightOf(other) - weightOf(one);',
  '    const [entry] = own.concat(known.entries).filter(fits).sort(likeliest);',
  '    const joined = (parts, between) => parts.filter((part) => part).join(between);',
  "    const shown = (one) => joined([joined([one?.target, one?.message], ': '), JSON.stringify(one?.innerError)], ' ');",
  "    const words = joined([said, ...details.slice(0, 3).map(shown)], '; ');",
  '    const lines = [',
  "        (words || code) && (known.service || 'The service') + ' says: ' + words + (code && ' (' + code + ')'),",
  "        ...(entry ? ['Likely cause: ' + entry[2], 'What to do: ' + entry[3]] : []),",
  "        header('correlation-id') && 'Correlation id: ' + header('correlation-id'),",
  '    ];',
  "    return joined(lines.map((line) => line && '\\n' + line), '');",
  '}',
];
