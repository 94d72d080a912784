/** What makes the program start and run faster, each on its own and each without a trace in what it does. */
export const levers = ['bundle', 'code-cache', 'sandbox', 'definitions', 'validators', 'heap', 'messages'] as const;

export type Lever = (typeof levers)[number];

/** The OS variable that names levers to do without, separated by commas; `all` for every one. */
export const withoutVariable = 'PINGONE_TUTORIAL_WITHOUT';

/** Whether a lever is on. What is no lever in the list is passed over, so that a list holds for other versions too. */
export function isOn(lever: Lever, osVariables: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const without = (osVariables[withoutVariable] ?? '').split(',').map((name) => name.trim());
  return !without.includes(lever) && !without.includes('all');
}
