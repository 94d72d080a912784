/** A part of an output: from the first line that matches to the line before the one that matches next; without it, to the end. */
export interface Part {
  readonly from: RegExp;
  readonly before?: RegExp;
}

/** The parts in their order, with … for what is between, before and after them. Throws when a part is not there. */
export function excerpt(output: string, parts: readonly Part[]): string {
  const lines = output.split('\n');
  const shown: string[] = [];
  let at = 0;
  for (const { from, before } of parts) {
    const begin = indexOf(lines, from, at);
    const end = before ? indexOf(lines, before, begin + 1) : lines.length;
    if (lines.slice(at, begin).some(Boolean)) leaveOut(shown);
    shown.push(...lines.slice(begin, end));
    at = end;
  }
  if (lines.slice(at).some(Boolean)) leaveOut(shown);
  return shown.join('\n').trim();
}

function leaveOut(shown: string[]): void {
  while (shown.at(-1) === '') shown.pop();
  shown.push('…');
}

function indexOf(lines: readonly string[], pattern: RegExp, from: number): number {
  const index = lines.findIndex((line, candidate) => candidate >= from && pattern.test(line));
  if (index < 0) throw new Error(`the output holds no ${pattern} after line ${from}:\n${lines.join('\n')}`);
  return index;
}

/** What differs from run to run is written alike: ids, names made of the time, durations, rates, ports and line breaks, which row a fault met. */
export function withoutChance(text: string): string {
  return (
    text
      .replace(/\b\d{8}T\d{6}-[0-9a-f]{8}\b/g, 'RUN')
      // Where a line is wrapped depends on the port.
      .replace(/\n {2,}(?=\S)/g, ' ')
      .replace(/\b[0-9a-f]{8}…/g, 'ID…')
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replace(/\b\d+(\.\d+)? (ms|s|a second)(?![a-z])/g, 'TIME')
      .replace(/"durationMs":\d+/g, '"durationMs":TIME')
      .replace(/Iteration \d+ \(line \d+\)/g, 'Iteration N (line N)')
      .replace(/"iteration":\d+,"line":\d+/g, '"iteration":N,"line":N')
      .replace(/user\d+\b/g, 'userN')
      .replace(/read ECONNRESET|socket hang up/g, 'BROKEN')
      .replace(/ {2,}(?=\S)/g, '  ')
      .replace(/[ \t]+$/gm, '')
  );
}

const begin = (name: string) => `<!-- transcript ${name}: made by npm run transcript -->`;
const end = '<!-- end of transcript -->';
const fence = '```';

/** The transcript that a page shows under this name. Throws when there is none. */
export function shownIn(page: string, name: string): string {
  const [, rest] = page.split(`${begin(name)}\n${fence}text\n`);
  const text = rest?.split(`\n${fence}\n${end}`)[0];
  if (text === undefined) throw new Error(`the page has no place for the transcript "${name}"`);
  return text;
}

/** The page with those of its transcripts that tell something else than what it shows put in place; others keep their ids and times. */
export function withTranscripts(page: string, made: ReadonlyMap<string, string>): string {
  let result = page;
  for (const [name, text] of made) {
    if (!page.includes(begin(name))) continue;
    const shown = shownIn(result, name);
    if (withoutChance(shown) === withoutChance(text)) continue;
    result = result.replace(
      `${begin(name)}\n${fence}text\n${shown}\n`,
      () => `${begin(name)}\n${fence}text\n${text}\n`,
    );
  }
  return result;
}
