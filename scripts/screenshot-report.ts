import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { renderHtml } from '../src/report/html/html.ts';
import { launchBrowser } from '../test/e2e/browser.ts';
import { reportCases } from '../test/golden/report-cases.ts';

/**
 * Makes pictures of the HTML report, for people to look at: every golden case at phone and desktop width, light and dark.
 * `tsx scripts/screenshot-report.ts [FOLDER]` (default: `screenshots`)
 */
const folder = process.argv[2] ?? 'screenshots';
await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
for (const [name, result] of Object.entries(reportCases)) {
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      await page.setContent(renderHtml(result));
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
  }
}
await browser.close();
