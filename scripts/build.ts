import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeBundle } from './build/bundle.ts';
import { buildInputs, stamp } from './build/stamp.mjs';

/** Makes `dist`: the modules with tsc, then the bundle of them. Exits with 1 when the sources have errors. */

const root = fileURLToPath(new URL('..', import.meta.url));
const inputs = buildInputs();
try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
} catch {
  process.exit(1);
}
// As npm installs it: `npm pack` of an installed copy then makes the same bytes.
chmodSync(new URL('../dist/cli/bin.js', import.meta.url), 0o755);
await makeBundle();
stamp(inputs);
