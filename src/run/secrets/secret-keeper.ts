import type { Definition, Step } from '../../definition/definition.ts';
import { substitute, textsIn, variablesIn } from '../../definition/variables.ts';
import { type Scope, textsOf, valueText } from '../../environment/scope.ts';
import { parseJson } from '../result/parse-json.ts';
import type { ReceivedResponse, SentRequest } from '../result/result.ts';
import { publicTexts } from './common-values.ts';
import { isSecretHeader, isSecretName, namedSpans, secretOfHeader } from './named-secrets.ts';
import { createSecrets, type Secrets, type SecretsScope } from './redact.ts';

/** Learns the secrets of a definition's runs as they come to be. */
export interface SecretKeeper extends Pick<Secrets, 'redactor' | 'known'> {
  /** Remembers the values of secret variables, with what they refer to filled in. */
  learn(values: Readonly<Record<string, string>>): void;
  /** Remembers the values of a scope that are of the type `secret`, whatever their names, and those of secret variables. */
  learnScope(scope: Scope): void;
  /**
   * Remembers what a request and its answer hold under names like `access_token`, `secret` or `Authorization`. Of a message that
   * is made of secrets only a hundred are learned, and of one in an answer that is longer than any header its beginning.
   */
  learnFromExchange(exchange: {
    readonly request: SentRequest;
    readonly response?: ReceivedResponse | undefined;
  }): void;
  /** Names of the headers, fields and parameters into which a step puts secret variables. */
  namesOf(step: Pick<Step, 'id'>): readonly string[];
  /** The variables whose values may be written to the disk: neither secret nor holding a secret. */
  publicValues(values: Readonly<Record<string, string>>): Record<string, string>;
  /** A keeper for a part of the run, whose secrets are forgotten at its end. */
  scope(): SecretKeeper & Pick<SecretsScope, 'end'>;
}

/** A keeper that adds what it learns to `secrets` (default: to secrets of its own). */
export function createSecretKeeper(definition: Definition, secrets: Secrets = createSecrets()): SecretKeeper {
  const secretVariables = definition.variables.filter((variable) => variable.secret).map(({ name }) => name);
  const declared = new Set(definition.variables.map(({ name }) => name));
  const steps = [...definition.steps, ...definition.cleanUp.steps];
  const names = new Map(steps.map((step) => [step.id, secretPlaces(step, definition, secretVariables)]));
  const open = publicTexts(definition);
  const isSecret = (name: string) => secretVariables.includes(name) || (!declared.has(name) && isSecretName(name));
  const keeperOf = (known: Secrets): SecretKeeper => {
    const remember = (secret: string) => {
      if (!known.knows(secret) && !open.has(secret.toLowerCase())) known.remember(secret);
    };
    return {
      learn(values) {
        for (const name of Object.keys(values).filter(isSecret)) {
          remember(substitute(values[name] ?? '', (inner) => values[inner]));
        }
      },
      learnScope(scope) {
        for (const { key, value, type } of scope) {
          if (type !== 'secret' && !isSecret(key)) continue;
          remember(substitute(valueText(value ?? undefined), (inner) => textsOf(scope)[inner]).trim());
        }
      },
      learnFromExchange({ request, response }) {
        // The answer was parsed just before.
        const answered = response ? secretsInMessage(response) : [];
        for (const secret of answered) remember(secret.slice(0, longestLearned));
        for (const secret of [...secretsInMessage(request), ...namedValues(request.url)]) remember(secret);
      },
      namesOf: ({ id }) => names.get(id) ?? [],
      publicValues(values) {
        const { text } = known.redactor();
        const kept = Object.entries(values).filter(([name, value]) => value !== '' && !isSecret(name));
        return Object.fromEntries(kept.filter(([, value]) => text(value) === value));
      },
      redactor: () => known.redactor(),
      known: () => known.known(),
      scope: () => {
        const scope = known.scope();
        return { ...keeperOf(scope), end: () => scope.end() };
      },
    };
  };
  return keeperOf(secrets);
}

/** The first pair of a Set-Cookie header, without its name. */
function cookieValue(header: string): string {
  return header.split(';', 1)[0]?.replace(/^[^=]*=/, '') ?? '';
}

/** Where the requests of a step hold secret variables, directly or through the values of others: names of places. */
function secretPlaces(step: Step, definition: Definition, secretVariables: readonly string[]): string[] {
  const values = new Map(definition.variables.map(({ name, value }) => [name, value ?? '']));
  const isSecret = (text: string, depth = 0): boolean =>
    variablesIn(text).some(
      (name) => secretVariables.includes(name) || (depth < 19 && isSecret(values.get(name) ?? '', depth + 1)),
    );
  const { headers, body, url } = step.request;
  const query = [...url.matchAll(/[?&]([^=&#]+)=([^&#]*)/g)].map(([, name = '', value = '']) => ({ name, value }));
  const fields = textsIn(body?.json ?? {}).map(({ path, text }) => ({
    name: String(path.findLast((key) => typeof key === 'string') ?? ''),
    value: text,
  }));
  const form = Object.entries(body?.form ?? {}).map(([name, value]) => ({ name, value }));
  const places = [...headers, ...query, ...fields, ...form].filter(({ value }) => isSecret(value));
  const isPasswordRequest = /\/password$/.test(url.split('?', 1)[0] ?? '');
  return [...new Set([...places.map(({ name }) => name), ...(isPasswordRequest ? ['value'] : [])])].filter(
    (name) => name !== '',
  );
}

/** So many secrets are learned from a message. A server may send more, each of which all later texts would be searched for. */
const mostLearned = 100;

/** So many characters of a secret of an answer are learned, as many as are retained of a body. */
const longestLearned = 64 * 1024;

/** Postman adds it to every request, so that no cache answers. It opens nothing, and nobody gets to know it again. */
const newEachTime = /^postman-token$/i;

function secretsInMessage({ headers, body }: SentRequest | ReceivedResponse): string[] {
  const inHeaders = headers
    .filter(({ name }) => isSecretHeader(name) && !newEachTime.test(name))
    .map(({ name, value }) => (/cookie$/i.test(name) ? cookieValue(value) : secretOfHeader(name, value)));
  return [...new Set([...inHeaders, ...secretsInBody(body?.text ?? '')])].slice(0, mostLearned);
}

function secretsInBody(text: string): string[] {
  const data = parseJson(text);
  return data === undefined ? namedValues(text) : secretsInData(data);
}

/** Texts under secret names, and in lists there. */
function secretsInData(data: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, isSecret: boolean): void => {
    if (found.size >= mostLearned) return;
    if (typeof value === 'string' && isSecret) found.add(value);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) visit(item, isSecret && typeof item === 'string');
    else for (const name of Object.keys(value)) visit((value as Record<string, unknown>)[name], isSecretName(name));
  };
  visit(data, false);
  return [...found];
}

/** Values under secret names in a text that is no whole JSON: as they stand there, and as they read. */
function namedValues(text: string): string[] {
  return namedSpans(text, [], mostLearned).flatMap(({ start, end }) => {
    const written = text.slice(start, end);
    return [written, parseJson(`"${written}"`), formValue(written)].filter((value) => typeof value === 'string');
  });
}

function formValue(written: string): string | undefined {
  try {
    return decodeURIComponent(written.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
