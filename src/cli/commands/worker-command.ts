/** The word with which the program begins as a process that runs iterations for another (`worker-processes.ts`); no command of a person. */
export const workerWord = 'worker';

/** Whether this is such a process: a person who types the word has no other process to serve. */
export function isWorkerProcess(argv: readonly string[]): boolean {
  return argv[0] === workerWord && process.send !== undefined;
}
