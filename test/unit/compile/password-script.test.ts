import { createHash, randomUUID, webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { passwordScript } from '../../../src/compile/scripts/password-script.ts';
import { slowUnless } from '../../slow.ts';
import { newSandbox, prepare, type SandboxOptions } from './fake-pm.ts';
import { violations } from './standard-policy.ts';

const refusal =
  'this engine has no cryptographic source of random numbers: use a current Postman, Newman or the runner of this project';

/** Function that makes a password with the compiled script, and what its engine holds. */
function maker(options: Parameters<typeof passwordScript>[0], engine: SandboxOptions = {}) {
  const sandbox = newSandbox(engine);
  return {
    make: prepare(passwordScript(options, 'entropy'), sandbox, engine) as () => unknown as () => string,
    sandbox,
  };
}

/** Bytes that are the same at every run: SHA-256 of a counter. */
function seededBytes(seed: string): () => number {
  let block = Buffer.alloc(0);
  let count = 0;
  return () => {
    if (block.length === 0) block = createHash('sha256').update(`${seed} ${count++}`).digest();
    const [byte = 0] = block;
    block = block.subarray(1);
    return byte;
  };
}

function seededUuids(nextByte: () => number, count: number): string {
  return Array.from({ length: count }, () => {
    const hex = Array.from({ length: 16 }, () => nextByte().toString(16).padStart(2, '0')).join('');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }).join('');
}

const randomByte = () => webcrypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
const randomUuids = () => Array.from({ length: 24 }, () => randomUUID()).join('');

describe('every password meets the Standard policy', () => {
  const user = {
    runID: '20260323T163201-5d0c3b9a',
    email: 'shared.Test_User@example.com',
    username: 'sharedTestUser-{{runID}}',
  };
  const userData = [`sharedTestUser-${user.runID}`, user.email];
  const options = { avoid: ['{{username}}', '{{email}}'] };

  function expectPolicy(length: number): void {
    const { make, sandbox } = maker({ ...options, length }, { environment: user, nextByte: randomByte });
    for (let count = 0; count < 500; count += 1) {
      const password = make();
      expect(password).toHaveLength(length);
      expect(violations(password, userData), password).toEqual([]);
    }
    expect(sandbox.randomCalls).toBe(0);
  }
  for (const length of [12, 24, 64, 255])
    test(`with Web Crypto, ${length} characters`, slowUnless(length < 255), () => expectPolicy(length));

  test.each([12, 24, 64])('with the digits of 24 UUIDs only, %i characters', (length) => {
    const { make, sandbox } = maker({ ...options, length }, { environment: user });
    for (let count = 0; count < 500; count += 1) {
      sandbox.collection.set('entropy', randomUuids());
      expect(violations(make(), userData)).toEqual([]);
    }
    expect(sandbox.randomCalls).toBe(0);
  });

  test('also when most of what is drawn does not: what breaks a rule is drawn again', () => {
    // 12 characters of one class and in threes, from a source that turns good after a while.
    let drawn = 0;
    const bytes = seededBytes('poor');
    const { make } = maker({ length: 12 }, { nextByte: () => (drawn++ < 600 ? Math.floor(drawn / 3) % 26 : bytes()) });
    expect(violations(make(), [])).toEqual([]);
    expect(drawn).toBeGreaterThan(600);
  });

  test('two passwords are never the same', () => {
    const { make } = maker({ length: 24 }, { nextByte: randomByte });
    expect(new Set(Array.from({ length: 1000 }, make)).size).toBe(1000);
  });
});

const good = 'Kq7-Zp3_Wm9+';

/** Characters of the alphabet as bytes, so that the source spells a text. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~!@#$%^*()-_=+[];:,.?';
const spelling = (...texts: string[]) => {
  const bytes = [...texts.join('')].map((character) => alphabet.indexOf(character));
  return () => bytes.shift() ?? 0;
};

describe('what breaks one rule only is drawn again', () => {
  test.each<{ given: string; spelled: string }>([
    { given: 'no upper-case letter', spelled: 'kq7-zp3_wm9+' },
    { given: 'no lower-case letter', spelled: 'KQ7-ZP3_WM9+' },
    { given: 'no digit', spelled: 'Kqx-Zpy_Wmz+' },
    { given: 'no special character', spelled: 'Kq7aZp3bWm9c' },
    { given: 'four different characters', spelled: 'Kq7-Kq7-Kq7-' },
    { given: 'a character three times in a row', spelled: 'Kq7-Zp3_Wmmm' },
  ])('$given', ({ spelled }) => {
    expect(violations(spelled, [])).toHaveLength(1);
    expect(maker({ length: 12 }, { nextByte: spelling(spelled, good) }).make()).toBe(good);
  });

  test('but what breaks none is taken as it is', () => {
    for (const spelled of [good, 'AAbb11~~-Abb', 'Kq7-Kq7-Kq7_']) {
      expect(maker({ length: 12 }, { nextByte: spelling(spelled, 'never used !') }).make()).toBe(spelled);
    }
  });
});

describe("what is of the user's own data is avoided", () => {
  test.each<{ given: string; avoid: string[]; spelled: string }>([
    { given: 'the whole text', avoid: ['ada'], spelled: 'xADAx-12345z' },
    { given: 'the text in another case', avoid: ['ADA'], spelled: 'xaDaX-12345z' },
    { given: 'a part of three characters', avoid: ['x-ada@y.z'], spelled: 'BxadaX-12345' },
    { given: 'the value of a variable', avoid: ['{{name}}'], spelled: 'xGraceX-1234' },
    { given: 'a part of the value of a variable', avoid: ['a-{{name}}-b'], spelled: 'xgraceX-1234' },
  ])('$given', ({ avoid, spelled }) => {
    const options = { environment: { name: 'Grace' }, nextByte: spelling(spelled, good) };
    expect(maker({ length: 12, avoid }, options).make()).toBe(good);
  });

  test('but parts of one or two characters are not', () => {
    const { make } = maker({ length: 12, avoid: ['x-1-ab', 'a'] }, { nextByte: spelling('xab1aX-98765') });
    expect(make()).toBe('xab1aX-98765');
  });
});

describe('the source of randomness', () => {
  test('is refused with a sentence when there is neither Web Crypto nor entropy', () => {
    expect(maker({ length: 24 }).make).toThrow(refusal);
    expect(maker({ length: 24 }).make).toThrow(refusal);
    expect(maker({ length: 24 }, { collection: { entropy: '' } }).make).toThrow(refusal);
  });

  test('is refused with the same sentence when the digits run out', () => {
    expect(maker({ length: 24 }, { collection: { entropy: randomUUID() } }).make).toThrow(refusal);
  });

  test.each(['environment', 'collection'] as const)('is used once: digits in the %s are gone afterwards', (scope) => {
    const { make, sandbox } = maker({ length: 24 }, { [scope]: { entropy: randomUuids() } });
    make();
    expect(sandbox[scope].has('entropy')).toBe(false);
    expect(make).toThrow(refusal);
  });

  test('is Web Crypto where there is one, and the digits are thrown away', () => {
    const engine = { collection: { entropy: randomUuids() }, nextByte: seededBytes('web') };
    const { make, sandbox } = maker({ length: 24 }, engine);
    expect(make()).toBe(maker({ length: 24 }, { nextByte: seededBytes('web') }).make());
    expect(sandbox.collection.has('entropy')).toBe(false);
  });

  test('leaves the fixed digits of a UUID out: each pair of the others is one byte', () => {
    const uuids = randomUuids();
    const digits = [...uuids.matchAll(/(.{8})-(.{4})-4(.{3})-.(.{3})-(.{12})/g)]
      .map((match) => match.slice(1).join(''))
      .join('');
    const bytes = [...Buffer.from(digits, 'hex')];
    const fromDigits = maker({ length: 24 }, { collection: { entropy: uuids } }).make();
    expect(fromDigits).toBe(maker({ length: 24 }, { nextByte: () => bytes.shift() ?? 0 }).make());
  });
});

describe('each of the 83 characters is equally likely', () => {
  /** Chi-square of the characters; 82 degrees of freedom exceed 124.8 once in a thousand times. */
  function chiSquare(passwords: readonly string[]): number {
    const characters = passwords.join('');
    const counts = new Map<string, number>();
    for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(83);
    const expected = characters.length / 83;
    return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  }

  // Long passwords: of short ones, those without a digit are drawn again, which makes digits more likely.
  test('from Web Crypto', () => {
    const { make } = maker({ length: 255 }, { nextByte: seededBytes('a') });
    expect(chiSquare(Array.from({ length: 400 }, make))).toBeLessThan(124.8);
  });

  test('from the digits of UUIDs', () => {
    const nextByte = seededBytes('b');
    const { make, sandbox } = maker({ length: 200 });
    const passwords = Array.from({ length: 500 }, () => {
      sandbox.environment.set('entropy', seededUuids(nextByte, 120));
      return make();
    });
    expect(chiSquare(passwords)).toBeLessThan(124.8);
  });
});
