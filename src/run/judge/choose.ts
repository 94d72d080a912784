import { capturedTypes } from '../../compile/scripts/planned-checks.ts';
import { pointerKeys, valueAt } from '../../definition/pointer.ts';
import type { ChoiceSource } from '../../definition/schema.ts';
import { obstacle, type Surroundings } from './conditions.ts';

/** What was chosen, and what there is to say of it. */
export interface Chosen {
  readonly value: string | number | boolean;
  /** Lines for the console: which items were passed over and why, and which one was chosen. */
  readonly notes: readonly string[];
}

/** Nothing could be chosen. */
export class ChoiceError extends Error {
  override readonly name = 'ChoiceError';
  readonly notes: readonly string[];

  constructor(message: string, notes: readonly string[] = []) {
    super(message);
    this.notes = notes;
  }
}

interface Candidate {
  readonly value: unknown;
  readonly title: string;
  /** Why it is not fit; undefined when it is. */
  readonly reason: string | undefined;
  readonly amount: number;
}

type Amount = NonNullable<ChoiceSource['most']>;
type Where = NonNullable<ChoiceSource['where']>[number];

/** So many items that were passed over are named. */
const mostPassed = 20;

const isNumber = { atLeast: Number.NEGATIVE_INFINITY };

/**
 * Chooses an item of a list in a body, as the compiled script does (`condition-script.ts`). Throws `ChoiceError` when none is fit, or
 * not the one that is wanted.
 *
 * @param wanted The value that the variable has; undefined when it has none.
 */
export function choose(
  variable: string,
  choice: ChoiceSource,
  body: unknown,
  wanted: string | undefined,
  around: Surroundings,
): Chosen {
  const list = valueAt(body, choice.from);
  if (!Array.isArray(list)) throw new ChoiceError(`${nameOf(choice.from)} is not a list`);
  const candidates = list.map((item: unknown, index) => candidateOf(item, index, choice, around));
  return wanted === undefined ? best(candidates, choice) : named(variable, wanted, candidates, choice);
}

function named(variable: string, wanted: string, candidates: readonly Candidate[], { from }: ChoiceSource): Chosen {
  const hint = `; empty ${variable} to let this step choose`;
  const given = candidates.find(({ value }) => typeof value !== 'object' && String(value) === wanted);
  if (!given) throw new ChoiceError(`${variable} ${wanted} is not in ${nameOf(from)}${hint}`);
  const { title, reason } = given;
  if (reason !== undefined) throw new ChoiceError(`${variable} cannot be used, ${title}: ${reason}${hint}`);
  return { value: given.value as Chosen['value'], notes: [] };
}

function best(candidates: readonly Candidate[], { from, most }: ChoiceSource): Chosen {
  const passed = candidates
    .filter(({ reason }) => reason !== undefined)
    .slice(0, mostPassed)
    .map(({ title, reason }) => `${title}: ${reason}`);
  const notes = passed.map((line) => `passed over ${line}`);
  const [chosen] = candidates
    .filter(({ reason }) => reason === undefined)
    .sort((one, other) => other.amount - one.amount);
  if (!chosen)
    throw new ChoiceError(`nothing in ${nameOf(from)} fits: ${passed.join('; ') || 'there are none'}`, notes);
  const amount = most ? `: ${amountName(most)} is ${chosen.amount}` : '';
  return { value: chosen.value as Chosen['value'], notes: [...notes, `chose ${chosen.title}${amount}`] };
}

function candidateOf(item: unknown, index: number, choice: ChoiceSource, around: Surroundings): Candidate {
  const { take, name, where = [], most } = choice;
  const value = valueAt(item, take);
  const called = (name === undefined ? undefined : valueAt(item, name)) ?? '';
  const title = called === '' || typeof called === 'object' ? `item ${index + 1}` : `"${called}"`;
  if (!capturedTypes.includes(typeof value) || value === '')
    return { value, title, reason: `it does not say ${nameOf(take)}`, amount: 0 };
  const conditions = [...where, ...(most ? [{ ...most, ...isNumber }] : [])];
  const reason = conditions.map((condition) => unfit(item, condition, around)).find((one) => one !== undefined);
  // Only of an item that is fit it is sure to be a number.
  return {
    value,
    title: `${title} (${value})`,
    reason,
    amount: most && !reason ? (amountOf(item, most) as number) : 0,
  };
}

function unfit(item: unknown, condition: Where, around: Surroundings): string | undefined {
  const numbers = condition.minus === undefined ? [] : [condition.value, condition.minus];
  return (
    numbers
      .map((pointer) => obstacle(nameOf(pointer), valueAt(item, pointer), isNumber, around))
      .find((reason) => reason !== undefined) ??
    obstacle(amountName(condition), amountOf(item, condition), condition, around)
  );
}

function amountOf(item: unknown, { value, minus }: Amount): unknown {
  const amount = valueAt(item, value);
  return minus === undefined ? amount : (amount as number) - (valueAt(item, minus) as number);
}

function amountName({ value, minus }: Amount): string {
  return nameOf(value) + (minus === undefined ? '' : ` less ${nameOf(minus)}`);
}

/** `/environments/max` as messages write it. */
function nameOf(pointer: string): string {
  return pointerKeys(pointer).join('.') || 'the item';
}
