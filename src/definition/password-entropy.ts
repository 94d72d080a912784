import { isMapping } from './merge-patch.ts';
import type { GeneratorSource, RawFragment, StepFile, VariableSource } from './schema.ts';

/**
 * Random digits for passwords in engines whose scripts have no Web Crypto (Newman up to 6.2.2): the request before the one with the
 * password carries them in a disabled header, where the engine makes them with `node:crypto`, and its test script stores them.
 */

/** The variable that holds the digits. */
export const entropyVariable: Variable = {
  name: 'passwordEntropy',
  description:
    'Random digits for a password in engines without Web Crypto (Newman up to 6.2.2). Used once, then emptied.',
  secret: true,
  scope: 'collection',
};

/** The header in which the engine makes them. */
export const entropyHeader = {
  name: 'X-Password-Entropy',
  value: '{{$guid}}'.repeat(24),
  description:
    'Disabled, so it is never sent. Newman up to 6.2.2 has no Web Crypto in its scripts; there, the next request makes the password from these digits, which Newman takes from node:crypto.',
  disabled: true,
} as const;

/** What matters here of a step. */
interface SentStep {
  readonly request: { readonly headers: NonNullable<StepFile['request']['headers']> };
  readonly generate: readonly GeneratorSource[];
  readonly expect: { readonly status: readonly number[] };
  readonly raw?: RawFragment;
}

interface Steps {
  readonly steps: readonly SentStep[];
}

type Variable = VariableSource & { readonly name: string };

/** Whether a password of this step can be made from digits: there is a request before it whose scripts are ours. */
export function usesEntropy(step: SentStep, { steps }: Steps): boolean {
  const before = steps[steps.indexOf(step) - 1];
  const isOurs = before !== undefined && before.expect.status.length > 0 && !Object.hasOwn(before.raw ?? {}, 'event');
  return isOurs && step.generate.some(({ password }) => password);
}

/** Whether a step gets the header and stores the digits: not when the definition does both itself. */
export function storesEntropy(step: SentStep, definition: Steps): boolean {
  const { steps } = definition;
  const next = steps.includes(step) ? steps[steps.indexOf(step) + 1] : undefined;
  const names = [...step.request.headers.map(({ name }) => name), ...rawHeaders(step.raw).map(({ key }) => key)];
  const hasOwn = names.includes(entropyHeader.name);
  return next !== undefined && usesEntropy(next, definition) && !hasOwn;
}

function rawHeaders(raw: RawFragment | undefined): Readonly<Record<string, unknown>>[] {
  const headers = isMapping(raw?.request) ? raw.request.header : undefined;
  return Array.isArray(headers) ? headers.filter(isMapping) : [];
}

/** Declared variables, with the one for the digits when a step stores them and nobody declared it. */
export function withEntropyVariable(variables: readonly Variable[], steps: readonly SentStep[]): readonly Variable[] {
  const isDeclared = variables.some(({ name }) => name === entropyVariable.name);
  return isDeclared || !steps.some((step) => storesEntropy(step, { steps }))
    ? variables
    : [...variables, entropyVariable];
}
