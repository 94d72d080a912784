import { nextByteScript } from '../../compile/scripts/password-script.ts';
import {
  capturedLines,
  countingScript,
  entropyComment,
  keptComment,
  optionalCapture,
  successComment,
} from '../../compile/scripts/step-scripts.ts';
import { entropyVariable } from '../../definition/password-entropy.ts';
import { dedent } from '../writing/lines.ts';

/**
 * Generated scripts without what follows from other steps: which requests wait for this one, which it waits for, and whether
 * the run ends after it. That is made anew from the whole definition, so it says nothing about the step itself.
 */

const pendingComment = '// The requests that need what this one sets are not sent until its checks have held.';
const settersComment =
  '// What a request that did not pass would have set is not used, although an earlier run may have left a value.';
const settledComment = '    // All checks have held: what this request has set may be used.';
const endComment = '// The run ends here, unless clean-up is asked for.';
const counting = [...countingScript, ''];

const plainByte = nextByteScript(undefined);
const digitsByte = nextByteScript(entropyVariable.name);

/** Without the digits that the request before this one may store. */
function withoutDigits(lines: readonly string[]): readonly string[] {
  for (const margin of ['        ', '            ']) {
    const [from, to] = [digitsByte, plainByte].map((some) => some.map((line) => margin + line)) as [string[], string[]];
    const at = lines.findIndex((_, index) => from.every((line, offset) => lines[index + offset] === line));
    if (at >= 0) return withoutDigits([...lines.slice(0, at), ...to, ...lines.slice(at + from.length)]);
  }
  return lines;
}

/** Without the line that stores digits for the next request. */
function withoutStoring(lines: readonly string[]): readonly string[] {
  const at = lines.indexOf(entropyComment);
  const isStored = at > 0 && lines[at - 1] === '' && lines[at + 1]?.startsWith("if (typeof crypto === 'undefined') ");
  return isStored ? [...lines.slice(0, at - 1), ...lines.slice(at + 2)] : lines;
}

/** A pre-request script in its plain form, by lines, with the id of the step where the script names it. */
export function plainPrerequest(text: string): {
  readonly lines: readonly string[];
  readonly stepId: string | undefined;
} {
  const lines = linesOf(text);
  const at = lines.indexOf(pendingComment);
  const setAt = at < 0 ? -1 : lines.findIndex((line, index) => index > at && line.startsWith('pm.variables.set('));
  // Between the comment and the line that sets the variable there is a helper at most.
  const isPending = at === 2 && setAt > at && setAt <= at + 2;
  const stepId = isPending ? /^pm\.variables\.set\('pending-([a-z0-9-]+)', /.exec(lines[setAt] ?? '')?.[1] : undefined;
  const rest = isPending ? [...lines.slice(0, at - 1), ...lines.slice(setAt + 1)] : lines;
  return { lines: withoutDigits(withoutSetters(rest)), stepId };
}

function withoutSetters(lines: readonly string[]): string[] {
  const at = lines.indexOf(settersComment);
  if (at < 0) return [...lines];
  const elseAt = lines.findIndex(
    (line, index) => index > at && line.startsWith('    else if (pending.includes(name)) '),
  );
  return lines.filter((_, index) => index !== at && index !== at + 1 && index !== elseAt);
}

/** A test script in its plain form, by lines. */
export function plainTest(text: string): readonly string[] {
  return withoutStoring(withoutEnd(withCurrentCaptures(withoutCounting(linesOf(text)))));
}

const formerCheck = /^ {8}pm\.expect\(value, ('.*')\)\.to\.be\.a\('string'\)\.that\.is\.not\.empty;$/;
const formerSet = /^ {8}if \(value !== undefined && value !== null\) (pm\.\w+\.set\(.*, value\);)$/;

/** Captures as they are compiled now: version 0.1.0 took only texts where one was required, and anything where it was optional. */
function withCurrentCaptures(lines: readonly string[]): readonly string[] {
  const start = lines.indexOf(successComment);
  const end = lines.indexOf('}', start);
  if (start < 0 || end < 0) return lines;
  const current = lines.slice(start, end).flatMap((line) => {
    const origin = formerCheck.exec(line)?.[1];
    return origin === undefined ? [line] : capturedLines(origin).map((one) => `        ${one}`);
  });
  return [...lines.slice(0, start), ...withCurrentOptional(current), ...lines.slice(end)];
}

function withCurrentOptional(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => formerSet.test(line));
  const start = at < 0 ? -1 : lines.lastIndexOf('    (function capture() {', at);
  const inside = start < 0 ? undefined : dedent(lines.slice(start + 1, at));
  if (!inside) return [...lines];
  const kept = inside[0]?.endsWith(keptComment) ? inside.slice(0, 1) : [];
  const value = inside.slice(kept.length);
  const isFromBody = value[0] !== '    const value = (() => {';
  const capture = optionalCapture(kept, value, formerSet.exec(lines[at] ?? '')?.[1] ?? '', isFromBody);
  const made = capture.map((line) => (line === '' ? '' : `    ${line}`));
  return [...lines.slice(0, start), ...made, ...withCurrentOptional(lines.slice(at + 2))];
}

function withoutCounting(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((_, index) => counting.every((line, offset) => lines[index + offset] === line));
  if (at < 0) return lines;
  // The block of the definition's own script follows what is generated.
  const blockAt = lines.indexOf('{', at);
  const end = blockAt < 0 ? lines.length : blockAt;
  const generated = lines
    .slice(at + counting.length, end)
    .map((line) => line.replace(/^( {4})?check\(/, (_, margin = '') => `${margin}pm.test(`));
  const settledAt = generated.indexOf(settledComment);
  const settled = settledAt < 0 ? generated : withoutSettled(generated, settledAt);
  return [...lines.slice(0, at), ...settled, ...lines.slice(end)];
}

/** Without the two lines that say that all has held, and the condition around them when there is nothing else in it. */
function withoutSettled(lines: readonly string[], at: number): string[] {
  const isFirst = lines[at - 1] !== '';
  const isLast = lines[at + 2] === '}';
  if (isFirst && isLast) return [...lines.slice(0, at - 3), ...lines.slice(at + 3)];
  // Of the empty lines around it, one goes with it.
  return [...lines.slice(0, isFirst ? at : at - 1), ...lines.slice(isFirst ? at + 3 : at + 2)];
}

/** A test script without the lines that end the run after the last step. */
export function withoutEnd(lines: readonly string[]): readonly string[] {
  const at = lines.indexOf(endComment);
  if (at < 0 || !/^if \(.*\) pm\.execution\.setNextRequest\(null\);$/.test(lines[at + 1] ?? '')) return lines;
  return [...lines.slice(0, lines[at - 1] === '' ? at - 1 : at), ...lines.slice(at + 2)];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}
