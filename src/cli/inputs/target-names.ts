import { resolve, sep } from 'node:path';

/**
 * Names for files, as short as tells them apart: `reports/com/report.json` and `reports/eu/report.json` are `com` and `eu`,
 * `envs/com.postman_environment.json` is `com`.
 */
export function namesOfFiles(paths: readonly string[], cwd: string): readonly string[] {
  const all = paths.map((path) =>
    resolve(cwd, path)
      .replace(/(\.postman_environment)?\.json$/i, '')
      .split(sep),
  );
  if (all.length === 1) return [all[0]?.at(-1) ?? ''];
  while (all.every((parts) => parts.length > 1 && parts[0] === all[0]?.[0])) for (const parts of all) parts.shift();
  while (all.every((parts) => parts.length > 1 && parts.at(-1) === all[0]?.at(-1)))
    for (const parts of all) parts.pop();
  const names = all.map((parts) => parts.join('/'));
  return new Set(names).size === names.length ? names : paths;
}
