import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../e2e/support.ts';

/**
 * The actions that our workflows, examples and the starter use. In November 2026 each commit stood beside the same version in at least
 * ten public files; look that up again when one changes.
 */
const actions: Readonly<Record<string, readonly [version: string, commit: string]>> = {
  'actions/checkout': ['v7.0.1', '3d3c42e5aac5ba805825da76410c181273ba90b1'],
  'actions/setup-node': ['v7.0.0', '820762786026740c76f36085b0efc47a31fe5020'],
  'actions/upload-artifact': ['v7.0.1', '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a'],
  'actions/download-artifact': ['v8.0.1', '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c'],
  'actions/cache/restore': ['v6.1.0', '55cc8345863c7cc4c66a329aec7e433d2d1c52a9'],
  'actions/cache/save': ['v6.1.0', '55cc8345863c7cc4c66a329aec7e433d2d1c52a9'],
};

/** Our own action, in pages: whoever uses it fills in the owner and the commit. */
const placeholder = 'OWNER/pingone-tutorial@COMMIT';

const folders = ['.github', '.devcontainer', 'collections', 'scripts', 'src'];
const files = [
  ...readdirSync(root),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((name) => /\.(ya?ml|md)$/.test(name));

const uses = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^[\s>]*(?:- )?uses:[ \t]*(.*)$/gm)].map(([, used = '']) => ({
    file,
    used: used.trim(),
  })),
);

it('finds the workflows, the action, the examples and the starter', () => {
  expect([...new Set(uses.map(({ file }) => file))].sort()).toEqual([
    '.github/workflows/ci.yml',
    '.github/workflows/release.yml',
    '.github/workflows/smoke.yml',
    'action.yml',
    'scripts/ci/README.md',
    'scripts/ci/examples/github-row-shards.yml',
    'scripts/ci/examples/github-shards.yml',
    'src/cli/starter/workflow.yml',
  ]);
});

it('every action is pinned to its commit, with the version beside it', () => {
  const pinned = Object.entries(actions).map(([action, [version, commit]]) => `${action}@${commit} # ${version}`);
  expect(uses.filter(({ used }) => ![...pinned, placeholder].includes(used))).toEqual([]);
  for (const line of pinned) expect(uses.map(({ used }) => used)).toContain(line);
});
