import type { Definition, Step } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import { parseJson } from './parse-json.ts';
import { createRedactor, type Redactor } from './redact.ts';

/** Collects the secrets of a run as they come to be, and redacts with all of them. */
export interface SecretKeeper {
  /** Remembers the values of secret variables. */
  learn(values: Readonly<Record<string, string>>): void;
  /** Remembers what a response body holds under a name like `access_token`, `secret` or `password`. */
  learnFromBody(body: string): void;
  redactor(): Redactor;
}

const secretName = /token|secret|password$/i;
const harmlessName = /^token_type$/i;

export function createSecretKeeper(definition: Definition): SecretKeeper {
  const secretVariables = definition.variables.filter((variable) => variable.secret).map(({ name }) => name);
  const secrets = new Set<string>();
  const pairs = new Map<string, readonly [string, string]>();
  let current: Redactor | undefined;
  const remember = (secret: string) => {
    if (secret === '' || secrets.has(secret)) return;
    secrets.add(secret);
    current = undefined;
  };
  return {
    learn(values) {
      for (const name of secretVariables) remember(values[name] ?? '');
      for (const [key, pair] of basicPairs(definition, values)) {
        if (!pairs.has(key)) current = undefined;
        pairs.set(key, pair);
      }
    },
    learnFromBody(body) {
      for (const secret of secretsInBody(parseJson(body))) remember(secret);
    },
    redactor() {
      current ??= createRedactor(secrets, pairs.values());
      return current;
    },
  };
}

/** User name and password of every Basic authorization: together they make one more secret text. */
function basicPairs(
  definition: Definition,
  values: Readonly<Record<string, string>>,
): [string, readonly [string, string]][] {
  const fill = (text: string) => substitute(text, (name) => values[name]);
  return [...definition.steps, ...definition.cleanUp.steps].flatMap(
    (step: Step): [string, readonly [string, string]][] => {
      const basic = (step.request.auth ?? definition.authorization).basic;
      if (!basic) return [];
      const pair = [fill(basic.username), fill(basic.password)] as const;
      return [[pair.join(':'), pair]];
    },
  );
}

function secretsInBody(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => {
    if (typeof value === 'string') return secretName.test(name) && !harmlessName.test(name) ? [value] : [];
    return secretsInBody(value);
  });
}
