import { applyPatch, isMapping } from '../definition/merge-patch.ts';
import type { RawFragment } from '../definition/schema.ts';
import { canonicalFrame, canonicalItem, canonicalRequest, type Json, withoutIds } from './canonical.ts';

/** Puts the fragments of a definition over what it compiles to. What is compiled keeps its ids; fragments bring none. */

/** An item with a fragment over it. The saved example shows the request as it is then. */
export function overlayItem(item: Json, raw: RawFragment | undefined): Json {
  if (raw === undefined) return item;
  const merged = overlaid(item, raw, canonicalItem);
  if (!Object.hasOwn(raw, 'request') || Object.hasOwn(raw, 'response')) return merged;
  const { description: _, ...originalRequest } = merged.request as Json;
  return { ...merged, response: withRequests(merged.response as readonly Json[], originalRequest) };
}

/** Examples with the request that they answer: the first with all of it, refusals only with its method and address. */
export function withRequests(examples: readonly Json[], request: Json): Json[] {
  const { method, url } = request;
  return examples.map((one, index) => ({
    ...one,
    originalRequest: index === 0 ? request : { method, header: [], url },
  }));
}

/** A folder or collection with a fragment over it; its items stay as they are. */
export function overlayFrame(frame: Json, raw: RawFragment | undefined): Json {
  if (raw === undefined) return frame;
  const { item, ...rest } = frame;
  return { ...overlaid(rest, raw, canonicalFrame), item };
}

/** A request with the fragment's request over it. */
export function overlayRequest(request: Json, raw: RawFragment | undefined): Json {
  return isMapping(raw?.request) ? withoutIds(canonicalRequest(applyPatch(request, raw.request))) : request;
}

function overlaid(compiled: Json, raw: RawFragment, toCanonical: (fields: Json) => Json): Json {
  const merged = withoutIds(toCanonical(applyPatch(compiled, raw) as Json));
  const own = Object.entries(compiled).filter(
    ([key]) => key === 'id' || key === 'info' || (['event', 'response'].includes(key) && !Object.hasOwn(raw, key)),
  );
  const info = isMapping(merged.info) && isMapping(compiled.info) ? { info: { ...merged.info, ...compiled.info } } : {};
  return { ...merged, ...Object.fromEntries(own), ...info };
}
