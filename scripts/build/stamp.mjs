import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Tells whether `dist` is what a build would make now: by names, sizes and times of all that a build reads. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const stampFile = join(root, 'dist', '.build-inputs');
const bundled = ['newman', 'program', 'sandbox'].map((name) => `dist/bundle/${name}.cjs`);
const outputs = ['dist/cli/bin.js', 'dist/cli/program.js', ...bundled];

/** What a build reads, as it is now. npm writes `.package-lock.json` whenever it changes what is installed. */
export function buildInputs() {
  const single = [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.ts',
    'node_modules/.package-lock.json',
  ];
  const within = ['src', 'scripts/build'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => `${folder}/${file}`),
  );
  const files = within.filter((file) => /\.(ts|mjs)$/.test(file)).sort();
  return [...single, ...files]
    .map((file) => {
      const found = statSync(join(root, file), { throwIfNoEntry: false });
      return `${file} ${found?.size} ${found?.mtimeMs}\n`;
    })
    .join('');
}

/** Writes down what a build has read. To be called when it has succeeded, with what was there when it began. */
export function stamp(inputs) {
  writeFileSync(stampFile, inputs);
}

/** Whether nothing has changed since the last build. */
export function isBuilt() {
  return (
    outputs.every((file) => existsSync(join(root, file))) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === buildInputs()
  );
}
