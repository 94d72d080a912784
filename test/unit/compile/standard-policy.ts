/** PingOne's Standard password policy, written from its description and not from our generator. */
export function violations(password: string, userData: readonly string[]): string[] {
  const lower = password.toLowerCase();
  const broken = (rule: string, isBroken: boolean) => (isBroken ? [rule] : []);
  const parts = userData.flatMap((text) => [text, ...text.split(/[\W_]+/)]).map((text) => text.toLowerCase());
  return [
    ...broken('length is 8 to 255', password.length < 8 || password.length > 255),
    ...broken('an upper-case letter', !/[A-Z]/.test(password)),
    ...broken('a lower-case letter', !/[a-z]/.test(password)),
    ...broken('a digit', !/[0-9]/.test(password)),
    ...broken(
      'a special character',
      ![...'~!@#$%^&*()-_=+[]{}|;:,.<>/?'].some((character) => password.includes(character)),
    ),
    ...broken('no other character', /[^A-Za-z0-9~!@#$%^&*()\-_=+[\]{}|;:,.<>/?]/.test(password)),
    ...broken('five different characters', new Set(password).size < 5),
    ...broken(
      'no character three times in a row',
      [...password].some((c, i) => c === password[i + 1] && c === password[i + 2]),
    ),
    ...broken(
      "none of the user's data",
      parts.some((part) => part.length >= 3 && lower.includes(part)),
    ),
  ];
}
