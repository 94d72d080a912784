import type { Definition } from './definition.ts';
import { isMapping } from './merge-patch.ts';
import { perDefinition } from './per-definition.ts';
import { declaredName, type RawFragment } from './schema.ts';
import { inspectScript, type ScriptFacts } from './script-facts.ts';
import { variablesIn } from './variables.ts';

/** What fragments of the Postman format do to variables. Nothing in them is refused: they are kept as they were found. */

/** A script in a fragment's `event`. */
export interface RawScript {
  /** It runs before the request. */
  readonly before: boolean;
  readonly facts: ScriptFacts;
}

const known = new WeakMap<RawFragment, readonly RawScript[]>();

/** The scripts of a fragment, in the order of its events; parsed once. */
export function rawScripts(raw: RawFragment | undefined): readonly RawScript[] {
  if (raw === undefined) return [];
  const scripts = known.get(raw) ?? readScripts(raw);
  known.set(raw, scripts);
  return scripts;
}

function readScripts(raw: RawFragment): RawScript[] {
  const events = Array.isArray(raw.event) ? raw.event : [];
  return events.flatMap((event: unknown): RawScript[] => {
    if (!isMapping(event) || !isMapping(event.script)) return [];
    const text = [event.script.exec].flat().filter((line) => typeof line === 'string');
    return [{ before: event.listen === 'prerequest', facts: factsOf(text.join('\n')) }];
  });
}

/** Of a script in a syntax that is not parsed here, at least the variables that it sets in so many words. */
function factsOf(text: string): ScriptFacts {
  const facts = inspectScript(text, 'body');
  if (facts.parsed) return facts;
  const named = (method: string) =>
    [...text.matchAll(new RegExp(`\\.${method}\\(\\s*(['"\`])([^'"\`]+)\\1`, 'g'))].map((match) => match[2] ?? '');
  return { ...facts, parsed: true, reads: named('get'), sets: [...named('set'), ...named('set\\w+Variable')] };
}

/**
 * Whether scripts may read variables that nobody declared: those of fragments may read any; those of the format are checked, but
 * not what they take from the row of a data file.
 */
export const readsUndeclared = perDefinition(({ steps, cleanUp, folders, raw, unresolved }: Definition): boolean => {
  // As in Postman, where what nobody uses is no mistake.
  if (unresolved === 'sent') return true;
  const all = [...steps, ...cleanUp.steps];
  const fragments = [raw, ...(folders ?? []).map((folder) => folder.raw), ...all.map((step) => step.raw)];
  const texts = all.flatMap(({ scripts, captures, generate }) => [
    scripts?.prerequest,
    scripts?.test,
    ...[...captures, ...generate].map(({ script }) => script),
  ]);
  return fragments.some(hasScript) || texts.some((text) => /\biterationData\b|\bdata\b/.test(text ?? ''));
});

function hasScript(raw: RawFragment | undefined): boolean {
  const events = Array.isArray(raw?.event) ? raw.event : [];
  return events.some(
    (event: unknown) =>
      isMapping(event) &&
      isMapping(event.script) &&
      [event.script.exec].flat().some((line) => String(line ?? '').trim() !== ''),
  );
}

/** Names in `{{…}}` in what a fragment sends, without what is disabled and what is only text for people. */
export function rawReferences(raw: unknown): string[] {
  if (typeof raw === 'string') return referencesOf(raw);
  if (Array.isArray(raw)) return raw.flatMap(rawReferences);
  if (!isMapping(raw) || raw.disabled === true) return [];
  return Object.entries(raw).flatMap(([key, value]) => (unsentKeys.includes(key) ? [] : rawReferences(value)));
}

/** In a text with marks of Handlebars or Mustache, braces belong to a template, not to Postman. */
function referencesOf(text: string): string[] {
  const names = variablesIn(text);
  return names.some(isTemplateMark) ? [] : names;
}

/** Whether what stands in braces is a mark of Handlebars or Mustache, such as `#if x`. */
export function isTemplateMark(name: string): boolean {
  return /^[#/^!&>]/.test(name);
}

const declarable = new RegExp(declaredName);

/** Whether a name in braces can be that of a declared variable. */
export function isDeclarable(name: string): boolean {
  return declarable.test(name) && !isTemplateMark(name);
}

/** The parameters of an authorization that sending needs: of OAuth 2 only the token, as the others are for getting one in Postman. */
export function sentParameters(auth: unknown): readonly unknown[] {
  if (!isMapping(auth) || typeof auth.type !== 'string') return [];
  const parameters = auth[auth.type];
  if (!Array.isArray(parameters)) return [];
  if (auth.type !== 'oauth2') return parameters;
  return parameters.filter((entry) => isMapping(entry) && entry.key === 'accessToken');
}

const unsentKeys = ['description', 'event', 'response', 'info'];

/** Every name that a fragment may use as a variable, also in its scripts. */
export function rawNames(raw: RawFragment | undefined): string[] {
  const inScripts = rawScripts(raw).flatMap(({ facts }) => [...facts.reads, ...facts.sets]);
  return [...inScripts, ...rawReferences({ ...raw, description: undefined })];
}
