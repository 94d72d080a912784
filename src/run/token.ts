import type { Definition, Step } from '../definition/definition.ts';
import { variablesIn } from '../definition/variables.ts';
import { parseJson } from './parse-json.ts';

/** A token with less than this left is renewed before it is used, in milliseconds. */
export const renewalMargin = 60_000;

/** The step that gets a token, and the variable it sets. */
export interface TokenStep {
  readonly step: Step;
  readonly variable: string;
}

/** The step that sets the variable of the collection's Bearer authorization, with that variable. */
export function tokenStepOf(definition: Definition): TokenStep | undefined {
  const [variable] = variablesIn(definition.authorization.bearer ?? '');
  const step = definition.steps.find((candidate) =>
    candidate.captures.some((capture) => capture.variable === variable),
  );
  return step && variable !== undefined ? { step, variable } : undefined;
}

/** When a JSON Web Token expires (its claim `exp`, RFC 7519), in milliseconds since the epoch; undefined for other tokens. */
export function expiryOf(token: string): number | undefined {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const expiry = (claims as { exp?: unknown } | undefined)?.exp;
  return typeof expiry === 'number' ? expiry * 1000 : undefined;
}
