import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections, defaultCollection } from '../../src/cli/collection-folder.ts';
import { compileForRun } from '../../src/compile/run-collection.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { joinDefinitions } from '../../src/definition/join-definitions.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import type { Experiment } from '../../src/definition/schema.ts';
import { run } from '../../src/index.ts';
import { unseenOf } from '../../src/run/judge/diagnose.ts';
import type { RunResult } from '../../src/run/result/result.ts';
import type { Guide } from '../../src/run/steps/guide.ts';
import { createSimulator, defaultCredentials, signOnCredentials } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';

const simulator = createSimulator();
let listening: Awaited<ReturnType<typeof simulator.listen>>;
let all: readonly Definition[];
let tutorial: Definition;
let sso: Definition;
beforeAll(async () => {
  listening = await simulator.listen();
  all = await Promise.all(bundledCollections().map((name) => loadDefinition(bundledCollectionFolder(name))));
  [tutorial, sso] = [defaultCollection, 'create-an-sso-workflow'].map((wanted) =>
    all.find(({ id }) => id === wanted),
  ) as [Definition, Definition];
});
afterAll(() => listening.close());

function experimentsOf(definitions: readonly Definition[]): readonly Experiment[] {
  return definitions.flatMap(({ steps }) => steps.flatMap(({ experiments = [] }) => experiments));
}

/** What was seen of each experiment: nothing that is other than its text says. */
type Seen = { readonly title: string; readonly unseen: readonly string[] }[];

/** A guide that sends every step, and tries each experiment that is wanted where a person can. */
function trying(seen: Seen, isWanted: (experiment: Experiment) => boolean = () => true): Guide {
  const done = new Set<Experiment>();
  const nextOf = (experiments: readonly Experiment[] = [], before: boolean) => {
    const next = experiments.find((one) => (one.before === true) === before && isWanted(one) && !done.has(one));
    if (next) done.add(next);
    return next;
  };
  return {
    async beforeSend({ step, experiment }) {
      const next = experiment ? undefined : nextOf(step.experiments, true);
      return next ? { kind: 'change', change: next.change, experiment: next } : { kind: 'send' };
    },
    async afterAnswer({ step, experiment, result }) {
      if (experiment) seen.push({ title: experiment.title, unseen: unseenOf(experiment.see, result.response) });
      const next = experiment?.before ? undefined : nextOf(step.experiments, false);
      return next ? { kind: 'again', change: next.change, experiment: next } : { kind: 'go-on' };
    },
  };
}

/** Who signs on: the first collection makes what the others are given. */
const given = Object.entries(signOnCredentials);
const declares = ({ variables }: Definition, wanted: string) => variables.some(({ name }) => name === wanted);

function runWith(definition: Definition, guide: Guide, engine: 'newman' | 'direct'): Promise<RunResult> {
  const { adminEnvID, adminAppID, adminAppSecret } = defaultCredentials;
  return run({
    definition,
    collection: compileForRun(definition),
    values: {
      ...{ adminEnvID, adminAppID, adminAppSecret, authPath: listening.url, apiPath: listening.url },
      ...(definition !== tutorial && Object.fromEntries(given.filter(([name]) => declares(definition, name)))),
    },
    guide,
    engine,
  }).result;
}

describe.each(['newman', 'direct'] as const)('every experiment, by %s', (engine) => {
  it('shows what its text says, and leaves the run as it was', slow, async () => {
    const seen: Seen = [];
    for (const definition of all) {
      simulator.reset();
      const result = await runWith(definition, trying(seen), engine);
      expect(result.steps.map(({ status }) => status)).toEqual(definition.steps.map(() => 'passed'));
      const created = definition.steps.filter(({ creates }) => creates);
      expect(result.created).toHaveLength(created.length);
    }
    expect(seen.filter(({ unseen }) => unseen.length > 0)).toEqual([]);
    expect(seen).toHaveLength(experimentsOf(all).length);
  });
});

it('after forceChange true, the next sign-on asks for another password', async () => {
  simulator.reset();
  const seen: Seen = [];
  const isForced = ({ change }: Experiment) => change.body?.['/forceChange'] === true;
  const result = await runWith(joinDefinitions([tutorial, sso]), trying(seen, isForced), 'direct');
  expect(seen).toEqual([{ title: expect.stringContaining('forceChange'), unseen: [] }]);
  const failed = result.steps.find(({ status }) => status === 'failed');
  expect(failed?.id).toBe('submit-credentials');
  expect(failed?.checks.find(({ status }) => status === 'failed')?.message).toContain('MUST_CHANGE_PASSWORD');
});

it('says of what creates or changes something that it leaves it behind', () => {
  for (const { title, see, leaves, change } of experimentsOf(all))
    if (see.status < 300 && change.method !== 'GET' && change.url === undefined) expect(leaves, title).toBeDefined();
});
