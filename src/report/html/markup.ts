import type { html } from 'hono/html';
import type { StepResult } from '../../run/result.ts';

/** Part of a page, escaped. */
export type Markup = ReturnType<typeof html>;

/** Where the details of a step are in the page. */
export function anchorOf({ id, iteration }: StepResult): string {
  return `${id}-${iteration}`;
}
