import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '../../src/run/result/result.ts';
import { runProgram } from './program.ts';
import type { InteropTool, StepVerdict } from './verdict.ts';

const program = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** Exit codes 2 and 3: it refused to begin. */
const refusals = [2, 3];

/** The runner of this project, as it was built. Without retries, which the other tools do not make. */
export const ownTool: InteropTool = {
  name: 'pingone-tutorial run',
  packages: {},
  run: async ({ workFolder, collectionFolder, environmentFile, steps }) => {
    const report = join(workFolder, 'result.json');
    const options = ['--retries', '0', '--ledger', workFolder, '--environment', environmentFile];
    const argv = [program, 'run', collectionFolder, ...options, '--reporter', `json=${report}`];
    const { code, stderr } = await runProgram(process.execPath, argv, { cwd: workFolder });
    const { stdout: version } = await runProgram(process.execPath, [program, '--version'], { cwd: workFolder });
    const verdict = { tool: ownTool.name, version: version.trim() };
    if (code !== null && refusals.includes(code))
      return { ...verdict, steps: steps.map(({ id }) => ({ id, verdict: 'not-reached' })) };
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`no report was written\n${stderr}`);
    });
    const result = JSON.parse(text) as RunResult;
    return {
      ...verdict,
      steps: result.steps.map(({ id, status }): StepVerdict => ({ id, verdict: verdictOf(status) })),
    };
  },
};

function verdictOf(status: RunResult['steps'][number]['status']): StepVerdict['verdict'] {
  if (status === 'skipped') return 'not-reached';
  return status === 'error' ? 'failed' : status;
}
