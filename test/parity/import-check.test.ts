import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../scripts/import-check/comparison.ts';
import { withMissing } from '../../scripts/import-check/missing-values.ts';
import { canLeaveNetwork } from '../../scripts/import-check/network-namespace.ts';
import type { Outcome } from '../../scripts/import-check/outcomes.ts';
import { type CliResult, root, spawnProgram, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';

/** Another machine, as far as the script knows: what reaches it has got past the echo server. */
const outside = createServer((request, response) => {
  reached.push(request.url ?? '');
  response.end('{}');
});
const reached: string[] = [];
let address = '';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});

afterAll(async () => {
  outside.close();
  await folder.remove();
});

const tsx = (script: string, ...argv: string[]): Promise<CliResult> =>
  spawnProgram(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...argv]).result;
const check = (...argv: string[]) => tsx(join(root, 'scripts/import-check.ts'), ...argv);

async function put(name: string, ...requests: { url: string; before?: string }[]): Promise<string> {
  const file = join(folder.path, `${name}.postman_collection.json`);
  const collection = {
    info: { name, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: requests.map(({ url, before = '' }, index) => ({
      name: `Request ${index + 1}`,
      event: [{ listen: 'prerequest', script: { type: 'text/javascript', exec: before.split('\n') } }],
      request: { method: 'GET', url, header: [] },
    })),
  };
  await writeFile(file, JSON.stringify(collection));
  return file;
}

describe('npm run import-check', { ...slow, timeout: 300_000 }, () => {
  it('sends everything to the echo server, whatever addresses requests and scripts name', async () => {
    const file = await put(
      'public',
      { url: 'https://api.example.com/a' },
      { url: `${address}/b`, before: `pm.sendRequest('http://198.51.100.7:8080/c', () => {});` },
      { url: '{{baseUrl}}/d', before: `pm.sendRequest('${address}/e', () => {});` },
    );
    const { code, stdout, stderr } = await check('--requests', file);
    expect(stderr).toBe('');
    expect(stdout).toContain('| 5 | 0 | same |  |');
    const sent = ['https://api.example.com/a', `${address}/b`, 'http://198.51.100.7:8080/c', `${address}/e`];
    for (const one of [...sent, 'https://baseurl.example/d']) expect(stdout).toContain(`  GET ${one} `);
    expect(reached).toEqual([]);
    expect(stdout).toContain(canLeaveNetwork() ? 'namespace without a way out' : 'without a network namespace');
    expect(code).toBe(0);
  });

  it('reports what never ends, and what is no collection', async () => {
    await put('endless', { url: 'https://api.example.com/a', before: `pm.execution.setNextRequest('Request 1');` });
    await writeFile(join(folder.path, 'broken.postman_collection.json'), '{');
    await writeFile(join(folder.path, 'other.json'), '{}');
    const { code, stdout } = await check('--timeout', '3', folder.path);
    expect(stdout).toMatch(/endless\.postman_collection\.json .* could not be run \| .*: took longer than 3 s \|/);
    expect(stdout).toMatch(/broken\.postman_collection\.json \| 0 \| 0 \| could not be run \| .*JSON/);
    expect(stdout).not.toContain('other.json');
    expect(code).toBe(1);
  });

  it('explains itself, and refuses what it does not know', async () => {
    expect(await check('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples:') });
    expect(await check('--timeout', 'soon')).toMatchObject({ code: 2, stderr: expect.stringContaining('--timeout') });
    expect(await check('no-such-folder')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no-such-folder'),
    });
  });

  it.skipIf(!canLeaveNetwork())('leaves no way out of the network namespace', async () => {
    const script = join(folder.path, 'leave.mts');
    await writeFile(
      script,
      `import { isWithoutNetwork, runWithoutNetwork } from ${JSON.stringify(join(root, 'scripts/import-check/network-namespace.ts'))};
if (!isWithoutNetwork()) process.exit(runWithoutNetwork());
for (const address of ['${address}/past', 'http://198.51.100.7/'])
  console.log(await fetch(address).then(() => 'arrived', (error) => error.cause.code));
`,
    );
    expect(await tsx(script)).toEqual({ code: 0, stdout: 'ECONNREFUSED\nENETUNREACH\n', stderr: '' });
    expect(reached).toEqual([]);
  });
});

describe('what three ways are compared by', () => {
  const outcome = (more: Partial<Outcome> = {}): Outcome => ({
    received: ['GET http://a/1', 'GET http://a/2 X-Time: 111'],
    checks: ['ok: passed'],
    fails: false,
    output: '',
    ...more,
  });
  const original = outcome();

  it.each<[string, Partial<Outcome>, string]>([
    [
      'a request that is otherwise',
      { received: ['GET http://a/1', 'GET http://a/2 X-Time: 222'] },
      'request 2 is … http://a/2 X-Time: 222 instead of … http://a/2 X-Time: 111',
    ],
    ['a request that is missing', { received: ['GET http://a/1'] }, 'request 2 is missing: GET http://a/2 X-Time: 111'],
    ['a request more', { received: [...original.received, 'GET http://a/3'] }, 'request 3 is one more: GET http://a/3'],
    ['a check that ends otherwise', { checks: ['ok: failed'] }, 'check 1 is ok: failed instead of ok: passed'],
    ['another exit code', { fails: true }, 'exit code 1 instead of 0'],
  ])('%s', (_, more, why) => {
    const ways = { original, compiled: original, ours: outcome(more) };
    expect(compare(ways, '')).toEqual({ kind: 'differs', why: `our run: ${why}` });
    expect(compare({ ...ways, compiled: ways.ours, ours: original }, '')).toEqual({
      kind: 'differs',
      why: `stock Newman, compiled: ${why}`,
    });
  });

  it('leaves out what the original itself has otherwise each time', () => {
    const again = outcome({ received: ['GET http://a/1', 'GET http://a/2 X-Time: 333'] });
    const other = (time: string, path: string) =>
      outcome({ received: ['GET http://a/1', `GET ${path} X-Time: ${time}`] });
    expect(compare({ original, compiled: original, ours: other('222', 'http://a/2') }, '', again)).toEqual({
      kind: 'same',
    });
    expect(compare({ original, compiled: original, ours: other('222', 'http://b/2') }, '', again).kind).toBe('differs');
  });
});

it('gives values to variables with which addresses begin and to those that a person must give, when nothing sets them', async () => {
  const urls = [
    '{{baseUrl}}/a',
    '{{scheme}}://{{host}}:{{port}}/{{path}}',
    'https://{{tenant}}.example.com',
    '{{set}}/a',
  ];
  const variable = [
    { key: 'set', value: 'https://set.example' },
    { key: 'baseUrl', value: '' },
  ];
  const collection = { variable, item: [{ item: urls.map((raw) => ({ request: { url: { raw } } })) }] };
  const { values = [] } = await withMissing(collection, ['password', 'host'], undefined);
  expect(Object.fromEntries(values.map(({ key, value }) => [key, value]))).toEqual({
    baseUrl: 'https://baseurl.example',
    scheme: 'https',
    host: 'host.example',
    port: '8443',
    tenant: 'tenant.example',
    password: 'password',
  });
});
