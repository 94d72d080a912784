import { generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnCli, temporaryFolder } from '../e2e/support.ts';

/** What few collections use of the packages of which the bundle holds a part only. */

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');

/** A request as Postman writes it: signed, with a test script that visualizes something. */
function request(name: string, url: string, key: string | Buffer): object {
  const parameters = { kid: 'k', iss: 'me', aud: 'you', alg: 'RS256', exp: '600', privateKey: String(key) };
  const asap = Object.entries(parameters).map(([key, value]) => ({ key, value, type: 'string' }));
  const exec = ["pm.visualizer.set('<b>{{x}}</b>', { x: 1 });", "pm.test('went on', () => {});"];
  return {
    name,
    request: { method: 'GET', url: `${url}/${name}`, auth: { type: 'asap', asap } },
    event: [{ listen: 'test', script: { type: 'text/javascript', exec } }],
  };
}

it('signs requests for ASAP with keys in both forms, and goes on after a script that visualizes', async () => {
  const signed: boolean[] = [];
  const server = createServer(({ headers }, response) => {
    const [head = '', claims = '', signature = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('.');
    signed.push(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await temporaryFolder();
  const item = [
    request('pem', url, privateKey.export({ type: 'pkcs8', format: 'pem' })),
    request('der', url, `data:application/pkcs8;kid=k;base64,${der}`),
  ];
  const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
  writeFileSync(join(folder.path, 'signed.json'), JSON.stringify({ info: { name: 'signed', schema }, item }));
  expect((await spawnCli(['import', 'signed.json', 'signed'], { cwd: folder.path }).result).code).toBe(0);
  const { code, stdout } = await spawnCli(['run', 'signed'], { cwd: folder.path }).result;
  server.close();
  await folder.remove();
  expect(stdout.match(/✓ went on/g)).toHaveLength(2);
  expect(stdout).toContain('2 steps: 2 passed');
  expect({ code, signed }).toEqual({ code: 0, signed: [true, true] });
});
