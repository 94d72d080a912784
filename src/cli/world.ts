import type { Readable } from 'node:stream';
import type { Secrets } from '../run/secrets/redact.ts';
import type { Cache } from '../start/cache.ts';

/** What a command needs of the world. `program.ts` gives the real one; tests give their own. */
export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where a person types. Default: nobody does. */
  readonly stdin?: Input;
  readonly osVariables: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** The secrets that the command has come to know: what it says of its own mistakes is redacted with them. */
  readonly secrets: Secrets;
  /** Where what was read and compiled is kept for the next time. Default: nowhere. */
  readonly cache?: Cache | undefined;
  /** Keeps what V8 has compiled for the next time. Default: nothing. */
  readonly keepCode?: (() => void) | undefined;
}

export interface Input {
  readonly isTTY: boolean;
  readonly stream: Readable;
}

export interface Output {
  readonly isTTY: boolean;
  /** Width of the terminal, in characters. */
  readonly columns?: number | undefined;
  /** Its height, in lines. */
  readonly rows?: number | undefined;
  write(text: string): void;
}

/** Whether to colour what is written: on a terminal, unless NO_COLOR says no (https://no-color.org); FORCE_COLOR says yes. */
export function wantsColor(output: Output, osVariables: World['osVariables']): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = osVariables;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined && force !== '' && force !== '0') return true;
  return output.isTTY && term !== 'dumb';
}

/** Columns at which the report is wrapped: those of the terminal, 100 at most; elsewhere what the OS variable COLUMNS says. */
export function reportWidth({ isTTY, columns = 80 }: Output, { COLUMNS }: World['osVariables']): number | undefined {
  const wanted = isTTY ? columns : Number(COLUMNS);
  return wanted >= 40 ? Math.min(wanted, 100) : undefined;
}
