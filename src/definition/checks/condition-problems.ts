import type { TSchema } from 'typebox';
import { shapeProblems } from '../reading/shape.ts';
import { type DataPath, newSource } from '../reading/source-file.ts';
import { Choice, type ChoiceSource, type ConditionSource, ValueCondition } from '../schema.ts';

/** Something wrong with a condition, at a path in it. */
export interface ConditionProblem {
  readonly path: DataPath;
  readonly message: string;
  /** It is the key that is wrong. */
  readonly atKey?: boolean;
}

const questions = ['is', 'has', 'endsWith', 'atLeast', 'past', 'future'] as const;
const ofTexts = ['is', 'has', 'endsWith'] as const;

/** What does not go together in a condition. */
export function conditionProblems(condition: ConditionSource): ConditionProblem[] {
  const given = questions.filter((key) => condition[key] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    return [{ path: [], message: `expected exactly one of ${questions.join(', ')}; ${found}` }];
  }
  const isOfText = ofTexts.some((key) => condition[key] !== undefined);
  return (['writtenAs', 'ifSet'] as const)
    .filter((key) => condition[key] !== undefined && !isOfText)
    .map((key) => ({
      path: [key],
      message: `"${key}" goes with ${ofTexts.join(', ')}, not with ${given[0]}`,
      atKey: true,
    }));
}

/** The same of every condition of a choice. */
export function choiceConditionProblems({ where }: ChoiceSource): ConditionProblem[] {
  return (where ?? []).flatMap((condition, index) => {
    const isNumber = condition.minus === undefined || condition.atLeast !== undefined;
    const mismatch = { path: ['minus'], message: '"minus" goes with atLeast, which asks for a number', atKey: true };
    const problems = [...conditionProblems(condition), ...(isNumber ? [] : [mismatch])];
    return problems.map((problem) => ({ ...problem, path: ['where', index, ...problem.path] }));
  });
}

/** Whether data, wherever it comes from, is a choice that a definition may hold. */
export function isChoice(data: unknown): data is ChoiceSource {
  return hasShape(data, Choice) && choiceConditionProblems(data as ChoiceSource).length === 0;
}

/** The same of a condition. */
export function isCondition(data: unknown): data is ConditionSource {
  return hasShape(data, ValueCondition) && conditionProblems(data as ConditionSource).length === 0;
}

function hasShape(data: unknown, schema: TSchema): boolean {
  return shapeProblems({ ...newSource('', ''), data }, schema).length === 0;
}
