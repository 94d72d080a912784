import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { RunResult } from '../../run/result/result.ts';
import { type JsonReport, jsonReportSchema } from './json-schema.ts';

/** A result that was read, or why it cannot be: `foreign` when the text is no report of this program at all. */
export type ParsedReport = { readonly result: RunResult } | { readonly problem: string; readonly foreign?: true };

/**
 * The result in a JSON report (`renderJson`, `--reporter json`) of this version or an earlier one. A result of version 1 is given as
 * version 2. `problem` is to be read after the name of the file: `is empty`.
 */
export function parseJsonReport(text: string): ParsedReport {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { problem: text.trim() === '' ? 'is empty' : 'is not JSON, or was cut off' };
  }
  const report = isMapping(data) ? data : {};
  const [, id] = /^urn:pingone-tutorial:run-result:(.+)$/.exec(String(report.$schema)) ?? [];
  if (id === undefined)
    return { problem: 'is not a JSON report of this program (--reporter json=FILE)', foreign: true };
  if (!['1', '2'].includes(id) || String(report.version) !== id)
    return { problem: `has version ${id} of the format; this program knows the versions 1 and 2` };
  const current = id === '1' ? fromVersion1(report) : report;
  const wrong = shapeProblem(current);
  if (wrong !== undefined) {
    const maker = isMapping(report.tool) ? String(report.tool.version) : 'an unknown version';
    return { problem: `is not a report that this program knows (it was made by ${maker}): ${wrong}` };
  }
  const { $schema, totals, ...result } = current as unknown as JsonReport;
  return { result };
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(data: unknown): data is Mapping {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/**
 * What version 2 added to version 1: skipped steps are counted, and a created thing says that it may exist. (Version 1 left its id out.)
 * Data of another shape is left as it is, for the validation to refuse.
 */
function fromVersion1(report: Mapping): Mapping {
  return {
    ...report,
    $schema: 'urn:pingone-tutorial:run-result:2',
    version: 2,
    ...changed(report, 'created', (created) =>
      each(created, (thing) => ('id' in thing ? thing : { ...thing, mayExist: true })),
    ),
    ...changed(report, 'totals', countingSkipped),
    ...changed(report, 'figures', (figures) =>
      isMapping(figures)
        ? {
            ...figures,
            ...changed(figures, 'totals', countingSkipped),
            ...changed(figures, 'statistics', (steps) => each(steps, (step) => ({ ...step, skipped: 0 }))),
          }
        : figures,
    ),
  };
}

function changed(data: Mapping, key: string, change: (value: unknown) => unknown): Mapping {
  return key in data ? { [key]: change(data[key]) } : {};
}

function each(list: unknown, change: (item: Mapping) => Mapping): unknown {
  return Array.isArray(list) ? list.map((item) => (isMapping(item) ? change(item) : item)) : list;
}

function countingSkipped(totals: unknown): unknown {
  if (!isMapping(totals) || !isMapping(totals.steps)) return totals;
  return { ...totals, steps: { ...totals.steps, skipped: 0 } };
}

let validate: ReturnType<Ajv['compile']> | undefined;

/** The schema is compiled when a report is read. */
function shapeProblem(data: unknown): string | undefined {
  if (!validate) {
    const ajv = new Ajv({ strict: true });
    addFormats.default(ajv);
    validate = ajv.compile(jsonReportSchema);
  }
  if (validate(data)) return undefined;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath || 'it'} ${error?.message ?? ''}`;
}
