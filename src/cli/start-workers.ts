import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Channel, FromWorker, ToWorker, WorkerChannel } from '../run/iterations/worker-messages.ts';
import { workerWord } from './commands/worker-command.ts';

/** Starts so many processes of this program that run iterations. They end with this one, whatever ends it. */
export function startWorkerProcesses(count: number): readonly WorkerChannel[] {
  const program = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
  return Array.from({ length: count }, () => {
    // What they have to say comes as a message: Node's own words for an error would show secrets that it holds.
    const child = fork(program, [workerWord], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return channelTo(child);
  });
}

function channelTo(child: ChildProcess): WorkerChannel {
  return {
    send: (message) => {
      // Nothing comes of it when the process has ended, which is told elsewhere.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(signal === null ? `exit code ${code}` : `signal ${signal}`));
    },
  };
}

/** Runs iterations for the process that started this one. Resolves when that wants no more, or is gone: then this one ends. */
export async function serveParent(keepCode?: () => void): Promise<void> {
  // A terminal sends these to all processes; the other one says what is to be done about it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  const gone = once(process, 'disconnect');
  const { boundHeap } = await import('../start/heap.ts');
  const { serveRun } = await import('../run/iterations/serve-iterations.ts');
  const channel: Channel<FromWorker, ToWorker> = {
    send: (message) => {
      process.send?.(message, undefined, {}, () => {});
      // With the first, everything is loaded.
      if (message.kind === 'finished') boundHeap(keepCode);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as ToWorker)),
    onEnd: () => {},
  };
  await Promise.race([serveRun(channel), gone]);
}
