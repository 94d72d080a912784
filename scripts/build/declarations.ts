import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Puts the declarations of what the library exports into `target`: those that `index.d.ts` reaches, of all that are in `folder`. The
 * others would be two thirds of the files of the package.
 */
export function copyReachedDeclarations(folder: string, target: string): void {
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.d.ts') && !resolve(target, name).startsWith(folder)) rmSync(join(target, name));
  const reached = new Set<string>();
  const follow = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/\b(?:from |import\()['"](\.[^'"]+)\.[jt]s['"]/g))
      follow(resolve(dirname(file), `${name}.d.ts`));
  };
  follow(join(folder, 'index.d.ts'));
  for (const file of reached) {
    const to = join(target, relative(folder, file));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(file, to);
  }
}
