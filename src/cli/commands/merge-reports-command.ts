import { type ExitCode, exitCode, UsageError } from '../../errors.ts';
import { eventsOfResult } from '../../report/replayed.ts';
import { missingShardLines } from '../../report/targets.ts';
import { counted } from '../../report/text/words.ts';
import { totalsOf } from '../../report/totals.ts';
import { exitCodeOf } from '../../run/result/exit-code.ts';
import { mergeResults } from '../../run/result/merge-results.ts';
import type { RunFigures, RunResult } from '../../run/result/result.ts';
import { namesOfFiles } from '../inputs/target-names.ts';
import type { mergeReportsOptions } from '../options/file-options.ts';
import type { OptionsOf } from '../options/option-table.ts';
import { joinResults } from '../outputs/join-results.ts';
import { type NamedFile, type ReadReport, readReports, togetherProblems } from '../outputs/read-reports.ts';
import { openReporting } from '../outputs/reporting.ts';
import { say } from '../outputs/say.ts';
import type { World } from '../world.ts';
import { finish, styleOf } from './run-command.ts';

export type MergeReportsOptions = OptionsOf<typeof mergeReportsOptions>;

/**
 * `merge-reports`: puts the JSON reports of shards, or of single runs, together and writes any report of them; with `--results`,
 * also their results files. The exit code is that of the whole: 4 also when a shard or a row is missing, or no step ran in any.
 */
export async function mergeReportsCommand(
  paths: readonly string[],
  options: MergeReportsOptions,
  world: World,
): Promise<ExitCode> {
  const { cwd } = world;
  const onOther = (file: string) => say(world, `${file} is no report and is left out`);
  const wantsResults = options.results !== undefined;
  const { reports: read, results } = readReports(paths, { cwd, wantsResults }, onOther);
  if (wantsResults && results.length === 0) throw new UsageError(`there is no results file in ${paths.join(', ')}`);
  const isOfResultsOnly = wantsResults && options.reporter.length === 0;
  if (read.length === 0 && !isOfResultsOnly) throw new UsageError(`there is no JSON report in ${paths.join(', ')}`);
  const result = read.length === 0 ? undefined : mergedReport(read, world);
  const rows =
    options.results === undefined
      ? undefined
      : await mergedRows(results, options.results, options.quiet === true, world);
  return Math.max(
    result ? await writeReports(result, options, world) : exitCode.passed,
    rows ? exitCodeOfRows(rows, result, world) : exitCode.passed,
  ) as ExitCode;
}

/** The reports as one. Throws `UsageError` with everything that keeps them from being put together. */
function mergedReport(read: readonly ReadReport[], world: World): RunResult {
  const names = namesOfFiles(
    read.map(({ file }) => file),
    world.cwd,
  );
  const reports = read.map((report, index) => ({ ...report, name: names[index] ?? report.file }));
  const problems = togetherProblems(reports);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  for (const { file, result } of reports) {
    if (result.comparison) say(world, `${file}: how it compares with earlier runs is only in that report`);
  }
  return mergeResults(
    reports.toSorted((one, other) => (one.result.shard?.index ?? 0) - (other.result.shard?.index ?? 0)),
  );
}

async function writeReports(result: RunResult, options: MergeReportsOptions, world: World): Promise<ExitCode> {
  const style = styleOf({ next: [] }, options, world);
  const reporting = await openReporting({ reporters: options.reporter, style, debugHttp: false }, world);
  try {
    for (const event of eventsOfResult(result)) reporting.onEvent(event);
  } catch (error) {
    reporting.discard();
    throw error;
  }
  const written = finish(reporting, result, world);
  for (const line of missingShardLines(result)) say(world, `error: ${line}`);
  if (totalsOf(result).steps.all === 0 && !result.rows?.earlier) {
    say(world, 'error: no step ran in any of these reports');
    return exitCode.incomplete;
  }
  return Math.max(exitCodeOf(result), written) as ExitCode;
}

async function mergedRows(
  files: readonly NamedFile[],
  target: string,
  isQuiet: boolean,
  world: World,
): Promise<RunFigures['iterations']> {
  const rows = await joinResults(files, target, world.cwd, {
    onOther: (file) => say(world, `${file} is no results file and is left out`),
    onTorn: (file) =>
      say(world, `warning: the last line of ${file} is cut off and is left out: that run was killed; resume it`),
  });
  const { all, passed, failed, error } = rows;
  if (!isQuiet)
    say(
      world,
      `${target}: ${counted(all, 'iteration')}: ${passed} passed, ${failed} failed, ${error} could not complete`,
    );
  return rows;
}

/** By what is in the results files: 4 also when there are fewer than the reports say that there are rows. */
function exitCodeOfRows(rows: RunFigures['iterations'], result: RunResult | undefined, world: World): ExitCode {
  const missing = (result?.rows?.all ?? 0) - rows.all;
  if (missing > 0) {
    say(world, `error: ${counted(missing, 'row')} of ${result?.rows?.all} are in none of the results files`);
    return exitCode.incomplete;
  }
  if (rows.error > 0 || rows.all === 0) return exitCode.incomplete;
  return rows.failed > 0 ? exitCode.checkFailed : exitCode.passed;
}
