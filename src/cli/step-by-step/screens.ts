import { baseVariables } from '../../compile/scripts/base-addresses.ts';
import { setBy, variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { valueAt } from '../../definition/pointer.ts';
import type { Experiment } from '../../definition/schema.ts';
import { unseenOf } from '../../run/judge/diagnose.ts';
import { parseJson } from '../../run/result/parse-json.ts';
import type { DecodedToken, StepResult } from '../../run/result/result.ts';
import type { Preview, Shown } from '../../run/steps/guide.ts';
import { itemWith } from './body-lines.ts';
import { firstParagraph, markdownLines, wrapped } from './markdown-lines.ts';
import { requestLines, responseLines } from './message-lines.ts';
import type { ScreenStyle } from './screen-style.ts';

/** What is shown of a step before it is sent: its purpose, what it needs and sets, the request as it will go. */
export function previewScreen(preview: Preview, style: ScreenStyle): string[] {
  const { step, definition, request, experiment } = preview;
  const { colors, width } = style;
  const about = experiment
    ? [colors.bold(`Try: ${experiment.title}`), ...changeLines(preview, style)]
    : [
        titleLine(step, definition, style),
        ...markdownLines(firstParagraph(step.description), width, colors),
        ...needsLines(step, definition, style),
        ...changeLines(preview, style),
      ];
  return [...about, '', ...requestLines(request, style)];
}

/** The whole description of a step. */
export function descriptionScreen(
  { step, definition }: Pick<Preview, 'step' | 'definition'>,
  style: ScreenStyle,
): string[] {
  return [titleLine(step, definition, style), ...markdownLines(step.description, style.width, style.colors)];
}

function titleLine(step: Step, { steps }: Definition, { colors, width }: ScreenStyle): string {
  const count = `${steps.findIndex(({ id }) => id === step.id) + 1} of ${steps.length}`;
  const rule = '─'.repeat(Math.max(2, width - step.name.length - count.length - 6));
  return `${colors.dim('──')} ${colors.bold(step.name)} ${colors.dim(`${rule} ${count}`)}`;
}

function needsLines(step: Step, { variables }: Definition, { colors, width }: ScreenStyle): string[] {
  const bases = new Set(baseVariables(variables).map(({ name }) => name));
  const made = step.generate.map(({ variable }) => variable);
  const needs = step.needs.filter((name) => !bases.has(name) && !made.includes(name));
  const sets = [...new Set(setBy(step))];
  const parts = [
    ...(needs.length > 0 ? [`Needs ${needs.join(', ')}.`] : []),
    ...(sets.length > 0 ? [`Sets ${sets.join(', ')}.`] : []),
  ];
  return parts.length === 0 ? [] : wrapped(parts.join(' '), width).map((line) => colors.dim(line));
}

/** What is other than in the step, a line each. A secret that a person has typed is not shown; that of an experiment is none. */
function changeLines({ change, experiment, definition }: Preview, { colors, width }: ScreenStyle): string[] {
  const { variables, simulator, body, headers, method, url, auth } = change ?? {};
  const known: Readonly<Record<string, string>> = { ...experiment?.change.variables, ...experiment?.change.simulator };
  const isHidden = ([name, value]: readonly [string, string]) =>
    variableNamed(definition, name)?.secret === true && known[name] !== value;
  const entries: (readonly [string, unknown])[] = [
    ...Object.entries({ ...variables, ...simulator }).map(
      (entry) => [entry[0], isHidden(entry) ? '[secret]' : entry[1]] as const,
    ),
    ...Object.entries(body ?? {}).map(([pointer, value]) => [`body ${pointer}`, value] as const),
    ...Object.entries(headers ?? {}),
    ...(method === undefined ? [] : [['method', method] as const]),
    ...(url === undefined ? [] : [['address', url] as const]),
    ...(auth ? [['authorization', Object.keys(auth)[0]] as const] : []),
  ];
  return entries.flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return wrapped(`changed: ${name} → ${text}`, width, 2).map((line) => colors.yellow(line));
  });
}

/** A body is given so many lines, however small the terminal is. */
const fewestBodyLines = 5;

/**
 * What is shown of an answer: what came, what of it was captured and checked, what it means.
 *
 * @param room Lines that are left on the screen.
 */
export function answerScreen(shown: Shown, style: ScreenStyle, room: number): string[] {
  const { result } = shown;
  const after = [
    ...tokensOf(result).flatMap((token) => tokenLines(token, style, isTelling)),
    ...meaningLines(shown, style),
  ];
  const lines = Math.max(fewestBodyLines, room - after.length - 1);
  return [...(result.response ? responseLines(result.response, marksOf(shown), style, lines) : []), ...after];
}

function meaningLines(shown: Shown, style: ScreenStyle): string[] {
  if (shown.experiment) return experimentLines(shown.experiment, shown, style);
  if (shown.result.status !== 'passed') return failureLines(shown, style);
  const meaning = shown.step.answer?.[''];
  return meaning === undefined ? [] : markdownLines(meaning, style.width, style.colors);
}

/** The whole answer, and what parts of it mean. */
export function wholeAnswerScreen(shown: Shown, style: ScreenStyle): string[] {
  const { colors, width } = style;
  const meanings = Object.entries(shown.step.answer ?? {}).filter(([pointer]) => pointer !== '');
  return [
    ...(shown.result.response ? responseLines(shown.result.response, marksOf(shown), style) : []),
    ...tokensOf(shown.result).flatMap((token) => tokenLines(token, style, () => true)),
    ...(meanings.length > 0 ? [''] : []),
    ...meanings.flatMap(([pointer, meaning]) =>
      markdownLines(`* \`${pointer.slice(1).replaceAll('/', '.')}\`: ${meaning}`, width, colors),
    ),
  ];
}

/** Captured parts have the names of their variables, checked ones a tick. */
function marksOf({ step, result }: Pick<Shown, 'step' | 'result'>): Map<string, string> {
  const marks = new Map<string, string>();
  if (result.status !== 'passed') return marks;
  const data = parseJson(result.response?.body?.text ?? '');
  for (const { pointer } of step.expect.values) marks.set(pointer, '✓');
  for (const capture of step.captures) {
    const { variable, from, claim, choose } = capture;
    const value = result.captures.find((one) => one.variable === variable)?.value;
    if (choose) {
      const item = itemWith(data, choose.from, choose.take, value);
      if (item === undefined) continue;
      for (const { value: part, minus } of choose.where ?? [])
        for (const checked of [part, minus ?? part]) marks.set(`${item}${checked}`, '✓');
      if (choose.name !== undefined) marks.set(`${item}${choose.name}`, '✓ chosen');
      marks.set(`${item}${choose.take}`, `→ ${variable}`);
    } else if (from !== undefined && valueAt(data, from) !== undefined) {
      const before = marks.get(from)?.replace('✓', '');
      const name = claim === undefined ? variable : `${variable} (${claim})`;
      marks.set(from, before ? `${before}, ${name}` : `→ ${name}`);
    }
  }
  return marks;
}

function tokensOf({ response }: StepResult): readonly DecodedToken[] {
  return response?.tokens ?? [];
}

/** A token decoded: its claims, times as a person reads them. */
function tokenLines(
  { name: member, claims }: DecodedToken,
  { colors, width }: ScreenStyle,
  isShown: (name: string, claims: DecodedToken['claims']) => boolean,
): string[] {
  const shown = Object.entries(claims).filter(([name]) => isShown(name, claims));
  const parts = shown.map(([name, value]) => `${name} ${claimText(name, value)}`);
  return wrappedParts(`Claims of ${member}: `, parts, width).map((line) => colors.cyan(line));
}

/** The claims that say what a token is for; for whom it is, of one about a user. */
function isTelling(name: string, claims: DecodedToken['claims']): boolean {
  return (
    ['client_id', 'sub', 'org', 'env', 'scope', 'exp'].includes(name) || (name === 'aud' && claims.sub !== undefined)
  );
}

/** A claim and its value stay in one line. */
function wrappedParts(before: string, parts: readonly string[], width: number): string[] {
  const joined = parts.map(
    (part, index) => part.replaceAll(' ', '\u00a0') + (index < parts.length - 1 ? '\u00a0·' : ''),
  );
  return wrapped(`${before}${joined.join(' ')}`, width, 2).map((line) => line.replaceAll('\u00a0', ' '));
}

function claimText(name: string, value: unknown): string {
  const isTime = ['exp', 'iat', 'nbf', 'auth_time'].includes(name) && typeof value === 'number';
  if (!isTime) return typeof value === 'string' ? value : JSON.stringify(value);
  const date = new Date(value * 1000).toISOString().replace('T', ' ').slice(0, 19);
  const minutes = Math.round((value * 1000 - Date.now()) / 60_000);
  return name === 'exp' ? `${date} UTC (in ${minutes} minutes)` : `${date} UTC`;
}

function failureLines({ result }: Shown, { colors, width }: ScreenStyle): string[] {
  const { reason, diagnoses, checks } = result;
  const [first] = diagnoses;
  const failed = checks.find(({ status }) => status === 'failed');
  return [
    ...(reason === undefined ? [] : wrapped(colors.red(reason), width)),
    ...(failed ? wrapped(`✗ ${failed.name}: ${failed.message ?? ''}`, width, 2).map((line) => colors.red(line)) : []),
    ...(first
      ? [
          ...wrapped(`${colors.bold('Likely cause:')} ${first.cause}`, width, 2),
          ...wrapped(`${colors.bold('What to do:')} ${first.remedy}`, width, 2),
        ]
      : []),
  ];
}

/** Whether what came of an experiment is what its text says, and why. */
function experimentLines(experiment: Experiment, { result }: Shown, { colors, width }: ScreenStyle): string[] {
  const { why, leaves, see } = experiment;
  const unseen = unseenOf(see, result.response);
  return [
    ...unseen.flatMap((one) => wrapped(colors.yellow(`Not as expected: ${one}.`), width)),
    ...markdownLines(why, width, colors),
    ...(leaves === undefined ? [] : wrapped(`${colors.bold('It leaves behind:')} ${leaves}`, width, 2)),
  ];
}

/** What may go wrong with a step, and what else may have caused a failure. */
export function hintScreen(
  { step, definition, result }: Pick<Preview, 'step' | 'definition'> & Partial<Pick<Shown, 'result'>>,
  style: ScreenStyle,
): string[] {
  const { colors, width } = style;
  const found = result?.diagnoses ?? [];
  const known = step.troubleshooting.length > 0 ? step.troubleshooting : definition.troubleshooting;
  const entries = found.length > 0 ? found : known;
  return [
    colors.bold(found.length > 0 ? 'What it may come from, likeliest first:' : 'What may go wrong here:'),
    ...entries
      .slice(0, mostHints)
      .flatMap(({ cause, remedy }) => [
        ...wrapped(`• ${cause}`, width, 2),
        ...wrapped(`  ${remedy}`, width - 2, 0).map((line) => colors.dim(`  ${line.trim()}`)),
      ]),
  ];
}

const mostHints = 5;
