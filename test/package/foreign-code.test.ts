import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { starterFiles } from '../../src/cli/starter.ts';
import { root } from '../e2e/support.ts';
import { packed } from './packed.ts';

/**
 * Nobody owns the name of this program on the npm registry. A command that looks it up there runs what a stranger puts there, with
 * the credentials that it is given.
 */

/** Commands that may download what is called so. A line may end between their words, as in YAML. */
const runners = '(?:npx|pnpx|bunx|bun x|npm (?:exec|x|create|init)|(?:pnpm|yarn) dlx)';
const installers = '(?:npm|pnpm|yarn|bun) (?:install|i|add)';
const foreign = new RegExp(
  [
    String.raw`\b${runners}(?:\s+(?!--no-install\b)-\S+)*\s+["']?pingone-tutorial\b`,
    String.raw`\b${installers}(?:\s+-\S+)*\s+["']?pingone-tutorial(?![\w-]*[./]\w)`,
    String.raw`\b${installers}(?:\s+-\S+)*\s+["']?pingone-tutorial@`,
  ].join('|'),
);

it.each([
  'npx pingone-tutorial run',
  'npx --yes pingone-tutorial@0.1.0 run',
  'run: >-\n  npx --yes\n  pingone-tutorial@VERSION run',
  'npx --no pingone-tutorial --version',
  "npx -p 'pingone-tutorial'",
  'npm exec -- pingone-tutorial',
  'pnpm dlx pingone-tutorial',
  'npm install pingone-tutorial',
  'npm install --save-dev pingone-tutorial@latest',
])('knows %j for one that may run foreign code', (text) => {
  expect(text).toMatch(foreign);
});

it.each([
  'npx --no-install pingone-tutorial run',
  './node_modules/.bin/pingone-tutorial run',
  'npm install ../pingone-tutorial/pingone-tutorial-0.1.0.tgz',
  'npm install ./vendor/pingone-tutorial-0.1.0.tgz',
])('knows %j for one that does not', (text) => {
  expect(text).not.toMatch(foreign);
});

/** Files of the repository, but for what is installed, and for tests, which quote such commands. */
function repositoryFiles(): string[] {
  const skipped = new Set(['node_modules', '.git', 'dist', 'coverage', 'test']);
  const top = readdirSync(root, { withFileTypes: true }).filter(({ name }) => !skipped.has(name));
  return top.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true })
          .filter((within) => within.isFile())
          .map((within) => join(within.parentPath, within.name))
      : entry.isFile()
        ? [join(root, entry.name)]
        : [],
  );
}

it('no file of the repository or of the package has a command that may run foreign code', () => {
  const files = [...new Set([...repositoryFiles(), ...packed.files.map(({ path }) => join(root, path))])];
  expect(files.length).toBeGreaterThan(600);
  expect(files.filter((file) => foreign.test(readFileSync(file, 'utf8')))).toEqual([]);
});

it('no file that init writes has a command that may run foreign code', async () => {
  const files = await starterFiles('smoke-test');
  expect(files.map(({ path }) => path)).toContain('.github/workflows/pingone-smoke.yml');
  expect(files.filter(({ text }) => foreign.test(text))).toEqual([]);
});
