import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { slow } from '../slow.ts';

/** Makes, uses and drops simulators in a process of its own, and gives its heap in MB after each thousand. */
const program = `
  import { createSimulator, seedApps } from './src/simulator/index.ts';
  const { environmentId, clientId, secret } = seedApps.administrator;
  const authorization = 'Basic ' + Buffer.from(clientId + ':' + secret).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  let token;
  async function use(number) {
    const simulator = createSimulator({ control: number % 2 === 0, faults: [{ match: { step: 8 }, do: { kind: 'hang' } }] });
    token ??= (await (await simulator.fetch(new Request('http://s/' + environmentId + '/as/token',
      { method: 'POST', headers: { authorization }, body }))).json()).access_token;
    const answer = await simulator.fetch(new Request('http://s/v1/environments', { headers: { authorization: 'Bearer ' + token } }));
    await answer.text();
    if (answer.status !== 200) throw new Error('status ' + answer.status);
    if (number % 100 === 0) await (await simulator.listen()).close();
  }
  const heaps = [];
  for (let round = 0; round < 3; round += 1) {
    for (let number = 0; number < 1000; number += 1) await use(number);
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
    globalThis.gc();
    heaps.push(process.memoryUsage().heapUsed / 1024 / 1024);
  }
  console.log(JSON.stringify(heaps));
`;

test('thousands of instances in one process do not leak', slow, async () => {
  const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: process.cwd() });
  const [first = 0, ...later] = JSON.parse(stdout) as number[];
  expect(later).toHaveLength(2);
  // One leaked instance would be some 40 KB: two thousand of them some eighty megabytes.
  expect(Math.max(...later) - first).toBeLessThan(8);
});
