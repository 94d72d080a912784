/** The known word that was probably meant: the same letters but for case, separators, a plural, or one slip. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  return known.find((word) => isNear(typed, word));
}

function isNear(typed: string, known: string): boolean {
  const [a, b] = [typed, known].map((text) => text.toLowerCase().replaceAll(/[-_ ]/g, '')) as [string, string];
  if (a === b || `${a}s` === b || a === `${b}s`) return true;
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let left = 0;
  while (left < a.length && a[left] === b[left]) left += 1;
  let right = 0;
  while (right < Math.min(a.length, b.length) - left && a.at(-1 - right) === b.at(-1 - right)) right += 1;
  const changed = Math.max(a.length, b.length) - left - right;
  const swapped = a.length === b.length && changed === 2 && a[left] === b[left + 1] && a[left + 1] === b[left];
  return changed <= 1 || swapped;
}
