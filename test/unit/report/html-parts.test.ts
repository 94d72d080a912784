import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderDescription } from '../../../src/report/html/description.ts';
import { renderHtml } from '../../../src/report/html/html.ts';
import { curlOf } from '../../../src/report/text/curl.ts';
import { renderMarkdown } from '../../../src/report/text/markdown.ts';
import { sortedHeaders } from '../../../src/report/text/message-parts.ts';
import type { RunResult } from '../../../src/run/result/result.ts';
import { reportCases } from '../../golden/report-cases.ts';

describe('the timeline', () => {
  it('has an axis that covers every bar, also when the last step ended after the run was timed', () => {
    const passed = reportCases['all-passed'] as RunResult;
    const page = renderHtml({ ...passed, durationMs: 200 });
    const bars = [...page.matchAll(/<rect class="\S+" x="([\d.]+)" y="2" width="([\d.]+)"/g)];
    expect(bars.length).toBeGreaterThan(10);
    for (const [bar, x, width] of bars) expect(Number(x) + Number(width), bar).toBeLessThanOrEqual(1000.1);
    // The last step began after 240 ms and took 110.
    expect(page).toContain('<span>350 ms</span></div>');
  });
});

describe('a step of whose answer nothing is expected', () => {
  const passed = reportCases['all-passed'] as RunResult;
  const result = { ...passed, steps: passed.steps.map((step) => ({ ...step, checks: [] })) };

  it('is shown as sent, without a tick', () => {
    expect(renderHtml(result)).toContain('<span class="mark" aria-hidden="true">→</span>');
    expect(renderHtml(passed)).not.toContain('aria-hidden="true">→<');
    expect(renderMarkdown(result)).toContain('| ➡️ sent |');
    expect(renderMarkdown(result)).not.toContain('✅ passed');
  });
});

describe('the description of a step', () => {
  it.each([
    ['one\ntwo\n\nthree', '<p>one\ntwo</p><p>three</p>'],
    ['`a<b` and **c** and *d*', '<p><code>a&lt;b</code> and <strong>c</strong> and <em>d</em></p>'],
    ['* one\n  more\n* two', '<ul><li>one\n  more</li><li>two</li></ul>'],
    ['[a](https://a.example/) [b](javascript:x)', '<p><a href="https://a.example/">a</a> b</p>'],
    ['2 * 3 * 4 <b>', '<p>2 * 3 * 4 &lt;b&gt;</p>'],
  ])('%j becomes markup', async (text, want) => {
    expect(String(await renderDescription(text))).toBe(want);
  });
});

describe('a request as cURL', () => {
  const request = { method: 'POST', url: 'https://a.example/token?code=[secret]', headers: [] };
  const body = (text: string) => ({ text, bytes: text.length, truncated: false });

  it('has variables for secrets, by what they are', () => {
    expect(curlOf({ ...request, headers: [{ name: 'Authorization', value: 'Basic [secret]' }] })).toBe(
      `curl -i -X POST 'https://a.example/token?code='"$CODE" \\\n  -u "$CLIENT_ID:$CLIENT_SECRET"`,
    );
    expect(
      curlOf({ ...request, method: 'GET', headers: [{ name: 'Authorization', value: 'Bearer [secret]' }] }),
    ).toContain(`-H 'Authorization: Bearer '"$ACCESS_TOKEN"`);
    expect(curlOf({ ...request, body: body('a=b&client_secret=[secret]') })).toContain(
      `'a=b&client_secret='"$CLIENT_SECRET"`,
    );
    expect(curlOf({ ...request, body: body('{"newPassword": "[secret]"}') })).toContain(`"'"$NEW_PASSWORD"'"`);
  });

  it('is quoted so that a shell gives back the body', () => {
    const text = `{"name":"it's $HOME \`date\` \\\\n"}`;
    const command = curlOf({ ...request, body: body(text) }).replace(/curl -i -X POST .*/, "printf '%s\\n' \\");
    const sent = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('--data-raw\n')[1];
    expect(sent).toBe(`${text}\n`);
  });

  it('says when the body is not whole', () => {
    expect(curlOf({ ...request, body: { text: 'abc', bytes: 90_000, truncated: true } })).toContain(
      '--data-binary @body-of-90000-bytes',
    );
  });
});

it('headers that matter come first, in an order of their own', () => {
  const header = (name: string, value = 'x') => ({ name, value });
  const { telling, others } = sortedHeaders([
    ...[
      header('Date'),
      header('correlation-id'),
      header('Accept', '*/*'),
      header('Content-Type'),
      header('Authorization'),
    ],
  ]);
  expect(telling.map(({ name }) => name)).toEqual(['Authorization', 'Content-Type', 'correlation-id']);
  expect(others.map(({ name }) => name)).toEqual(['Date', 'Accept']);
});
