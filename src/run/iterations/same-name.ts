import { variablesIn } from '../../definition/variables.ts';
import { hasCode } from '../judge/service-problem.ts';
import type { Diagnosis } from '../result/result.ts';
import type { Session } from '../steps/session.ts';
import type { FinishedIteration, IterationRow } from './iteration.ts';

/** Finds the other row of the data file in which these variables have the same values; undefined when there is none. */
export type FindOtherRow = (
  row: IterationRow,
  variables: readonly string[],
) => Promise<Pick<IterationRow, 'number' | 'line'> | undefined>;

/** Rows that are looked for in a run: each takes a reading of the file. */
const mostLookedFor = 20;

/** Makes what says, of an iteration that failed because a name is taken, which row of the data file has the same name. */
export function createSameNameFinder(
  { definition }: Pick<Session, 'definition'>,
  findOther: FindOtherRow | undefined,
): (iteration: FinishedIteration, row: IterationRow) => Promise<FinishedIteration> {
  let lookedFor = 0;
  return async (iteration, row) => {
    const { failure } = iteration.result;
    const step = definition.steps.find(({ id }) => id === failure?.step);
    const result = iteration.steps.find(({ id }) => id === failure?.step);
    const { nameTaken = [] } = (step?.origin ?? definition).service?.errors ?? {};
    if (!findOther || !failure || !step?.creates || !hasCode(result?.response?.problem, nameTaken)) return iteration;
    const variables = variablesIn(step.creates.name).filter((name) => Object.hasOwn(row.values, name));
    if (variables.length === 0 || lookedFor >= mostLookedFor) return iteration;
    lookedFor += 1;
    const other = await findOther(row, variables);
    if (!other) return iteration;
    const names = variables.join(' and ');
    const line = other.line === undefined ? '' : ` (line ${other.line})`;
    const diagnosis: Diagnosis = {
      cause: `Row ${other.number}${line} of the data file has the same ${names}, and a name can be taken only once.`,
      remedy: `Give each row a ${names} of its own, or take one of the two rows out.`,
    };
    return {
      ...iteration,
      result: { ...iteration.result, failure: { ...failure, diagnosis } },
      steps: iteration.steps.map((one) =>
        one === result ? { ...one, diagnoses: [diagnosis, ...one.diagnoses] } : one,
      ),
    };
  };
}
