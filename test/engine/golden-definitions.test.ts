import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { entropyVariable } from '../../src/definition/password-entropy.ts';
import { createCookies } from '../../src/run/engine/cookies.ts';
import type { State } from '../../src/run/engine/state.ts';
import { goldenCases, goldenFolder } from '../golden/support.ts';
import { slow } from '../slow.ts';
import { comparable, createBothEngines } from './both-engines.ts';
import { startWireServer, type WireAnswer, type WireServer } from './wire-server.ts';

/** Every step of the golden definitions, run by both engines, for answers of each kind. */

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

const names = await goldenCases('ok');
const native = new Set<string>();

test.each(names)('%s is the same by both engines', slow, async (name) => {
  const definition = sentToServer(await loadDefinition(join(goldenFolder('ok'), name), name));
  const engines = createBothEngines(server, definition);
  for (const step of [...definition.steps, ...definition.cleanUp.steps]) {
    for (const answer of answersTo(step)) {
      const { newman, direct } = await engines.execute(step, () => stateOf(definition), [answer]);
      if (direct.execution.engine === 'newman') continue;
      native.add(`${name}/${step.id}`);
      expect(direct.received).toEqual(newman.received);
      expect(comparable(direct, definition, server)).toEqual(comparable(newman, definition, server));
    }
  }
  engines.close();
});

test('steps without a script of their own were run directly', slow, () => {
  expect([...native].sort()).toMatchInlineSnapshot(`
    [
      "authorization/basic",
      "authorization/bearer",
      "authorization/inherited",
      "authorization/none",
      "bodies/form",
      "bodies/json",
      "bodies/json-list",
      "bodies/none",
      "bodies/raw",
      "captures-without-a-schema/get-thing",
      "choices-and-claims/choose-room",
      "choices-and-claims/use-room",
      "clean-up/create-box",
      "clean-up/create-thing",
      "clean-up/delete-box",
      "every-key/step",
      "later-drafts/get-thing",
      "later-drafts/list-things",
      "password-entropy/plain",
      "password-entropy/second",
      "password-entropy/third",
      "requested-values/put-thing",
      "shared-operations/create-box",
      "shared-operations/create-other-box",
      "shared-operations/delete-box",
      "shared-operations/delete-other-box",
      "shared-operations/get-token",
      "shared-operations/list-boxes",
      "smallest/get-thing",
      "steps-in-one-file/create-todo",
      "steps-in-one-file/delete-todo",
      "steps-in-one-file/get-token",
      "steps-in-one-file/list-todos",
      "steps-in-one-file/read-todo",
      "steps-in-one-file/update-todo",
      "urls/fragment",
      "urls/port",
      "urls/query",
      "with-base/get-thing",
      "with-base/get-token",
    ]
  `);
});

/** The definition with every address at the server. */
function sentToServer(definition: Definition): Definition {
  const moved = (step: Step): Step => ({
    ...step,
    request: { ...step.request, url: step.request.url.replace(/^https?:\/\/[^/]+/, server.url) },
  });
  const { cleanUp, steps } = definition;
  return { ...definition, steps: steps.map(moved), cleanUp: { ...cleanUp, steps: cleanUp.steps.map(moved) } };
}

/** The saved example, the same without its body, an empty object, and an error. */
function answersTo({ expect: { status }, example }: Step): WireAnswer[] {
  const json = [['Content-Type', 'application/json']] as const;
  const good = example?.status ?? status[0] ?? 200;
  return [
    { status: good, headers: json, body: Buffer.from(JSON.stringify(example?.body ?? [1])) },
    { status: good, headers: json, body: Buffer.from('') },
    { status: good, headers: json, body: Buffer.from('{}') },
    { status: 404, headers: json, body: Buffer.from('{"code":"NOT_FOUND"}') },
  ];
}

/** Every variable with a value, those of an address with the server's; but the digits that only old Newman stores. */
function stateOf({ variables, cleanUp }: Definition): State {
  const declared = variables.filter(({ name }) => name !== entropyVariable.name);
  const values = declared.map(({ name, scope, format, removeSuffix, value }) => ({
    scope,
    key: name,
    value:
      name === cleanUp.askedBy
        ? 'true'
        : format === 'base-url'
          ? `${server.url}${removeSuffix ?? ''}`
          : (value ?? 'a-1'),
  }));
  const of = (wanted: string) =>
    values.filter(({ scope }) => scope === wanted).map(({ key, value }) => ({ key, value }));
  return {
    environment: { name: 'Golden', values: of('environment') },
    collection: of('collection'),
    globals: [],
    run: [],
    row: {},
    iteration: { index: 0, count: 1 },
    cookies: createCookies(),
  };
}
