import type { Json } from '../json.ts';
import type { State } from '../state/model.ts';
import type { Exchange, HeaderPair } from './exchanges.ts';

/** What stands in place of a secret. `name` is that of a shell variable for it, such as `CLIENT_SECRET`. */
export type Mark = (name: string) => string;

export const hidden: Mark = () => '[secret]';

/** Secrets by their text, with the name for each. */
export type Secrets = ReadonlyMap<string, string>;

/** Names of members of a body and of parameters whose values are secret, with the variable for each. */
const secretNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    password: 'PASSWORD',
    currentPassword: 'PASSWORD',
    newPassword: 'NEW_PASSWORD',
    client_secret: 'CLIENT_SECRET',
    clientSecret: 'CLIENT_SECRET',
    secret: 'CLIENT_SECRET',
    access_token: 'ACCESS_TOKEN',
    id_token: 'ID_TOKEN',
    id_token_hint: 'ID_TOKEN',
    refresh_token: 'REFRESH_TOKEN',
    code_verifier: 'CODE_VERIFIER',
    client_assertion: 'CLIENT_ASSERTION',
    assertion: 'ASSERTION',
    otp: 'OTP',
    sessionToken: 'SESSION_TOKEN',
  }),
);
/** `code` of a JSON body is that of an error. */
const secretParameters: ReadonlyMap<string, string> = new Map([...secretNames, ['code', 'CODE']]);

/** `value` is the password where one is set, alone or as a part of a user. */
function isPasswordValue(name: string, parent: string | undefined, path: string): boolean {
  return name === 'value' && (parent === 'password' || /\/password(\/|$)/.test(path));
}

const jsonWebToken = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;

/** Every secret that the state holds, or that one of the exchanges shows where secrets are. */
export function secretsOf(state: State, exchanges: readonly Exchange[]): Secrets {
  const found = new Map<string, string>();
  const collect = (text: string, name: string) => {
    // A word such as "password" is not looked for elsewhere, and a JSON Web Token is known by its form.
    if (text.length >= 6 && !/^[a-z]+$/i.test(text) && text.replace(jsonWebToken, '') !== '') found.set(text, name);
    return '';
  };
  for (const environment of state.environments.values()) {
    for (const app of [...environment.workerApps.values(), ...environment.applications.values()])
      collect(app.secret, 'CLIENT_SECRET');
    for (const { sessionToken } of environment.flows.values()) collect(sessionToken, 'SESSION_TOKEN');
    for (const code of environment.codes.keys()) collect(code, 'CODE');
    for (const token of environment.refreshTokens.keys()) collect(token, 'REFRESH_TOKEN');
  }
  for (const exchange of exchanges) rewritten(exchange, collect);
  return found;
}

/** An exchange with a mark in place of each secret: those in places that are known, then all others wherever they are. */
export function redacted(exchange: Exchange, secrets: Secrets, mark: Mark = hidden): Exchange {
  const structured = rewritten(exchange, (_text, name) => mark(name));
  const forms = [...secrets]
    .flatMap(([text, name]) => writtenForms(text).map((form) => [form, name] as const))
    .sort(([one], [other]) => other.length - one.length);
  const plain = (text: string) =>
    forms
      .reduce((rest, [form, name]) => rest.replaceAll(form, () => mark(name)), text)
      .replace(jsonWebToken, () => mark('TOKEN'));
  return everyText(structured, plain);
}

/** As it is, in JSON, in a form, in a path, and in the header of Basic authentication it is in `rewritten`. */
function writtenForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text);
  return [...new Set([text, json, percent, percent.replaceAll('%20', '+')])];
}

function everyText(exchange: Exchange, change: (text: string) => string): Exchange {
  const headers = (pairs: readonly HeaderPair[]) => pairs.map(([name, value]): HeaderPair => [name, change(value)]);
  const { requestBody, responseBody, note } = exchange;
  return {
    ...exchange,
    path: change(exchange.path),
    url: change(exchange.url),
    requestHeaders: headers(exchange.requestHeaders),
    responseHeaders: headers(exchange.responseHeaders),
    ...(note !== undefined && { note: change(note) }),
    ...(requestBody !== undefined && { requestBody: change(requestBody) }),
    ...(responseBody !== undefined && { responseBody: change(responseBody) }),
  };
}

type Replace = (secret: string, name: string) => string;

/** An exchange with what `replace` gives for each text in a place where secrets are. */
function rewritten(exchange: Exchange, replace: Replace): Exchange {
  const { path, requestBody, responseBody } = exchange;
  return {
    ...exchange,
    url: rewrittenUrl(exchange.url, replace),
    requestHeaders: exchange.requestHeaders.map((pair) => rewrittenHeader(pair, replace)),
    responseHeaders: exchange.responseHeaders.map((pair) => rewrittenHeader(pair, replace)),
    ...(requestBody !== undefined && {
      requestBody: rewrittenBody(requestBody, path, exchange.requestHeaders, replace),
    }),
    ...(responseBody !== undefined && {
      responseBody: rewrittenBody(responseBody, path, exchange.responseHeaders, replace),
    }),
  };
}

function rewrittenHeader([name, value]: HeaderPair, replace: Replace): HeaderPair {
  switch (name.toLowerCase()) {
    case 'authorization':
      return [name, rewrittenAuthorization(value, replace)];
    case 'cookie':
      return [name, value.replace(/=([^;]*)/g, (_all, text: string) => `=${replace(text, 'COOKIE')}`)];
    case 'set-cookie':
      return [name, value.replace(/=([^;]*)/, (_all, text: string) => `=${replace(text, 'COOKIE')}`)];
    case 'location':
    case 'referer':
      return [name, rewrittenUrl(value, replace)];
    default:
      return [name, value];
  }
}

function rewrittenAuthorization(value: string, replace: Replace): string {
  const [, scheme = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(value) ?? [];
  if (/^basic$/i.test(scheme)) {
    replace(rest, 'CREDENTIALS');
    const [id = '', secret] = Buffer.from(rest, 'base64').toString('utf8').split(/:(.*)/s);
    if (secret === undefined) return `${scheme} ${replace(rest, 'CREDENTIALS')}`;
    return `${scheme} ${id}:${replace(decoded(secret), 'CLIENT_SECRET')}`;
  }
  return scheme === '' ? replace(value, 'CREDENTIALS') : `${scheme} ${replace(rest, 'ACCESS_TOKEN')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function rewrittenUrl(url: string, replace: Replace): string {
  return url.replace(/([?&#])([^=&#]+)=([^&#]*)/g, (all: string, start: string, name: string, value: string) => {
    const variable = secretParameters.get(decoded(name));
    return variable === undefined ? all : `${start}${name}=${replace(decoded(value), variable)}`;
  });
}

function rewrittenBody(text: string, path: string, headers: readonly HeaderPair[], replace: Replace): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/form-urlencoded/i.test(type)) return rewrittenUrl(`?${text}`, replace).slice(1);
  try {
    return JSON.stringify(rewrittenJson(JSON.parse(text) as Json, path, replace), undefined, 2);
  } catch {
    // What cannot be taken apart is shown only where no secret is expected.
    if (/\/(password|token|secret|flows|devices|deviceAuthentications)(\/|$)/.test(path))
      return '(cannot be read; not shown)';
    return text.replace(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"?/g, (all, name: string, value: string) => {
      const variable = secretNames.get(name) ?? (name === 'value' ? 'PASSWORD' : undefined);
      return variable === undefined ? all : `"${name}": "${replace(value, variable)}"`;
    });
  }
}

function rewrittenJson(value: Json, path: string, replace: Replace, name = '', parent?: string): Json {
  if (Array.isArray(value)) return value.map((each: Json) => rewrittenJson(each, path, replace, name, parent));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, rewrittenJson(each as Json, path, replace, key, name)]),
    );
  const variable = isPasswordValue(name, parent, path) ? 'PASSWORD' : secretNames.get(name);
  if (variable === undefined) return value;
  return typeof value === 'string' || typeof value === 'number' ? replace(String(value), variable) : value;
}
