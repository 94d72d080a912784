import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collectionFile, isYamlFile } from '../definition/reading/collection-place.ts';
import { UsageError } from '../errors.ts';
import { tool } from '../run/tool.ts';

/** What a repository says of its collections, in its package.json under the name of this program. Options come first. */
export interface RepositorySettings {
  /** Folder of the collections: each is a folder in it, or a YAML file. Default: `collections`. */
  readonly collections: string;
  /** Names of the collections that `run`, `smoke` and the like take. Default: the only one. */
  readonly run: readonly string[] | undefined;
  /** Postman environment file. */
  readonly environment: string | undefined;
  readonly cleanup: CleanUpSetting | undefined;
  /** As after `--reporter`. */
  readonly reporters: readonly string[];
}

export const cleanUpSettings = ['always', 'on-failure', 'never'] as const;
export type CleanUpSetting = (typeof cleanUpSettings)[number];

/** What is wrong with a value of a key, in words; undefined for nothing. */
const problems: Readonly<Record<keyof RepositorySettings, (value: unknown) => string | undefined>> = {
  collections: textProblem,
  run: listProblem,
  environment: textProblem,
  cleanup: (value) =>
    cleanUpSettings.some((one) => one === value) ? undefined : `expected one of ${cleanUpSettings.join(', ')}`,
  reporters: listProblem,
};

/** The settings of the repository in this folder; undefined when it has none. Throws `UsageError` for what they cannot be. */
export function readSettings(cwd: string): RepositorySettings | undefined {
  const found = manifestIn(cwd)?.[tool.name];
  if (found === undefined) return undefined;
  const where = `package.json, "${tool.name}"`;
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new UsageError(`${where}: expected an object with ${Object.keys(problems).join(', ')}`);
  const wrong = Object.entries(found).flatMap(([key, value]) => {
    if (!Object.hasOwn(problems, key))
      return [`${where}: unknown key "${key}"; expected one of ${Object.keys(problems).join(', ')}`];
    const problem = problems[key as keyof RepositorySettings](value);
    return problem === undefined ? [] : [`${where}: ${key}: ${problem}`];
  });
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  const given = found as Partial<RepositorySettings>;
  return {
    collections: given.collections ?? 'collections',
    run: given.run,
    environment: given.environment,
    cleanup: given.cleanup,
    reporters: given.reporters ?? [],
  };
}

/** The collections of the repository in this folder, by name; none when it has no settings. */
export function ownCollections(cwd: string): string[] {
  const settings = readSettings(cwd);
  if (!settings) return [];
  const folder = resolve(cwd, settings.collections);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isYamlFile(name) || existsSync(join(folder, name, collectionFile)))
    .map((name) => name.replace(/\.ya?ml$/, ''))
    .sort();
}

/** The collections that a command takes when none is named; none for those of the package. Throws `UsageError` when that is not known. */
export function defaultNames(given: readonly string[], cwd: string): readonly string[] {
  if (given.length > 0) return given;
  const listed = readSettings(cwd)?.run;
  if (listed && listed.length > 0) return listed;
  const own = ownCollections(cwd);
  if (own.length > 1)
    throw new UsageError(
      `this repository has several collections: ${own.join(', ')}. Name those to run, or list them in package.json: "${tool.name}": { "run": ["${own[0]}"] }`,
    );
  return own;
}

function manifestIn(cwd: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? (manifest as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textProblem(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'expected a text';
}

function listProblem(value: unknown): string | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? undefined : 'expected a list of texts';
}
