import { printableData } from '../../printable.ts';
import type { Drift, RunResult, SourcePlace, StepResult } from '../../run/result/result.ts';
import { driftLine, driftsOf, patchText } from '../comparison.ts';
import { missingShardLines, problemLines } from '../targets.ts';
import { stepTitle } from '../totals.ts';
import { failureTitle, problemText } from './explain.ts';
import { renderMarkdown } from './markdown.ts';
import { cleanUpItemLine, counted } from './words.ts';

/** GitHub shows no more annotations of a kind for a step of a workflow. */
const mostAnnotations = 10;

/** The summary of a job: the Markdown report. */
export function renderGithubSummary(result: RunResult): string {
  return renderMarkdown(result);
}

/**
 * Workflow commands that put an error at the line of the YAML which asked for what did not hold, and a warning at a step that
 * passed only after other attempts; at most ten of each.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderGithubAnnotations(told: RunResult): string {
  const result = printableData(told);
  const broken = result.steps.filter(({ status }) => status === 'failed' || status === 'error');
  const errors = [
    ...broken.map((step) => annotation('error', stepTitle(step, result), failureText(step), placeOf(step))),
    ...(result.cleanUp?.items ?? [])
      .filter(({ status }) => status === 'left')
      .map((item) => annotation('error', 'Clean-up left something', cleanUpItemLine(item))),
    ...problemLines(result).map((line) => annotation('error', 'The run was cut short', line)),
    ...missingShardLines(result).map((line) => annotation('error', 'A shard is missing', line)),
  ];
  const warnings = result.steps
    .filter(({ status, attempts }) => status === 'passed' && attempts.length > 0)
    .map((step) =>
      annotation(
        'warning',
        stepTitle(step, result),
        `passed after ${counted(step.attempts.length, 'attempt')} that did not: ${step.attempts.map(({ because }) => because).join('; ')}`,
        step.source,
      ),
    );
  const drifts = driftsOf(result).map((drift) =>
    annotation('warning', `Drift: ${drift.name}`, driftText(drift), schemaPlace(drift)),
  );
  // Drift first: what is flaky is in the summary too, but of a drift nobody may look there.
  return [...atMost(errors), ...atMost([...drifts, ...warnings])].map((line) => `${line}\n`).join('');
}

function driftText(drift: Drift): string {
  const patch = patchText(drift);
  return [driftLine(drift), ...(patch === undefined ? [] : [`If it is meant to be, patch the schema: ${patch}`])].join(
    '\n',
  );
}

function schemaPlace({ schema }: Drift): SourcePlace | undefined {
  return schema && { file: schema.file, line: 1 };
}

function failureText(step: StepResult): string {
  const [diagnosis] = step.diagnoses;
  const { response } = step;
  return [
    failureTitle(step),
    ...(response?.problem ? [problemText(response.problem)] : []),
    ...(diagnosis ? [`Likely cause: ${diagnosis.cause}`, `What to do: ${diagnosis.remedy}`] : []),
    ...(response?.correlationId ? [`Correlation id ${response.correlationId}`] : []),
  ].join('\n');
}

/** Where the definition asks for the first thing that did not hold. */
function placeOf({ checks, source }: StepResult): SourcePlace | undefined {
  return checks.find(({ status, source: place }) => status === 'failed' && place)?.source ?? source;
}

function annotation(kind: 'error' | 'warning', title: string, message: string, place?: SourcePlace): string {
  const properties = { ...(place && { file: place.file, line: String(place.line) }), title };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${kind} ${written.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function atMost(lines: readonly string[]): readonly string[] {
  return lines.slice(0, mostAnnotations);
}
