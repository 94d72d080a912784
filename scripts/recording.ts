/**
 * Goes through the first tutorial with `run --step` at a pseudo-terminal, and writes what is seen as an SVG that moves:
 * `npm run recording`. A test compares it with the golden screens.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { keys, openTerminal, steadyScreens, type Terminal } from '../test/e2e/terminal.ts';
import { type Frame, frameOf } from './recording/frame.ts';
import { recordingSvg } from './recording/svg.ts';

const folder = fileURLToPath(new URL('../images', import.meta.url));
const terminal = openTerminal(['run', 'create-a-test-environment', '--simulator', '--step'], { FORCE_COLOR: '1' });
const frames: Frame[] = [];
const steady = steadyScreens();
const take = async (from: Terminal) => {
  await from.screen();
  frames.push(frameOf(from.emulator, steady));
};

await terminal.sees('Enter send');
await take(terminal);
for (const number of [1, 2, 3, 4, 5, 6]) {
  await terminal.when('Enter send', keys.enter);
  await terminal.sees('Enter next');
  if (![4, 5].includes(number)) await take(terminal);
  if (number === 2) {
    await terminal.when('Enter next', 't');
    await terminal.sees('Esc goes back');
    await take(terminal);
    await terminal.when('Esc goes back', keys.enter);
    await terminal.when('Enter send', keys.enter);
    await terminal.sees('401');
    await terminal.sees('Enter next');
    await take(terminal);
  }
  await terminal.when('Enter next', keys.enter);
}
await terminal.ended;
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/step-by-step.svg`, recordingSvg(frames));
process.stdout.write(`images/step-by-step.svg written, ${frames.length} screens\n`);
