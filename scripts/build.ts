import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBundle } from './build/bundle.ts';
import { copyReachedDeclarations } from './build/declarations.ts';
import { buildInputs, stamp } from './build/stamp.mjs';

/** Makes `dist`: the modules with tsc, then the bundle of them. Exits with 1 when the sources have errors. */

const root = fileURLToPath(new URL('..', import.meta.url));
const inputs = buildInputs();
const tsc = (...options: string[]) =>
  execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--tsBuildInfoFile', ...options],
    { cwd: root, stdio: 'inherit' },
  );
try {
  // What comments say of a function is in its types; in the modules they would be a fifth of the package.
  tsc('dist/types.tsbuildinfo', '--emitDeclarationOnly', '--outDir', 'dist/.declarations');
  tsc('dist/modules.tsbuildinfo', '--declaration', 'false', '--removeComments');
} catch {
  process.exit(1);
}
// As npm installs it: `npm pack` of an installed copy then makes the same bytes.
chmodSync(new URL('../dist/cli/bin.js', import.meta.url), 0o755);
copyReachedDeclarations(join(root, 'dist/.declarations'), join(root, 'dist'));
await makeBundle();
stamp(inputs);
