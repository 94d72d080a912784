import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html/html.ts';
import { reportCases } from '../golden/report-cases.ts';
import { slow } from '../slow.ts';
import { expectBrowser, hasBrowser, launchBrowser } from './browser.ts';
import { temporaryFolder } from './support.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = { phone: 390, desktop: 1280 } as const;

expectBrowser('the HTML report');

describe.skipIf(!hasBrowser)('the HTML report in a browser', () => {
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const address = (name: string) => pathToFileURL(join(folder.path, `${name}.html`)).href;

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = await temporaryFolder();
    for (const [name, result] of Object.entries(reportCases))
      await writeFile(join(folder.path, `${name}.html`), renderHtml(result));
  });
  afterAll(() => browser?.close());

  const views = Object.entries(widths).flatMap(([device, width]) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ view: `${device}, ${colorScheme}`, width, colorScheme })),
  );

  async function expectReadable(name: string): Promise<void> {
    const page = await browser.newPage();
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address(name));
    // What is folded is looked at too.
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    await page.evaluate(axe);
    for (const { view, width, colorScheme } of views) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(width);
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        view,
      ).toEqual([]);
    }
    expect({ problems, requests }).toEqual({ problems: [], requests: [address(name)] });
    await page.close();
  }

  // Every fourth one; all of them: HTML_REPORTS=all.
  const isAll = process.env.HTML_REPORTS === 'all';
  for (const name of Object.keys(reportCases).filter((_, index) => isAll || index % 4 === 0))
    it(`${name}: on a phone and a desktop, light and dark`, slow, () => expectReadable(name));

  it('is whole without JavaScript, and a failure is open', slow, async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(address('failed-check'));
    await expect.poll(() => page.getByText('Likely cause:').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'Response' }).isVisible()).toBe(true);
    await page.locator('summary', { hasText: 'Step 1' }).click();
    expect(await page.getByLabel('Response body of Step 1: Get an access token').innerText()).toContain(
      '"access_token": "[secret]"',
    );
    await page.close();
  });

  it('shows what comes from outside as text', slow, async () => {
    const page = await browser.newPage();
    await page.goto(address('failed-check'));
    expect(await page.locator('.failure').innerText()).toContain('<b>No</b>');
    expect(await page.locator('.failure b').count()).toBe(0);
    await page.close();
  });
});
