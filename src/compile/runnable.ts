import type { PostmanCollection } from './collection.ts';
import {
  basesComment,
  countingCheck,
  countLine,
  type ScriptLines,
  schemaCheckLine,
  schemaName,
} from './step-scripts.ts';

/**
 * The collection as our own runner executes it, which does the same as the compiled one with less work:
 *
 * - without what a run only has to carry along: descriptions and saved answers, parsed anew for each run;
 * - without the schemas and their checks in scripts, since the sandbox would compile each schema anew for each answer, which takes a
 *   third of the time of a flow, and tell of each check. The runner makes these checks itself, with the same schemas;
 * - with the collection's own script as a part of each request's: a script takes the sandbox milliseconds, however short it is.
 */
export function runnableCollection(collection: PostmanCollection): PostmanCollection {
  return runnableNode(collection, []) as PostmanCollection;
}

interface ScriptEvent {
  readonly listen?: unknown;
  readonly script?: { readonly exec?: unknown };
}

const ballast = ['description', 'response'];

/** `inherited` are the events of the collection around it that are to be made a part of the requests. */
function runnableNode(node: object, inherited: readonly ScriptEvent[]): object {
  const { item, request, event, variable, ...rest } = node as Readonly<Record<string, unknown>>;
  const events = ((event ?? []) as readonly ScriptEvent[]).map(withoutSchema);
  const handedDown = item === undefined ? [] : events.filter(isBasesScript);
  const own = events.filter((one) => !handedDown.includes(one));
  const kept = request === undefined ? own : inherited.reduceRight(withInherited, own);
  return {
    ...without(rest, ballast),
    ...(item !== undefined && {
      item: (item as readonly object[]).map((one) => runnableNode(one, [...inherited, ...handedDown])),
    }),
    ...(request !== undefined && { request: typeof request === 'object' ? without(request, ballast) : request }),
    ...(variable !== undefined && { variable: (variable as readonly object[]).map((one) => without(one, ballast)) }),
    ...((event !== undefined || kept.length > 0) && { event: kept }),
  };
}

function without(node: object | null, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(node ?? {}).filter(([name]) => !names.includes(name)));
}

function linesOf({ script }: ScriptEvent): ScriptLines | undefined {
  return Array.isArray(script?.exec) ? (script.exec as ScriptLines) : undefined;
}

function isBasesScript(event: ScriptEvent): boolean {
  return event.listen === 'prerequest' && linesOf(event)?.[0] === basesComment;
}

/** Puts a script before that of the request, in a block and on its first line, so that other lines keep their numbers. */
function withInherited(events: ScriptEvent[], inherited: ScriptEvent): ScriptEvent[] {
  const index = events.findIndex(({ listen }) => listen === 'prerequest');
  const own = events[index];
  const lines = own && linesOf(own);
  // A directive such as 'use strict' has to stay the first.
  if (!own || !lines || /^\s*["']/.test(lines[0] ?? '')) return [inherited, ...events];
  const exec = runnablePrerequest(linesOf(inherited) ?? [], lines);
  return events.with(index, { ...own, script: { ...own.script, exec } });
}

/** The pre-request script of a request with that of the collection in it. */
export function runnablePrerequest(inherited: ScriptLines, [first = '', ...others]: ScriptLines): ScriptLines {
  return inherited.length === 0 ? [first, ...others] : [`{ ${inherited.slice(1).join(' ')} } ${first}`, ...others];
}

function withoutSchema(event: ScriptEvent): ScriptEvent {
  const lines = linesOf(event);
  const check = lines?.findIndex((line) => line.trim() === schemaCheckLine) ?? -1;
  if (!lines || check < 0) return event;
  const begin = lines.indexOf(`const ${schemaName} = {`);
  const end = lines.indexOf('};', begin);
  // The line before the check has the name of the file. A script of the definition may use the schema as well.
  const others = lines.filter((_, index) => index > end && index !== check && index !== check - 1);
  const isNeeded = begin < 0 || others.some((line) => new RegExp(`\\b${schemaName}\\b`).test(line));
  const isCounted = lines[check - 1]?.trimStart().startsWith(`${countingCheck}(`);
  const exec = lines.map((line, index) => {
    if (index === check) return `${isCounted ? `${countLine} ` : ''}// The runner checks it.`;
    if (index === check - 1 || index === check + 1) return '';
    return isNeeded || index < begin || index > end ? line : '';
  });
  return { ...event, script: { ...event.script, exec } };
}
