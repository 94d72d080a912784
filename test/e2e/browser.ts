import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { expect, test } from 'vitest';

/** Where Debian's package `chromium` puts it; another browser may be named. */
const executablePath = process.env.PINGONE_TUTORIAL_CHROMIUM ?? '/usr/bin/chromium';
const wanted = process.env.PINGONE_TUTORIAL_NO_BROWSER === undefined;
const found = existsSync(executablePath);

const args = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser to test with. */
export const hasBrowser = wanted && found;

/** A browser without a window. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}

/** Says what is not tested without a browser, and makes that a failure in CI. */
export function expectBrowser(what: string): void {
  if (!found) {
    process.stderr.write(
      `\n${what} is NOT tested: there is no ${executablePath}. Install Debian's package chromium, ` +
        'or name a Chromium in PINGONE_TUTORIAL_CHROMIUM.\n\n',
    );
  }
  test.runIf(wanted && Boolean(process.env.CI))(`CI has a browser for this: ${what}`, () => {
    expect(found, `${executablePath} is missing; set PINGONE_TUTORIAL_NO_BROWSER=1 to do without`).toBe(true);
  });
}
