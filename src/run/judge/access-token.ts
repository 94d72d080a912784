import type { Definition, Step } from '../../definition/definition.ts';
import { ofLately } from '../../definition/per-definition.ts';
import { variablesIn } from '../../definition/variables.ts';
import { parseJson } from '../result/parse-json.ts';
import type { DecodedToken } from '../result/result.ts';

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
export const expiryOf = ofLately((token: string): number | undefined => {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1000 : undefined;
});

/** The JSON Web Tokens among the members of a body, decoded and not verified. */
export function tokensIn(body: string): DecodedToken[] {
  const members = body.includes('"eyJ') ? parseJson(body) : undefined;
  if (typeof members !== 'object' || members === null) return [];
  return Object.entries(members).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) return [];
    return 'alg' in objectOf(value.split('.')[0]) ? [{ name, claims: claimsOf(value) }] : [];
  });
}

/** The claims of a JSON Web Token, not verified; none when it is another kind of token. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return objectOf(token.split('.')[1]);
}

function objectOf(part = ''): Readonly<Record<string, unknown>> {
  const data = parseJson(Buffer.from(part, 'base64url').toString());
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}
