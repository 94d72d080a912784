import { counted } from '../../src/report/text/words.ts';

/** What arrived at the simulator, and how it was answered. */
export interface Arrivals {
  /** Answers as they should be, by step: token, licenses, environment, population, user, password. */
  readonly steps: readonly number[];
  /** Every other request, and every other answer, as `METHOD path: status`; of many, the first ones. */
  readonly others: readonly string[];
  readonly otherCount: number;
}

const id = '[0-9a-f-]{36}';

/** The requests of a flow, in its order. */
const expected: readonly { readonly name: string; readonly method: string; readonly path: RegExp; status: number }[] = [
  { name: 'token', method: 'POST', path: new RegExp(`^/${id}/as/token$`), status: 200 },
  { name: 'licenses', method: 'GET', path: new RegExp(`^/v1/organizations/${id}/licenses$`), status: 200 },
  { name: 'environment', method: 'POST', path: /^\/v1\/environments$/, status: 201 },
  { name: 'population', method: 'POST', path: new RegExp(`^/v1/environments/${id}/populations$`), status: 201 },
  { name: 'user', method: 'POST', path: new RegExp(`^/v1/environments/${id}/users$`), status: 201 },
  { name: 'password', method: 'PUT', path: new RegExp(`^/v1/environments/${id}/users/${id}/password$`), status: 200 },
];

export const requestsPerFlow = expected.length;

/** Which step a request is when its answer is right, counted from 0; -1: none, or another answer. */
export function stepOf(method: string, path: string, status: number): number {
  return expected.findIndex((step) => step.method === method && step.status === status && step.path.test(path));
}

/** How often each step has to arrive. */
export type Expected = readonly number[];

/** Six requests a flow. */
export function everyStep(flows: number): Expected {
  return expected.map(() => flows);
}

/** Token, licenses, environment and population once; user and password for each. */
export function oncePerRun(users: number): Expected {
  return [1, 1, 1, 1, users, users];
}

/** What is not as it has to be; nothing when all is well. */
export function arrivalProblems({ steps, others, otherCount }: Arrivals, want: Expected): string[] {
  return [
    ...expected.flatMap(({ name }, index) =>
      steps[index] === want[index] ? [] : [`${counted(steps[index] ?? 0, `good ${name} answer`)} of ${want[index]}`],
    ),
    ...(otherCount > 0 ? [`${counted(otherCount, 'other answer')}: ${others.join(', ')}`] : []),
  ];
}
