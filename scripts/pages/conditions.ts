import { STATUS_CODES } from 'node:http';
import { asList } from '../../src/definition/definition.ts';
import type { Condition } from '../../src/definition/schema.ts';

const connections: Readonly<Record<NonNullable<Condition['connection']>, string>> = {
  refused: 'the connection is refused',
  timeout: 'no answer comes in time',
  'unknown-host': 'the host name is not found',
  tls: "the server's certificate is not accepted",
  interrupted: 'the connection breaks before the answer is complete',
  other: 'the request cannot be sent',
};

const checks: Readonly<Record<NonNullable<Condition['check']>, string>> = {
  ready: 'a value is missing before the request is sent',
  status: 'the status is not the expected one',
  schema: 'the answer does not have the expected shape',
  value: 'a value of the answer is not the expected one',
  capture: 'a value cannot be taken from the answer',
  script: 'a test script fails',
};

const tokens: Readonly<Record<NonNullable<Condition['token']>, string>> = {
  expired: 'the access token has expired',
  fresh: 'the access token has not expired',
};

const bodies: Readonly<Record<NonNullable<Condition['body']>, string>> = {
  'not-json': 'the answer is not JSON',
  error: 'the answer reports an error although its status does not',
};

const checksOfVariable: Partial<typeof checks> = {
  ready: 'has no value before the request is sent',
  capture: 'cannot be taken from the answer',
};

/** A troubleshooting condition in words, in Markdown: "If you get a 401 Unauthorized with the error `invalid_client`". */
export function conditionWords(when: Condition): string {
  const { connection, token, body, message } = when;
  const parts = [
    ...answerWords(when),
    ...(connection === undefined ? [] : [connections[connection]]),
    ...checkWords(when),
    ...(message === undefined
      ? []
      : [
          `the failed check says ${asList(message)
            .map((part) => `“${part}”`)
            .join(' and ')}`,
        ]),
    ...(token === undefined ? [] : [tokens[token]]),
    ...(body === undefined ? [] : [bodies[body]]),
  ];
  return `If ${parts.join(', and ')}`;
}

/** What the service answers. */
function answerWords(when: Condition): string[] {
  const said = bodyWords(when);
  if (when.status === undefined) return said.length === 0 ? [] : [`you get an answer ${said.join(' ')}`];
  return [[`you get a ${listed(asList(when.status).map(statusWords))}`, ...said].join(' ')];
}

function statusWords(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}

function checkWords({ check, variable }: Condition): string[] {
  if (variable === undefined) return check === undefined ? [] : [checks[check]];
  const name = `\`${variable}\``;
  if (check === undefined) return [`a check of ${name} fails`];
  const known = checksOfVariable[check];
  return [known === undefined ? `${checks[check]} (${name})` : `${name} ${known}`];
}

/** What the body of the answer says. */
function bodyWords({ code, detail, target, oauthError, description, unsatisfied }: Condition): string[] {
  const said = [
    ...(code === undefined ? [] : [`the code \`${code}\``]),
    ...(oauthError === undefined ? [] : [`the error \`${oauthError}\``]),
    ...(description === undefined ? [] : [`“${description}” in its description`]),
    ...(detail === undefined ? [] : [`the detail \`${detail}\``]),
    ...(unsatisfied === undefined ? [] : [`the unsatisfied requirement \`${unsatisfied}\``]),
  ];
  const about = target === undefined ? [] : [`about \`${target}\``];
  return [...(said.length === 0 ? [] : [`with ${said.join(' and ')}`]), ...about];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
