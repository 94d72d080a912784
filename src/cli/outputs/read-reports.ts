import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import { type ParsedReport, parseJsonReport } from '../../report/files/parse-json-report.ts';
import { isOfRows } from '../../run/result/merge-results.ts';
import type { RunResult, Shard } from '../../run/result/result.ts';

/** A JSON report that was read. */
export interface ReadReport {
  /** Path as it was given, or found in a folder that was. */
  readonly file: string;
  readonly result: RunResult;
}

/** A file as it was named, or as it was found in a folder that was. */
export interface NamedFile {
  readonly file: string;
  readonly named: boolean;
}

/** What shards have left. */
export interface ShardFiles {
  readonly reports: readonly ReadReport[];
  /** Results files, not yet read. */
  readonly results: readonly NamedFile[];
}

/**
 * Reads JSON reports, from files and from folders with all that is in them. JSON files in a folder that are no reports go to
 * `onOther`. With `wantsResults`, files that do not end in .json are results files, and so are those in folders that end in
 * .ndjson. Throws `UsageError` with every file that cannot be used, and why.
 */
export function readReports(
  paths: readonly string[],
  { cwd, wantsResults }: { readonly cwd: string; readonly wantsResults: boolean },
  onOther: (file: string) => void,
): ShardFiles {
  const problems: string[] = [];
  const reports: ReadReport[] = [];
  const results: NamedFile[] = [];
  for (const { file, named } of filesOf(paths, wantsResults ? ['.json', '.ndjson'] : ['.json'], cwd, problems)) {
    if (wantsResults && !file.endsWith('.json')) {
      results.push({ file, named });
      continue;
    }
    const read = readReport(file, cwd);
    if ('result' in read) reports.push({ file, result: read.result });
    else if (!named && read.foreign) onOther(file);
    else problems.push(`${file} ${read.problem}`);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { reports, results };
}

/** Files as they are named, once each, then those of folders in the order of their names. */
function filesOf(paths: readonly string[], endings: readonly string[], cwd: string, problems: string[]): NamedFile[] {
  const files: NamedFile[] = [];
  for (const path of paths) {
    try {
      if (!statSync(resolve(cwd, path)).isDirectory()) files.push({ file: path, named: true });
      else {
        const inside = namesIn(resolve(cwd, path)).filter((name) => endings.some((ending) => name.endsWith(ending)));
        if (inside.length === 0)
          problems.push(`${path} holds no ${endings.length > 1 ? 'JSON or NDJSON' : 'JSON'} file`);
        files.push(...inside.map((name) => ({ file: join(path, name), named: false })));
      }
    } catch (error) {
      problems.push(`${path} cannot be read: ${reasonOf(error)}`);
    }
  }
  const seen = new Set<string>();
  return files.filter(({ file }) => {
    const place = resolve(cwd, file);
    if (seen.has(place)) problems.push(`${file} is named twice`);
    return !seen.has(place) && seen.add(place);
  });
}

/** Paths of what is in a folder and its folders, in their order. Links to folders are not followed: they may lead round in circles. */
function namesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** What is in a file. */
function readReport(file: string, cwd: string): ParsedReport {
  try {
    return parseJsonReport(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    return { problem: `cannot be read: ${reasonOf(error)}` };
  }
}

function reasonOf(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
}

/** Everything that keeps these reports from being put together, in sentences. */
export function togetherProblems(reports: readonly (ReadReport & { readonly name: string })[]): string[] {
  const [first] = reports;
  if (!first) return [];
  const problems: string[] = [];
  const targets = new Map<string, string>();
  const shards = new Map<number, { readonly file: string; readonly shard: Shard }>();
  for (const { file, name, result } of reports) {
    if (isOfRows(result) !== isOfRows(first.result))
      problems.push(
        `${isOfRows(result) ? file : first.file} is a shard of rows, and ${isOfRows(result) ? first.file : file} is none; put the shards of rows together first`,
      );
    if (result.collection.id !== first.result.collection.id)
      problems.push(
        `${file} is of the collection ${result.collection.id}, ${first.file} of ${first.result.collection.id}; reports of one collection can be put together`,
      );
    for (const target of isOfRows(result) ? [] : (result.targets?.map((each) => each.name) ?? [name])) {
      const other = targets.get(target);
      if (other !== undefined) problems.push(`the target ${target} is in ${other} and in ${file}`);
      else targets.set(target, file);
    }
    const { shard } = result;
    if (!shard) continue;
    const [known] = shards.values();
    if (known && known.shard.count !== shard.count)
      problems.push(
        `${file} is shard ${shard.index} of ${shard.count}, but ${known.file} is one of ${known.shard.count}: they are of different runs`,
      );
    const same = shards.get(shard.index);
    if (same) problems.push(`shard ${shard.index} of ${shard.count} is in ${same.file} and in ${file}`);
    else shards.set(shard.index, { file, shard });
  }
  return problems;
}
