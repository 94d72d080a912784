/** An instruction of the runtime: a piece of work, and what comes after it. */
interface Instruction {
  readonly in: readonly unknown[];
  readonly payload: unknown;
  readonly timings: { record(name: string): void };
  readonly _processor: (...values: unknown[]) => void;
  readonly _done?: readonly ((...values: unknown[]) => void)[];
  readonly _catch?: readonly ((...values: unknown[]) => void)[];
  execute(callback: (...values: unknown[]) => void, scope?: object): void;
}

interface InstructionRun {
  readonly pool: { create(action: string, payload?: unknown, args?: readonly unknown[]): Instruction };
  immediate(action: string, payload: unknown, ...rest: unknown[]): Instruction;
}

/**
 * Startup and speed optimization: the runtime waits a millisecond after every instruction (`setTimeout(…, 0)`), some 20 for a request.
 * The instructions of this run go on with `setImmediate` instead; what they do is the same. The function that comes back resolves when
 * those that are beside the others have ended: requests of scripts, for which a script that skips its request does not wait.
 */
export function setImmediateInstructions(run: object): () => Promise<void> {
  const target = run as InstructionRun;
  const { pool } = target;
  const beside: Promise<void>[] = [];
  const { create } = pool;
  pool.create = (action, payload, args) => {
    const instruction = create(action, payload, args);
    instruction.execute = (callback, scope = instruction) => executeNow(instruction, callback, scope);
    return instruction;
  };
  target.immediate = (action, payload, ...rest) => {
    const instruction = pool.create(action, payload, rest);
    const ended = new Promise<void>((resolve) => {
      setImmediate(() => instruction.execute(() => resolve(), target));
    });
    beside.push(ended);
    return instruction;
  };
  return async () => {
    await Promise.all(beside);
  };
}

function executeNow(instruction: Instruction, callback: (...values: unknown[]) => void, scope: object): void {
  let isOver = false;
  const done = (error?: unknown, ...outcome: unknown[]) => {
    if (isOver) return;
    isOver = true;
    instruction.timings.record('end');
    if (error) for (const listener of instruction._catch ?? []) listener.call(scope, error, ...outcome);
    else for (const listener of instruction._done ?? []) listener.call(scope, ...outcome);
    setImmediate(() => callback.call(scope, error, ...outcome));
  };
  instruction.timings.record('start');
  try {
    instruction._processor.call(scope, ...instruction.in, instruction.payload, done);
  } catch (error) {
    done(error);
  }
}
