import type { ClaimCheck, Step } from '../../definition/definition.ts';
import type { ChoiceSource, ConditionSource } from '../../definition/schema.ts';
import { blockLiteral, literal } from './literal.ts';

/** Functions that a test script needs for its choices and claims, written out at its beginning; none when there are none. */
export function conditionScript({ captures, expect }: Pick<Step, 'captures' | 'expect'>): string[] {
  const choices = captures.flatMap(({ choose }) => choose ?? []);
  const claims = expect.claims ?? [];
  if (choices.length === 0 && claims.length === 0) return [];
  return [
    '// Parts of the response, and what they must be. A part that is not there is never as it must be.',
    'const own = (data, key) => {',
    "    return typeof data === 'object' && data !== null && Object.keys(data).includes(key) ? data[key] : undefined;",
    '};',
    "const keysOf = (pointer) => pointer.split('/').slice(1).map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));",
    'const partOf = (data, pointer) => keysOf(pointer).reduce(own, data);',
    ...obstacleScript([...conditionsOf(choices), ...claims.map(({ condition }) => condition)]),
    ...(claims.length > 0 ? claimFunctions : []),
    ...(choices.length > 0 ? choiceFunctions : []),
    '',
  ];
}

function conditionsOf(choices: readonly ChoiceSource[]): ConditionSource[] {
  return choices.flatMap(({ where = [], most }) => [
    ...where,
    ...(most || where.some(({ minus }) => minus !== undefined) ? [{ atLeast: 0 }] : []),
  ]);
}

/** Why a value is not as a condition asks: only what these conditions ask. */
function obstacleScript(conditions: readonly ConditionSource[]): string[] {
  const isAsked = (...keys: readonly (keyof ConditionSource)[]) =>
    conditions.some((condition) => keys.some((key) => condition[key] !== undefined));
  const linesFor = (keys: readonly (keyof ConditionSource)[], lines: readonly string[]) =>
    isAsked(...keys) ? lines.map((line) => `    ${line}`) : [];
  return [
    "const shown = (value) => (Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : String(value));",
    '// Why a value is not as a condition asks; an empty text when it is.',
    'function obstacle(name, value, condition) {',
    ...linesFor(
      ['is', 'has', 'endsWith'],
      [
        'const wanted = [].concat(condition.is ?? condition.has ?? condition.endsWith ?? [])',
        `    .map((text) => (typeof text === 'string' ? pm.variables.replaceIn(text) : text))${isAsked('writtenAs') ? '' : ';'}`,
        ...(isAsked('writtenAs') ? ['    .map((text) => own(condition.writtenAs, text) ?? text);'] : []),
      ],
    ),
    ...linesFor(['ifSet'], ["if (condition.ifSet && wanted.some((text) => /^$|\\{\\{/.test(text))) return '';"]),
    "    if (value === undefined || value === null) return 'it does not say ' + name;",
    "    const found = name + ' is ' + shown(value) + ', ';",
    ...linesFor(
      ['is'],
      ["if ('is' in condition && !wanted.includes(value)) return found + 'not ' + wanted.join(' or ');"],
    ),
    ...linesFor(
      ['has'],
      [
        "const held = [].concat(value).slice(0, 20).map(shown).join(', ') || 'nothing';",
        "if ('has' in condition && ![].concat(value).includes(wanted[0])) return name + ' lacks ' + wanted[0] + ' (it has ' + held + ')';",
      ],
    ),
    ...linesFor(
      ['endsWith'],
      [
        "const isText = typeof value === 'string';",
        "if ('endsWith' in condition && !(isText && value.endsWith(wanted[0]))) return found + 'which does not end with ' + wanted[0];",
      ],
    ),
    ...linesFor(
      ['atLeast'],
      [
        "if ('atLeast' in condition && (typeof value !== 'number' || isNaN(value))) return found + 'not a number';",
        "if ('atLeast' in condition && value < condition.atLeast) return found + 'not at least ' + condition.atLeast;",
      ],
    ),
    ...linesFor(
      ['past', 'future'],
      [
        "const isDate = typeof value === 'string' && /^\\d{4}-\\d\\d-\\d\\d/.test(value);",
        "const time = typeof value === 'number' ? value * 1000 : isDate ? Date.parse(value) : NaN;",
        "if (('past' in condition || 'future' in condition) && isNaN(time)) return found + 'not a time';",
      ],
    ),
    ...linesFor(['past'], ["if ('past' in condition && time > Date.now()) return found + 'not yet';"]),
    ...linesFor(['future'], ["if ('future' in condition && time <= Date.now()) return found + 'already past';"]),
    "    return '';",
    '}',
  ];
}

const choiceFunctions: readonly string[] = [
  "const nameOf = (pointer) => keysOf(pointer).join('.') || 'the item';",
  "const amountName = ({ value, minus }) => nameOf(value) + (minus === undefined ? '' : ' less ' + nameOf(minus));",
  'const amountOf = (item, { value, minus }) => {',
  '    return minus === undefined ? partOf(item, value) : partOf(item, value) - partOf(item, minus);',
  '};',
  'const isNumber = { atLeast: -Infinity };',
  'function unfit(item, condition) {',
  '    const numbers = condition.minus === undefined ? [] : [condition.value, condition.minus];',
  '    return numbers.map((pointer) => obstacle(nameOf(pointer), partOf(item, pointer), isNumber)).find((reason) => reason)',
  '        || obstacle(amountName(condition), amountOf(item, condition), condition);',
  '}',
  '// Of the item that a variable names, when it has a value; else of the first item that is fit, or the one with the most.',
  'function choose(variable, { from, take, name, where = [], most }) {',
  '    const list = partOf(pm.response.json(), from);',
  "    if (!Array.isArray(list)) throw new Error(nameOf(from) + ' is not a list');",
  '    const conditions = where.concat(most ? { ...most, ...isNumber } : []);',
  '    const items = list.map((item, index) => {',
  '        const value = partOf(item, take);',
  "        const isValue = ['string', 'number', 'boolean'].includes(typeof value) && value !== '';",
  "        const called = name === undefined ? '' : partOf(item, name) ?? '';",
  "        const title = called === '' || typeof called === 'object' ? 'item ' + (index + 1) : '\"' + called + '\"';",
  '        return {',
  '            item,',
  '            value,',
  "            title: isValue ? title + ' (' + value + ')' : title,",
  "            reason: isValue ? conditions.map((one) => unfit(item, one)).find((reason) => reason) : 'it does not say ' + nameOf(take),",
  '        };',
  '    });',
  "    const wanted = pm.variables.replaceIn('{{' + variable + '}}');",
  '    if (!/^$|\\{\\{/.test(wanted)) {',
  "        const hint = '; empty ' + variable + ' to let this step choose';",
  "        const given = items.find(({ value }) => typeof value !== 'object' && String(value) === wanted);",
  "        if (!given) throw new Error(variable + ' ' + wanted + ' is not in ' + nameOf(from) + hint);",
  "        if (given.reason) throw new Error(variable + ' cannot be used, ' + given.title + ': ' + given.reason + hint);",
  '        return given.value;',
  '    }',
  '    const amountIn = ({ item }) => (most ? amountOf(item, most) : 0);',
  "    const passed = items.filter(({ reason }) => reason).slice(0, 20).map(({ title, reason }) => title + ': ' + reason);",
  '    const [chosen] = items.filter(({ reason }) => !reason).sort((one, other) => amountIn(other) - amountIn(one));',
  "    passed.forEach((line) => console.log('passed over ' + line));",
  "    if (!chosen) throw new Error('nothing in ' + nameOf(from) + ' fits: ' + (passed.join('; ') || 'there are none'));",
  "    console.log('chose ' + chosen.title + (most ? ': ' + amountName(most) + ' is ' + amountIn(chosen) : ''));",
  '    return chosen.value;',
  '}',
];

/** The claims of a token; that one of them is as it must be. */
const claimFunctions: readonly string[] = [
  '// The middle part of a JSON Web Token is its claims, in base64url (RFC 7519): six bits a character.',
  'function claimsOf(token) {',
  '    try {',
  "        const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';",
  "        const payload = Array.from(token.split('.')[1], (character) => digits.indexOf(character));",
  "        const bits = payload.map((digit) => digit.toString(2).padStart(6, '0')).join('');",
  "        const bytes = bits.match(/.{8}/g).map((byte) => '%' + parseInt(byte, 2).toString(16).padStart(2, '0'));",
  "        return JSON.parse(decodeURIComponent(bytes.join('')));",
  '    } catch (error) {',
  "        throw new Error('this is not a JSON Web Token');",
  '    }',
  '}',
  'function expectClaim(pointer, claim, condition) {',
  '    const reason = obstacle(claim, own(claimsOf(partOf(pm.response.json(), pointer)), claim), condition);',
  '    if (reason) throw new Error(reason);',
  '}',
];

/** The line that checks a claim. */
export function claimLine({ pointer, claim, condition }: ClaimCheck): string {
  return `expectClaim(${[pointer, claim, condition].map(literal).join(', ')});`;
}

/** The lines that choose the value of a variable. */
export function choiceLines(variable: string, choice: ChoiceSource): string[] {
  const [first, ...rest] = blockLiteral(choice);
  const lines = [`const value = choose(${literal(variable)}, ${first}`, ...rest];
  return [...lines.slice(0, -1), `${lines.at(-1)});`];
}
