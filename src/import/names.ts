/** Names that no file may have on Windows, with any ending; and those of files that a definition has. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d|collection|step)$/;

const maximumLength = 60;

/** Lower-case words joined by hyphens from any name: safe as an id and as a file name. `fallback` when nothing is left. */
export function slugOf(name: string, fallback: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, maximumLength)
    .replace(/-$/, '');
  const slug = words === '' ? fallback : words;
  return reserved.test(slug) ? `${slug}-${fallback.replace(/-?\d+$/, '') || 'item'}` : slug;
}

/** The text, or with a number behind it the first that is not taken; it is taken then. */
export function unique(
  wanted: string,
  taken: Set<string>,
  withNumber: (text: string, number: number) => string,
): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = withNumber(wanted, number);
  taken.add(name);
  return name;
}
