import { html } from 'hono/html';
import type { Durations, RunResult, StepResult, StepStatistics, Timings } from '../../run/result/result.ts';
import { passedWords, statisticsOf, tallest } from '../statistics.ts';
import { counted, duration, ofTarget } from '../text/words.ts';
import { anchorOf, type Markup } from './markup.ts';

/** Parts of a request in the order in which they happen, with the words and the class for each. */
const parts: readonly (readonly [part: keyof Timings, words: string])[] = [
  ['wait', 'wait'],
  ['dns', 'DNS'],
  ['connect', 'connect'],
  ['tls', 'TLS'],
  ['firstByte', 'first byte'],
  ['download', 'download'],
];

const width = 1000;
const height = 16;

interface Bar {
  readonly from: number;
  readonly length: number;
  /** Class of the style that colours it. */
  readonly kind: string;
}

/** When each step ran and what its time went into: a bar for every attempt, in which the parts of the request are coloured. */
export function renderWaterfall(result: RunResult): Markup | string {
  const reached = result.steps.filter(({ startMs }) => startMs !== undefined);
  if (reached.length === 0) return '';
  // The last step may end after the time of the run was taken.
  const end = Math.max(result.durationMs, 1, ...reached.flatMap(bars).map(({ from, length }) => from + length));
  const axis = [0, 0.25, 0.5, 0.75, 1].map((share) => html`<span>${duration(end * share)}</span>`);
  return html`<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<ul class="legend" aria-label="Colours">
<li><i class="swatch attempt"></i>scripts and the rest</li>
${parts.map(([part, words]) => html`<li><i class="swatch ${part}"></i>${words}</li>`)}
<li><i class="swatch earlier"></i>earlier attempt</li>
</ul>
<ol class="waterfall">
${reached.map((step) => waterfallRow(step, end))}
</ol>
<div class="axis" aria-hidden="true">${axis}</div>
</section>`;
}

function waterfallRow(step: StepResult, end: number): Markup {
  const { response, durationMs } = step;
  return html`<li class="${step.status}">
<a href="#${anchorOf(step)}">${ofTarget(step, step.name)}</a> <span class="time">${duration(response?.durationMs ?? durationMs)}</span>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${timeText(step)}">${bars(
    step,
  ).map(
    ({ from, length, kind }) =>
      html`<rect class="${kind}" x="${Math.min(width - 2, scaled(from, end))}" y="2" width="${Math.max(2, scaled(length, end))}" height="12"/>`,
  )}</svg>
</li>`;
}

function bars({ startMs = 0, durationMs, attempts, response }: StepResult): Bar[] {
  const earlier = attempts.map((attempt) => ({
    from: attempt.startMs ?? 0,
    length: attempt.durationMs,
    kind: 'earlier',
  }));
  const bar: Bar = { from: startMs, length: durationMs, kind: 'attempt' };
  const timings = response?.timings;
  if (!timings) return [...earlier, bar];
  let from = startMs;
  const segments = parts.flatMap(([part]) => {
    const segment = { from, length: timings[part], kind: part };
    from += timings[part];
    return segment.length > 0 ? [segment] : [];
  });
  return [...earlier, bar, ...segments];
}

function timeText({ startMs = 0, attempts, response, durationMs }: StepResult): string {
  const timings = response?.timings;
  const spent = timings ? parts.map(([part, words]) => `${words} ${duration(timings[part])}`) : [];
  return [
    `began ${duration(startMs)} after the start of the run`,
    `took ${duration(durationMs)}`,
    ...spent,
    ...(attempts.length > 0 ? [`${counted(attempts.length, 'attempt')} before it`] : []),
  ].join(', ');
}

function scaled(milliseconds: number, end: number): number {
  return Number(((milliseconds / end) * width).toFixed(1));
}

/** For many iterations: percentiles and a histogram of each step. */
export function renderHistograms(result: RunResult): Markup {
  return html`<section aria-labelledby="durations">
<h2 id="durations">Durations in ${result.iterations} iterations</h2>
${statisticsOf(result).map(histogramOf)}
</section>`;
}

function histogramOf({ name, durations, ...counts }: StepStatistics): Markup {
  const head = html`<h3>${name}</h3><p>${passedWords(counts, ' passed')}</p>`;
  if (!durations) return html`<article class="histogram">${head}</article>`;
  const rows: readonly (readonly [string, number])[] = [
    ['min', durations.min],
    ['median', durations.p50],
    ['90 %', durations.p90],
    ['95 %', durations.p95],
    ['99 %', durations.p99],
    ['max', durations.max],
  ];
  return html`<article class="histogram">${head}
<dl class="percentiles">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${duration(value)}</dd></div>`)}</dl>
${histogramPlot(durations, name)}
</article>`;
}

function histogramPlot(durations: Durations, name: string): Markup {
  const { histogram, min, max, count } = durations;
  const top = tallest(durations);
  const step = width / histogram.length;
  const label = `Histogram of ${counted(count, 'duration')} of ${name}: ${histogram
    .filter((interval) => interval.count > 0)
    .map(({ from, to, count }) => `${count} from ${duration(from)} to ${duration(to)}`)
    .join(', ')}`;
  return html`<svg class="bars" viewBox="0 0 ${width} 100" preserveAspectRatio="none" role="img" aria-label="${label}">${histogram.map(
    ({ count }, index) => {
      const tall = (count / top) * 100;
      return html`<rect x="${(index * step + 2).toFixed(1)}" y="${(100 - tall).toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
    },
  )}</svg>
<div class="axis" aria-hidden="true"><span>${duration(min)}</span><span>${duration(max)}</span></div>`;
}
