import { expect, it } from 'vitest';
import { isLoopbackHost, refusesPlainHttp } from '../../../src/environment/plain-http.ts';

it.each([
  ['localhost', true],
  ['LocalHost.', true],
  ['api.localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.3', true],
  ['127.1', true],
  ['0x7f000001', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['127.0.0.1.example.com', false],
  ['128.0.0.1', false],
  ['::2', false],
  ['0.0.0.0', false],
  ['', false],
])('%s is this machine: %s', (host, want) => {
  expect(isLoopbackHost(host)).toBe(want);
});

it.each([
  ['api.test', [], true],
  ['api.test', ['api.test'], false],
  ['API.test.', ['Api.Test'], false],
  ['sub.api.test', ['api.test'], true],
  ['[2001:db8::1]', ['2001:db8:0::1'], false],
  ['localhost', [], false],
])('http://%s with %j allowed is refused: %s', (host, allowed, want) => {
  expect(refusesPlainHttp(host, allowed)).toBe(want);
});
