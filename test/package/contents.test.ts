import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import { root } from '../e2e/support.ts';
import { packed } from './packed.ts';

/** What `npm run check-package` installs and uses. */

const paths = packed.files.map(({ path }) => path);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  private?: boolean;
  dependencies: Record<string, string>;
};

describe('the package', () => {
  it('holds all that package.json names', () => {
    const named = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target),
      ),
    ].map((path) => posix.normalize(path));
    expect(named.length).toBeGreaterThan(5);
    expect(paths).toEqual(expect.arrayContaining(named));
  });

  it('names types before programs, and is not private', () => {
    expect(Object.keys(manifest.exports['.'] ?? {})).toEqual(['types', 'default']);
    expect(manifest.private).toBeUndefined();
  });

  it('holds the license, the pages, every collection, its environments and the starter', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['program.cjs', 'newman.cjs', 'sandbox.cjs', 'NOTICES.txt'].map((name) => `dist/bundle/${name}`),
        ...['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', '.env.example', 'src/library.md'],
        ...bundledCollections().flatMap((name) => [
          `collections/${name}/collection.yaml`,
          `collections/${name}/${name}.postman_collection.json`,
        ]),
        'environments/simulator.postman_environment.json',
        'src/cli/starter/workflow.yml',
        'src/cli/starter/gitignore.txt',
        'src/cli/starter/collections/smoke-test/schemas/token.schema.json',
      ]),
    );
  });

  it('brings along what its bundle reads from the disk and what its types are made of, and no more', () => {
    const types = paths
      .filter((path) => path.endsWith('.d.ts'))
      .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/ from '([^.'][^']*)'/g)])
      .map(([, name = '']) => name.split('/', 1)[0] ?? '')
      .filter((name) => !name.startsWith('node:'));
    // The boot code of the sandbox is the runtime's; another Newman is run with what it comes with.
    const read = ['newman', 'postman-collection', 'postman-runtime', '@postman/tough-cookie', 'iconv-lite'];
    expect(new Set(Object.keys(manifest.dependencies))).toEqual(new Set([...types, ...read]));
  });

  it('holds no tests, no scripts, no TypeScript sources, no lock file and no build record', () => {
    const unwanted = paths.filter(
      (path) =>
        /^(test|scripts|node_modules|coverage|\.github|\.ci)\//.test(path) ||
        /(\.tsbuildinfo|\.map|-lock\.json|npm-shrinkwrap\.json)$/.test(path) ||
        (/\.ts$/.test(path) && !/\.d\.ts$/.test(path)),
    );
    expect(unwanted).toEqual([]);
  });

  it('has every module in the bundle only', () => {
    const modules = paths.filter((path) => /^dist\/.*\.js$/.test(path) && !/^dist\/(bundle|start)\//.test(path));
    expect(modules).toEqual(['dist/cli/bin.js', 'dist/cli/commands/worker-command.js']);
  });

  it('is small: 2 MiB packed, most of it the bundle, which starts fast', () => {
    expect(packed.size).toBeLessThan(2 * 2 ** 20);
    const bundle = packed.files.filter(({ path }) => path.startsWith('dist/bundle/'));
    const bundled = bundle.reduce((sum, { size }) => sum + size, 0);
    expect(bundled).toBeLessThan(4_900_000);
    expect(packed.unpackedSize - bundled).toBeLessThan(4_800_000);
  });

  it('holds what its pages link to, but for what is for developers only', () => {
    const pages = paths.filter((path) => path.endsWith('.md'));
    const links = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) =>
        posix.join(dirname(page), target),
      ),
    );
    const missing = links.filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)));
    expect([...new Set(missing)].filter((target) => !/^(CONTRIBUTING\.md|scripts\/|test\/)/.test(target))).toEqual([]);
    for (const target of missing) expect(existsSync(join(root, target))).toBe(true);
  });
});
