import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTROL_PATH, createSimulator, type ListeningSimulator, seedApps } from '../../src/simulator/index.ts';
import { type Client, createUser, environmentInput, signIn } from '../simulator/support.ts';
import { slow } from '../slow.ts';
import { expectBrowser, hasBrowser, launchBrowser } from './browser.ts';

expectBrowser('the status page of the simulator');

describe.skipIf(!hasBrowser)('the status page', () => {
  const simulator = createSimulator({ control: true });
  let server: ListeningSimulator;
  let browser: Browser;
  let page: Page;
  let client: Client;
  const problems: string[] = [];
  const elsewhere: string[] = [];

  beforeAll(async () => {
    server = await simulator.listen();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    simulator.setFaults([]);
    simulator.reset();
    client = await signIn(simulator, seedApps.administrator);
    await page?.close();
    page = await browser.newPage();
    problems.length = 0;
    elsewhere.length = 0;
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => !request.url().startsWith(server.url) && elsewhere.push(request.url()));
  });

  const open = () => page.goto(server.url + CONTROL_PATH);
  const rows = (id: string) => page.locator(`#${id} tbody tr`);
  /** The texts of a table's rows, once there are any. */
  const texts = async (id: string) => {
    await rows(id).first().waitFor();
    return (await rows(id).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  };

  test('shows what exists', slow, async () => {
    await createUser(client);
    await open();
    const id = '[0-9a-f-]{36}';
    expect(await texts('environments')).toEqual([
      expect.stringMatching(`^Administrators ${id} PRODUCTION 1 0$`),
      expect.stringMatching(`^Sign-on test ${id} SANDBOX 2 1$`),
      expect.stringMatching(`^Administrators ${id} PRODUCTION 1 0$`),
      expect.stringMatching(`^Test environment ${id} SANDBOX 1 1$`),
    ]);
    expect(await texts('licenses')).toHaveLength(7);
  });

  test('shows the last requests with status and time, the newest first', slow, async () => {
    await client.send('GET', '/v1/environments');
    await client.send('GET', '/v1/nothing');
    await open();
    expect(await texts('requests')).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} GET \/v1\/nothing unknown path: refused by the gateway 403 \d+$/),
      expect.stringMatching(/ GET \/v1\/environments 200 \d+$/),
      expect.stringMatching(/ POST \/[0-9a-f-]{36}\/as\/token 200 \d+$/),
    ]);
  });

  test('shows the active faults and how often each fired', slow, async () => {
    simulator.setFaults([{ name: 'busy', match: { step: 3 }, do: { kind: 'status', status: 503 } }]);
    await client.send('POST', '/v1/environments', { body: environmentInput });
    await open();
    expect(await texts('faults')).toEqual(['busy status {"step":3} 1']);
  });

  test('says so when there is nothing', slow, async () => {
    simulator.load({ organizations: [] });
    await open();
    await page.getByText('There is no environment.').waitFor();
    await page.getByText('No fault is active').waitFor();
  });

  test('follows what happens, without being loaded again', slow, async () => {
    await open();
    const before = (await texts('environments')).length;
    await createUser(client);
    await expect.poll(() => rows('environments').count(), { timeout: 5000 }).toBe(before + 1);
  });

  test('shows names as text, never as markup', slow, async () => {
    const name = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await client.send('POST', '/v1/environments', { body: { ...environmentInput, name } });
    await open();
    expect((await texts('environments')).at(-1)).toContain(name);
    expect(await page.title()).toBe('PingOne simulator');
    expect(await page.locator('#environments img').count()).toBe(0);
  });

  test('asks nobody but the simulator, and has no error', slow, async () => {
    await open();
    await page.waitForTimeout(1200);
    expect(elsewhere).toEqual([]);
    expect(problems).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'is readable in %s colours, on a wide and a narrow screen',
    slow,
    async (colorScheme) => {
      await createUser(client);
      simulator.setFaults([{ name: 'lost answer', match: { step: 3 }, do: { kind: 'reset-after-processing' } }]);
      await client
        .send('POST', '/v1/environments', { body: { ...environmentInput, name: 'Lost' } })
        .catch(() => undefined);
      await client.send('GET', '/v1/nothing');
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 800 });
        await open();
        await rows('requests').first().waitFor();
        const folder = process.env.PINGONE_TUTORIAL_SCREENSHOTS;
        if (folder !== undefined)
          await page.screenshot({ path: `${folder}/status-${colorScheme}-${width}.png`, fullPage: true });
        expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`), `at ${width}`).toBe(true);
        for (const selector of ['body', '#state', 'th', 'td.bad', 'td.odd', 'td.good']) {
          expect(await contrast(selector), `${selector} in ${colorScheme}`).toBeGreaterThan(4.5);
        }
      }
    },
  );

  test('says that the simulator has gone, and keeps what it last said', slow, async () => {
    const own = createSimulator({ control: true });
    const listening = await own.listen();
    await page.goto(listening.url + CONTROL_PATH);
    await page.getByText('running at').waitFor();
    await listening.close();
    await page.getByText('has gone').waitFor({ timeout: 5000 });
    expect(await rows('environments').count()).toBe(3);
  });

  /** Contrast of text and ground (WCAG 2.1, 1.4.3: at least 4.5). */
  function contrast(selector: string): Promise<number> {
    return page.evaluate<number>(`(() => {
      const channels = (text) => text.match(/[\\d.]+/g).map(Number);
      const luminance = (text) => channels(text).slice(0, 3)
        .map((value) => value / 255)
        .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
      let element = document.querySelector(${JSON.stringify(selector)});
      const ink = luminance(getComputedStyle(element).color);
      let ground;
      for (; element; element = element.parentElement) {
        ground = getComputedStyle(element).backgroundColor;
        if (!(channels(ground)[3] === 0)) break;
      }
      const other = luminance(ground);
      return (Math.max(ink, other) + 0.05) / (Math.min(ink, other) + 0.05);
    })()`);
  }
});
