import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  withCollectionNames,
  withCollectionTable,
  withKeyTables,
  withOptionTable,
} from '../../scripts/format-reference.ts';
import { cli, root } from '../e2e/support.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'collections/README.md',
  'SECURITY.md',
  'src/README.md',
  'src/decisions.md',
  'src/library.md',
  'src/cli/README.md',
  'src/run/README.md',
  'src/run/engine/README.md',
  'scripts/ci/README.md',
  'src/simulator/README.md',
  'scripts/README.md',
  ...readdirSync(join(root, 'collections'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes('/') && file.endsWith('.md'))
    .map((file) => `collections/${file}`),
];

it.each([
  ['README.md', 1],
  ['collections/README.md', 5],
  ['src/library.md', 4],
])('%s shows the example files as they are', (page, count) => {
  const blocks = [...read(page).matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];
  expect(blocks).toHaveLength(count);
  for (const [, file, text] of blocks) expect(text).toBe(read(file ?? ''));
});

describe('the step format reference', () => {
  it('lists every key as the schema says it', () => {
    expect(read('collections/README.md')).toBe(withKeyTables(read('collections/README.md')));
  });

  it('shows a collection that is valid', async () => {
    const { code, stdout } = await cli(['validate', 'test/docs/minimal']);
    expect(stdout).toBe('test/docs/minimal: 2 steps, 0 clean-up steps, 7 variables, no problems\n');
    expect(code).toBe(0);
  });

  it('shows a collection that runs, with YAML and schemas only', async () => {
    const { code, stdout } = await cli(['run', 'test/docs/minimal', '--simulator']);
    expect(stdout).toContain('2 steps: 2 passed');
    expect(code).toBe(0);
  });
});

it('the table of the options of run is the one of the program', () => {
  expect(read('src/cli/README.md')).toBe(withOptionTable(read('src/cli/README.md')));
});

it.each([
  ['README.md', withCollectionNames],
  ['collections/README.md', withCollectionTable],
])('%s lists the collections that there are', (page, rewritten) => {
  expect(read(page)).toBe(rewritten(read(page)));
});

describe.each(pages)('%s', (page) => {
  it('links to files that exist', () => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target ?? '');
    const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it('links to headings that exist', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    const missing = links.filter(([, file, anchor = '']) => {
      const target = file ? join(dirname(page), file) : page;
      return target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The anchors of headings, as GitHub makes them, and those that HTML sets. */
function anchorsOf(page: string): string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...page.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)];
}

it('.env.example names every OS variable that a person may set', () => {
  const declared = readdirSync(join(root, 'collections'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      [...read(`collections/${name}/collection.yaml`).matchAll(/^ {4}os: (\w+)$/gm)].map(([, os]) => os),
    );
  const offered = [...read('.env.example').matchAll(/^#?\s?(PINGONE_\w+)=/gm)].map(([, name]) => name);
  expect(declared.length).toBeGreaterThan(5);
  expect(offered).toEqual(expect.arrayContaining(declared.filter((name) => !/_PATH$|NAME_PREFIX/.test(name ?? ''))));
});
