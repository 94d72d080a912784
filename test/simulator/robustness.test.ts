import { expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { fuzzBigBodies, fuzzBytes, fuzzFields, fuzzPasswords, fuzzRequests } from './fuzz.ts';
import { clientOf, createUser, send } from './support.ts';

// The short mode; for as many cases as one likes, `npx tsx scripts/fuzz-simulator.ts 1000000`.

test('no path, query, header or body makes the simulator fail or answer what is not documented', slow, async () => {
  await fuzzRequests(1500);
});

test('a field of any type in an otherwise good body is taken or refused with 400', slow, async () => {
  await fuzzFields(400);
});

test('any password is taken, or refused with the requirements it does not satisfy', slow, async () => {
  await fuzzPasswords(250);
});

test('no bytes on a connection make the simulator fail', async () => {
  await fuzzBytes(300);
});

test('big, deep, broken and polluting bodies are answered as documented', slow, async () => {
  await fuzzBigBodies(8);
});

test('a body of ten megabytes is read', async () => {
  const client = await clientOf();
  const body = { username: 'big', unknown: 'x'.repeat(10 * 1024 * 1024) };
  const answer = await client.send('PATCH', await createUser(client), { body });
  expect(answer).toMatchObject({ status: 200, body: { username: 'big' } });
});

test('a simulator without any organization answers too', async () => {
  const { token } = await clientOf();
  const empty = createSimulator({ seed: { organizations: [] } });
  expect((await send(empty, 'GET', '/v1/environments', { token })).status).toBe(401);
});
