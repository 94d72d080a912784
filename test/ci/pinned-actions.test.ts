import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../e2e/support.ts';

/**
 * The actions that our workflows, examples and the starter use. In November 2026 each commit stood beside the same version in at least
 * ten public files; look that up again when one changes.
 */
const actions: Readonly<Record<string, readonly [version: string, commit: string]>> = {
  'actions/checkout': ['v5.0.0', '08c6903cd8c0fde910a37f88322edcfb5dd907a8'],
  'actions/setup-node': ['v6.0.0', '2028fbc5c25fe9cf00d9f06a71cc4710d4507903'],
  'actions/upload-artifact': ['v4.6.2', 'ea165f8d65b6e75b540449e92b4886f43607fa02'],
  'actions/download-artifact': ['v4.3.0', 'd3f86a106a0bac45b974a628896c90dbdf5c8093'],
  'actions/cache/restore': ['v4.3.0', '0057852bfaa89a56745cba8c7296529d2fc39830'],
  'actions/cache/save': ['v4.3.0', '0057852bfaa89a56745cba8c7296529d2fc39830'],
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
