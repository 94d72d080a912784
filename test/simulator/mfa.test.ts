import { describe, expect, test } from 'vitest';
import { seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { type Client, clientOf, clockAt, createEnvironment, createUser, signIn } from './support.ts';

const unknownId = '00000000-0000-4000-8000-0000000000ff';
const origin = 'http://simulator.test';

const vendor = (action: string) => ({ 'Content-Type': `application/vnd.pingidentity.${action}` });

/** A user with MFA and a clock to move. */
async function withUser() {
  const clock = clockAt('2026-11-23T10:00:00.000Z');
  const client = await clientOf({ now: clock.now });
  const user = await createUser(client, { mfaEnabled: true });
  const [, , , envID, , userID] = user.split('/') as [string, string, string, string, string, string];
  const device = (body: object = {}) =>
    client.send('POST', `${user}/devices`, { body: { type: 'EMAIL', email: 'ann@example.com', ...body } });
  const actOn = (id: string, action: string, body?: unknown) =>
    client.send('POST', `${user}/devices/${id}`, { ...(body === undefined ? {} : { body }), headers: vendor(action) });
  const authentications = `/${envID}/deviceAuthentications`;
  const start = (body: object = {}) =>
    client.send('POST', authentications, { body: { user: { id: userID }, ...body } });
  const act = (id: string, action: string, body: unknown) =>
    client.send('POST', `${authentications}/${id}`, { body, headers: vendor(action) });
  const environment = `/v1/environments/${envID}`;
  return { clock, client, user, userID, environment, device, actOn, authentications, start, act };
}

/** The same with an active test device and a device authentication that waits for its passcode. */
async function withPasscode() {
  const all = await withUser();
  const { body: device } = await all.device({ testMode: true });
  const { body: authentication } = await all.start();
  const check = (otp: string) => all.act(authentication.id, 'otp.check+json', { otp });
  return { ...all, deviceID: device.id as string, authentication, check };
}

const refusedWith = (code: string, detail: object) => ({ status: 400, body: { code, details: [detail] } });
const wrong = '000000';

describe('multi-factor authentication (steps 7 and 8)', () => {
  test('is turned on', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    const changed = await client.send('PUT', `${user}/mfaEnabled`, { body: { mfaEnabled: true } });
    const address = `http://simulator.test${user}`;
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      _links: { self: { href: `${address}/mfaEnabled` }, user: { href: address } },
      mfaEnabled: true,
    });
    expect((await client.send('GET', `${user}/mfaEnabled`)).body).toEqual(changed.body);
    expect((await client.send('GET', user)).body.mfaEnabled).toBe(true);
  });

  test('takes five devices, and no sixth', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    const create = () => client.send('POST', `${user}/devices`, { body: { type: 'EMAIL', email: 'ann@example.com' } });
    for (let n = 0; n < 5; n += 1) expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject({
      status: 400,
      body: {
        code: 'REQUEST_FAILED',
        message: 'The request could not be completed. There was an issue processing the request.',
        details: [
          {
            code: 'LIMIT_EXCEEDED',
            message: 'Maximum allowed devices has been reached',
            innerError: { maximumAllowed: 5 },
          },
        ],
      },
    });
  });

  test('takes an e-mail device', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    const body = { type: 'EMAIL', email: 'ann@example.com' };
    const created = await client.send('POST', `${user}/devices`, { body });
    const address = `http://simulator.test${user}/devices/${created.body.id}`;
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(address);
    expect(created.body).toEqual({
      _links: {
        self: { href: address },
        environment: { href: expect.stringMatching(/environments\/[^/]+$/) },
        user: { href: `http://simulator.test${user}` },
      },
      id: expect.any(String),
      environment: { id: expect.any(String) },
      user: { id: user.split('/').at(-1) },
      type: 'EMAIL',
      status: 'ACTIVE',
      createdAt: expect.any(String),
      updatedAt: created.body.createdAt,
      email: 'ann@example.com',
    });
    expect((await client.send('GET', `${user}/devices/${created.body.id}`)).body).toEqual(created.body);
    const list = await client.send('GET', `${user}/devices`);
    expect(list.body).toMatchObject({ _embedded: { devices: [created.body] }, count: 1, size: 1 });
    expect((await client.send('GET', `${user}/devices/${unknownId}`)).status).toBe(404);
  });

  test.each([
    { path: 'mfaEnabled', method: 'PUT', body: {}, want: { code: 'REQUIRED_VALUE', target: 'mfaEnabled' } },
    {
      path: 'mfaEnabled',
      method: 'PUT',
      body: { mfaEnabled: 1 },
      want: { code: 'INVALID_VALUE', target: 'mfaEnabled' },
    },
    {
      path: 'devices',
      method: 'POST',
      body: { type: 'SMS', email: 'ann@example.com' },
      want: { code: 'INVALID_VALUE', target: 'type', innerError: { allowedValues: ['EMAIL'] } },
    },
    { path: 'devices', method: 'POST', body: { type: 'EMAIL' }, want: { code: 'REQUIRED_VALUE', target: 'email' } },
  ])('refuses $body as $path', async ({ path, method, body, want }) => {
    const client = await clientOf();
    const user = await createUser(client);
    const answer = await client.send(method, `${user}/${path}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [want] } });
  });
});

describe('a new user', () => {
  test('may have MFA from the beginning', async () => {
    const client = await clientOf();
    const user = await createUser(client, { mfaEnabled: true });
    expect((await client.send('GET', `${user}/mfaEnabled`)).body.mfaEnabled).toBe(true);
  });

  test('has MFA where the settings of the environment say so', async () => {
    const client = await clientOf();
    const environment = await createEnvironment(client);
    const settings = { pairing: { maxAllowedDevices: 5 }, users: { mfaEnabled: true } };
    await client.send('PUT', `${environment}/mfaSettings`, { body: settings });
    const user = await client.send('POST', `${environment}/users`, { body: { username: 'ann' } });
    expect(user.body.mfaEnabled).toBe(true);
  });
});

describe('the MFA settings of an environment', () => {
  test('are the defaults, are replaced, and reset', async () => {
    const { client, environment } = await withUser();
    const path = `${environment}/mfaSettings`;
    expect((await client.send('GET', path)).body).toMatchObject({
      pairing: { maxAllowedDevices: 5 },
      users: { mfaEnabled: false },
    });
    const lockout = { failureCount: 4, durationSeconds: 60 };
    const body = { pairing: { maxAllowedDevices: 1 }, lockout };
    expect(await client.send('PUT', path, { body })).toMatchObject({ status: 200, body });
    expect((await client.send('GET', path)).body).toMatchObject(body);
    expect(await client.send('DELETE', path)).toMatchObject({
      status: 200,
      body: { pairing: { maxAllowedDevices: 5 } },
    });
    expect((await client.send('GET', path)).body).not.toHaveProperty('lockout');
  });

  test('say how many devices a user may have', async () => {
    const { client, environment, device } = await withUser();
    await client.send('PUT', `${environment}/mfaSettings`, { body: { pairing: { maxAllowedDevices: 1 } } });
    await device();
    expect(await device()).toMatchObject(
      refusedWith('REQUEST_FAILED', { code: 'LIMIT_EXCEEDED', innerError: { maximumAllowed: 1 } }),
    );
  });

  test.each([0, 16])('do not take %s devices', async (maxAllowedDevices) => {
    const { client, environment } = await withUser();
    const body = { pairing: { maxAllowedDevices } };
    expect(await client.send('PUT', `${environment}/mfaSettings`, { body })).toMatchObject(
      refusedWith('INVALID_DATA', {
        code: 'OUT_OF_RANGE',
        target: 'pairing.maxAllowedDevices',
        innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 },
      }),
    );
  });
});

describe('device authentication policies', () => {
  test('an environment has one, the default', async () => {
    const { client, environment } = await withUser();
    const list = await client.send('GET', `${environment}/deviceAuthenticationPolicies`);
    const [policy, ...others] = list.body._embedded.deviceAuthenticationPolicies;
    expect(others).toEqual([]);
    expect(policy).toMatchObject({
      default: true,
      authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
      email: { enabled: true, otp: { failure: { count: 3, coolDown: { duration: 0 } }, otpLength: 6 } },
    });
    const one = await client.send('GET', `${environment}/deviceAuthenticationPolicies/${policy.id}`);
    expect(one.body).toEqual(policy);
    expect((await client.send('GET', `${environment}/deviceAuthenticationPolicies/${unknownId}`)).status).toBe(404);
  });

  test('the default one is there some time after its environment', async () => {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const client = await clientOf({ now: clock.now, delays: { visibilitySeconds: 2 } });
    const path = `${await createEnvironment(client)}/deviceAuthenticationPolicies`;
    clock.advance(3000);
    expect((await client.send('GET', path)).body.size).toBe(0);
    clock.advance(1000);
    expect((await client.send('GET', path)).body.size).toBe(1);
  });
});

describe('a device', () => {
  test('a test device that must be activated shows its passcode once', async () => {
    const { client, user, device } = await withUser();
    const created = await device({ testMode: true, status: 'ACTIVATION_REQUIRED' });
    const self = `${origin}${user}/devices/${created.body.id}`;
    expect(created).toMatchObject({
      status: 201,
      body: {
        status: 'ACTIVATION_REQUIRED',
        testMode: true,
        test: { otp: expect.stringMatching(/^\d{6}$/) },
        _links: { 'device.activate': { href: self } },
      },
    });
    const { test: _passcode, ...rest } = created.body;
    expect((await client.send('GET', self)).body).toEqual(rest);
  });

  test('shows no passcode without testMode, nor when it is active at once', async () => {
    const { device } = await withUser();
    expect((await device({ status: 'ACTIVATION_REQUIRED' })).body).not.toHaveProperty('test');
    expect((await device({ testMode: true })).body).toMatchObject({ status: 'ACTIVE', testMode: true });
    expect((await device({ testMode: true })).body).not.toHaveProperty('test');
  });

  test.each(['device.activate', 'device.activate+json'])('is activated by %s with its passcode', async (action) => {
    const { device, actOn } = await withUser();
    const { body } = await device({ testMode: true, status: 'ACTIVATION_REQUIRED' });
    const activated = await actOn(body.id, action, { otp: body.test.otp });
    expect(activated).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect(activated.body._links).not.toHaveProperty('device.activate');
    expect(await actOn(body.id, action, { otp: body.test.otp })).toMatchObject(
      refusedWith('REQUEST_FAILED', { code: 'CONSTRAINT_VIOLATION', target: 'status' }),
    );
  });

  test('is not activated with a wrong passcode, and after three not with the right one', async () => {
    const { device, actOn } = await withUser();
    const { body } = await device({ testMode: true, status: 'ACTIVATION_REQUIRED' });
    const activate = (otp: string) => actOn(body.id, 'device.activate+json', { otp });
    for (let n = 0; n < 3; n += 1) {
      expect(await activate(wrong)).toMatchObject(
        refusedWith('INVALID_DATA', { code: 'INVALID_OTP', target: 'otp', message: 'Invalid OTP' }),
      );
    }
    expect(await activate(body.test.otp)).toMatchObject(refusedWith('REQUEST_FAILED', { code: 'QUOTA_EXCEEDED' }));
    expect((await actOn(body.id, 'device.unlock+json')).status).toBe(200);
    expect((await activate(body.test.otp)).status).toBe(200);
  });

  test('a passcode is good for half an hour', async () => {
    const { clock, device, actOn } = await withUser();
    const { body } = await device({ testMode: true, status: 'ACTIVATION_REQUIRED' });
    clock.advance(30 * 60_000);
    expect(await actOn(body.id, 'device.activate+json', { otp: body.test.otp })).toMatchObject(
      refusedWith('INVALID_DATA', { code: 'INVALID_OTP' }),
    );
  });

  test('is blocked and unblocked', async () => {
    const { clock, device, actOn } = await withUser();
    const { id } = (await device()).body;
    clock.advance(1000);
    const blockedAt = clock.now().toISOString();
    expect(await actOn(id, 'device.block+json')).toMatchObject({
      status: 200,
      body: { lock: { status: 'UNLOCKED' }, block: { status: 'BLOCKED', blockedAt }, updatedAt: blockedAt },
    });
    expect((await actOn(id, 'device.unblock')).body.block).toEqual({ status: 'UNBLOCKED' });
  });

  test('has a nickname', async () => {
    const { client, user, device } = await withUser();
    const path = `${user}/devices/${(await device()).body.id}`;
    expect(await client.send('PUT', `${path}/nickname`, { body: { nickname: 'Work' } })).toMatchObject({
      status: 200,
      body: { nickname: 'Work' },
    });
    expect((await client.send('GET', path)).body.nickname).toBe('Work');
  });

  test('is deleted, and the next one becomes the default', async () => {
    const { client, user, device } = await withUser();
    const [first, second] = [(await device()).body.id, (await device()).body.id];
    expect((await client.send('DELETE', `${user}/devices/${first}`)).status).toBe(204);
    expect((await client.send('DELETE', `${user}/devices/${first}`)).status).toBe(404);
    const list = await client.send('GET', `${user}/devices`);
    expect(list.body._embedded.devices.map(({ id }: { id: string }) => id)).toEqual([second]);
    expect(client.simulator.history().at(-1)).toMatchObject({ action: 'deleted', type: 'device', id: first });
  });

  test.each([
    { given: 'a policy without id and type', policy: {}, target: 'policy' },
    { given: 'an unknown policy', policy: { id: unknownId }, target: 'policy.id' },
  ])('is not created with $given', async ({ policy, target }) => {
    const { device } = await withUser();
    expect(await device({ policy })).toMatchObject(refusedWith('INVALID_DATA', { code: 'INVALID_VALUE', target }));
  });

  test('takes the default policy by its type', async () => {
    const { device } = await withUser();
    expect((await device({ policy: { type: 'DEFAULT' } })).status).toBe(201);
  });

  test('other actions are named', async () => {
    const { device, actOn } = await withUser();
    const { id } = (await device()).body;
    const answer = await actOn(id, 'device.sendActivationCode+json');
    expect(answer).toMatchObject({
      status: 415,
      body: { message: expect.stringContaining('device.sendactivationcode') },
    });
    expect((await actOn(id, 'x', {})).status).toBe(415);
  });
});

describe('the devices of a user', () => {
  test('are put in an order, which is removed again', async () => {
    const { client, user, device } = await withUser();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) made.push((await device()).body.id);
    const [one, two, three] = made;
    const idsOf = ({ body }: { body: { _embedded: { devices: { id: string }[] } } }) =>
      body._embedded.devices.map(({ id }) => id);
    const order = [{ id: three }, { id: one }];
    const reordered = await client.send('POST', `${user}/devices`, {
      body: { order },
      headers: vendor('devices.reorder+json'),
    });
    expect(reordered.status).toBe(200);
    expect(idsOf(reordered)).toEqual([three, one, two]);
    expect(idsOf(await client.send('GET', `${user}/devices`))).toEqual([three, one, two]);
    const removed = await client.send('DELETE', `${user}/devices`, { headers: vendor('devices.order.remove+json') });
    expect(removed.status).toBe(204);
    expect(idsOf(await client.send('GET', `${user}/devices`))).toEqual(made);
  });

  test('are not ordered by an unknown one, nor deleted all at once', async () => {
    const { client, user } = await withUser();
    const body = { order: [{ id: unknownId }] };
    expect(
      await client.send('POST', `${user}/devices`, { body, headers: vendor('devices.reorder+json') }),
    ).toMatchObject(refusedWith('INVALID_DATA', { code: 'INVALID_VALUE', target: 'order[0].id' }));
    expect((await client.send('DELETE', `${user}/devices`)).status).toBe(415);
  });

  test('are filtered by their status', async () => {
    const { client, user, device } = await withUser();
    await device();
    await device({ status: 'ACTIVATION_REQUIRED' });
    const filter = encodeURIComponent('status eq "ACTIVE"');
    expect((await client.send('GET', `${user}/devices?filter=${filter}`)).body.size).toBe(1);
  });
});

describe('a device authentication', () => {
  test('goes from its start with a test device to COMPLETED', async () => {
    const { client, authentications, authentication, check, deviceID, userID } = await withPasscode();
    const address = `${origin}${authentications}/${authentication.id}`;
    expect(authentication).toMatchObject({
      _links: { self: { href: address }, 'device.select': { href: address }, 'otp.check': { href: address } },
      status: 'OTP_REQUIRED',
      selectedDevice: { id: deviceID },
      user: { id: userID },
      test: { otp: expect.stringMatching(/^\d{6}$/) },
    });
    expect(authentication._embedded.devices).toMatchObject([{ id: deviceID, email: 'an****@example.com' }]);
    const { test: _passcode, ...rest } = authentication;
    expect((await client.send('GET', address)).body).toEqual(rest);
    const completed = await check(authentication.test.otp);
    expect(completed).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
    expect(Object.keys(completed.body._links)).toEqual(['self']);
    expect(await check(authentication.test.otp)).toMatchObject(
      refusedWith('REQUEST_FAILED', { code: 'CONSTRAINT_VIOLATION', target: 'status' }),
    );
  });

  test('refuses a wrong passcode, and after three also the right one until another is asked for', async () => {
    const { clock, act, authentication, check, deviceID } = await withPasscode();
    for (let n = 0; n < 3; n += 1) {
      expect(await check(wrong)).toMatchObject(refusedWith('INVALID_DATA', { code: 'INVALID_OTP', target: 'otp' }));
    }
    const coolDownExpiresAt = clock.now().getTime();
    expect(await check(authentication.test.otp)).toMatchObject(
      refusedWith('REQUEST_FAILED', { code: 'QUOTA_EXCEEDED', innerError: { coolDownExpiresAt } }),
    );
    const selected = await act(authentication.id, 'device.select+json', {
      device: { id: deviceID },
      compatibility: 'FULL',
    });
    expect(selected).toMatchObject({ status: 200, body: { status: 'OTP_REQUIRED' } });
    expect((await check(selected.body.test.otp)).body.status).toBe('COMPLETED');
  });

  test('goes on after the device was unlocked', async () => {
    const { actOn, authentication, check, deviceID } = await withPasscode();
    for (let n = 0; n < 3; n += 1) await check(wrong);
    await actOn(deviceID, 'device.unlock');
    expect((await check(authentication.test.otp)).status).toBe(200);
  });

  test('is over after half an hour without a request that goes on with it', async () => {
    const { client, clock, authentications, authentication, check } = await withPasscode();
    clock.advance(30 * 60_000);
    expect((await check(authentication.test.otp)).status).toBe(404);
    expect((await client.send('GET', `${authentications}/${authentication.id}`)).status).toBe(404);
  });

  test('is cancelled to select another device', async () => {
    const { actOn, act, authentication, check, device } = await withPasscode();
    const blocked = (await device()).body.id;
    await actOn(blocked, 'device.block+json');
    const cancelled = await act(authentication.id, 'cancel.push.authentication+json', { reason: 'CHANGE_DEVICE' });
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'DEVICE_SELECTION_REQUIRED' } });
    expect(cancelled.body._embedded.blockedDevices).toMatchObject([{ id: blocked }]);
    expect(cancelled.body).not.toHaveProperty('selectedDevice');
    expect((await check(authentication.test.otp)).body.details).toMatchObject([{ code: 'CONSTRAINT_VIOLATION' }]);
  });

  test.each([
    { given: 'none', make: undefined },
    { given: 'one that is blocked', make: 'block' },
    { given: 'one that must be activated', make: 'ACTIVATION_REQUIRED' },
  ])('finds no usable device where the user has $given', async ({ make }) => {
    const { actOn, device, start } = await withUser();
    if (make === 'ACTIVATION_REQUIRED') await device({ status: make });
    if (make === 'block') await actOn((await device()).body.id, 'device.block+json');
    expect(await start()).toMatchObject(refusedWith('REQUEST_FAILED', { code: 'NO_USABLE_DEVICES' }));
  });

  test('takes an address that is used once', async () => {
    const { start } = await withUser();
    const oneTime = { type: 'EMAIL', email: 'ann@example.com', testMode: true };
    const started = await start({ selectedDevice: { oneTime } });
    expect(started).toMatchObject({
      status: 201,
      body: { selectedDevice: { oneTime }, test: { otp: expect.any(String) } },
    });
    const silent = await start({ selectedDevice: { oneTime: { ...oneTime, testMode: false } } });
    expect(silent.body).not.toHaveProperty('test');
  });

  test.each([
    { given: 'an unknown user', body: { user: { id: unknownId } }, target: 'user.id' },
    { given: 'an unknown device', body: { selectedDevice: { id: unknownId } }, target: 'selectedDevice.id' },
    { given: 'an unknown policy', body: { policy: { id: unknownId } }, target: 'policy.id' },
  ])('does not start with $given', async ({ body, target }) => {
    const { start } = await withUser();
    expect(await start(body)).toMatchObject(refusedWith('INVALID_DATA', { code: 'INVALID_VALUE', target }));
  });

  test('of a user with MFA disabled is let through, and the log says that this is not simulated', async () => {
    const notes: (string | undefined)[] = [];
    const client = await clientOf({ onRequest: ({ note }) => notes.push(note) });
    const { envID, sharedUserID } = signOnCredentials;
    const body = { type: 'EMAIL', email: 'ann@example.com' };
    await client.send('POST', `/v1/environments/${envID}/users/${sharedUserID}/devices`, { body });
    const started = await client.send('POST', `/${envID}/deviceAuthentications`, {
      body: { user: { id: sharedUserID } },
    });
    expect(started.status).toBe(201);
    expect(notes.at(-1)).toContain('not simulated: what PingOne answers for a user with MFA disabled');
  });

  test('takes no other action, and no other media type', async () => {
    const { act, authentication } = await withPasscode();
    const named = await act(authentication.id, 'assertion.check+json', {});
    expect(named).toMatchObject({ status: 415, body: { message: expect.stringContaining('assertion.check') } });
  });

  test('belongs to workers that may change the user', async () => {
    const { simulator } = await clientOf();
    const { envID, sharedUserID } = signOnCredentials;
    const startAs = async (client: Client) =>
      (await client.send('POST', `/${envID}/deviceAuthentications`, { body: { user: { id: sharedUserID } } })).status;
    expect(await startAs(await signIn(simulator, seedApps.environmentAdmin))).toBe(403);
    expect(await startAs(await signIn(simulator, seedApps.identityDataAdmin))).toBe(400);
  });

  test('is in no dump, and neither are passcodes', async () => {
    const { client, user, authentication, device } = await withPasscode();
    const waiting = (await device({ testMode: true, status: 'ACTIVATION_REQUIRED' })).body;
    const dump = JSON.stringify(client.simulator.dump());
    for (const hidden of [`"${authentication.test.otp}"`, `"${waiting.test.otp}"`, authentication.id]) {
      expect(dump).not.toContain(hidden);
    }
    const before = (await client.send('GET', `${user}/devices`)).body;
    client.simulator.load(JSON.parse(dump));
    expect((await client.send('GET', `${user}/devices`)).body).toEqual(before);
  });
});
