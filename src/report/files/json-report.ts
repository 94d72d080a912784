import { printableJson } from '../../printable.ts';
import type { RunResult } from '../../run/result/result.ts';
import { totalsOf } from '../totals.ts';
import type { JsonReport } from './json-schema.ts';

/** The whole result with its totals, as `run-result.schema.json` describes it. */
export function renderJson(result: RunResult): string {
  const report: JsonReport = { $schema: 'urn:pingone-tutorial:run-result:2', ...result, totals: totalsOf(result) };
  return `${printableJson(JSON.stringify(report, null, 2))}\n`;
}
