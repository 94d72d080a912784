import { describe, expect, test } from 'vitest';
import { clientOf, clockAt, createUser, setPassword } from './support.ts';

const good = 'Kn0t-so-weak!';

async function withPassword(value: string | undefined = good) {
  const clock = clockAt('2026-11-23T10:00:00.000Z');
  const client = await clientOf({ now: clock.now });
  const user = await createUser(client);
  if (value !== '') await setPassword(client, user, { value });
  const act = (action: string, body?: unknown) =>
    client.send('POST', `${user}/password`, {
      ...(body === undefined ? {} : { body }),
      headers: { 'Content-Type': `application/vnd.pingidentity.password.${action}` },
    });
  const check = (password: string) => act('check+json', { password });
  return { clock, client, user, act, check, state: async () => (await client.send('GET', `${user}/password`)).body };
}

test('checking the right password gives 200 and the password state', async () => {
  const { check, state } = await withPassword();
  const answer = await check(good);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(await state());
});

test('checking a wrong password is refused and does not say which is right', async () => {
  const { check } = await withPassword();
  const answer = await check('wrong');
  const message = 'The provided password did not match provisioned password';
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'INVALID_DATA', details: [{ target: 'password', message, innerError: { failuresRemaining: 4 } }] },
  });
  expect(JSON.stringify(answer.body)).not.toContain(good);
});

test('checking the password of a user without one is refused: NO_PASSWORD', async () => {
  const { check } = await withPassword('');
  expect(await check(good)).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_FAILED', details: [{ code: 'NO_PASSWORD' }] },
  });
});

test('checking without a password names it', async () => {
  const { act } = await withPassword();
  expect((await act('check+json', {})).body.details).toMatchObject([{ code: 'REQUIRED_VALUE', target: 'password' }]);
});

test('five wrong tries in a row lock the password for 900 seconds', async () => {
  const { clock, check, state } = await withPassword();
  for (let n = 0; n < 4; n += 1) await check('wrong');
  expect((await state()).status).toBe('OK');
  await check('wrong');
  expect(await state()).toMatchObject({ status: 'PASSWORD_LOCKED_OUT', secondsUntilUnlock: 900 });
  expect(await check(good)).toMatchObject({ status: 400, body: { details: [{ code: 'ACCOUNT_NOT_USABLE' }] } });
  clock.advance(899_000);
  expect((await state()).secondsUntilUnlock).toBe(1);
  clock.advance(1_000);
  expect((await state()).status).toBe('OK');
  expect((await check(good)).status).toBe(200);
});

test('a right try in between starts the count again', async () => {
  const { check, state } = await withPassword();
  for (let n = 0; n < 4; n += 1) await check('wrong');
  await check(good);
  await check('wrong');
  expect((await state()).status).toBe('OK');
});

test.each(['unlock', 'unlock+json'])('%s makes a locked password usable again', async (action) => {
  const { act, check, state } = await withPassword();
  for (let n = 0; n < 5; n += 1) await check('wrong');
  expect(await act(action)).toMatchObject({ status: 200, body: { status: 'OK' } });
  expect(await state()).not.toHaveProperty('secondsUntilUnlock');
  expect((await check(good)).status).toBe(200);
});

test('setting a password unlocks it, too', async () => {
  const { client, user, check } = await withPassword();
  for (let n = 0; n < 5; n += 1) await check('wrong');
  expect((await setPassword(client, user, { value: 'An0ther-one!' })).body.status).toBe('OK');
});

test('forceChange leaves the password as it is, unlocked, and asks for another', async () => {
  const { act, check } = await withPassword();
  for (let n = 0; n < 5; n += 1) await check('wrong');
  expect(await act('forceChange')).toMatchObject({ status: 200, body: { status: 'MUST_CHANGE_PASSWORD' } });
  expect(await check(good)).toMatchObject({ status: 200, body: { status: 'MUST_CHANGE_PASSWORD' } });
});

test.each(['unlock', 'forceChange'])('%s of a user without a password is refused', async (action) => {
  const { act } = await withPassword('');
  expect((await act(action)).body.details).toMatchObject([{ code: 'NO_PASSWORD' }]);
});

test('setValue sets it, and without a value takes it away', async () => {
  const { client, user, check, state } = await withPassword();
  const setValue = (body: unknown) =>
    client.send('PUT', `${user}/password`, {
      body,
      headers: { 'Content-Type': 'application/vnd.pingidentity.password.setValue+json' },
    });
  expect((await setValue({ value: 'short' })).body.details).toMatchObject([{ target: 'newPassword' }]);
  expect((await setValue({ value: 'short', bypassPolicy: true, forceChange: true })).body.status).toBe(
    'MUST_CHANGE_PASSWORD',
  );
  expect((await check('short')).status).toBe(200);
  expect(await setValue({})).toMatchObject({ status: 200, body: { status: 'NO_PASSWORD' } });
  expect(await state()).not.toHaveProperty('lastChangedAt');
});

describe('a recovery code', () => {
  const another = 'An0ther-one!';
  const codeOf = ({ simulator }: Awaited<ReturnType<typeof clientOf>>): string =>
    /"recoveryCode":\{"code":"(\w+)"/.exec(JSON.stringify(simulator.dump()))?.[1] ?? '';

  test.each(['sendRecoveryCode', 'sendRecoveryCode+json'])('of %s gives a new password once', async (action) => {
    const { client, act, check } = await withPassword();
    expect(await act(action)).toMatchObject({ status: 200, body: { status: 'OK' } });
    const recoveryCode = codeOf(client);
    expect(recoveryCode).toMatch(/^[A-Z2-9]{8}$/);
    const recover = { recoveryCode: recoveryCode.toLowerCase(), newPassword: another };
    expect((await act('recover+json', { ...recover, newPassword: 'short' })).body.details).toMatchObject([
      { target: 'newPassword' },
    ]);
    expect(await act('recover+json', recover)).toMatchObject({ status: 200, body: { status: 'OK' } });
    expect((await check(another)).status).toBe(200);
    expect((await act('recover+json', recover)).body.details).toMatchObject([{ target: 'recoveryCode' }]);
  });

  test('is good for five minutes, and for five wrong tries', async () => {
    const { clock, client, act } = await withPassword();
    const message = 'The provided password recovery code was invalid or expired';
    const recover = async (recoveryCode: string) =>
      (await act('recover+json', { recoveryCode, newPassword: another })).body;
    await act('sendRecoveryCode');
    clock.advance(300_000);
    expect((await recover(codeOf(client))).details).toMatchObject([{ code: 'INVALID_VALUE', message }]);
    await act('sendRecoveryCode');
    for (let n = 0; n < 5; n += 1) expect((await recover('WRONG')).details).toMatchObject([{ message }]);
    expect((await recover(codeOf(client))).details).toMatchObject([
      { message: 'Maximum password recovery failures exceeded' },
    ]);
    await act('sendRecoveryCode');
    expect((await recover(codeOf(client))).status).toBe('OK');
  });

  test('is not for a user without a password, locked out, or disabled', async () => {
    const without = await withPassword('');
    expect((await without.act('sendRecoveryCode')).body.details).toMatchObject([{ code: 'NO_PASSWORD' }]);
    const locked = await withPassword();
    for (let n = 0; n < 5; n += 1) await locked.check('wrong');
    expect((await locked.act('sendRecoveryCode')).body.details).toMatchObject([{ code: 'ACCOUNT_NOT_USABLE' }]);
    const disabled = await withPassword();
    await disabled.client.send('PUT', `${disabled.user}/enabled`, { body: { enabled: false } });
    expect((await disabled.act('sendRecoveryCode')).body.details).toMatchObject([{ code: 'ACCOUNT_NOT_USABLE' }]);
  });
});

test('groups are listed, and there are none', async () => {
  const { client, user } = await withPassword();
  const { status, body } = await client.send('GET', user.replace(/users.*/, 'groups?limit=10'));
  expect(status).toBe(200);
  expect(body).toMatchObject({ _embedded: { groups: [] }, count: 0, size: 0 });
});
