import type { BlockStatement, Statement } from 'acorn';
import { makerScript } from '../../compile/scripts/step-scripts.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import type { GeneratorSource } from '../../definition/schema.ts';
import { find, match } from './code-shape.ts';
import { plainStatements } from './plain-script.ts';
import { dataOf, isSameCode, scriptIn, statementsOf, textOf } from './script-code.ts';

/** What a generated pre-request script was made from, as far as it can be read out of it. */
export interface FoundPrerequest {
  readonly generate: Readonly<Record<string, GeneratorSource>>;
  /** The script of the definition. */
  readonly script: string | undefined;
  /** What somebody added after the generated statements. */
  readonly added: string | undefined;
  /** The generated statements in their plain form. */
  readonly generated: readonly Statement[];
}

/** Reads a generated pre-request script; undefined when it does not look like one. */
export function readPrerequest(text: string): FoundPrerequest | undefined {
  const statements = plainStatements(text) ?? [];
  const end = statements.findIndex((statement) => match('if (problems.length > 0) $report;', statement)) + 1;
  if (end === 0) return undefined;
  // The script of the definition stands before what looks at every variable.
  const own = [statements[end - 3]].find((statement) => statement?.type === 'BlockStatement');
  // In the file, what was generated may be in the branch of a condition.
  const last = statements[end - 1]?.end ?? 0;
  const whole = statementsOf(text)?.find((statement) => statement.end >= last)?.end;
  const added = text.slice(whole).trim();
  return {
    generate: Object.fromEntries(statements.slice(0, end).flatMap((statement) => readGenerator(statement, text))),
    script: own && scriptIn(text, own),
    added: added === '' ? undefined : added,
    generated: statements.slice(0, end).filter((statement) => statement !== own),
  };
}

const generatorShape = 'try { $scope.set($variable, (() => $body)()); } catch (error) { $failed; }';

/** The variable that a statement makes a value for, and how; none when it makes none. */
function readGenerator(statement: Statement, text: string): [string, GeneratorSource][] {
  const kept = match(`if ($isEmpty) { ${generatorShape} }`, statement);
  const { variable: name, body } = kept ?? match(generatorShape, statement) ?? {};
  const variable = textOf(name);
  if (variable === undefined) return [];
  const block = body as BlockStatement;
  const entry = { variable, ...(kept && { unlessSet: true }) };
  const makers = [{ runId: true as const }, readPassword(block.body), readTable(block.body)];
  const maker = makers.find(
    (one) => one && isSameCode(statementsOf(makerScript({ ...entry, ...one }).join('\n')), block.body),
  );
  return [[variable, { ...(kept && { unlessSet: true }), ...(maker ?? { script: scriptIn(text, block) }) }]];
}

function readPassword(body: readonly Statement[]): Pick<GeneratorSource, 'password'> | undefined {
  const shape = "do { password = Array.from({ length: $length }, nextCharacter).join(''); } while ($isRefused);";
  const length = dataOf(find(shape, body)?.length);
  const avoid = dataOf(find('const avoid = $avoid.map($filled).reduce($all, []).filter($isLong);', body)?.avoid);
  if (typeof length !== 'number' || !Array.isArray(avoid)) return undefined;
  return { password: { length, ...(avoid.length > 0 && { avoid: avoid.map(String) }) } };
}

function readTable(body: readonly Statement[]): Pick<GeneratorSource, 'table'> | undefined {
  const values = dataOf(find('const table = $values;', body)?.values);
  const of = textOf(find('const key = pm.variables.replaceIn($of);', body)?.of);
  const isTexts =
    isMapping(values) && Object.values(values).every((value) => typeof value === 'string' && value !== '');
  return isTexts && of ? { table: { of, values: values as Record<string, string> } } : undefined;
}
