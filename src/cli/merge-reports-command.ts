import { type ExitCode, exitCode, UsageError } from '../errors.ts';
import { eventsOfResult } from '../report/replayed.ts';
import { missingShardLines } from '../report/targets.ts';
import { exitCodeOf } from '../run/result/exit-code.ts';
import { mergeResults } from '../run/result/merge-results.ts';
import type { mergeReportsOptions } from './options/file-options.ts';
import type { OptionsOf } from './options/option-table.ts';
import { readReports, togetherProblems } from './read-reports.ts';
import { openReporting } from './reporting.ts';
import { finish, styleOf } from './run-command.ts';
import { namesOfFiles } from './target-names.ts';
import type { World } from './world.ts';

export type MergeReportsOptions = OptionsOf<typeof mergeReportsOptions>;

/**
 * `merge-reports`: puts the JSON reports of shards, or of single runs, together and writes any report of them. The exit code is
 * that of the whole: 4 also when a shard is missing, or no step ran in any.
 */
export async function mergeReportsCommand(
  paths: readonly string[],
  options: MergeReportsOptions,
  world: World,
): Promise<ExitCode> {
  const { stderr, cwd } = world;
  const read = readReports(paths, cwd, (file) => stderr.write(`${file} is no report and is left out\n`));
  if (read.length === 0) throw new UsageError(`there is no JSON report in ${paths.join(', ')}`);
  const names = namesOfFiles(
    read.map(({ file }) => file),
    cwd,
  );
  const reports = read.map((report, index) => ({ ...report, name: names[index] ?? report.file }));
  const problems = togetherProblems(reports);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  for (const { file, result } of reports) {
    if (result.comparison) stderr.write(`${file}: how it compares with earlier runs is only in that report\n`);
  }
  const result = mergeResults(
    reports.toSorted((one, other) => (one.result.shard?.index ?? 0) - (other.result.shard?.index ?? 0)),
  );

  const style = styleOf({ next: [] }, options, world);
  const reporting = await openReporting({ reporters: options.reporter, style, debugHttp: false }, world);
  try {
    for (const event of eventsOfResult(result)) reporting.onEvent(event);
  } catch (error) {
    reporting.discard();
    throw error;
  }
  const written = finish(reporting, result, world);
  for (const line of missingShardLines(result)) stderr.write(`error: ${line}\n`);
  if (result.steps.length === 0) {
    stderr.write('error: no step ran in any of these reports\n');
    return exitCode.incomplete;
  }
  return Math.max(exitCodeOf(result), written) as ExitCode;
}
