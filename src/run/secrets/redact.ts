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
  return redactorWith([
    searchFor([...new Set(secrets)].filter((secret) => !isCommonValue(secret)).map(createSecretMatcher)),
  ]);
}

/** Finds secrets in texts. */
interface SecretSearch {
  /** No secret is longer, however it is written. */
  readonly longest: number;
  /** Where they are, and in a message parts of them. */
  spansIn(text: string): Span[];
  /** Where they begin in the first `limit` characters, which end in the middle of a text. */
  spansBefore(limit: number, text: string): Span[];
}

function searchFor(secrets: readonly SecretMatcher[]): SecretSearch {
  const matchers = secrets.flatMap(({ whole, beginning }) => (beginning ? [...whole, beginning] : whole));
  const choice = matcherChoice(matchers);
  const partsIn = partSearch(secrets.flatMap(({ pieces }) => pieces));
  return {
    longest: matchers.reduce((most, matcher) => Math.max(most, matcher.longest), 0),
    spansIn: (text) => [
      ...choice(text).flatMap((matcher) => matcher.spansIn(text, false)),
      ...(text.length <= longestMessage ? partsIn(text) : []),
    ],
    spansBefore: (limit, text) =>
      choice(text).flatMap((matcher) => matcher.spansIn(text.slice(0, limit + matcher.longest), true)),
  };
}

function redactorWith(searches: readonly SecretSearch[]): Redactor {
  const longest = searches.reduce((most, search) => Math.max(most, search.longest), 0);

  const text = (input: string, names?: readonly string[]) =>
    replaceSpans(input, [...searches.flatMap((search) => search.spansIn(input)), ...namedSpans(input, names)]);

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
        ...searches.flatMap((search) => search.spansBefore(limit, part)),
        ...namedSpans(part.slice(0, limit + longestName), names),
      ];
      return { ...body, text: replaceSpans(part, spans, limit), truncated: body.truncated || body.text.length > limit };
    },
  };
}

/** The secrets that a process knows, to redact with all of them. */
export interface Secrets {
  remember(secret: string): void;
  knows(secret: string): boolean;
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
  #search: SecretSearch | undefined;
  #current: Redactor | undefined;
  #forScopes: Redactor | undefined;

  constructor(outer: KnownSecrets | undefined) {
    this.#outer = outer;
  }

  remember(secret: string): void {
    if (this.knows(secret) || isCommonValue(secret)) return;
    this.#known.set(secret, createSecretMatcher(secret));
    this.#search = undefined;
    this.#forgetAround();
    this.#forgetInside();
  }

  knows(secret: string): boolean {
    return this.#known.has(secret) || this.#outer?.knows(secret) === true;
  }

  redactor(): Redactor {
    // Most iterations have no secret of their own for a while.
    if (this.#outer && this.#known.size === 0 && this.#scopes.size === 0) return this.#outer.#redactorForScopes();
    this.#current ??= redactorWith([...this.#outerSearches(), ...this.#searches()]);
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
    this.#forgetAround();
  }

  /** Without what its scopes know. */
  #redactorForScopes(): Redactor {
    this.#forScopes ??= redactorWith([...this.#outerSearches(), this.#ownSearch()]);
    return this.#forScopes;
  }

  #ownSearch(): SecretSearch {
    this.#search ??= searchFor([...this.#known.values()]);
    return this.#search;
  }

  #outerSearches(): SecretSearch[] {
    const outer = this.#outer;
    return outer ? [...outer.#outerSearches(), outer.#ownSearch()] : [];
  }

  /** Its own, and those of the scopes within it. */
  #searches(): SecretSearch[] {
    return [this.#ownSearch(), ...[...this.#scopes].flatMap((scope) => scope.#searches())];
  }

  /** The redactors of the scopes around it know what it knows. */
  #forgetAround(): void {
    for (let around = this.#outer; around; around = around.#outer) around.#current = undefined;
  }

  /** Its own redactor, and those of the scopes within it. */
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
