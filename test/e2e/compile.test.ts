import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, copyCollection, spawnCli, temporaryFolder } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const collectionName = 'create-a-test-environment.postman_collection.json';

describe('compile --check', () => {
  it('finds the committed files up to date', slow, async () => {
    const result = await cli(['compile', '--check']);
    expect(result.stdout).toMatch(/^\d+ compiled files are up to date\n$/);
    expect(result.code).toBe(0);
  });

  it('shows a change of one byte as a diff, and writes nothing', slow, async () => {
    const collection = await copyCollection(folder.path);
    await cli(['compile', collection]);
    const file = join(collection, collectionName);
    const text = await readFile(file, 'utf8');
    const changed = text.replace('pm.response.to.have.status(201)', 'pm.response.to.have.status(200)');
    await writeFile(file, changed);
    const result = await cli(['compile', '--check', collection]);
    expect(result.stdout).toMatch(/^-.*pm\.response\.to\.have\.status\(200\)/m);
    expect(result.stdout).toMatch(/^\+.*pm\.response\.to\.have\.status\(201\)/m);
    expect(result.stderr).toContain(`${collectionName} is not what the definition compiles to; run npm run compile`);
    expect(result.code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(changed);
  });

  for (const [what, change] of [
    ['a line feed at the end', (text: string) => text.slice(0, -1)],
    ['a space', (text: string) => `${text} `],
    ['every byte', () => ''],
  ] as const)
    it(`notices ${what}`, slowUnless(what === 'a space'), async () => {
      const collection = await copyCollection(folder.path);
      await cli(['compile', collection]);
      const file = join(folder.path, 'environments', 'simulator.postman_environment.json');
      await writeFile(file, change(await readFile(file, 'utf8')));
      expect((await cli(['compile', '--check', collection])).code).toBe(1);
    });

  it('names a file that is missing', async () => {
    const collection = await copyCollection(folder.path);
    const result = await cli(['compile', '--check', collection]);
    expect(result.stderr).toContain('environments/pingone.postman_environment.json');
    expect(result.code).toBe(1);
  });
});

describe('compile', () => {
  it('writes the same bytes every time, and the ones that are committed', async () => {
    const collection = await copyCollection(folder.path);
    await cli(['compile', collection]);
    const first = await readFile(join(collection, collectionName), 'utf8');
    await cli(['compile', collection]);
    expect(await readFile(join(collection, collectionName), 'utf8')).toBe(first);
    expect(first).toBe(await readFile(`collections/create-a-test-environment/${collectionName}`, 'utf8'));
  });

  it('writes nothing when the definition has a problem, and keeps what was there', async () => {
    const collection = await copyCollection(folder.path, {
      '6-set-user-password.yaml': ['status: 200', 'status: two hundred'],
    });
    const before = await readFile(join(collection, collectionName), 'utf8');
    const result = await cli(['compile', collection]);
    expect(result.stderr).toContain('6-set-user-password.yaml:');
    expect(result.code).toBe(3);
    expect(await readFile(join(collection, collectionName), 'utf8')).toBe(before);
    expect(await readdir(folder.path)).toEqual(['collections']);
  });

  it('says which folder cannot be written to, and leaves no half-written file', async () => {
    const collection = await copyCollection(folder.path);
    await writeFile(join(folder.path, 'environments'), 'a file where a folder should be');
    const result = await cli(['compile', collection]);
    expect(result.stderr).toMatch(
      /^error: cannot write .*pingone\.postman_environment\.json: a part of the path is a file, not a folder\n$/,
    );
    expect(result.code).toBe(2);
    expect((await readdir(collection)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('a run warns when the file that people import is stale', slow, async () => {
    const collection = await copyCollection(folder.path, {
      'collection.yaml': ['value: pingone-tutorial', 'value: my-tutorial'],
    });
    const result = await cli(['run', collection, '--simulator']);
    expect(result.stderr).toContain(
      `${collectionName} is not what the definition compiles to now; run npm run compile`,
    );
    expect(result.stdout).toContain('my-tutorial-');
    expect(result.code).toBe(0);
  });
});

describe('validate', () => {
  it('says that the collections of the package have no problems', async () => {
    const result = await cli(['validate']);
    const lines = result.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(bundledCollections().map((name) => `collections/${name}`));
    for (const line of lines) expect(line).toMatch(/: \d+ steps, \d clean-up steps?, \d+ variables, no problems$/);
    expect(result.code).toBe(0);
  });

  it('lists every problem on a line of its own, and the source with a caret on a terminal', async () => {
    const collection = await copyCollection(folder.path, {
      '1-get-access-token.yaml': ['status: 200', 'status: 20'],
      '4-create-population.yaml': ['{ from: /id }', '{ from: /identifier }'],
    });
    const plain = await cli(['validate', collection], { cwd: folder.path });
    expect(
      plain.stdout
        .split('\n')
        .filter((line) => /^collections\/create-a-test-environment\/\S+\.yaml:\d+:\d+: /.test(line)),
    ).toHaveLength(3);
    expect(plain.stdout).not.toContain('^');
    expect(plain.stderr).toBe('3 problems\n');
    expect(plain.code).toBe(3);
    const terminal = await cli(['validate', collection], {
      cwd: folder.path,
      isTTY: true,
      osVariables: { NO_COLOR: '1' },
    });
    expect(terminal.stdout).toMatch(/\n\d+ \| {3}sharedPopID: \{ from: \/identifier \}\n +\^\n/);
  });
});

describe('simulate', () => {
  it('says what to import and which values to use, answers, logs, and ends on Ctrl-C', slow, async () => {
    const program = spawnCli(['simulate', '--port', '0']);
    const [, url] = /is at (http:\/\/127\.0\.0\.1:\d+)/.exec(await program.sees('adminAppSecret  ')) ?? [];
    const answer = await fetch(`${url}/v1/unicorns`);
    expect(answer.status).toBe(403);
    await program.sees('/v1/unicorns 403');
    program.kill('SIGINT');
    const { code, stdout, stderr } = await program.result;
    expect(stdout).toContain('collections/create-a-test-environment/create-a-test-environment.postman_collection.json');
    expect(stdout).toContain(`set authPath to ${url} and apiPath to ${url}/v1`);
    expect(stderr).toContain('unknown path: refused by the gateway');
    expect(stderr).toContain('The simulator has ended.');
    expect(code).toBe(0);
  });

  it('has the credentials that the committed simulator environment holds', async () => {
    const { defaultCredentials, DEFAULT_PORT } = await import('../../src/simulator/index.ts');
    const { values } = JSON.parse(await readFile('environments/simulator.postman_environment.json', 'utf8')) as {
      values: { key: string; value: string }[];
    };
    const value = (name: string) => values.find(({ key }) => key === name)?.value;
    expect(value('adminEnvID')).toBe(defaultCredentials.adminEnvID);
    expect(value('adminAppID')).toBe(defaultCredentials.adminAppID);
    expect(value('adminAppSecret')).toBe(defaultCredentials.adminAppSecret);
    expect(value('authPath')).toBe(`http://127.0.0.1:${DEFAULT_PORT}`);
  });
});
