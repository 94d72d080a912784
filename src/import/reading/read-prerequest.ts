import { passwordScript } from '../../compile/scripts/password-script.ts';
import { prerequestScript } from '../../compile/scripts/step-scripts.ts';
import { tableScript } from '../../compile/scripts/table-script.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import type { GeneratorSource, StepFile } from '../../definition/schema.ts';
import { definitionAround, smallestStep, stepAlone } from '../alone.ts';
import { blockUntil, dedent } from '../writing/lines.ts';
import { dataOf, expressionOf, textOf } from './script-code.ts';

/** What a generated pre-request script was made from, as far as it can be read out of it. */
export interface FoundPrerequest {
  readonly generate: Readonly<Record<string, GeneratorSource>>;
  /** The script of the definition. */
  readonly script: string | undefined;
  /** What somebody added after the generated lines. */
  readonly added: string | undefined;
  /** How many lines were generated. */
  readonly length: number;
}

const made = (step: StepFile) => prerequestScript(stepAlone(step), definitionAround(stepAlone(step), []));
const empty = made(smallestStep);
const neededAt = empty.findIndex((line) => line.startsWith('const needed = '));
const [opening = ''] = empty;
/** The comment before what is needed, and all that follows it. */
const heading = empty[neededAt - 1] ?? '';
const ending = empty.slice(neededAt + 1);
const runIdBody = bodyOf(made({ ...smallestStep, generate: { x: { runId: true } } }).slice(2))?.body;

/** Reads a generated pre-request script in its plain form; undefined when it does not look like one. */
export function readPrerequest(lines: readonly string[]): FoundPrerequest | undefined {
  const headingAt = lines.indexOf(heading);
  if (lines[0] !== opening || headingAt < 2) return undefined;
  const endingAt = lines.findIndex(
    (_, index) => index > headingAt && ending.every((line, at) => lines[index + at] === line),
  );
  if (endingAt < 0) return undefined;
  const parts = readParts(lines.slice(1, headingAt - 1));
  if (!parts) return undefined;
  const length = endingAt + ending.length;
  const rest = lines.slice(length).join('\n').trim();
  return { ...parts, added: rest === '' ? undefined : rest, length };
}

/** The script with what is derived from the rest of the definition left out: which variables are needed. */
export function withoutNeeded(lines: readonly string[]): string[] {
  const headingAt = lines.indexOf(heading);
  const endingAt = lines.findIndex(
    (_, index) => index > headingAt && ending.every((line, at) => lines[index + at] === line),
  );
  return headingAt < 0 || endingAt < 0 ? [...lines] : [...lines.slice(0, headingAt + 1), ...lines.slice(endingAt)];
}

function readParts(lines: readonly string[]): Pick<FoundPrerequest, 'generate' | 'script'> | undefined {
  const generate: [string, GeneratorSource][] = [];
  for (let at = 0; at < lines.length; ) {
    if (lines[at] !== '') return undefined;
    if (lines[at + 1] === '{') {
      const block = blockUntil(lines, at + 2, '}');
      const script = block && dedent(block.inside);
      if (!script || block.end !== lines.length - 1) return undefined;
      return { generate: Object.fromEntries(generate), script: script.join('\n') };
    }
    const block = blockUntil(lines, at + 2, '}');
    const found = block && readGenerator(lines.slice(at + 1, block.end + 1));
    if (!found) return undefined;
    generate.push(found);
    at = block.end + 1;
  }
  return { generate: Object.fromEntries(generate), script: undefined };
}

function readGenerator([comment = '', ...block]: readonly string[]): [string, GeneratorSource] | undefined {
  const unlessSet = /: made only when it has no value\.$/.test(comment);
  const inner = unlessSet ? dedent(block.slice(1, -1)) : block;
  const found = inner && bodyOf([comment, ...inner]);
  if (!found) return undefined;
  const kept = unlessSet ? { unlessSet } : {};
  if (found.body.join('\n') === runIdBody?.join('\n')) return [found.variable, { ...kept, runId: true }];
  const password = readPassword(found.body);
  if (password && passwordScript(password).join('\n') === found.body.join('\n')) {
    return [found.variable, { ...kept, password }];
  }
  const table = readTable(found.body);
  const isTable =
    table && tableScript(table, { ...kept, variable: found.variable }).join('\n') === found.body.join('\n');
  return [found.variable, { ...kept, ...(isTable ? { table } : { script: found.body.join('\n') }) }];
}

function readTable(body: readonly string[]): GeneratorSource['table'] {
  const text = body.join('\n');
  const values = dataOf(expressionOf(/^const table = (\{.*?\});$/ms.exec(text)?.[1] ?? ''));
  const of = textOf(/^const key = pm\.variables\.replaceIn\((.*)\);$/m.exec(text)?.[1] ?? '');
  const isTexts =
    isMapping(values) && Object.values(values).every((value) => typeof value === 'string' && value !== '');
  return isTexts && of ? { of, values: values as Record<string, string> } : undefined;
}

/** Variable and function body of `// …`, `try {`, `    scope.set('x', (() => {`, …, `    })());`. */
function bodyOf(lines: readonly string[]): { variable: string; body: string[] } | undefined {
  const variable = textOf(/^ {4}pm\.\w+\.set\((.*), \(\(\) => \{$/.exec(lines[2] ?? '')?.[1] ?? '');
  const block = blockUntil(lines, 3, '    })());');
  const body = block && dedent(block.inside, 2);
  return variable === undefined || !body ? undefined : { variable, body };
}

function readPassword(body: readonly string[]): NonNullable<GeneratorSource['password']> | undefined {
  const found = (pattern: RegExp) => body.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
  const length = found(/Array\.from\(\{ length: (\d+) \}/);
  const avoid = dataOf(expressionOf(found(/^const avoid = (\[.*\])$/) ?? ''));
  if (length === undefined || !Array.isArray(avoid)) return undefined;
  return {
    length: Number(length),
    ...(avoid.length > 0 && { avoid: avoid.map(String) }),
  };
}
