import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { basic } from '../simulator/support.ts';
import { overTheWire } from '../simulator/wire.ts';
import { cli, root, temporaryFolder } from './support.ts';

const { adminEnvID, adminAppID, adminAppSecret } = defaultCredentials;

/** `simulate` in this process, until `end`. */
interface Running {
  readonly url: string;
  /** What is on stdout. */
  readonly text: string;
  stderr(): string;
  end(): Promise<number>;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: Running[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.end();
  await folder.remove();
});

async function simulate(...flags: readonly string[]): Promise<Running> {
  const interruption = new AbortController();
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    isTTY: false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = main(['simulate', '--port', '0', ...flags], {
    stdout: output('stdout'),
    stderr: output('stderr'),
    osVariables: {},
    cwd: folder.path,
    signal: interruption.signal,
  });
  await expect.poll(() => written.stdout + written.stderr, { timeout: 10_000 }).not.toBe('');
  const url = /is at (\S+)/.exec(written.stdout)?.[1];
  if (url === undefined) throw new Error(`the simulator did not start: ${written.stderr}`);
  const one: Running = {
    url,
    text: written.stdout,
    stderr: () => written.stderr,
    end: () => {
      interruption.abort();
      return code;
    },
  };
  running.push(one);
  return one;
}

const token = ({ url }: Running, timeout = 5000) =>
  overTheWire(`${url}/${adminEnvID}/as/token`, {
    method: 'POST',
    headers: {
      Authorization: basic(adminAppID, adminAppSecret),
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    timeout,
  });

describe('simulate', () => {
  test('serves, logs each request on the terminal, and ends with 0', async () => {
    const one = await simulate();
    expect((await token(one)).status).toBe(200);
    expect(one.stderr()).toMatch(/^\S+Z POST \/a4c7e1b0\S+\/as\/token 200 \d+ ms\n$/);
    expect((await overTheWire(`${one.url}/_simulator/status`)).status).toBe(404);
    expect(await one.end()).toBe(0);
  });

  test('takes a dialect, disputed answers and rate limits', async () => {
    const flags = ['--dialect', '2027-03', '--disputed', 'documented-headers', '--rate-limit', 'rlgAuthnRps=1'];
    const one = await simulate(...flags);
    const answers = await Promise.all([token(one), token(one), token(one), token(one)]);
    expect(answers.map(({ status }) => status)).toContain(429);
    expect(answers.every(({ headers }) => 'x-frame-options' in headers)).toBe(true);
    const good = answers.find(({ status }) => status === 200);
    const { access_token } = JSON.parse(good?.text ?? '') as { access_token: string };
    expect(decodeProtectedHeader(access_token).typ).toBe('at+jwt');
  });

  test('waits before each answer with --latency', async () => {
    const one = await simulate('--latency', '150');
    expect((await token(one)).milliseconds).toBeGreaterThan(140);
  });

  test('takes faults from a file and from flags, and logs them', async () => {
    const faults = join(root, 'test/simulator/faults/lost-answer.yaml');
    const flag = '{match: {step: 1}, do: {kind: status, status: 503, retryAfter: 5}}';
    const one = await simulate('--faults', faults, '--fault', flag, '--log', 'log.jsonl');
    const seen = await token(one);
    expect(seen.status).toBe(503);
    expect(new Date(seen.headers['retry-after'] ?? '').getTime()).toBeGreaterThan(Date.now());
    expect(one.stderr()).toContain('503');
    expect(one.stderr()).toContain('fault: status');
    const lines = readFileSync(join(folder.path, 'log.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { fault: { fault: 1, kind: 'status', step: 1, attempt: 1 } },
      { request: { method: 'POST', status: 503, note: 'fault: status' } },
    ]);
  });

  test('shows its page at its address, read-only unless --control', async () => {
    const headers = { Accept: 'text/html' };
    const one = await simulate();
    expect(one.text).toContain('Open that address in a browser to see what exists, the last requests and the faults.');
    expect((await overTheWire(`${one.url}/`, { headers })).text).toContain('read-only');
    const other = await simulate('--control');
    expect(other.text).toContain('and to switch faults.');
    const page = await overTheWire(`${other.url}/`, { headers });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('control on');
  });

  test('starts from a seed, dumps at the end, and starts from the dump', async () => {
    const seed = join(root, 'test/simulator/seed.yaml');
    const one = await simulate('--seed', seed, '--control', '--dump', 'dump.json');
    expect(one.text).toContain(`is in ${seed}`);
    expect(await one.end()).toBe(0);
    const dump = JSON.parse(readFileSync(join(folder.path, 'dump.json'), 'utf8'));
    expect(dump.environments).toMatchObject([{ name: 'Administrators', users: [{ attributes: { username: 'ann' } }] }]);
    const other = await simulate('--seed', 'dump.json', '--control');
    expect(JSON.parse((await overTheWire(`${other.url}/_simulator/state`)).text)).toEqual(dump);
  });

  test('delays roles and visibility when asked to', async () => {
    const one = await simulate('--role-delay', '60', '--visibility-delay', '60', '--deletion-delay', '60');
    expect((await token(one)).status).toBe(200);
  });

  test('speaks HTTPS with --tls, and says how to trust it', async () => {
    const one = await simulate('--tls');
    expect(one.url).toMatch(/^https:/);
    const file = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(one.text)?.[1] ?? '';
    expect(one.text).toContain('Postman  Settings > Certificates > CA certificates');
    const ca = readFileSync(file, 'utf8');
    const status = await new Promise((resolve, reject) => {
      const url = one.url.replace('127.0.0.1', 'localhost');
      request(`${url}/v1/environments`, { ca, agent: false }, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(401);
    expect((await overTlsWithoutTrust(one.url)).code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    await one.end();
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});

function overTlsWithoutTrust(url: string): Promise<NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    request(url, { agent: false }).on('error', resolve).end();
  });
}

describe('simulate refuses with exit code 2', () => {
  test('files that are wrong, every problem of all of them at once', async () => {
    writeFileSync(join(folder.path, 'faults.yaml'), 'faults:\n  - do: { kind: hang, x: 1 }\n');
    writeFileSync(join(folder.path, 'seed.yaml'), 'organization: []\n');
    const result = await cli(
      ['simulate', '--port', '0', '--faults', 'faults.yaml', '--fault', '{do: {kind: x}}', '--seed', 'seed.yaml'],
      { cwd: folder.path },
    );
    expect(result.code).toBe(2);
    expect(result.stderr.split('\n').map((line) => line.slice(0, 70))).toEqual([
      'error: faults.yaml:2:23: unknown key "x"; known keys: kind, processed',
      'error: --fault:1:7: must be an object with a kind: status, token-expir',
      'error: seed.yaml:1:1: the key "organizations" is missing',
      'error: seed.yaml:1:1: unknown key "organization"; known keys: organiza',
      '',
    ]);
  });

  test.each([
    [['--faults', 'missing.yaml'], 'missing.yaml cannot be read: ENOENT'],
    [['--seed', 'missing.yaml'], 'missing.yaml cannot be read: ENOENT'],
    [['--log', 'no/such/folder/log'], 'log cannot be written: ENOENT'],
    [['--latency', 'soon'], 'Expected whole milliseconds'],
    [['--dialect', 'tomorrow'], 'Allowed choices are today, 2027-03'],
    [['--disputed', 'nothing'], 'flow-locked-out-400: a locked-out user in a flow'],
    [['--rate-limit', 'rlgConfigRpm'], 'Expected a group and a number, such as rlgConfigRpm=600'],
    [['--rate-limit', 'other=1'], 'Expected a group and a number'],
    [['--role-delay', '-1'], 'Expected a number of seconds'],
    [['--host', '192.0.2.1'], '192.0.2.1 is no address of this machine'],
  ])('%s', async (flags, want) => {
    const result = await cli(['simulate', '--port', '0', ...flags], { cwd: folder.path });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(want);
  });
});
