import type { InteropCase } from './cases.ts';
import type { ToolVerdict, Verdict } from './verdict.ts';

/** What a tool made of a case, with what the simulator saw of it. */
export interface CaseOutcome {
  readonly tool: string;
  /** Undefined when the tool could not be run, or broke off; `problems` says why. */
  readonly verdict?: ToolVerdict;
  /** Kinds of what was created and is there, in order: environment, population, user, password. */
  readonly created: readonly string[];
  /** Names of what was created more than once. */
  readonly createdTwice: readonly string[];
  /** Names of what was created with a variable in its name that was not filled in. */
  readonly notFilledIn: readonly string[];
  /** Why it could not be run. */
  readonly error?: string;
}

/**
 * Where tools do not agree on a case, one sentence each; nothing when they do. They agree when each says of every step the same
 * of passed, failed (its request was sent) and not reached; when that is what the case provokes: the steps before the named one
 * pass, and it does not; and when each left the same things in the simulator, none of them twice,
 * and with every variable in their names filled in.
 * `outcomes` begins with the one that the others are compared with.
 */
export function disagreements(given: InteropCase, outcomes: readonly CaseOutcome[]): string[] {
  const [reference] = outcomes;
  return outcomes.flatMap((outcome) => {
    const say = (what: string) => `${outcome.tool}, ${given.name}: ${what}`;
    if (!outcome.verdict) return [say(outcome.error ?? 'it gave no verdict')];
    const steps = verdictsIn(outcome);
    return [
      ...(outcome.verdict.problems ?? []).map(say),
      ...(isAsProvoked(given, steps) ? [] : [say(`${marks(steps)} is not what was provoked`)]),
      ...(reference && marks(verdictsIn(reference)) !== marks(steps)
        ? [say(`${marks(steps)}, but ${reference.tool} says ${marks(verdictsIn(reference))}`)]
        : []),
      ...(reference && reference.created.join() !== outcome.created.join()
        ? [say(`it left ${listed(outcome.created)}, but ${reference.tool} ${listed(reference.created)}`)]
        : []),
      ...outcome.createdTwice.map((name) => say(`it created ${name} twice`)),
      ...outcome.notFilledIn.map((name) => say(`it did not fill in the name of ${name}`)),
    ];
  });
}

function verdictsIn({ verdict }: CaseOutcome): Verdict[] {
  return (verdict?.steps ?? []).map((step) => step.verdict);
}

function isAsProvoked({ fails }: InteropCase, steps: readonly Verdict[]): boolean {
  const first = steps.findIndex((verdict) => verdict !== 'passed');
  if (!fails) return steps.length > 0 && first === -1;
  return first === fails.step - 1 && steps[first] === (fails.isSent ? 'failed' : 'not-reached');
}

const markOf: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', 'not-reached': '–' };

/** The verdicts of all steps in a word: `✓✓✗–––`. */
export function marks(steps: readonly Verdict[]): string {
  return steps.map((verdict) => markOf[verdict]).join('');
}

function listed(created: readonly string[]): string {
  return created.length === 0 ? 'nothing' : created.join(', ');
}
