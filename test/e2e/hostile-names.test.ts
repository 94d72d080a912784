import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, copyCollection, type RunningSimulator, root, startSimulator, temporaryFolder } from './support.ts';

/** Names that a clone, a download or an export may bring along: of files and folders, collections, steps, columns and headers. */

const hostile = 'a\u001b[31m\u202eb\u009b2J\r\n::error::x ##[error]y';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let place = '';
let collection = '';
beforeAll(async () => {
  target = await startSimulator(createSimulator());
  folder = await temporaryFolder();
  place = join(folder.path, hostile);
  await mkdir(place);
  const name = JSON.stringify(hostile);
  collection = await copyCollection(
    place,
    {
      'collection.yaml': ['name: Read the licenses', `name: ${name}`],
      'get-token.yaml': ['name: Get an access token', `name: ${name}`],
      'read-licenses.yaml': ['name: Read the licenses', `name: ${JSON.stringify(`${hostile} again`)}`],
      'schemas/token.schema.json': [
        'http://json-schema.org/draft-07/schema#',
        'https://json-schema.org/draft/2020-12/schema',
      ],
    },
    join(root, 'test/docs/minimal'),
  );
  const row = '"x@example.com","y"\n';
  await writeFile(join(place, `${hostile}.csv`), `email,"${hostile}"\n${row}`);
  await writeFile(join(place, 'empty.csv'), `"${hostile}","${hostile}"\n${row}`);
  await writeFile(join(place, 'x.json'), '{}');
  await writeFile(join(place, 'broken.yaml'), `${name}: [`);
  await writeFile(
    join(place, 'p.postman_collection.json'),
    JSON.stringify({
      info: { name: hostile, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      item: [
        {
          name: hostile,
          request: { method: 'GET', url: `https://x.example/${hostile}`, header: [{ key: hostile, value: hostile }] },
        },
      ],
    }),
  );
});
afterAll(async () => {
  await target.close();
  await folder.remove();
});

it('steer nothing in what simulate prints of requests', slow, async () => {
  const ended = new AbortController();
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const output = { isTTY: false, write };
  const world = { stdout: output, stderr: output, osVariables: {}, cwd: root, signal: ended.signal };
  const code = main(['simulate', '--port', '0'], world);
  await vi.waitFor(() => expect(printed).toContain('Ctrl-C'), { timeout: 20_000 });
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]);
  for (const path of ['/%1b[31m%E2%80%AE', '/v1/environments?%1b%0a::error::x=1&##[error]y'])
    await new Promise((done) =>
      connect(port, '127.0.0.1')
        .on('close', done)
        .resume()
        .end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'),
    );
  await vi.waitFor(() => expect(printed.match(/ GET /g)).toHaveLength(2));
  ended.abort();
  await code;
  expect(printed).not.toMatch(steering);
});

const steering = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|^[^\S\n]*::error::x|##\[error\]y/mu;

const commands: readonly (readonly [what: string, argv: (at: (...parts: string[]) => string) => string[]])[] = [
  ['validate', () => ['validate', collection]],
  ['compile', () => ['compile', collection]],
  ['run --dry-run', () => ['run', collection, '--dry-run', '-e', target.environment]],
  ['run', () => ['run', collection, '-v', '--debug-http', '-e', target.environment]],
  ['run -r github', () => ['run', collection, '-r', 'github', '-e', target.environment]],
  [
    'run -r github',
    () => [
      'run',
      collection,
      '-r',
      'github',
      '-e',
      target.environment,
      '--only',
      'read-licenses',
      '--var',
      'apiPath=http://127.0.0.1:1',
    ],
  ],
  ['run without credentials', () => ['run', collection, '--no-simulator']],
  ['run -d', (at) => ['run', collection, '--simulator', '-d', at(`${hostile}.csv`)]],
  ['run -d with doubled columns', (at) => ['run', collection, '--simulator', '-d', at('empty.csv')]],
  ['run -d of nothing', (at) => ['run', collection, '--simulator', '-d', at('none')]],
  ['run -e of nothing', (at) => ['run', collection, '-e', at('none')]],
  ['run --history', (at) => ['run', collection, '--simulator', '--history', at('x.json')]],
  ['run --results twice', (at) => ['run', collection, '--simulator', '-n', '1', '--results', at('x.json')]],
  ['run --matrix', (at) => ['run', collection, '--matrix', at('broken.yaml')]],
  ['run of no collection', () => ['run', hostile]],
  ['run --only', () => ['run', collection, '--simulator', '--only', hostile]],
  ['run -r', () => ['run', collection, '--simulator', '-r', `${hostile}=x`]],
  ['smoke --plan', () => ['smoke', collection, '--plan', '-e', target.environment]],
  ['smoke', (at) => ['smoke', collection, '-e', target.environment, '--output', at('out')]],
  ['doctor', () => ['doctor', collection, '-e', target.environment]],
  ['cleanup', (at) => ['cleanup', '-e', target.environment, '--ledger', at('ledgers')]],
  ['cleanup --forget', (at) => ['cleanup', '--forget', at('x.json')]],
  ['init', (at) => ['init', at('begun')]],
  ['init --from-openapi', (at) => ['init', at('begun-2'), '--from-openapi', at('broken.yaml')]],
  ['import', (at) => ['import', at('p.postman_collection.json'), at('imported')]],
  ['merge-reports', (at) => ['merge-reports', at()]],
  ['simulate --faults', (at) => ['simulate', '--port', '0', '--faults', at('broken.yaml')]],
  ['simulate --log', (at) => ['simulate', '--port', '0', '--log', at()]],
  ['simulate', (at) => ['simulate', '--port', '0', '--tls', '--dump', at('dump.json')]],
  ['compile --check', () => ['compile', '--check', collection]],
  ['no command', () => [hostile]],
  ['no option', () => ['run', `--${hostile}`]],
];

for (const [what, argvIn] of commands)
  it(`steer nothing in what ${what} prints`, slowUnless(what === 'run' || what === 'smoke --plan'), async () => {
    const argv = argvIn((...parts) => join(place, ...parts));
    const signal = argv[0] === 'simulate' ? AbortSignal.timeout(1500) : new AbortController().signal;
    if (what === 'compile --check')
      await writeFile(join(collection, 'minimal.postman_collection.json'), `"${hostile}"`);
    const { stdout, stderr } = await cli(argv, { signal, osVariables: { GITHUB_ACTIONS: 'true' } });
    expect(`${stdout}${stderr}`).not.toBe('');
    for (const text of [stdout, stderr]) expect(text).not.toMatch(steering);
  });
