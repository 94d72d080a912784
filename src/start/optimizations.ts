/** What makes the program start and run faster, each on its own and each without a trace in what it does. */
export const optimizations = ['bundle', 'code-cache', 'sandbox', 'definitions', 'validators', 'heap'] as const;

export type Optimization = (typeof optimizations)[number];

/** The OS variable that names those to do without, separated by commas; `all` for every one. */
export const withoutVariable = 'PINGONE_TUTORIAL_WITHOUT';

/** Whether one is on. What is none of them in the list is passed over, so that a list holds for other versions too. */
export function isOn(
  optimization: Optimization,
  osVariables: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const without = (osVariables[withoutVariable] ?? '').split(',').map((name) => name.trim());
  return !without.includes(optimization) && !without.includes('all');
}
