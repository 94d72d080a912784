import { spawn } from 'node:child_process';

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Home folder of the program, so that it neither reads nor writes the person's own settings. Default: the real one. */
  readonly home?: string;
  /** Further OS variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Default: two minutes. Then the program is ended, and the promise rejects. */
  readonly timeoutMilliseconds?: number;
}

/** Runs a program to its end, whatever its exit code. Rejects when it cannot be started or takes too long. */
export function runProgram(
  program: string,
  argv: readonly string[],
  { cwd, home, variables, timeoutMilliseconds = 120_000 }: ProgramOptions,
): Promise<ProgramResult> {
  // No colours and no proxies; nothing of this process's variables that a tool could take for a setting or a secret.
  const { PATH, HOME, LANG, npm_config_registry, npm_config_cache } = process.env;
  const env = { PATH, LANG, npm_config_registry, npm_config_cache, HOME: home ?? HOME };
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      cwd,
      env: { ...env, NO_COLOR: '1', CI: '1', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMilliseconds,
      // A program that is busy does not heed SIGTERM.
      killSignal: 'SIGKILL',
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === null) resolve({ code, ...written });
      else reject(new Error(`${program} ${argv[0] ?? ''} was ended by ${signal}\n${written.stderr}`));
    });
  });
}
