import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import type { RunEvent } from '../../src/run/result/result.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, defaultCredentials } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { cli, collectionFolder, spawnCli, startSimulator, temporaryFolder } from './support.ts';

/** A proxy before the simulator that remembers every secret on the wire: the token, and the password of step 6. */
const seen = { tokens: new Set<string>(), passwords: new Set<string>(), basic: new Set<string>() };
const simulator = createSimulator();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const { authorization = '' } = request.headers;
    if (authorization.startsWith('Basic ')) seen.basic.add(authorization.slice(6));
    if (request.url?.endsWith('/password'))
      seen.passwords.add((JSON.parse(body.toString()) as { value: string }).value);
    const answer = await simulator.fetch(
      new Request(`${base}${request.url}`, {
        method: request.method ?? 'GET',
        headers: request.headers as Record<string, string>,
        ...(body.length > 0 && { body }),
      }),
    );
    const text = await answer.text();
    if (text.includes('access_token')) seen.tokens.add((JSON.parse(text) as { access_token: string }).access_token);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  });
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const definition = await loadDefinition(collectionFolder);

async function everythingThatLeaves(values: Record<string, string>): Promise<string> {
  const events: RunEvent[] = [];
  const result = await runCollection({
    definition,
    collection: compileCollection(definition),
    values: {
      ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
      authPath: base,
      apiPath: base,
      ...defaultCredentials,
      ...values,
    },
    targetKind: 'given',
    onEvent: (event) => events.push(event),
  });
  return JSON.stringify([result, events]);
}

describe('no secret leaves a run', () => {
  it('that passes: neither the client secret nor the token nor the password', async () => {
    const output = await everythingThatLeaves({ licenseID: '' });
    expect(output).toContain('"outcome":"passed"');
    expect([seen.tokens.size, seen.passwords.size, seen.basic.size]).toEqual([1, 1, 1]);
    for (const secret of [...seen.tokens, ...seen.passwords, ...seen.basic, defaultCredentials.adminAppSecret]) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it('that fails because the secret is wrong', async () => {
    const output = await everythingThatLeaves({ adminAppSecret: 'a "wrong" secret & more' });
    expect(output).toContain('"outcome":"failed"');
    expect(output).not.toContain('wrong\\');
    expect(output).not.toContain('secret & more');
  });

  it('that cannot reach an address with a secret in it', slow, async () => {
    const output = await everythingThatLeaves({
      authPath: 'http://127.0.0.1:1/canary-secret-5417',
      adminAppSecret: 'canary-secret-5417',
    });
    expect(output).toContain('"outcome":"error"');
    expect(output).not.toContain('canary-secret-5417');
  });
});

describe('a value of the type secret, whatever its name', slow, () => {
  const secret = 'canary-prefix-7731';

  it('is in no output and no file, and clean-up finds what is named after it', async () => {
    const target = await startSimulator(createSimulator());
    const folder = await temporaryFolder();
    try {
      const file = join(folder.path, 'e.json');
      const environment = JSON.parse(await readFile(target.environment, 'utf8')) as { values: object[] };
      environment.values.push({ key: 'namePrefix', value: secret, type: 'secret', enabled: true });
      await writeFile(file, JSON.stringify(environment));
      const own = () => target.simulator.snapshot().environments.filter(({ name }) => name.startsWith(secret));
      const reports = ['json=r.json', 'html=r.html', 'junit=r.xml', 'ctrf=r.ctrf', 'ndjson=r.ndjson', 'markdown=r.md'];
      const shared = ['-e', file, '--ledger', join(folder.path, 'ledger')];
      const outputs: string[] = [];
      const run = async (...argv: string[]) => {
        const { stdout, stderr, code } = await cli([...argv, ...shared]);
        outputs.push(stdout, stderr);
        return code;
      };
      const files = reports.flatMap((report) => ['--reporter', report.replace('=', `=${folder.path}/`)]);
      expect(await run('run', '-v', '--debug-http', ...files, '--history', join(folder.path, 'h.json'))).toBe(0);
      expect(own()).toHaveLength(1);
      expect(await run('cleanup')).toBe(0);
      expect(own()).toHaveLength(0);
      target.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'status', status: 400 } }]);
      expect(await run('run', '--cleanup', 'always')).toBe(1);
      expect(own()).toHaveLength(0);
      expect(await run('run')).toBe(1);
      target.simulator.setFaults([]);
      expect(await run('run', '--dry-run')).toBe(0);
      expect(await run('run', '--resume')).toBe(0);
      expect(own()).toHaveLength(1);
      expect(await run('cleanup')).toBe(0);
      const results = join(folder.path, 'results.ndjson');
      const many = ['run', '-n', '3', '--every-step', '--processes', '2', '--results', results, ...shared];
      const rows = await spawnCli(many).result;
      outputs.push(rows.stdout, rows.stderr);
      expect(rows.code).toBe(0);
      expect(own()).toHaveLength(3);
      expect(await run('cleanup')).toBe(0);
      expect(own()).toHaveLength(0);
      expect(await run('run')).toBe(0);
      const swept = await cli(['sweep', '-e', file, '--older-than', '0', '--yes']);
      outputs.push(swept.stdout, swept.stderr);
      expect(swept.stdout).toContain('1 gone, nothing left');
      expect(own()).toHaveLength(0);
      const checked = await cli(['doctor', '-e', file]);
      outputs.push(checked.stdout, checked.stderr);
      expect(checked.code).toBe(0);

      const written = await readdir(folder.path, { recursive: true, withFileTypes: true });
      for (const entry of written.filter((each) => each.isFile() && each.name !== 'e.json')) {
        const path = join(entry.parentPath, entry.name);
        expect(await readFile(path, 'utf8'), path).not.toContain(secret);
      }
      for (const output of outputs) expect(output).not.toContain(secret);
      expect(outputs[0]).toContain('[secret]');
    } finally {
      await folder.remove();
      await target.close();
    }
  });
});
