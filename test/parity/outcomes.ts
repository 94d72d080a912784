import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { run } from 'newman';
import type { RunEvent } from '../../src/run/result/result.ts';
import { cli } from '../e2e/support.ts';
import type { EchoServer } from './echo-server.ts';

/** What comes of a collection that is run. */
export interface Outcome {
  /** What a server received. */
  readonly received: readonly string[];
  /** Each `pm.test`: `name: passed`. */
  readonly checks: readonly string[];
  readonly fails: boolean;
  readonly output: string;
}

export interface RunFiles {
  readonly environment?: string | undefined;
  readonly data?: string | undefined;
  readonly iterations?: number | undefined;
}

/** Imports a collection into a folder, compiles it there, and gives the compiled file. */
export async function importAndCompile(original: string, folder: string): Promise<string> {
  for (const argv of [
    ['import', original, folder],
    ['compile', folder],
  ]) {
    const { code, stdout, stderr } = await cli(argv);
    if (code !== 0) throw new Error(`${argv[0]}: exit code ${code}\n${stdout}${stderr}`);
  }
  const compiled = (await readdir(folder)).find((name) => name.endsWith('.postman_collection.json'));
  return join(folder, compiled ?? '');
}

/** Our run of an imported definition, with its report in the folder. */
export async function runOurs(
  definition: string,
  { environment, data, iterations }: RunFiles,
  server: EchoServer,
  folder: string,
  more: readonly string[] = [],
): Promise<Outcome> {
  server.take();
  const report = join(folder, 'report.ndjson');
  await rm(report, { force: true });
  const { code, stdout, stderr } = await cli(
    [
      ...[
        'run',
        definition,
        '--no-simulator',
        '--verbose',
        '--ledger',
        folder,
        '-r',
        'terminal',
        '-r',
        `ndjson=${report}`,
      ],
      ...(environment === undefined ? [] : ['--environment', environment]),
      ...(data === undefined ? [] : ['--data', data]),
      ...(iterations === undefined ? [] : ['--iterations', String(iterations)]),
      ...more,
    ],
    { cwd: folder },
  );
  return { received: server.take(), checks: await checksIn(report), fails: code !== 0, output: stdout + stderr };
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

/** Newman as its registry has it, with the runtime and the sandbox that it asks for. */
const stock = createRequire(import.meta.url)('newman-stock') as { run: typeof run };

/** As `newman run` does; it ends with 1 when something failed. */
export async function runStock(file: string, files: RunFiles, server: EchoServer): Promise<Outcome> {
  server.take();
  const collection: object = JSON.parse(await readFile(file, 'utf8'));
  const { environment, data, iterations } = files;
  const checks: string[] = [];
  return new Promise((resolve) => {
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
          resolve({ received: server.take(), checks, fails: output !== '', output });
        },
      )
      .on('assertion', (error: Error | null, { assertion }: { assertion: string }) => {
        checks.push(`${assertion}: ${error ? 'failed' : 'passed'}`);
      });
  });
}
