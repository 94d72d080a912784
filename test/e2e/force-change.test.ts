import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PORT } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import {
  cli,
  collectionFile,
  copyCollection,
  type RunningSimulator,
  simulatorEnvironmentFile,
  startSimulator,
  temporaryFolder,
} from './support.ts';

const stock = createRequire(import.meta.url)('newman-stock') as {
  run(
    options: object,
    callback: (error: Error | null, summary: { run: { failures: readonly { error: Error }[] } }) => void,
  ): unknown;
};

const step = '6-set-user-password.yaml';
let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
});
beforeEach(async () => {
  target.simulator.reset();
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());
afterAll(() => target.close());

/** Runs the tutorial with the last step changed, and gives its checks and its answer. */
async function runWith(edits: readonly (readonly [string, string])[], argv: readonly string[]) {
  const copy = await copyCollection(folder.path);
  for (const [from, to] of edits) {
    const text = await readFile(join(copy, step), 'utf8');
    if (!text.includes(from)) throw new Error(`no ${from}`);
    await writeFile(join(copy, step), text.replaceAll(from, to));
  }
  const file = join(folder.path, 'result.json');
  const { code } = await cli([
    'run',
    copy,
    ...argv,
    ...['--environment', target.environment, '--ledger', join(folder.path, 'ledgers'), '--reporter', `json=${file}`],
  ]);
  const result = JSON.parse(await readFile(file, 'utf8')) as {
    steps: { checks: { name: string; status: string; message?: string }[]; response: { body: { text: string } } }[];
  };
  const last = result.steps.at(-1);
  return {
    code,
    status: (JSON.parse(last?.response.body.text ?? '{}') as { status?: string }).status,
    check: last?.checks.find(({ name }) => name.includes('forceChange')),
  };
}

describe('forceChange', () => {
  for (const [what, edits, argv, status] of [
    ['true in the body', [['forceChange: false', 'forceChange: true']], [], 'MUST_CHANGE_PASSWORD'],
    ['false in the body', [], [], 'OK'],
    [
      'a variable that is true',
      [
        [
          'json:\n      value: "{{userPassword}}"\n      forceChange: false',
          `jsonText: '{"value":"{{userPassword}}","forceChange":{{cleanUp}}}'`,
        ],
      ],
      ['--var', 'cleanUp=true'],
      'MUST_CHANGE_PASSWORD',
    ],
  ] as const)
    it(`is expected in the answer as it was sent: ${what}`, slowUnless(what === 'true in the body'), async () => {
      for (const engine of ['newman', 'direct']) {
        target.simulator.reset();
        const found = await runWith(edits, [...argv, '--engine', engine]);
        expect(found, engine).toEqual({ code: 0, status, check: expect.objectContaining({ status: 'passed' }) });
      }
    });

  for (const engine of ['newman', 'direct'])
    it(`fails when the answer is that of the other value, by ${engine}`, slowUnless(engine === 'direct'), async () => {
      const found = await runWith([['"false": OK', '"false": PASSWORD_EXPIRED']], ['--engine', engine]);
      expect(found.code).toBe(1);
      expect(found.check?.message).toBe("expected 'OK' to equal 'PASSWORD_EXPIRED'");
    });

  it('is right in the collection that people import, when they change the body in Postman', slow, async () => {
    const text = (await readFile(collectionFile, 'utf8')).replace('forceChange\\": false', 'forceChange\\": true');
    const environment = (await readFile(simulatorEnvironmentFile, 'utf8')).replaceAll(
      `http://127.0.0.1:${DEFAULT_PORT}`,
      target.url,
    );
    const failures = await new Promise((resolve, reject) => {
      stock.run(
        { collection: JSON.parse(text), environment: JSON.parse(environment), reporters: [] },
        (error, summary) =>
          error ? reject(error) : resolve(summary.run.failures.map((failure) => failure.error.message)),
      );
    });
    expect(failures).toEqual([]);
  });
});
