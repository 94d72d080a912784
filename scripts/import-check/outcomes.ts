import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { run } from 'newman';
import type { RunEvent } from '../../src/run/result/result.ts';
import type { ProgramResult } from '../interop/program.ts';

/** What comes of a collection that is run. */
export interface Outcome {
  /** What a server received. */
  readonly received: readonly string[];
  /** Each `pm.test`: `name: passed`. */
  readonly checks: readonly string[];
  readonly fails: boolean;
  readonly output: string;
}

/** What comes of it beside what a server received. */
export type Verdict = Omit<Outcome, 'received'>;

export interface RunFiles {
  readonly environment?: string | undefined;
  readonly data?: string | undefined;
  readonly iterations?: number | undefined;
}

/** Runs our program with arguments. */
export type OurProgram = (argv: readonly string[]) => Promise<ProgramResult>;

/** Imports a collection into a folder, compiles it there, and gives the compiled file. */
export async function importAndCompile(ours: OurProgram, original: string, folder: string): Promise<string> {
  for (const argv of [
    ['import', original, folder],
    ['compile', folder],
  ]) {
    const { code, stdout, stderr } = await ours(argv);
    if (code !== 0) throw new Error(`${argv[0]}: exit code ${code}\n${stdout}${stderr}`);
  }
  const compiled = (await readdir(folder)).find((name) => name.endsWith('.postman_collection.json'));
  return join(folder, compiled ?? '');
}

/** Our run of an imported definition, with its report in the folder. */
export async function runOurs(
  ours: OurProgram,
  definition: string,
  { environment, data, iterations }: RunFiles,
  folder: string,
  more: readonly string[] = [],
): Promise<Verdict> {
  const report = join(folder, 'report.ndjson');
  await rm(report, { force: true });
  const { code, stdout, stderr } = await ours([
    ...['run', definition, '--no-simulator', '--verbose', '--ledger', folder],
    ...['-r', 'terminal', '-r', `ndjson=${report}`],
    ...(environment === undefined ? [] : ['--environment', environment]),
    ...(data === undefined ? [] : ['--data', data]),
    ...(iterations === undefined ? [] : ['--iterations', String(iterations)]),
    ...more,
  ]);
  return { checks: await checksIn(report), fails: code !== 0, output: stdout + stderr };
}

/** The checks of every step as it ended, without those that only the runner makes. */
async function checksIn(report: string): Promise<string[]> {
  const text = await readFile(report, 'utf8').catch(() => '');
  const events = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]));
  return events.flatMap((event) =>
    event.kind !== 'step-finished'
      ? []
      : event.result.checks
          .filter(({ name }) => !/^the (prerequest|test) script runs$/.test(name))
          .map(({ name, status }) => `${name}: ${status}`),
  );
}

const require = createRequire(import.meta.url);

/** As `newman run` does, which ends with 1 when something failed: Newman as its registry has it, with the runtime that it asks for. */
export async function runStock(file: string, { environment, data, iterations }: RunFiles): Promise<Verdict> {
  const text = await readFile(file, 'utf8');
  const collection: object = JSON.parse(text);
  const stock = require('newman-stock') as { run: typeof run };
  const checks: string[] = [];
  const verdict = await new Promise<Verdict>((resolve) => {
    stock
      .run(
        {
          collection,
          reporters: [],
          ...(environment !== undefined && { environment }),
          ...(data !== undefined && { iterationData: data }),
          ...(iterations !== undefined && { iterationCount: iterations }),
        },
        (error, summary) => {
          const failures = (summary?.run.failures ?? []).map((failure) => failure.error.message);
          const output = [error?.message, ...failures].filter(Boolean).join('\n');
          resolve({ checks, fails: output !== '', output });
        },
      )
      .on('assertion', (error: Error | null, { assertion }: { assertion: string }) => {
        checks.push(`${assertion}: ${error ? 'failed' : 'passed'}`);
      });
  });
  // A script that skips its request ends before what it sent itself has left.
  if (text.includes('skipRequest')) await setTimeout(200);
  return verdict;
}

/**
 * Whether our run made the checks of stock Newman. Of a request that runs again, it reports the first failure, so that of collections
 * with jumps some checks are not there.
 */
export function hasChecksOf(stock: readonly string[], ours: readonly string[], collection: string): boolean {
  if (collection.includes('setNextRequest')) return ours.every((check) => stock.includes(check));
  return ours.length === stock.length && ours.every((check, index) => check === stock[index]);
}
