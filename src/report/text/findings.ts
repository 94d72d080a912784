import type { Colors } from 'picocolors/types.js';
import { printableData } from '../../printable.ts';
import type { Finding } from '../../run/doctor.ts';
import { counted } from './words.ts';

/** A finding of `doctor`: what was looked at, what was found, and what to do. */
export function renderFinding(finding: Finding, colors: Colors): string {
  const { subject, status, message, remedy } = printableData(finding);
  const mark = {
    good: colors.green('✓'),
    warning: colors.yellow('!'),
    bad: colors.red('✗'),
    error: colors.red('✗'),
    unknown: colors.yellow('?'),
  }[status];
  const advice = remedy === undefined ? '' : `    ${colors.yellow('What to do:')} ${remedy}\n`;
  return `${mark} ${colors.bold(subject)}: ${message}\n${advice}`;
}

/** The end of what `doctor` tells: how many findings stand in the way. */
export function renderFindingsSummary(findings: readonly Finding[], colors: Colors): string {
  const inTheWay = findings.filter(({ status }) => status === 'bad' || status === 'error').length;
  if (inTheWay === 0) return `\n${colors.green('✓ nothing stands in the way of a run')}\n`;
  return `\n${colors.red(`✗ ${counted(inTheWay, 'finding')} in the way of a run`)}\n`;
}
