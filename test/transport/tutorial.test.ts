import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { spawnCli, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { serveTls, startProxy } from './support.ts';

it('behind a proxy, nothing of a run against the simulator leaves this machine', slow, async () => {
  const target = await startSimulator();
  const proxy = await startProxy(1);
  const osVariables = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, HTTPS_PROXY: proxy.url, https_proxy: proxy.url };
  const given = ['-e', target.environment];
  const commands = [['run'], ['run', '--cleanup', 'always', ...given], ['doctor', ...given]];
  for (const argv of commands) {
    const { code, stdout, stderr } = await spawnCli(argv, { osVariables }).result;
    expect(`${code} ${code === 0 ? '' : stdout + stderr}`).toBe('0 ');
  }
  await target.close();
  expect(proxy.seen).toEqual([]);
});

it(
  'a service that only the proxy reaches: run, look-up of a lost answer, sweep and doctor go through tunnels',
  slow,
  async () => {
    const simulator = createSimulator();
    const target = await startSimulator(simulator);
    // A machine that no name server knows, with a certificate of its name.
    const server = await serveTls('pingone.test', (incoming, response) => {
      const { method, headers } = incoming;
      const passed = request(`${target.url}${incoming.url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      incoming.pipe(passed);
    });
    const proxy = await startProxy(server.port);
    const folder = await temporaryFolder();
    const address = 'https://pingone.test';
    const environment = await target.environmentWith({ authPath: address, apiPath: address });
    const osVariables = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem') };
    await writeFile(osVariables.NODE_EXTRA_CA_CERTS, server.certificate);
    const run = (...argv: string[]) => spawnCli([...argv, '-e', environment], { osVariables }).result;
    simulator.setFaults([{ match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } }]);
    const ran = await run('run', '--ledger', join(folder.path, 'ledger'));
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([0, expect.stringContaining('6 steps: 6 passed')]);
    expect((await run('doctor')).code).toBe(0);
    const swept = await run('sweep', '--older-than', '0', '--yes');
    expect([swept.code, swept.stderr]).toEqual([0, '']);
    expect(new Set(proxy.seen)).toEqual(new Set(['CONNECT pingone.test:443']));
    await Promise.all([target.close(), folder.remove()]);
  },
);
