import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds after which the program is ended. */
  readonly timeLimit: number;
}

/** Runs a program and gives what it wrote to stdout. Throws with the end of what it said when it does not end with 0. */
export function runProgram(command: string, argv: readonly string[], options: ProgramOptions): Promise<string> {
  const { env, cwd, timeLimit } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { env, cwd, timeout: timeLimit, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      written.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      written.stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(written.stdout);
      else
        reject(new Error(`${command} ended with ${code ?? signal}: ${(written.stderr || written.stdout).slice(-600)}`));
    });
  });
}

/** Whether a program is there and ends with 0. */
export async function succeeds(command: string, argv: readonly string[]): Promise<boolean> {
  try {
    await runProgram(command, argv, { env: process.env, cwd: process.cwd(), timeLimit: 60_000 });
    return true;
  } catch {
    return false;
  }
}
