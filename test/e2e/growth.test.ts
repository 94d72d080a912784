import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections, defaultCollection } from '../../src/cli/collection-folder.ts';
import { valueCheckName } from '../../src/compile/scripts/planned-checks.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSimulator, type Fault } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, type RunningSimulator, startSimulator } from './support.ts';

/** PingOne gets new regions, states and types. A healthy tenant stays green, but for the values that a step is about. */

const collections = bundledCollections();

const simulator = createSimulator();
let target: RunningSimulator;
beforeAll(async () => {
  target = await startSimulator(simulator);
});
beforeEach(() => simulator.reset());
afterAll(() => target.close());

/** A place whose documented values the schema of a step lists. */
interface Place {
  /** Number of the step in the first collection. */
  readonly step: number;
  readonly pointer: string;
  /** Name of the check that a new value is to fail. */
  readonly check?: string;
}

/** Pointers to the places below a schema that list values, in whatever way. Of a list, the first item. */
function listed(schema: unknown, pointer = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, ...keywords } = schema as { properties?: object; items?: unknown };
  return [
    ...(['enum', 'const', 'x-known-values'].some((keyword) => keyword in keywords) ? [pointer] : []),
    ...Object.entries(properties).flatMap(([key, child]) => listed(child, `${pointer}/${key}`)),
    ...listed(items, `${pointer}/0`),
  ];
}

const { steps } = await loadDefinition(bundledCollectionFolder());
const places: readonly Place[] = steps.flatMap(({ expect: { schema, values } }, index) =>
  listed(schema?.content).map((pointer): Place => {
    const value = values.find((one) => one.pointer === pointer);
    return {
      step: index + 1,
      pointer,
      ...(value && { check: valueCheckName(pointer, value.value) }),
    };
  }),
);
const harmless = places.filter(({ check }) => check === undefined);

const fault = ({ step, pointer }: Place): Fault => ({
  match: { step },
  do: { kind: 'mistyped-field', pointer, value: 'NEW_VALUE' },
});
const run = (names: readonly string[]) =>
  cli(['run', ...names, '--environment', target.environment, '--cleanup', 'always']);

it('knows the places', () => {
  expect(places.map(({ step, pointer }) => `${step} ${pointer}`)).toEqual([
    '1 /token_type',
    '2 /_embedded/licenses/0/status',
    '2 /_embedded/licenses/0/environments/regions/0',
    '3 /type',
    '3 /region',
    '3 /status',
    '5 /account/status',
    '5 /lifecycle/status',
    '5 /verifyStatus',
    '6 /status',
  ]);
  expect(harmless).toHaveLength(7);
});

// Of several faults of one step only the first fires.
const rounds = [0, 1, 2].map((round) =>
  harmless.filter((place) => harmless.filter(({ step }) => step === place.step).indexOf(place) === round),
);

it.each(rounds.map((round) => [round.map(({ step, pointer }) => `${step} ${pointer}`).join(', '), round] as const))(
  'all collections pass with a new value at %s',
  slow,
  async (_, round) => {
    simulator.setFaults(round.map(fault));
    const { stdout, code } = await run(collections);
    expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
    expect(code).toBe(0);
    const log = simulator.faultLog();
    for (const index of round.keys()) expect(log.map((entry) => entry.fault)).toContain(index);
  },
);

for (const place of places.filter(({ check }) => check !== undefined))
  it(
    `a new value of step ${place.step} at ${place.pointer} fails the check of its own, and no other`,
    slowUnless(place.step === 3),
    async () => {
      simulator.setFaults([fault(place)]);
      const { stdout, code } = await run([defaultCollection]);
      expect(stdout.match(/^ {4}✗ .*$/gm)?.map((line) => line.split(':')[0]?.trim())).toEqual([`✗ ${place.check}`]);
      expect(code).toBe(1);
    },
  );

for (const [pointer, reason] of [
  ['/environments', 'it does not say environments.regions'],
  ['/environments/regions', 'it does not say environments.regions'],
  ['/environments/max', 'it does not say environments.max'],
  ['/assignedEnvironmentsCount', 'it does not say assignedEnvironmentsCount'],
  ['/beginsAt', 'it does not say beginsAt'],
  ['/status', 'it does not say status'],
] as const)
  it(`a license without ${pointer} is passed over with a reason`, slowUnless(pointer === '/status'), async () => {
    const license = '/_embedded/licenses/1';
    simulator.setFaults([{ match: { step: 2 }, do: { kind: 'missing-field', pointer: `${license}${pointer}` } }]);
    const { stdout, code } = await run([defaultCollection]);
    expect(stdout).toContain('6 steps: 6 passed');
    expect(stdout).toContain(`passed over "ADMIN": ${reason}`);
    expect(code).toBe(0);
  });
