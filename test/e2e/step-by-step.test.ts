import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, defaultCredentials, signOnCredentials } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { startFrontServer } from './front-server.ts';
import { cli, root, ssoEnvironmentFile, startSimulator, temporaryFolder } from './support.ts';
import { hasTerminal, keys, openTerminal, steadyScreens, type Terminal } from './terminal.ts';

const minutes = { ...slow, timeout: 180_000 };
const tutorial = 'create-a-test-environment';
const sso = 'create-an-sso-workflow';

let target: Awaited<ReturnType<typeof startSimulator>>;
let front: Awaited<ReturnType<typeof startFrontServer>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** What must not be on a screen: secrets that are given, and those that come to be. */
let secrets: Set<string>;
let environment: string;

beforeAll(async () => {
  target = await startSimulator(createSimulator(), ssoEnvironmentFile);
  front = await startFrontServer(target.simulator, async (request, proceed) => {
    const sent = await request.clone().text();
    const [, token] = (request.headers.get('authorization') ?? '').split(' ');
    const response = await proceed();
    const answered = await response.clone().text();
    for (const text of [token, fieldOf(sent, 'value'), fieldOf(sent, 'password'), fieldOf(answered, 'secret')])
      if (text) secrets.add(text);
    for (const name of ['access_token', 'id_token']) secrets.add(fieldOf(answered, name) ?? '');
    // The experiments' own values are no secrets.
    for (const known of ['', 'not-the-password']) secrets.delete(known);
    return response;
  });
});
beforeEach(async () => {
  target.simulator.reset();
  folder = await temporaryFolder();
  const { adminAppID, adminAppSecret } = defaultCredentials;
  const basic = Buffer.from(`${adminAppID}:${adminAppSecret}`).toString('base64');
  secrets = new Set([adminAppSecret, basic, signOnCredentials.userPassword]);
  environment = join(folder.path, 'my.json');
  const text = (await readFile(target.environment, 'utf8')).replaceAll(target.url, front.url);
  await writeFile(environment, text);
});
afterEach(async () => {
  for (const terminal of open.splice(0)) terminal.close();
  await folder.remove();
});
afterAll(async () => {
  await front.close();
  await target.close();
});

function fieldOf(json: string, name: string): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(json)?.[1];
}

const ledgers = () => join(folder.path, 'ledgers');
const there = () => ['--environment', environment, '--ledger', ledgers()];
/** Those of a test, which end with it. */
const open: Terminal[] = [];
function start(...argv: string[]): Terminal {
  const terminal = openTerminal(['run', ...argv, '--step', ...there()], { NO_COLOR: '1' });
  open.push(terminal);
  return terminal;
}

async function expectNoSecrets(...terminals: Terminal[]): Promise<void> {
  expect(secrets.size).toBeGreaterThan(3);
  for (const terminal of terminals)
    for (const secret of secrets) expect(terminal.written().includes(secret), secret).toBe(false);
}

/** Opens a list and chooses the first entry that begins so. */
async function choose(terminal: Terminal, line: string, key: string, entry: string): Promise<void> {
  await terminal.when(line, key);
  await terminal.sees('(arrows, Enter; Esc goes back)');
  for (let at = 0; at < 30; at += 1) {
    const lines = await terminal.screen();
    if (lines.some((one) => one.startsWith(`› ${entry}`))) return terminal.when('', keys.enter);
    await terminal.when('', keys.down);
    await terminal.sees('› ');
  }
  throw new Error(`no entry ${entry}`);
}

async function retype(terminal: Terminal, label: string, value: string): Promise<void> {
  await terminal.when(`${label} =`, keys.erase);
  await terminal.when('', `${value}${keys.enter}`);
}

const send = (terminal: Terminal) => terminal.when('Enter send', keys.enter);
const next = (terminal: Terminal) => terminal.when('Enter next', keys.enter);

describe.skipIf(!hasTerminal)('run --step at a terminal', () => {
  it('goes through the first tutorial: an edit, a copy, an experiment, quit and --resume', minutes, async () => {
    const first = start(tutorial);
    await send(first);
    await choose(first, 'Enter next', 't', 'A wrong client secret');
    await first.sees('changed: adminAppSecret → not-the-secret');
    await send(first);
    await first.sees('401 Unauthorized');
    await next(first);
    await send(first);
    await choose(first, 'Enter next', 'c', 'cURL');
    await first.sees(`'${front.url}/v1/organizations/${defaultCredentials.orgID}/licenses'`);
    await first.sees("'Authorization: Bearer {{accessToken}}'");
    await next(first);
    await send(first);
    await choose(first, 'Enter next', 'e', 'body description');
    await retype(first, 'body description', 'Changed by hand');
    await first.sees('changed: body /description → Changed by hand');
    await choose(first, 'Enter send', 'c', 'cURL');
    await first.sees(`"description": "Changed by hand",`);
    await choose(first, 'Enter send', 'e', 'variable namePrefix');
    await retype(first, 'variable namePrefix', 'pingone-tutorial-of-mine');
    await choose(first, 'Enter send', 'c', 'Python');
    await first.sees('"name": "pingone-tutorial-of-mine-');
    await first.sees(`"description": "Changed by hand",`);
    await first.sees("'Authorization': 'Bearer {{accessToken}}'");
    await send(first);
    await first.sees('201 Created');
    await next(first);
    await first.when('Enter send', 'q');
    await first.sees(`npm run tutorial -- ${tutorial} --step --resume`);
    expect(await first.ended).toEqual({ code: 0, isCanonical: true, echoes: true });
    const environments = () =>
      target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial'));
    expect(environments()).toHaveLength(2);

    const second = start(tutorial, '--resume');
    await second.sees('Step 1: Get an access token');
    await send(second);
    await next(second);
    for (const step of ['Step 4', 'Step 5', 'Step 6']) {
      await second.sees(step);
      await send(second);
      await next(second);
    }
    await second.sees('6 steps: 6 passed');
    expect(await second.ended).toEqual({ code: 0, isCanonical: true, echoes: true });
    await expectNoSecrets(first, second);

    expect((await cli(['cleanup', ...there()])).code).toBe(0);
    expect(environments()).toEqual([]);
  });

  it('goes through the second tutorial: an edit, a copy, an experiment, quit and --resume', minutes, async () => {
    const first = start(sso);
    await choose(first, 'Enter send', 'e', 'variable adminAppSecret');
    secrets.add('typed-canary-secret');
    await first.when('variable adminAppSecret =', `typed-canary-secret${keys.enter}`);
    await first.sees('changed: adminAppSecret → [secret]');
    await send(first);
    await first.sees('invalid_client');
    await choose(first, 'Enter go on', 'e', 'variable adminAppSecret');
    await first.when('variable adminAppSecret =', `${defaultCredentials.adminAppSecret}${keys.enter}`);
    await send(first);
    await next(first);
    await choose(first, 'Enter send', 'e', 'body description');
    await retype(first, 'body description', 'Changed by hand');
    await send(first);
    await next(first);
    await send(first);
    await choose(first, 'Enter next', 'c', 'Python');
    await first.sees('import requests');
    await next(first);
    await send(first);
    await next(first);
    await choose(first, 'Enter send', 't', 'A wrong password');
    await send(first);
    await first.sees('failuresRemaining');
    await first.when('Enter back', keys.enter);
    await send(first);
    await first.sees('COMPLETED');
    await first.when('Enter next', 'q');
    expect(await first.ended).toEqual({ code: 0, isCanonical: true, echoes: true });

    const second = start(sso, '--resume');
    for (let step = 0; !second.written().includes('SSO step 7'); step += 1) {
      if (step > 8) throw new Error('the last step does not come');
      await send(second);
      await next(second);
      await second.sees('Enter send');
    }
    await send(second);
    await second.sees('Claims of id_token');
    await next(second);
    await second.sees('7 steps: 7 passed');
    expect((await second.ended).code).toBe(0);
    await expectNoSecrets(first, second);
  });

  it('restores the terminal after Ctrl-C, and cleans up as always', minutes, async () => {
    const terminal = start(tutorial, '--cleanup', 'always');
    for (const _ of ['token', 'licenses', 'environment']) {
      await send(terminal);
      await next(terminal);
    }
    await terminal.when('Enter send', keys.interrupt);
    expect(await terminal.ended).toEqual({ code: 4, isCanonical: true, echoes: true });
    expect(terminal.written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      terminal.written().lastIndexOf('\u001b[?25l'),
    );
    expect(terminal.written()).toContain('removed environment');
    expect(JSON.stringify(target.simulator.snapshot())).not.toContain('pingone-tutorial-2');
    await expectNoSecrets(terminal);
  });

  it('gets a new token by itself after a 401, as step 2 says', minutes, async () => {
    target.simulator.setFaults([{ do: { kind: 'token-expiry', afterUses: 1 } }], 1);
    const terminal = start(tutorial);
    for (const step of ['Step 1', 'Step 2', 'Step 3']) {
      await terminal.sees(step);
      await send(terminal);
      await next(terminal);
    }
    await terminal.when('Enter send', 'q');
    await terminal.ended;
    target.simulator.setFaults([], 1);
    expect(terminal.written()).toContain('a new access token was obtained');
    await expectNoSecrets(terminal);
  });

  it('makes a failure a lesson: the cause, and a change that puts it right', minutes, async () => {
    const terminal = start(tutorial, '--var', 'licenseID=00000000-0000-4000-8000-000000000000');
    await send(terminal);
    await next(terminal);
    await send(terminal);
    await terminal.sees('Likely cause:');
    await terminal.sees('What to do:');
    await terminal.when('Enter go on', 'h');
    await terminal.sees('likeliest first');
    await choose(terminal, 'Enter go on', 'e', 'address');
    await retype(terminal, 'address', '{{apiPath}}/v1/organizations/{{orgID}}/licenses?limit=1');
    await terminal.sees('changed: address');
    await terminal.when('Enter send', keys.escape);
    await terminal.when('Enter send', 'q');
    expect((await terminal.ended).isCanonical).toBe(true);
  });
});

describe('without a terminal', () => {
  it('says what --step needs, before anything is sent', async () => {
    const { code, stderr } = await cli(['run', tutorial, '--simulator', '--step']);
    expect([code, stderr]).toEqual([
      2,
      'error: --step needs a terminal: standard input and standard error must be one\n',
    ]);
  });

  it.each([
    [['--iterations', '2'], 'leave out --iterations and --data'],
    [['--environment', 'a.json', '--environment', 'b.json'], 'give one environment, and no --matrix'],
  ])('refuses it with %j', async (argv, words) => {
    const { code, stderr } = await cli(['run', tutorial, '--step', ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

/** Screens of 24 lines and 80 columns, one for each step; `UPDATE_GOLDEN=1` writes them. */
describe.skipIf(!hasTerminal)('the screens of the first tutorial', () => {
  it('say on one screen each what a step is for, what was sent and what the answer means', slow, async () => {
    const terminal = openTerminal(['run', tutorial, '--simulator', '--step'], { NO_COLOR: '1' });
    const golden = join(root, 'test/golden/step-by-step');
    await mkdir(golden, { recursive: true });
    const steady = steadyScreens();
    for (const number of [1, 2, 3, 4, 5, 6]) {
      await send(terminal);
      await terminal.sees('Enter next');
      const screen = steady((await terminal.screen()).join('\n'));
      expect(screen).toContain(`── Step ${number}: `);
      const file = join(golden, `${number}.txt`);
      if (process.env.UPDATE_GOLDEN) await writeFile(file, `${screen}\n`);
      expect(`${screen}\n`).toBe(await readFile(file, 'utf8'));
      await next(terminal);
    }
    expect((await terminal.ended).code).toBe(0);
    expect(await readdir(golden)).toHaveLength(6);
  });
});

it('the recording in the README shows these screens', async () => {
  const svg = await readFile(join(root, 'images/step-by-step.svg'), 'utf8');
  // It has more screens, and so other numbers for their ids.
  const withoutIds = (text: string) => text.replaceAll(/00000000-0000-4000-8000-\d{12}/g, 'id');
  const shown = withoutIds(svg)
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
  for (const number of [1, 2, 3, 6]) {
    const screen = await readFile(join(root, `test/golden/step-by-step/${number}.txt`), 'utf8');
    for (const line of withoutIds(screen).split('\n'))
      expect(shown, 'npm run recording writes it anew').toContain(line.trimEnd());
  }
});
