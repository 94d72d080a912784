import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly comparisons: readonly string[];
  readonly quick: boolean;
  readonly write: boolean;
  readonly rounds: number | undefined;
  readonly limitSeconds: number;
  readonly scratch: string;
}

/** What the command line asks for, or what is wrong with it. `known`: names of the comparisons, all of which are meant by none. */
export function readArguments(
  argv: readonly string[],
  known: readonly string[],
  osVariables: Readonly<Record<string, string | undefined>>,
): BenchArguments | { readonly problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        limit: { type: 'string', default: '300' },
        scratch: { type: 'string' },
      },
    });
    const unknown = positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`there is no comparison "${unknown.join('", "')}"`);
    return {
      comparisons: positionals.length > 0 ? positionals : known,
      quick: values.quick,
      write: values.write,
      rounds: values.rounds === undefined ? undefined : wholeNumber('--rounds', values.rounds),
      limitSeconds: wholeNumber('--limit', values.limit),
      // Absolute: programs are started in other folders.
      scratch: resolve(values.scratch ?? defaultScratch(osVariables)),
    };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

export function usage(known: readonly string[]): string {
  return `usage: npm run bench -- [${known.join('] [')}] [--quick] [--rounds N] [--write] [--limit SECONDS] [--scratch FOLDER]`;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} needs a whole number from 1 on, not "${text}"`);
  return Number(text);
}

function defaultScratch({ XDG_CACHE_HOME }: Readonly<Record<string, string | undefined>>): string {
  return XDG_CACHE_HOME
    ? join(XDG_CACHE_HOME, 'pingone-tutorial-bench')
    : fileURLToPath(new URL('../../node_modules/.cache/pingone-tutorial-bench', import.meta.url));
}
