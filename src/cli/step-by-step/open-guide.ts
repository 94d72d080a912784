import { Writable } from 'node:stream';
import pc from 'picocolors';
import type { Guide } from '../../run/steps/guide.ts';
import { commandLine } from '../../run/tool.ts';
import { type Output, type World, wantsColor } from '../world.ts';
import { snippetsOfStep } from './copies.ts';
import { terminalPrompts } from './prompts.ts';
import { screenStyle } from './screen-style.ts';
import { createStepGuide } from './step-guide.ts';

/** A guide at the terminal, and how the person left it. */
export interface OpenGuide {
  readonly guide: Guide;
  /** Aborted when the person ends the run. */
  readonly signal: AbortSignal;
  /** What to say in the end; empty when the run was not ended by the person. */
  farewell(): string;
}

/** A guide for `run --step`. The world has a terminal. */
export function openGuide(
  collections: readonly string[],
  isSimulator: boolean,
  { stdin, stderr, osVariables, signal, cwd }: World,
): OpenGuide {
  if (!stdin) throw new Error('there is no terminal to read from');
  const ended = new AbortController();
  const colors = pc.createColors(wantsColor(stderr, osVariables));
  const prompts = terminalPrompts({
    input: stdin.stream,
    output: streamOf(stderr),
    colors,
    signal: AbortSignal.any([signal, ended.signal]),
    // As the terminal does it while no key is waited for.
    interrupt: () => process.kill(process.pid, 'SIGINT'),
  });
  const guide = createStepGuide({
    prompts,
    style: () => screenStyle(colors, stderr.columns, stderr.rows),
    show: (lines) => stderr.write(`${lines.join('\n')}\n`),
    snippets: ({ step, definition }) => snippetsOfStep(step, definition, cwd),
    isSimulator,
    quit: () => ended.abort(),
  });
  const farewell = isSimulator
    ? 'The simulator of this run ends with it: the next run begins anew.\n'
    : `To go on where you are: ${commandLine('run', [...collections, '--step', '--resume'])}\n`;
  return { guide, signal: ended.signal, farewell: () => (ended.signal.aborted ? farewell : '') };
}

function streamOf(output: Output): Writable {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      output.write(chunk.toString());
      done();
    },
  });
  return Object.defineProperty(stream, 'columns', { get: () => output.columns });
}
