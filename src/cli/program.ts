import { isatty } from 'node:tty';
import { exitCode } from '../errors.ts';
import { createSecrets } from '../run/secrets/redact.ts';
import type { Cache } from '../start/cache.ts';
import { isWorkerProcess } from './commands/worker-command.ts';
import { main } from './main.ts';
import { reportError } from './outputs/report-error.ts';
import type { Output } from './world.ts';

export interface ProgramOptions {
  readonly atEnd?: () => void;
  readonly cache?: Cache | undefined;
}

/**
 * The program: the command line with the real world, until it ends the process. `atEnd` is called when everything is done, and
 * should take no time worth waiting for.
 */
export async function startProgram({ atEnd, cache }: ProgramOptions = {}): Promise<void> {
  // Newman's dependencies use what newer versions of Node deprecate; that is not news for the person at the terminal.
  process.noDeprecation = true;

  if (isWorkerProcess(process.argv.slice(2))) {
    const { serveParent } = await import('./start-workers.ts');
    await serveParent(atEnd);
    process.exit();
  }

  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(exitCode.incomplete);
      process.stderr.write(
        `\n${signal === 'SIGINT' ? 'Interrupted' : 'Asked to end'}: ending the run. Once more ends it at once.\n`,
      );
      interruption.abort();
    });
  }

  function output(stream: NodeJS.WriteStream): Output {
    let open = true;
    // A reader that has gone (`| head`), or a terminal (EIO), wants no more: what goes on ends, clean-up included, and nothing is said.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      open = false;
      interruption.abort();
    });
    return {
      isTTY: stream.isTTY === true,
      get columns() {
        return stream.columns;
      },
      get rows() {
        return stream.rows;
      },
      write: (text) => {
        if (open && text !== '') stream.write(text);
      },
    };
  }

  const world = {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    // Opened only by who reads it.
    stdin: {
      get isTTY() {
        return isatty(0);
      },
      get stream() {
        return process.stdin;
      },
    },
    osVariables: process.env,
    cwd: process.cwd(),
    signal: interruption.signal,
    secrets: createSecrets(),
    cache,
    keepCode: atEnd,
  };

  // Node's own words for what nobody caught would show secrets that the error holds. Rejections come here too.
  process.on('uncaughtException', (error) => process.exit(reportError(error, world)));

  process.exitCode = await main(process.argv.slice(2), world);
  if (process.exitCode === exitCode.passed) atEnd?.();

  // Whatever still waits (a sandbox that ends, a run of Newman that failed half-way) must not keep the person waiting.
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}

/** Resolves when all that was written has left the process, or cannot. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
