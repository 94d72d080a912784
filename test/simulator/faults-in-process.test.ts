import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createSimulator, type FaultAction, SimulatorFileError } from '../../src/simulator/index.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const get = (signal?: AbortSignal) => new Request('http://simulator.test/v1/environments', signal ? { signal } : {});

function faulty(action: FaultAction) {
  return createSimulator({ faults: [{ do: action }] });
}

test.each<FaultAction>([{ kind: 'reset-before-reading' }, { kind: 'reset-after-processing' }])(
  'without a network, $kind rejects as fetch does',
  async (action) => {
    await expect(faulty(action).fetch(get())).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNRESET' },
    });
  },
);

test('without a network, a hang ends with the request’s own signal', async () => {
  const answer = faulty({ kind: 'hang' }).fetch(get(AbortSignal.timeout(50)));
  await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('without a network, a hang ends with the request’s own signal also after garbage was collected', async () => {
  const cancel = new AbortController();
  const answer = faulty({ kind: 'hang' }).fetch(get(cancel.signal));
  setTimeout(() => {
    collectGarbage();
    cancel.abort();
  }, 20);
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});

test('without a network, a body breaks off in its middle', async () => {
  const answer = await faulty({ kind: 'reset-mid-body' }).fetch(get());
  expect(answer.status).toBe(401);
  await expect(answer.text()).rejects.toThrow('terminated');
});

test('without a network, a body drips', async () => {
  const started = performance.now();
  const answer = await faulty({ kind: 'slow-drip', bytes: 100, milliseconds: 20 }).fetch(get());
  expect(JSON.parse(await answer.text())).toMatchObject({ code: 'ACCESS_FAILED' });
  expect(performance.now() - started).toBeGreaterThan(30);
});

test('a list of faults that is wrong is refused with every problem in it', () => {
  const faults = [{ match: { step: 9, sep: 1 }, do: { kind: 'resett' } }, { do: { kind: 'status' } }] as unknown as [];
  const problems = () => createSimulator({ faults });
  expect(problems).toThrow(SimulatorFileError);
  expect(problems).toThrow(
    [
      'faults/0/match: unknown key "sep"; known keys: method, path, step, attempt, probability',
      'faults/0/match/step: step must be a step from 1 to 8, or a list of them',
      'faults/0/do: must be an object with a kind: status, token-expiry',
    ].join('\n'),
  );
  expect(problems).toThrow('faults/1/do: the key "status" is missing');
});
