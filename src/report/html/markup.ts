import type { html } from 'hono/html';
import type { StepResult } from '../../run/result/result.ts';

/** Part of a page, escaped. */
export type Markup = ReturnType<typeof html>;

/** Where the details of a step are in the page. */
export function anchorOf({ id, iteration, target }: StepResult): string {
  // What is in a name of a target must not end the address.
  return target === undefined ? `${id}-${iteration}` : `${id}-${iteration}-${encodeURIComponent(target)}`;
}
