import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import { type InteropTool, type StepReport, verdictsOf } from './verdict.ts';

/** The JSON report of Newman, as far as it is read; the Postman CLI writes the same when asked to. */
interface NewmanReport {
  readonly run: {
    readonly executions: readonly {
      readonly item: { readonly name: string };
      readonly response?: object;
      readonly requestError?: { readonly message?: string };
      readonly assertions?: readonly { readonly assertion: string; readonly error?: object }[];
    }[];
    readonly failures: readonly {
      readonly source?: { readonly name: string };
      readonly error?: { readonly name?: string; readonly test?: string; readonly message?: string };
    }[];
  };
}

/** The two Newmans of this project: the runtime that it overrides, and the one Newman was published with. */
export const newmanTools: readonly InteropTool[] = [
  newman('Newman, with the runtime of this project', 'newman'),
  newman('Newman, as published', 'newman-stock'),
];

function newman(name: string, packageName: string): InteropTool {
  const require = createRequire(import.meta.url);
  return {
    name,
    packages: {},
    run: async ({ workFolder, collectionFile, environmentFile, steps }) => {
      const { version } = require(`${packageName}/package.json`) as { version: string };
      const program = require.resolve(`${packageName}/bin/newman.js`);
      const report = join(workFolder, 'newman.json');
      const argv = [program, 'run', collectionFile, '-e', environmentFile, '-r', 'json'];
      const result = await runProgram(process.execPath, [...argv, '--reporter-json-export', report], {
        cwd: workFolder,
      });
      return { tool: name, version, steps: verdictsOf(steps, await readNewmanReport(report, result.stderr)) };
    },
  };
}

/** What a JSON report in Newman's form says of each request. Rejects with what the tool wrote when there is no report. */
export async function readNewmanReport(file: string, written: string): Promise<StepReport[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`no report was written\n${written}`);
  });
  return newmanReports(JSON.parse(text) as NewmanReport);
}

function newmanReports({ run }: NewmanReport): StepReport[] {
  return [
    ...run.executions.map(({ item, response, requestError, assertions = [] }) => ({
      name: item.name,
      isSent: response !== undefined || requestError !== undefined,
      held: assertions.filter(({ error }) => !error).map(({ assertion }) => assertion),
      broken: assertions.filter(({ error }) => error).map(({ assertion }) => assertion),
    })),
    // Also of requests that have no execution. One that was refused a connection is told here only.
    ...run.failures.map(({ source, error }) => ({
      name: source?.name ?? '',
      isSent: error?.name !== 'AssertionError' && error?.test === undefined,
      held: [],
      broken: [error?.message ?? 'failed'],
    })),
  ];
}
