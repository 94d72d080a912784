/**
 * Passwords that everybody tries first. PingOne's list is not public; this one holds the entries that every published
 * ranking agrees on, enough to tell "common" from "not common" in a test.
 */
const commonPasswords: ReadonlySet<string> = new Set(
  `000000 00000000 111111 11111111 112233 121212 123123 123321 1234 12345 123456 1234567 12345678 123456789 1234567890
  123qwe 131313 159753 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 222222 555555 654321 666666 696969 777777 7777777 87654321
  888888 88888888 987654321 aaaaaa aaaaaaaa abc123 abcd1234 abcdef abcdefg abcdefgh access admin admin123 administrator
  asdf asdfasdf asdfgh asdfghjkl ashley azerty bailey baseball batman changeme charlie computer daniel default donald
  dragon flower football freedom fuckyou google hello hello123 hottie iloveyou iloveyou1 jennifer jesus jordan killer
  letmein login loveme lovely maggie master matrix michael michelle mustang mynoob nicole ninja pa55word passw0rd
  passwd password password! password1 password1! password12 password123 password123! password1234 pokemon princess
  q1w2e3r4 q1w2e3r4t5 qazwsx qwer1234 qwerty qwerty1 qwerty12 qwerty123 qwerty1234 qwertyuiop qwe123 secret secret123
  shadow starwars sunshine superman test test123 test1234 thomas trustno1 welcome welcome1 welcome123 whatever
  zaq12wsx zaq1zaq1 zxcvbn zxcvbnm`.split(/\s+/),
);

const substitutes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Whether a password, or a variant of it (case, digits for letters, backwards), is one that everybody tries first. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  const backwards = [...lower].reverse().join('');
  return [lower, backwards].some((text) => commonPasswords.has(text) || commonPasswords.has(withLetters(text)));
}

function withLetters(text: string): string {
  return [...text].map((character) => substitutes[character] ?? character).join('');
}
