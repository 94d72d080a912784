import pc from 'picocolors';
import { compileJoined } from '../../compile/join-collections.ts';
import { withoutOwnWork } from '../../compile/run-collection.ts';
import { joinDefinitions } from '../../definition/join-definitions.ts';
import { type ExitCode, exitCode } from '../../errors.ts';
import { printableJson } from '../../printable.ts';
import { renderFinding, renderFindingsSummary } from '../../report/text/findings.ts';
import { examine, type Finding } from '../../run/doctor.ts';
import { openDestination } from '../inputs/destination.ts';
import { loadCollections } from '../inputs/load-collections.ts';
import { requestLimits } from '../inputs/request-limits.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { doctorOptions } from '../options/tenant-options.ts';
import { type World, wantsColor } from '../world.ts';

export type DoctorCommandOptions = OptionsOf<typeof doctorOptions>;

/** `doctor`: looks at what a run would need, and changes nothing. */
export async function doctorCommand(
  names: readonly string[],
  options: DoctorCommandOptions,
  world: World,
): Promise<ExitCode> {
  const parts = (await loadCollections(names, world)).map(({ definition }) => definition);
  const definition = joinDefinitions(parts);
  const destination = await openDestination(definition, names, options, world);
  const { stdout, stderr } = world;
  // Data on standard output; then people read on standard error.
  const output = options.json ? stderr : stdout;
  const colors = pc.createColors(wantsColor(output, world.osVariables));
  try {
    const findings = await examine({
      definition,
      collection: compileJoined(parts.map(withoutOwnWork), definition),
      values: destination.values,
      ...requestLimits(options),
      signal: world.signal,
      secrets: world.secrets,
      retry: { attempts: 2 },
      onFinding: (finding) => output.write(renderFinding(finding, colors)),
    });
    output.write(renderFindingsSummary(findings, colors));
    if (options.json) stdout.write(`${printableJson(JSON.stringify({ findings }, null, 2))}\n`);
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
