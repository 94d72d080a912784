import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { printableData } from '../../printable.ts';
import type { Drift, RunResult, StepResult } from '../../run/result/result.ts';
import { driftLine, driftsOf, flakyLines, historyLine, patchText, trendCells, trendHead } from '../comparison.ts';
import { problemLines, shardLines, targetHead, targetRows, targetWords } from '../targets.ts';
import { explanationOf } from '../text/explain.ts';
import { cleanUpItemLine, counted, mayExistWords, ofTarget, readableTime } from '../text/words.ts';
import {
  checksLine,
  cleanUpLine,
  isGood,
  iterationsLine,
  outcomeWords,
  rowsLine,
  stepsLine,
  stepTitle,
  totalsOf,
} from '../totals.ts';
import { anchorOf, type Markup } from './markup.ts';
import { renderHistograms, renderWaterfall } from './plots.ts';
import { renderStepDetails } from './step-section.ts';
import { style } from './style.ts';

/** Steps whose request and response are shown, when there are many iterations: the first iteration, and what did not pass. */
const mostShown = 200;

/**
 * A result as one HTML file that needs nothing else: no script, no network, light or dark as the reader's system is. What
 * comes from outside is escaped, and a content security policy allows the file's own style and nothing more.
 */
export function renderHtml(told: RunResult): string {
  const result = printableData(told);
  const mark = isGood(result) ? '✓' : '✗';
  const title = `${result.collection.name}: ${outcomeWords(result)}`;
  const rows = rowsLine(result);
  const hash = createHash('sha256').update(style).digest('base64');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${raw(hash)}'; base-uri 'none'; form-action 'none'">
<title>${mark} ${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<header class="${isGood(result) ? 'good' : 'bad'}">
<h1><span class="mark" aria-hidden="true">${mark}</span> ${title}</h1>
<p>${stepsLine(result)}. ${checksLine(result)}.${result.iterations > 1 ? ` ${iterationsLine(result)}.` : ''}${rows === undefined ? '' : ` ${rows}.`}</p>
<p class="quiet">Started <time datetime="${result.startedAt}">${readableTime(result.startedAt)}</time> against ${targetWords(result)}.</p>${problemLines(
    result,
  ).map(
    (line) => html`
<p class="failed">Error: ${line}</p>`,
  )}${shardLines(result).map(
    (line) => html`
<p>${line}.</p>`,
  )}
</header>
<main>
${targets(result)}${failures(result)}
${result.iterations > 1 ? renderHistograms(result) : renderWaterfall(result)}
${comparison(result)}
${steps(result)}
${createdThings(result)}
${cleanUp(result)}
</main>
<footer><p class="quiet">Made by ${result.tool.name} ${result.tool.version}. Secrets are replaced by [secret].</p></footer>
</body>
</html>
`;
  return page.toString();
}

/** Several targets, each with how it ended. */
function targets(result: RunResult): Markup | string {
  const rows = targetRows(result);
  if (rows.length === 0) return '';
  return html`<section aria-labelledby="targets">
<h2 id="targets">Targets</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Each target"><table>
<thead><tr>${targetHead.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(({ good, cells }) => html`<tr class="${good ? '' : 'failed'}">${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>
</section>
`;
}

function failures(result: RunResult): Markup | string {
  const broken = result.steps.filter(({ status }) => status === 'failed' || status === 'error');
  if (broken.length === 0) return '';
  const shown = broken.slice(0, 20);
  const more = broken.length - shown.length;
  return html`<section aria-labelledby="failed">
<h2 id="failed">What did not pass</h2>
${shown.map((step) => failure(step, result))}
${more > 0 ? html`<p>${counted(more, 'more step')} did not pass.</p>` : ''}
</section>`;
}

function failure(step: StepResult, result: RunResult): Markup {
  const { checks, says, details, causes, correlationId, source } = explanationOf(step);
  const facts = [...checks, ...(step.reason === undefined ? [] : [step.reason]), ...says, ...details];
  const [likeliest, ...others] = causes;
  return html`<article class="failure">
<h3><a href="#${anchorOf(step)}">${stepTitle(step, result)}</a></h3>
${
  likeliest
    ? html`<p><strong>Likely cause:</strong> ${likeliest.cause}</p>
<p><strong>What to do:</strong> ${likeliest.remedy}</p>`
    : ''
}
<ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${others.map(({ cause, remedy }) => html`<p class="quiet"><strong>Or:</strong> ${cause} ${remedy}</p>`)}
<p class="quiet">${correlationId === undefined ? '' : html`Correlation id <code>${correlationId}</code>. `}${source === undefined ? '' : html`Defined at <code>${source}</code>.`}</p>
</article>`;
}

function steps(result: RunResult): Markup {
  const all = result.steps;
  const wanted = all.filter(({ iteration, status }) => iteration === 1 || status === 'failed' || status === 'error');
  const shown = wanted.slice(0, mostShown);
  const total = totalsOf(result).steps.all;
  const some = `Shown are the first iteration and what did not pass: ${shown.length} of ${counted(total, 'step')}.`;
  return html`<section aria-labelledby="steps">
<h2 id="steps">Steps</h2>
${shown.length < total ? html`<p class="quiet">${some}</p>` : ''}
${shown.map((step) =>
  renderStepDetails(step, {
    title: stepTitle(step, result),
    anchor: anchorOf(step),
    description: result.collection.descriptions?.[step.id],
  }),
)}
</section>`;
}

/** Beside earlier runs: what is flaky, which responses have another shape, and how long the steps take. */
function comparison(result: RunResult): Markup | string {
  const { comparison } = result;
  const drift = driftsOf(result);
  if (!comparison && drift.length === 0) return '';
  const drifts =
    drift.length === 0 ? '' : html`<h3>Drift: responses differ from what is known</h3><ul>${drift.map(driftItem)}</ul>`;
  if (!comparison)
    return html`<section aria-label="Drift">
${drifts}
</section>`;
  const { note } = comparison;
  const flaky = flakyLines(comparison);
  return html`<section aria-labelledby="history">
<h2 id="history">History: ${historyLine(comparison)}</h2>
${note === undefined ? '' : html`<p class="failed">Warning: ${note}</p>`}
${drifts}
${flaky.length === 0 ? '' : html`<h3>Flaky</h3><ul>${flaky.map((line) => html`<li>${line}</li>`)}</ul>`}
<div class="scroll" tabindex="0" role="region" aria-label="Each step in the history"><table>
<thead><tr>${trendHead.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${comparison.steps.map((step) => html`<tr>${trendCells(step).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>
</section>`;
}

function driftItem(drift: Drift): Markup {
  const advice = drift.schema
    ? html`<br><span class="quiet">If it is meant to be, patch <code>${drift.schema.file}</code>: <code>${patchText(drift)}</code></span>`
    : '';
  return html`<li>${drift.name}: ${driftLine(drift)}${advice}</li>`;
}

function createdThings({ created }: RunResult): Markup | string {
  if (created.length === 0) return '';
  return html`<section aria-labelledby="created">
<h2 id="created">What the run created</h2>
<ul>${created.map(
    (thing) =>
      html`<li>${ofTarget(thing, thing.kind)} ${thing.name} ${mayExistWords(thing) ?? (thing.id === undefined ? '' : html`<code>${thing.id}</code>`)}</li>`,
  )}</ul>
</section>`;
}

function cleanUp(result: RunResult): Markup | string {
  if (!result.cleanUp) return '';
  return html`<section aria-labelledby="clean-up">
<h2 id="clean-up">${cleanUpLine(result)}</h2>
<ul>${result.cleanUp.items.map((item) => html`<li class="${item.status === 'left' ? 'failed' : ''}">${cleanUpItemLine(item)}</li>`)}</ul>
</section>`;
}
