import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createSimulator, type Simulator, seedApps } from '../../src/simulator/index.ts';
import { createUser, environmentInput, signIn } from './support.ts';

const html = { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
const json = { headers: { Accept: 'application/json' } };
const base = 'http://localhost';

const page = async (simulator: Simulator) => (await simulator.fetch(new Request(`${base}/`, html))).text();
// biome-ignore lint/suspicious/noExplicitAny: the form of the JSON is what the tests look at.
const status = async (simulator: Simulator): Promise<any> => {
  // Bodies that were refused unread are read afterwards.
  await new Promise(setImmediate);
  return (await simulator.fetch(new Request(`${base}/`, json))).json();
};

describe('the page', () => {
  test('is HTML for browsers, JSON for who asks for it, and PingOne’s answer for others', async () => {
    const simulator = createSimulator();
    const answer = await simulator.fetch(new Request(`${base}/`, html));
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'sha256-");
    expect(await status(simulator)).toMatchObject({ control: false, faults: [], requests: [] });
    expect((await simulator.fetch(new Request(`${base}/`))).status).toBe(403);
    expect((await simulator.fetch(new Request(`${base}/`, { ...html, method: 'POST' }))).status).toBe(403);
  });

  test.each(['http://evil.example/', 'http://127.0.0.1.evil.example/'])('is not shown as %s', async (address) => {
    const simulator = createSimulator({ control: true });
    for (const init of [html, json]) expect((await simulator.fetch(new Request(address, init))).status).toBe(403);
  });

  test.each(['http://127.0.0.1:8642/', 'http://[::1]:8642/', 'http://localhost/', 'http://simulator:8642/'])(
    'is shown as %s',
    async (address) => {
      expect((await createSimulator().fetch(new Request(address, html))).status).toBe(200);
    },
  );

  test('is where the old address leads', async () => {
    const answer = await createSimulator().fetch(new Request(`${base}/_simulator`, html));
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status: 302, location: '/' });
  });

  test('says what exists, with licenses and their room', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    await createUser(client);
    const [organization] = (await status(client.simulator)).organizations;
    expect(organization.environments.at(-1)).toMatchObject({
      name: 'Test environment',
      type: 'SANDBOX',
      license: { name: 'INTERNAL' },
      populations: [{ default: true, userCount: 1, users: [{ enabled: true, password: 'NO_PASSWORD' }] }],
    });
    expect(organization.licenses.at(-1)).toMatchObject({ name: 'INTERNAL', used: 8, max: 50, room: 42 });
    expect(await page(client.simulator)).not.toMatch(/licence/i);
  });

  test('lists groups with the number of their members', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    const user = await createUser(client);
    const groups = user.replace(/users.*/, 'groups');
    const { id } = (await client.send('POST', groups, { body: { name: 'Managers' } })).body;
    await client.send('POST', `${user}/memberOfGroups`, { body: { id } });
    const [organization] = (await status(client.simulator)).organizations;
    expect(organization.environments.at(-1).groups).toEqual([{ id, name: 'Managers', userCount: 1 }]);
    expect(await page(client.simulator)).toMatch(/<h4>Groups<\/h4>\s*<ul><li><span class="name">Managers<\/span>/);
  });

  test('tells two environments of one name apart', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    const body = { ...environmentInput, name: 'Twin' };
    const ids = [await client.send('POST', '/v1/environments', { body })].map((answer) => String(answer.body.id));
    client.simulator.load({
      ...client.simulator.dump(),
      environments: client.simulator
        .dump()
        .environments.flatMap((one) =>
          one.name === 'Twin' ? [one, { ...one, id: '11111111-2222-4333-8444-555555555555' }] : [one],
        ),
    });
    const text = await page(client.simulator);
    for (const id of [...ids, '11111111-2222-4333-8444-555555555555']) {
      expect(text).toContain(`title="${id}">${id.slice(0, 8)}</code>`);
      expect(text).toContain(`id="environment-${id}"`);
    }
  });

  test('shows requests with their bodies, also those that were refused before they were read', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    await client.send('POST', '/v1/environments', { body: environmentInput });
    await client.send('POST', '/v1/environments', {
      text: '{"name":"not read"}',
      headers: { 'Content-Type': 'text/plain' },
    });
    const { requests } = await status(client.simulator);
    expect(requests).toMatchObject([
      { method: 'POST', status: 200 },
      { status: 201, requestBody: expect.stringContaining('"type": "SANDBOX"') },
      { status: 415, requestBody: expect.stringContaining('not read'), responseBody: expect.stringContaining('code') },
    ]);
  });

  test('is neither slowed nor broken by faults, and is no request itself', async () => {
    const simulator = createSimulator({ faults: [{ do: { kind: 'reset-before-reading' } }] });
    await page(simulator);
    expect((await status(simulator)).requests).toEqual([]);
  });

  test('shows names as text, never as markup', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    const name = '<img src=x onerror="alert(1)">';
    await client.send('POST', '/v1/environments', { body: { ...environmentInput, name } });
    expect(await page(client.simulator)).not.toContain('<img');
  });
});

describe('secrets on the page', () => {
  const password = 'Pa$$word & "quotes" é 1';
  const send = (path: string, method: string, headers: Record<string, string>, body: string) =>
    [new Request(base + path, { method, headers, body })] as const;

  test.each([
    [
      'a password',
      send('/v1/environments/e/users/u/password', 'PUT', {}, JSON.stringify({ value: password, forceChange: false })),
    ],
    [
      'a password change',
      send(
        '/v1/environments/e/users/u/password',
        'PUT',
        {},
        JSON.stringify({ currentPassword: password, newPassword: `${password}2` }),
      ),
    ],
    [
      'a password in a new user',
      send('/v1/environments/e/users', 'POST', {}, JSON.stringify({ username: 'u', password: { value: password } })),
    ],
    [
      'a password in what is no JSON',
      send('/v1/environments/e/users/u/password', 'PUT', {}, `{"value": ${JSON.stringify(password)}`),
    ],
    [
      'a client secret in a form',
      send(
        '/e/as/token',
        'POST',
        { 'Content-Type': 'application/x-www-form-urlencoded' },
        `client_secret=${encodeURIComponent(password)}`,
      ),
    ],
    [
      'a client secret in a header',
      send(
        '/e/as/token',
        'POST',
        { Authorization: `Basic ${Buffer.from(`id:${encodeURIComponent(password)}`).toString('base64')}` },
        '',
      ),
    ],
    [
      'a token',
      send(
        '/v1/environments',
        'POST',
        { Authorization: `Bearer ${Buffer.from(password).toString('base64url')}` },
        '{}',
      ),
    ],
    ['a cookie', send('/e/flows/f', 'POST', { Cookie: `ST=${Buffer.from(password).toString('base64url')}` }, '{}')],
    ['a code', send(`/e/as/authorize?code=${encodeURIComponent(password)}`, 'POST', {}, '')],
    [
      'a secret that a later request has elsewhere',
      [
        ...send('/v1/environments/e/users/u/password', 'PUT', {}, JSON.stringify({ value: password })),
        ...send('/v1/environments', 'POST', {}, JSON.stringify({ name: password })),
      ],
    ],
  ])('%s is not shown', async (_what, requests) => {
    const simulator = createSimulator();
    for (const request of requests) await simulator.fetch(request);
    const shown = [await page(simulator), JSON.stringify(await status(simulator))].join('\n');
    expect(shown).toMatch(/\[secret\]|not shown/);
    const encoded = Buffer.from(password);
    for (const text of [
      'Pa$$word',
      'Pa%24%24word',
      encoded.toString('base64url'),
      Buffer.from(`id:${encodeURIComponent(password)}`).toString('base64'),
    ])
      expect(shown).not.toContain(text);
  });

  test('curl has variables for them, and sends what was sent', async () => {
    const client = await signIn(createSimulator(), seedApps.administrator);
    const { requests } = await status(client.simulator);
    expect(requests[0].curl).toContain(`-u '${seedApps.administrator.clientId}:'"$CLIENT_SECRET"`);
    const listening = await client.simulator.listen();
    const command = requests[0].curl.replaceAll(/http:\/\/[^/]+/g, listening.url);
    const { stdout } = await promisify(execFile)('sh', ['-c', command], {
      env: { ...process.env, CLIENT_SECRET: seedApps.administrator.secret, NO_PROXY: '*' },
    });
    expect(stdout).toContain('HTTP/1.1 200 OK');
    await listening.close();
  });

  test('curl quotes whatever a body holds', async () => {
    const simulator = createSimulator();
    const body = JSON.stringify({ name: `it's "$HOME" \`date\``, password: 'A-secret-1' });
    await simulator.fetch(new Request(`${base}/v1/environments`, { method: 'POST', body }));
    const { requests } = await status(simulator);
    const command = requests[0].curl.replace(/curl -i -X POST \S+/, 'printf "%s\\n"');
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: { PASSWORD: 'A-secret-1' } });
    const [, sent = ''] = stdout.split('--data-raw\n');
    expect(JSON.parse(sent)).toEqual(JSON.parse(body));
  });
});

describe('the switches of the page', () => {
  const put = (simulator: Simulator, body: string) =>
    simulator.fetch(new Request(`${base}/_simulator/switches`, { method: 'PUT', body }));

  test('switch a fault on and off, while the others go on counting', async () => {
    const simulator = createSimulator({
      control: true,
      faults: [{ match: { attempt: 1 }, do: { kind: 'status', status: 500 } }],
    });
    const ask = async () => (await simulator.fetch(new Request(`${base}/v1/environments`))).status;
    expect(await ask()).toBe(500);
    expect((await put(simulator, '{"unavailable": true}')).status).toBe(204);
    expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 401]);
    expect((await status(simulator)).faults).toMatchObject([{ fired: 1 }, { name: 'unavailable', fired: 2 }]);
    await put(simulator, '{"unavailable": false}');
    expect(await ask()).toBe(401);
    expect((await status(simulator)).faults).toMatchObject([{ fired: 1 }]);
  });

  test.each(['{"nothing": true}', '{"busy": 1}', 'no', 'null'])('refuse %s', async (body) => {
    const answer = await put(createSimulator({ control: true }), body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { problems: string[] }).problems[0]).toContain('expected {"NAME": true or false}');
  });

  test('are not there without control', async () => {
    expect((await put(createSimulator(), '{"busy": true}')).status).toBe(404);
  });
});
