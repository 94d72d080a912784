import type { Definition, Step } from '../../definition/definition.ts';
import { textsIn, variablesIn } from '../../definition/variables.ts';
import { parseJson } from '../result/parse-json.ts';

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
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

/** The claims of a JSON Web Token, not verified; none when it is another kind of token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
}

/** What a token says of itself, and where in a body it is. */
export interface TokenClaims {
  /** Keys that lead to it. */
  readonly path: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The JSON Web Tokens in a JSON body, without their signatures. */
export function tokensIn(body: string): TokenClaims[] {
  return textsIn(parseJson(body) ?? {})
    .map(({ path, text }) => ({ path: path.join('.'), claims: claimsOf(text) }))
    .filter(({ claims }) => Object.keys(claims).length > 0);
}
