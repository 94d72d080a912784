import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { comparableResult } from './comparable-result.ts';
import { provoke } from './provoke.ts';
import { provokedPasswords } from './provoked-passwords.ts';
import { cli, root, spawnProgram, startSimulator, temporaryFolder } from './support.ts';

const folder = join(root, 'collections/password-life');
const definition = await loadDefinition(folder);

describe('the collection "The life of a password"', () => {
  for (const engine of ['newman', 'direct'])
    it(`passes with the engine ${engine}, and leaves nothing`, slowUnless(engine === 'direct'), async () => {
      const { code, stdout } = await cli([
        'run',
        'password-life',
        '--simulator',
        '--cleanup',
        'always',
        '--engine',
        engine,
      ]);
      expect(stdout).toContain('✓ 22 steps: 22 passed');
      expect(stdout).toContain('Clean-up: 4 removed, nothing left');
      expect(code).toBe(0);
    });

  it('goes on where "Create a test environment" ends, and before its clean-up', slow, async () => {
    const target = await startSimulator(createSimulator());
    const own = await temporaryFolder();
    try {
      const names = ['create-a-test-environment', 'create-an-sso-workflow', 'password-life'];
      const options = ['--environment', target.environment, '--ledger', own.path, '--cleanup', 'always'];
      const { code, stdout } = await cli(['run', ...names, ...options]);
      expect(stdout).toContain('✓ 35 steps: 35 passed');
      expect(code).toBe(0);
      const made = target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial'));
      expect(made).toEqual([]);
    } finally {
      await own.remove();
      await target.close();
    }
  });

  it('passes in stock Newman', slow, async () => {
    const server = await createSimulator().listen({ port: 0 });
    try {
      const newman = join(root, 'node_modules/newman/bin/newman.js');
      const environment = join(root, 'environments/password-life-simulator.postman_environment.json');
      const addresses = [
        ...['--env-var', `authPath=${server.url}`, '--env-var', `apiPath=${server.url}/v1`],
        ...['--env-var', 'cleanUp=true', '--global-var', 'cleanUp=true'],
      ];
      const collection = join(folder, 'password-life.postman_collection.json');
      const argv = ['run', collection, '-e', environment, ...addresses];
      const { code, stdout } = await spawnProgram(newman, argv).result;
      expect(stdout).toMatch(/assertions\s*│\s*\d+ │\s*0 /);
      expect(code).toBe(0);
    } finally {
      await server.close();
    }
  });
});

describe('--all', () => {
  for (const engine of ['newman', 'direct'])
    it(`runs every collection as one, with one clean-up, with the engine ${engine}`, slow, async () => {
      const { code, stdout } = await cli(['run', '--all', '--simulator', '--cleanup', 'always', '--engine', engine]);
      expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
      for (const name of bundledCollections())
        expect(stdout).toContain((await loadDefinition(bundledCollectionFolder(name))).name);
      expect(stdout).toContain('nothing left');
      expect(code).toBe(0);
    });

  it('takes no names', async () => {
    const { code, stderr } = await cli(['run', '--all', 'password-life', '--simulator']);
    expect(stderr).toContain('--all is every collection: leave out their names');
    expect(code).toBe(2);
  });
});

describe('the first diagnosis is the right one', () => {
  it.each(provokedPasswords.map((each, index) => ({ ...each, index })))(
    'step $step: $what',
    slowUnless(false),
    async ({ index, ...each }) => {
      const result = await provoke(each, definition, 'direct');
      const broken = result.steps.findIndex(({ status }) => status === 'failed' || status === 'error');
      expect(broken + 1).toBe(each.step);
      const [first] = result.steps[broken]?.diagnoses ?? [];
      expect(first?.cause.slice(0, each.cause.length)).toBe(each.cause);
      expect(first?.source?.file).toMatch(/\.yaml$/);
      if (index % 6 === 0) expect(comparableResult(await provoke(each, definition))).toEqual(comparableResult(result));
    },
  );
});
