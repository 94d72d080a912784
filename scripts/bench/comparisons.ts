import { cold } from './comparisons/cold.ts';
import { warm } from './comparisons/warm.ts';
import type { Section } from './section.ts';
import type { BenchOptions } from './setting.ts';

/** Every comparison, by the name that one asks for it with; in this order when one asks for none. */
export const comparisons: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  cold,
  warm,
};
