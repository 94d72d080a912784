import { cold } from './comparisons/cold.ts';
import { concurrency } from './comparisons/concurrency.ts';
import { growth } from './comparisons/growth.ts';
import { latency } from './comparisons/latency.ts';
import { memory } from './comparisons/memory.ts';
import { provision } from './comparisons/provision.ts';
import { schema } from './comparisons/schema.ts';
import { warm } from './comparisons/warm.ts';
import type { Section } from './section.ts';
import type { BenchOptions } from './setting.ts';

/** Every comparison, by the name that one asks for it with; in this order when one asks for none. */
export const comparisons: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  cold,
  warm,
  memory,
  latency,
  concurrency,
  schema,
  provision,
  growth,
};
