/** A document with other text between two marks, which stay. Throws when it lacks one of them. */
export function withMarkedPart(document: string, begin: string, end: string, text: string): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document lacks "${begin}" or "${end}"`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}
