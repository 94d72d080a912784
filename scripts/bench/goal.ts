import { type Line, strong } from '../../src/report/text/mdast.ts';

/** A goal of the project, and what was reached. */
export interface Goal {
  /** What is measured, in words that stand alone. */
  readonly what: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  /** Undefined: it could not be measured, and `why` says why. Never a guess. */
  readonly reached: number | undefined;
  readonly why?: string;
  /** `×`, `MiB`, …; written after both numbers. */
  readonly unit: string;
  /** Digits after the point. Default: 2. */
  readonly digits?: number;
}

export function isReached({ bound, limit, reached }: Goal): boolean {
  if (reached === undefined) return false;
  return bound === 'at most' ? reached <= limit : reached >= limit;
}

/** Why a row of ours has no figures: the option that it needs is not in `run --help`. */
export function lacks(option: string): string {
  return `run has no ${option} yet`;
}

/** What was reached, as it stands in the table: what, the figure, the goal, and whether it holds. */
export function goalCells(goal: Goal): Line[] {
  const { what, bound, limit, reached, why, unit, digits = 2 } = goal;
  if (reached === undefined) return [what, `not available: ${why ?? 'not measured'}`, `${bound} ${limit} ${unit}`, '–'];
  return [
    what,
    `${reached.toFixed(digits)} ${unit}`,
    `${bound} ${limit} ${unit}`,
    isReached(goal) ? 'yes' : [strong('no')],
  ];
}
