import { mostLevels } from '../result/parse-json.ts';
import type { BodyText, HeaderField } from '../result/result.ts';
import { isCommonValue } from './common-values.ts';
import { isSecretHeader, namedSpans, redactionMark, secretOfHeader } from './named-secrets.ts';
import { createSecretMatcher, type SecretMatcher } from './secret-matcher.ts';
import { partSearch } from './secret-parts.ts';
import { matcherChoice, type Span } from './text-search.ts';

/** Replaces secrets in everything that leaves a run. */
export interface Redactor {
  /** Without the secrets, and without what stands under a secret's name, known or not, or under one of `names`. */
  text(text: string, names?: readonly string[]): string;
  /** A copy of plain data in which every text is redacted; keys are left as they are. */
  data<T>(data: T): T;
  /** A header whose name says that it is secret, or is one of `names`, has its value replaced; of others the secrets are. */
  header(header: HeaderField, names?: readonly string[]): HeaderField;
  /** A body, cut at `limit` characters without leaving a part of a secret there. Values under `names` are replaced too. */
  body(body: BodyText, limit: number, names?: readonly string[]): BodyText;
}

export { redactionMark };

/** Longer texts are no messages that quote a part of something. */
const longestMessage = 20_000;

/** No name, with what separates it from a value, is longer. */
const longestName = 1000;

/** Of so many characters a redactor remembers what it made of them. */
const rememberedCharacters = 200_000;

/** A redactor for these secret values. Common ones (`isCommonValue`) are not searched for. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  return redactorWith([...new Set(secrets)].filter((secret) => !isCommonValue(secret)).map(createSecretMatcher));
}

function redactorWith(secrets: readonly SecretMatcher[]): Redactor {
  const matchers = secrets.flatMap(({ whole, beginning }) => (beginning ? [...whole, beginning] : whole));
  const longest = matchers.reduce((most, matcher) => Math.max(most, matcher.longest), 0);
  const choice = matcherChoice(matchers);
  const partsIn = partSearch(secrets.flatMap(({ pieces }) => pieces));

  const text = (input: string, names?: readonly string[]) =>
    replaceSpans(input, [
      ...choice(input).flatMap((matcher) => matcher.spansIn(input, false)),
      ...(input.length <= longestMessage ? partsIn(input) : []),
      ...namedSpans(input, names),
    ]);

  // A result is redacted as it grows and when it is whole: most of its texts come here several times.
  const redactions = new Map<string, string>();
  let characters = 0;
  const remembered = (input: string) => {
    const before = redactions.get(input);
    if (before !== undefined) return before;
    const redacted = text(input);
    if (input.length > longestMessage) return redacted;
    characters += input.length;
    if (characters > rememberedCharacters) {
      redactions.clear();
      characters = input.length;
    }
    redactions.set(input, redacted);
    return redacted;
  };

  return {
    text,
    data: (data) => redactData(data, remembered),
    header: ({ name, value }, names = []) => {
      const isSecret = isSecretHeader(name) || names.some((other) => other.toLowerCase() === name.toLowerCase());
      if (!isSecret || value === '') return { name, value: text(value) };
      const secret = secretOfHeader(name, value);
      return { name, value: `${value.slice(0, value.length - secret.length)}${redactionMark}` };
    },
    body: (body, limit, names) => {
      // Whatever begins before the limit ends in the part that is searched.
      const part = body.text.slice(0, limit + longest);
      const spans = [
        ...choice(part).flatMap((matcher) => matcher.spansIn(part.slice(0, limit + matcher.longest), true)),
        ...namedSpans(part.slice(0, limit + longestName), names),
      ];
      return { ...body, text: replaceSpans(part, spans, limit), truncated: body.truncated || body.text.length > limit };
    },
  };
}

/** The secrets that a process knows, to redact with all of them. */
export interface Secrets {
  remember(secret: string): void;
  redactor(): Redactor;
  /** All of them, for a process that works for this one. */
  known(): string[];
  /**
   * Secrets of a part of the work, such as an iteration. Its redactor knows them and those from outside it; outside, they are
   * known until its end. Else each of thousands of passwords would be searched for in all that follows.
   */
  scope(): SecretsScope;
}

export interface SecretsScope extends Secrets {
  /** Forgets what only this scope knows. */
  end(): void;
}

/** Starts without any secret. */
export function createSecrets(): Secrets {
  return new KnownSecrets(undefined);
}

class KnownSecrets implements SecretsScope {
  readonly #outer: KnownSecrets | undefined;
  readonly #known = new Map<string, SecretMatcher>();
  readonly #scopes = new Set<KnownSecrets>();
  #current: Redactor | undefined;
  #forScopes: Redactor | undefined;

  constructor(outer: KnownSecrets | undefined) {
    this.#outer = outer;
  }

  remember(secret: string): void {
    if (isCommonValue(secret) || this.#knows(secret)) return;
    this.#known.set(secret, createSecretMatcher(secret));
    this.#forgetRedactors();
  }

  redactor(): Redactor {
    // Most iterations have no secret of their own for a while.
    if (this.#outer && this.#known.size === 0 && this.#scopes.size === 0) return this.#outer.#redactorForScopes();
    this.#current ??= redactorWith([...this.#outerMatchers(), ...this.#matchers()]);
    return this.#current;
  }

  known(): string[] {
    return [...(this.#outer?.known() ?? []), ...this.#known.keys()];
  }

  scope(): SecretsScope {
    const scope = new KnownSecrets(this);
    this.#scopes.add(scope);
    return scope;
  }

  end(): void {
    const outer = this.#outer;
    if (!outer) return;
    outer.#scopes.delete(this);
    outer.#forgetRedactors();
  }

  /** Without what its scopes know. */
  #redactorForScopes(): Redactor {
    this.#forScopes ??= redactorWith([...this.#outerMatchers(), ...this.#known.values()]);
    return this.#forScopes;
  }

  #knows(secret: string): boolean {
    for (let scope: KnownSecrets | undefined = this; scope; scope = scope.#outer)
      if (scope.#known.has(secret)) return true;
    return false;
  }

  #outerMatchers(): SecretMatcher[] {
    const outer = this.#outer;
    return outer ? [...outer.#outerMatchers(), ...outer.#known.values()] : [];
  }

  /** Its own, and those of the scopes within it. */
  #matchers(): SecretMatcher[] {
    return [...this.#known.values(), ...[...this.#scopes].flatMap((scope) => scope.#matchers())];
  }

  /** Its own redactor, and those of the scopes around it and within it, which know what it knows. */
  #forgetRedactors(): void {
    for (let around: KnownSecrets | undefined = this; around; around = around.#outer) around.#current = undefined;
    this.#forgetInside();
  }

  #forgetInside(): void {
    this.#current = undefined;
    this.#forScopes = undefined;
    for (const scope of this.#scopes) scope.#forgetInside();
  }
}

/** The first `limit` characters with a mark for each span that begins in them. Spans that overlap are one. */
function replaceSpans(text: string, spans: readonly Span[], limit = text.length): string {
  if (spans.length === 0) return text.slice(0, limit);
  let replaced = '';
  let done = 0;
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    if (start >= limit) break;
    if (start >= done) replaced += text.slice(done, start) + redactionMark;
    done = Math.max(done, end);
  }
  return replaced + text.slice(done, Math.max(done, limit));
}

/** What is nested deeper than parsed JSON ever is, as objects of scripts may be, is left out. */
function redactData<T>(data: T, text: (input: string) => string, depth = 0): T {
  if (typeof data === 'string') return text(data) as T;
  if (typeof data !== 'object' || data === null) return data;
  if (depth > mostLevels) return `[nested deeper than ${mostLevels} levels]` as T;
  if (Array.isArray(data)) return data.map((item) => redactData(item, text, depth + 1)) as T;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactData(value, text, depth + 1)])) as T;
}
