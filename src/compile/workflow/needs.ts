import { isMapping } from '../../definition/merge-patch.ts';
import { rawReferences, sentParameters } from '../../definition/raw.ts';
import type { Json } from '../canonical.ts';

/**
 * Variables that a request cannot be sent without, in the order in which it is filled in. `inherited` is the authorization
 * around it, used when it has none; `declared` are the variables of the definition (what else looks like one is text).
 */
export function neededVariables(request: Json, inherited: unknown, declared: ReadonlySet<string>): string[] {
  const names = [
    ...addressReferences(request.url),
    ...listReferences(sentParameters(request.auth ?? inherited)),
    ...listReferences(request.header),
    ...bodyReferences(request.body),
  ];
  return [...new Set(names)].filter((name) => declared.has(name));
}

/** In the text of an address, then in the values of its path variables. */
function addressReferences(url: unknown): string[] {
  return isMapping(url) ? [...rawReferences(url.raw), ...listReferences(url.variable)] : rawReferences(url);
}

function listReferences(list: unknown): string[] {
  return (Array.isArray(list) ? list : []).flatMap((entry: unknown) =>
    isMapping(entry) && entry.disabled !== true ? rawReferences([entry.key, entry.value, entry.src]) : [],
  );
}

/** Of a JSON body, in its texts; a body that is not JSON before its variables are filled in is a text itself. */
function bodyReferences(body: unknown): string[] {
  if (!isMapping(body) || body.disabled === true) return [];
  const { mode, options, raw } = body;
  if (mode !== 'raw') return typeof mode === 'string' ? partReferences(body[mode]) : [];
  const isJson = isMapping(options) && isMapping(options.raw) && options.raw.language === 'json';
  return isJson ? textReferences(parsed(String(raw))) : rawReferences(raw);
}

function partReferences(part: unknown): string[] {
  return Array.isArray(part) ? listReferences(part) : rawReferences(part);
}

/** In every key and text of data, whatever its keys are called. */
function textReferences(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return rawReferences(data);
  if (Array.isArray(data)) return data.flatMap(textReferences);
  return Object.entries(data).flatMap(([key, value]) => [...rawReferences(key), ...textReferences(value)]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
