/**
 * A function of a definition (or of a part of one) that works once for each: definitions do not change, and what is asked of them
 * for every step would otherwise grow with the square of the steps.
 */
export function perDefinition<Source extends object, Result>(
  work: (source: Source) => Result,
): (source: Source) => Result {
  const results = new WeakMap<Source, { readonly result: Result }>();
  return (source) => {
    const known = results.get(source) ?? { result: work(source) };
    results.set(source, known);
    return known.result;
  };
}
