/**
 * A function of a definition (or of a part of one) that works once for each: definitions do not change, and what is asked of them
 * for every step would otherwise grow with the square of the steps.
 */
export function perDefinition<Source extends object, Result>(
  work: (source: Source) => Result,
): (source: Source) => Result {
  const results = new WeakMap<Source, { readonly result: Result }>();
  return (source) => {
    const known = results.get(source);
    if (known) return known.result;
    const result = work(source);
    results.set(source, { result });
    return result;
  };
}

/**
 * A function of a text that remembers so many results, the last that it worked out: those who read a text ask for the same of it again
 * and again, one after the other.
 */
export function ofLately<Result>(work: (text: string) => Result, most = 16): (text: string) => Result {
  const results = new Map<string, { readonly result: Result }>();
  return (text) => {
    const known = results.get(text);
    if (known) return known.result;
    const result = work(text);
    results.set(text, { result });
    if (results.size > most) results.delete(results.keys().next().value ?? '');
    return result;
  };
}
