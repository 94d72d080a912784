import type { GeneratorSource } from '../../definition/schema.ts';
import { literal } from './literal.ts';

/** The four classes of characters that password policies ask for, without what is awkward in templates, pages and shells: {}<>&|/. */
export const characterClasses = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  '~!@#$%^*()-_=+[];:,.?',
] as const;

/**
 * Function body, in JavaScript, that returns a password: every text that `isAcceptable` takes is equally likely.
 * It reads `crypto.getRandomValues`; where an engine has none, the digits in the variable `entropy`; else it throws.
 *
 * @param entropy Name of the variable; undefined when nothing sets one.
 */
export function passwordScript(options: NonNullable<GeneratorSource['password']>, entropy?: string): string[] {
  return [
    `const classes = [${characterClasses.map(literal).join(', ')}];`,
    "const alphabet = classes.join('');",
    '',
    '// One random byte, from a cryptographic source only.',
    ...nextByteScript(entropy),
    '',
    '// Each character is equally likely: a number beyond the alphabet is drawn again.',
    'function nextCharacter() {',
    '    let index;',
    '    do {',
    '        index = nextByte() & 127;',
    '    } while (index >= alphabet.length);',
    '    return alphabet[index];',
    '}',
    '',
    "// The user's own data and the parts of it, which the password must not hold.",
    `const avoid = [${(options.avoid ?? []).map(literal).join(', ')}]`,
    '    .map((text) => pm.variables.replaceIn(text).toLowerCase())',
    '    .reduce((all, text) => all.concat(text, text.split(/[^a-z0-9]+/)), [])',
    '    .filter((text) => text.length > 2);',
    '',
    '// What password policies ask for: every class, five different characters, none three times in a row, no user data.',
    'function isAcceptable(password) {',
    '    const characters = Array.from(password);',
    '    return classes.every((set) => characters.some((character) => set.includes(character)))',
    '        && new Set(characters).size >= 5',
    '        && !/(.)\\1\\1/.test(password)',
    '        && !avoid.some((text) => password.toLowerCase().includes(text));',
    '}',
    '',
    'let password;',
    'do {',
    `    password = Array.from({ length: ${literal(options.length)} }, nextCharacter).join('');`,
    '} while (!isAcceptable(password));',
    'return password;',
  ];
}

/** The lines of `passwordScript` that draw a random byte. */
export function nextByteScript(entropy: string | undefined): string[] {
  const refusal =
    'this engine has no cryptographic source of random numbers: use a current Postman, Newman or the runner of this project';
  const webCrypto = [
    "const hasWebCrypto = typeof crypto !== 'undefined' && typeof crypto.getRandomValues === 'function';",
  ];
  if (entropy === undefined) {
    return [
      ...webCrypto,
      'function nextByte() {',
      '    if (hasWebCrypto) return crypto.getRandomValues(new Uint8Array(1))[0];',
      `    throw new Error(${literal(refusal)});`,
      '}',
    ];
  }
  return [
    ...webCrypto,
    `// Without Web Crypto: the digits in ${entropy}, less the fixed ones of a UUID, each used once.`,
    // What is not set stays as it is written: a name is no entropy, whatever letters it has.
    `const digits = pm.variables.replaceIn(${literal(`{{${entropy}}}`)}).replace(/\\{\\{.*\\}\\}/, '')`,
    "    .replace(/-4(...)-[89ab]/g, '$1').replace(/[^0-9a-f]/g, '');",
    `pm.environment.unset(${literal(entropy)});`,
    `pm.collectionVariables.unset(${literal(entropy)});`,
    'let used = 0;',
    'function nextByte() {',
    '    if (hasWebCrypto) return crypto.getRandomValues(new Uint8Array(1))[0];',
    '    used += 2;',
    `    if (used > digits.length) throw new Error(${literal(refusal)});`,
    '    return parseInt(digits.slice(used - 2, used), 16);',
    '}',
  ];
}
