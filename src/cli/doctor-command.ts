import { resolve } from 'node:path';
import pc from 'picocolors';
import { loadDefinition } from '../definition/load.ts';
import { type ExitCode, exitCode } from '../errors.ts';
import { renderFinding, renderFindingsSummary } from '../report/findings.ts';
import { examine, type Finding } from '../run/doctor.ts';
import { findCollection } from './collection-folder.ts';
import { type DestinationOptions, openDestination } from './destination.ts';
import { type World, wantsColor } from './world.ts';

export interface DoctorCommandOptions extends DestinationOptions {
  /** Seconds. */
  readonly timeoutRequest: number;
  readonly json?: boolean;
}

/** `doctor`: looks at what a run would need, and changes nothing. */
export async function doctorCommand(name: string, options: DoctorCommandOptions, world: World): Promise<ExitCode> {
  const folder = findCollection(name, world.cwd);
  const definition = await loadDefinition(resolve(world.cwd, folder.path), folder.path);
  const destination = await openDestination(definition, options, world);
  const { stdout, stderr } = world;
  // Data on standard output; then people read on standard error.
  const output = options.json ? stderr : stdout;
  const colors = pc.createColors(wantsColor(output, world.osVariables));
  try {
    const findings = await examine({
      definition,
      values: destination.values,
      requestTimeout: options.timeoutRequest * 1000,
      signal: world.signal,
      retry: { attempts: 2 },
      onFinding: (finding) => output.write(renderFinding(finding, colors)),
    });
    output.write(renderFindingsSummary(findings, colors));
    if (options.json) stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
    return exitCodeOf(findings);
  } finally {
    await destination.close();
  }
}

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const has = (status: Finding['status']) => findings.some((finding) => finding.status === status);
  if (has('error')) return exitCode.incomplete;
  return has('bad') ? exitCode.checkFailed : exitCode.passed;
}
