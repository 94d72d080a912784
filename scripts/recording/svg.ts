import type { Frame, Run } from './frame.ts';

const character = 8.4;
const line = 18;
const margin = 16;
/** Seconds that a screen is shown. */
const seconds = 6;

/** Colors of a terminal, on light and on dark ground. */
const light = {
  ground: '#ffffff',
  text: '#1f2328',
  colors: ['#24292f', '#cf222e', '#116329', '#7d4e00', '#0550ae', '#8250df', '#1b7c83', '#57606a'],
};
const dark = {
  ground: '#0d1117',
  text: '#e6edf3',
  colors: ['#6e7681', '#ff7b72', '#3fb950', '#d29922', '#79c0ff', '#d2a8ff', '#39c5cf', '#b1bac4'],
};

/** An SVG that shows screens one after the other, in the colors that the reader likes; without motion, the second one. */
export function recordingSvg(frames: readonly Frame[]): string {
  const [first = []] = frames;
  const width = 80 * character + 2 * margin;
  const height = first.length * line + 2 * margin;
  const share = (100 / frames.length).toFixed(3);
  const screens = frames.map((frame, index) => `<g class="s s${index}">\n${frameLines(frame)}\n</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="run --step: each request and its answer at a terminal">
<style>
svg { ${variables(light)} }
@media (prefers-color-scheme: dark) { svg { ${variables(dark)} } }
rect { fill: var(--ground); stroke: var(--c7); }
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--text); white-space: pre; }
.b { font-weight: 700; } .d { opacity: .65; }
${light.colors.map((_, index) => `.c${index} { fill: var(--c${index}); }`).join(' ')}
.s { visibility: hidden; animation: s ${frames.length * seconds}s infinite; }
${frames.map((_, index) => `.s${index} { animation-delay: ${index * seconds}s; }`).join(' ')}
@keyframes s { 0% { visibility: visible; } ${share}% { visibility: hidden; } 100% { visibility: hidden; } }
@media (prefers-reduced-motion: reduce) { .s { animation: none; } .s1 { visibility: visible; } }
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${screens.join('\n')}
</svg>
`;
}

function variables({ ground, text, colors }: typeof light): string {
  return [`--ground: ${ground}`, `--text: ${text}`, ...colors.map((color, index) => `--c${index}: ${color}`)].join(
    '; ',
  );
}

function frameLines(frame: Frame): string {
  return frame
    .flatMap((runs, row) => {
      const length = runs.reduce((sum, { text }) => sum + text.length, 0);
      if (length === 0) return [];
      const y = margin + (row + 0.75) * line;
      const width = (length * character).toFixed(1);
      return [
        `<text x="${margin}" y="${y}" textLength="${width}" xml:space="preserve">${runs.map(span).join('')}</text>`,
      ];
    })
    .join('\n');
}

function span({ text, color, bold, dim }: Run): string {
  const written = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const classes = [...(color === undefined ? [] : [`c${color % 8}`]), ...(bold ? ['b'] : []), ...(dim ? ['d'] : [])];
  return classes.length === 0 ? written : `<tspan class="${classes.join(' ')}">${written}</tspan>`;
}
