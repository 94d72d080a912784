/**
 * Requests a second of the simulator beside a bare hono server, both on this machine, in turns, from one load generator
 * in a process of its own. Also proves what issue and README promise: no error, and no memory kept after a reset.
 *
 *   env -u NODE_EXTRA_CA_CERTS npx tsx scripts/bench-simulator.ts [requests] [connections]
 */
import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createSimulator, defaultCredentials, seedApps } from '../src/simulator/index.ts';

const [requests = 50_000, connections = 32] = process.argv.slice(2).map(Number);
const rounds = 5;

/** What the load generator is told, and what it tells. */
interface Load {
  readonly url: string;
  readonly token: string;
  readonly requests: number;
  readonly connections: number;
  /** A path is read, or (`create`) environments are made and deleted. */
  readonly path: string;
  readonly create: boolean;
}
interface Outcome {
  readonly seconds: number;
  readonly errors: number;
}
/** With the processor time that the server took for it, in milliseconds; the load generator's is not in it. */
interface Measured extends Outcome {
  readonly processor: number;
}

if (process.send === undefined) await main();
else process.once('message', async (load: Load) => process.send?.(await generate(load)));

async function main(): Promise<void> {
  const simulator = createSimulator();
  const { environmentId, clientId, secret } = seedApps.administrator;
  const server = await simulator.listen();
  const answer = await fetch(`${server.url}/${environmentId}/as/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const path = `/v1/environments/${defaultCredentials.adminEnvID}`;
  const body = (await (
    await fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } })
  ).json()) as object;
  const bare = await bareServer(body);
  const load = { token, requests: Math.ceil(requests / rounds), connections, path, create: false };

  await inChild({ ...load, url: server.url });
  await inChild({ ...load, url: bare.url });
  const ratios: number[] = [];
  const processorRatios: number[] = [];
  let errors = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const ours = await inChild({ ...load, url: server.url });
    const theirs = await inChild({ ...load, url: bare.url });
    errors += ours.errors + theirs.errors;
    ratios.push(theirs.seconds / ours.seconds);
    processorRatios.push(theirs.processor / ours.processor);
    print(
      `round ${round}: simulator ${rate(load, ours)}/s, bare hono ${rate(load, theirs)}/s, ratio ${percent(ratios.at(-1))}, by processor time ${percent(processorRatios.at(-1))}`,
    );
  }
  print(
    `reads: ${rounds * load.requests} requests from ${connections} connections, ${errors} errors, median ratio ${percent(median(ratios))}, by processor time ${percent(median(processorRatios))}`,
  );

  const before = heap();
  const mixed = await inChild({ ...load, requests, url: server.url, create: true });
  const full = heap();
  simulator.reset();
  const after = heap();
  print(`creates and deletes: ${requests} requests, ${mixed.errors} errors, ${rate({ ...load, requests }, mixed)}/s`);
  print(`heap: ${before} MB before, ${full} MB with the history of them, ${after} MB after reset`);
  await server.close();
  bare.close();
  if (errors + mixed.errors > 0) process.exitCode = 1;
}

/** Answers what the simulator answers, and knows nothing else. */
function bareServer(body: object): Promise<{ url: string; close(): void }> {
  const app = new Hono().get('/v1/environments/:id', (context) => context.json(body));
  return new Promise((resolve) => {
    const server = serve(
      { fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false },
      (address: AddressInfo) => resolve({ url: `http://127.0.0.1:${address.port}`, close: () => server.close() }),
    );
  });
}

function inChild(load: Load): Promise<Measured> {
  const before = process.cpuUsage();
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv });
    child.on('message', (outcome: Outcome) => {
      const { user, system } = process.cpuUsage(before);
      resolve({ ...outcome, processor: (user + system) / 1000 });
      child.kill();
    });
    child.on('error', reject);
    child.send(load);
  });
}

async function generate(load: Load): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  let left = load.requests;
  let errors = 0;
  const send = (method: string, path: string, want: number, body?: string) =>
    new Promise<string>((resolve) => {
      left -= 1;
      const headers = {
        Authorization: `Bearer ${load.token}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      };
      const sent = request(load.url + path, { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => {
          if (response.statusCode !== want) errors += 1;
          resolve(text);
        });
      });
      sent.on('error', () => {
        errors += 1;
        resolve('{}');
      });
      sent.end(body);
    });
  const one = async (number: number) => {
    if (!load.create) return send('GET', load.path, 200);
    const { licenseID, region } = defaultCredentials;
    const body = JSON.stringify({ name: `bench-${number}`, type: 'SANDBOX', region, license: { id: licenseID } });
    const { id } = JSON.parse(await send('POST', '/v1/environments', 201, body)) as { id: string };
    return send('DELETE', `/v1/environments/${id}`, 204);
  };
  const started = performance.now();
  const worker = async (which: number) => {
    for (let number = 0; left > 0; number += 1) await one(which * load.requests + number);
  };
  await Promise.all(Array.from({ length: load.connections }, (_, which) => worker(which)));
  return { seconds: (performance.now() - started) / 1000, errors };
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
}

function rate({ requests: count }: Pick<Load, 'requests'>, { seconds }: Outcome): number {
  return Math.round(count / seconds);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

function percent(ratio = 0): string {
  return `${Math.round(ratio * 100)} %`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
