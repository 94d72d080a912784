import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, type ListeningSimulator, seedApps } from '../../src/simulator/index.ts';
import { type Client, createUser, environmentInput, signIn } from '../simulator/support.ts';
import { slow } from '../slow.ts';
import { expectBrowser, hasBrowser, launchBrowser } from './browser.ts';
import { cli, startSimulator, temporaryFolder } from './support.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

expectBrowser('the page of the simulator');

describe.skipIf(!hasBrowser)('the page of the simulator', () => {
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
    await page?.context().close();
    page = await (await browser.newContext()).newPage();
    problems.length = 0;
    elsewhere.length = 0;
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => !request.url().startsWith(server.url) && elsewhere.push(request.url()));
  });

  const open = () => page.goto(server.url);
  const requests = () => page.locator('#requests li');
  const texts = async (selector: string) =>
    (await page.locator(selector).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());

  test('shows what exists as a tree, and licenses with their room', slow, async () => {
    await createUser(client);
    await open();
    expect(await texts('#environments > .tree > li > details > summary')).toEqual([
      'Administrators PRODUCTION a4c7e1b0 0 users',
      'Sign-on test SANDBOX b7d3e5f1 1 user',
      expect.stringMatching(/^Test environment SANDBOX [0-9a-f]{8} 1 user$/),
      'Administrators PRODUCTION 1a5c9b24 0 users',
    ]);
    await expect.poll(() => page.getByText('sharedTestUser', { exact: true }).last().isVisible()).toBe(true);
    expect((await texts('.licenses li')).at(-2)).toBe(
      'INTERNAL ACTIVE d0a8b5c6 room for 42 8 of 50 environments, INTERNAL, until 2100-01-31',
    );
  });

  test('shows the last requests, the newest first, with their bodies on a key', slow, async () => {
    await client.send('POST', '/v1/environments', { body: environmentInput });
    await client.send('GET', '/v1/nothing');
    await open();
    expect(await texts('#requests summary')).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} GET \/v1\/nothing 403 \d+ ms unknown path: refused by the gateway$/,
      ),
      expect.stringMatching(/ POST \/v1\/environments 201 \d+ ms$/),
      expect.stringMatching(/ POST \/a4c7e1b0…\/as\/token 200 \d+ ms$/),
    ]);
    await page.locator('#requests summary').nth(1).focus();
    await page.keyboard.press('Enter');
    const body = requests()
      .nth(1)
      .getByLabel(/^Request body of request/);
    await expect.poll(() => body.isVisible()).toBe(true);
    expect(await body.innerText()).toContain('"name": "Test environment"');
  });

  test('copies a request as cURL', slow, async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    await open();
    await requests().first().locator('summary').click();
    await page.getByRole('button', { name: 'Copy as cURL' }).click();
    await page.getByText('Copied').waitFor();
    const text = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(text).toMatch(/^curl -i -X POST '.*\/as\/token' \\\n/);
    expect(text).toContain(`-u '${defaultCredentials.adminAppID}:'"$CLIENT_SECRET"`);
  });

  test('follows what happens, and leaves open what is open and the focus where it is', slow, async () => {
    await open();
    await page.locator('#environments summary').first().click();
    await requests().first().locator('summary').click();
    await page.locator('#requests pre').first().focus();
    const id = await requests().first().locator('details').getAttribute('id');
    await createUser(client);
    await expect.poll(() => requests().count(), { timeout: 5000 }).toBe(3);
    expect(await page.locator('#environments details').first().getAttribute('open')).toBe('');
    expect(await requests().last().locator('details').getAttribute('open')).toBe('');
    expect(await page.evaluate('document.activeElement.closest("li").querySelector("details").id')).toBe(id);
  });

  test('stops following when it is asked to', slow, async () => {
    await open();
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await createUser(client);
    await page.waitForTimeout(1500);
    expect(await requests().count()).toBe(1);
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await expect.poll(() => requests().count()).toBe(3);
  });

  test('switches faults on and off by the keyboard, and resets', slow, async () => {
    await open();
    const busy = page.getByRole('switch', { name: 'Too many requests' });
    await busy.focus();
    await page.keyboard.press('Space');
    await expect.poll(() => busy.getAttribute('aria-checked')).toBe('true');
    expect(await page.evaluate('document.activeElement.dataset.switch')).toBe('busy');
    expect((await client.send('GET', '/v1/environments')).status).toBe(429);
    await expect
      .poll(() => texts('.faults li'), { timeout: 5000 })
      .toEqual(['busy fired 1 time status: status 429, retryAfter 1 for attempt 1 to 2']);
    await page.keyboard.press('Space');
    await expect.poll(() => simulator.faults()).toEqual([]);
    simulator.setFaults([{ do: { kind: 'hang' } }]);
    await page.getByRole('button', { name: 'Remove all faults' }).click();
    await expect.poll(() => simulator.faults()).toEqual([]);
    await createUser(client);
    page.on('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: 'Reset the state' }).click();
    await expect.poll(() => simulator.snapshot().environments.length).toBe(3);
  });

  test('is read-only without control, and whole without JavaScript', slow, async () => {
    const own = createSimulator();
    const listening = await own.listen();
    await createUser(await signIn(own, seedApps.administrator));
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await plain.goto(`${listening.url}/_simulator`);
    expect(plain.url()).toBe(`${listening.url}/`);
    expect(await plain.getByText('read-only').count()).toBe(1);
    expect(await plain.getByRole('switch').count()).toBe(0);
    expect(await plain.getByRole('button').count()).toBe(0);
    await plain.locator('#requests summary').first().click();
    await expect.poll(() => plain.getByLabel('cURL of request 3').isVisible()).toBe(true);
    await plain.context().close();
    await listening.close();
  });

  test('asks nobody but the simulator, and has no error', slow, async () => {
    await open();
    await page.waitForTimeout(1200);
    expect({ elsewhere, problems }).toEqual({ elsewhere: [], problems: [] });
  });

  test.each(['light', 'dark'] as const)(
    'is accessible in %s colors, on a wide and a narrow screen',
    slow,
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const states = {
        empty: async () => simulator.load({ organizations: [] }),
        used: async () => {
          simulator.reset();
          await createUser(client);
        },
        faults: async () => {
          simulator.setFaults([{ name: 'lost answer', match: { step: 3 }, do: { kind: 'reset-after-processing' } }]);
          await client.send('POST', '/v1/environments', { body: environmentInput }).catch(() => undefined);
          await client.send('GET', '/v1/nothing');
        },
      };
      for (const [name, prepare] of Object.entries(states)) {
        await prepare();
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 800 });
          await open();
          await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
          const folder = process.env.PINGONE_TUTORIAL_SCREENSHOTS;
          if (folder !== undefined)
            await page.screenshot({ path: `${folder}/page-${name}-${colorScheme}-${width}.png`, fullPage: true });
          expect(
            await page.evaluate('document.documentElement.scrollWidth'),
            `${name} at ${width}`,
          ).toBeLessThanOrEqual(width);
          // The policy of the page lets no script in: this one comes from the browser's side.
          const { violations } = (await page.evaluate(`${axe}\naxe.run()`)) as AxeResults;
          expect(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
            `${name} at ${width}`,
          ).toEqual([]);
        }
      }
    },
  );

  test('says that the simulator has gone, and keeps what it last said', slow, async () => {
    const own = createSimulator();
    const listening = await own.listen();
    await page.goto(listening.url);
    await page.getByText('live', { exact: true }).waitFor();
    await listening.close();
    await page.getByText('has gone').waitFor({ timeout: 5000 });
    expect(await page.locator('#environments > .tree > li').count()).toBe(3);
  });
});

test('no secret of a whole run is on the page', slow, async () => {
  const target = await startSimulator();
  const folder = await temporaryFolder();
  const file = join(folder.path, 'values.json');
  const { code } = await cli([
    ...['run', 'create-a-test-environment', 'create-an-sso-workflow', '--quiet'],
    ...['--environment', target.environment, '--export-environment', file],
  ]);
  expect(code).toBe(0);
  const { values } = JSON.parse(await readFile(file, 'utf8')) as {
    values: { key: string; value: string; type: string }[];
  };
  const secrets = values.filter(({ type, value }) => type === 'secret' && value.length > 5);
  expect(secrets.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['accessToken', 'adminAppSecret', 'userPassword']),
  );
  const shown = await Promise.all(
    ['text/html', 'application/json'].map(async (Accept) => (await fetch(target.url, { headers: { Accept } })).text()),
  );
  expect(shown[1]?.match(/"curl"/g)?.length).toBeGreaterThan(12);
  for (const { key, value } of secrets)
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64').slice(0, 20)])
      expect(
        shown.some((text) => text.includes(form)),
        key,
      ).toBe(false);
  await target.close();
  await folder.remove();
});
