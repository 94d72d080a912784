/** Replaces secrets in everything that leaves a run. */
export interface Redactor {
  text(text: string): string;
  /** A copy of plain data in which every text is redacted. */
  data<T>(data: T): T;
}

export const redactionMark = '[secret]';

/** Shorter values are not searched for: they would turn up in ordinary words and make reports unreadable. */
const shortestSecret = 6;

/**
 * A redactor for these secret values. Each is found as it is, and as JSON, URLs, forms and Basic authentication write it.
 * Longer forms are replaced first, so that no part of one is left over.
 */
export function createRedactor(secrets: Iterable<string>, pairs: Iterable<readonly [string, string]> = []): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
  for (const [name, secret] of pairs) {
    if (secret.length < shortestSecret) continue;
    const base64 = Buffer.from(`${name}:${secret}`).toString('base64');
    for (const form of [base64, base64.replace(/=+$/, ''), Buffer.from(`${name}:${secret}`).toString('base64url')])
      forms.add(form);
  }
  const longestFirst = [...forms].filter((form) => form.length >= shortestSecret).sort((a, b) => b.length - a.length);
  // In one pass: what was put in place of one secret is not searched for another.
  const pattern = longestFirst.length > 0 ? new RegExp(longestFirst.map(escapeForRegExp).join('|'), 'g') : undefined;
  const text = (input: string) => (pattern ? input.replace(pattern, redactionMark) : input);
  return { text, data: (data) => redactData(data, text) };
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function formsOf(secret: string): string[] {
  if (secret.length < shortestSecret) return [];
  const url = encodeURIComponent(secret);
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    url,
    encodeURI(secret),
    form,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

function redactData<T>(data: T, text: (input: string) => string): T {
  if (typeof data === 'string') return text(data) as T;
  if (Array.isArray(data)) return data.map((item) => redactData(item, text)) as T;
  if (typeof data === 'object' && data !== null) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactData(value, text)])) as T;
  }
  return data;
}
