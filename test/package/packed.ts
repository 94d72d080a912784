import { execFileSync } from 'node:child_process';
import { root } from '../e2e/support.ts';

/** What `npm pack` would put into the package. */
export const packed = (
  JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
  ) as [{ size: number; unpackedSize: number; files: { path: string; size: number }[] }]
)[0];
