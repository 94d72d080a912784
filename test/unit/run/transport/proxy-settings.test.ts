import { expect, it } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import { proxyFor, readProxySettings } from '../../../../src/run/transport/proxy.ts';

const proxyOf = (variables: Record<string, string>, address: string) => {
  const { protocol, hostname, port } = new URL(address);
  const usual = protocol === 'https:' ? 443 : 80;
  const target = { protocol: protocol as 'http:', host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || usual };
  return proxyFor(target, readProxySettings(variables))?.host;
};

it.each([
  [{ HTTP_PROXY: 'http://p:1' }, 'http://a.test', 'p:1'],
  [{ HTTP_PROXY: 'http://p:1' }, 'https://a.test', 'p:1'],
  [{ HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'https://s:2' }, 'https://a.test', 's:2'],
  [{ HTTPS_PROXY: 'http://s:2' }, 'http://a.test', undefined],
  [{ HTTP_PROXY: 'http://upper:1', http_proxy: 'http://lower:1' }, 'http://a.test', 'lower:1'],
  [{ HTTP_PROXY: 'p.test:3128' }, 'http://a.test', 'p.test:3128'],
  [{ HTTP_PROXY: ' ' }, 'http://a.test', undefined],
])('%j: %s goes through %s', (variables, address, want) => {
  expect(proxyOf(variables, address)).toBe(want);
});

it.each([
  'http://localhost',
  'https://LOCALHOST.',
  'http://a.b.localhost',
  'http://127.0.0.1',
  'http://127.9.8.7',
  'https://[::1]',
])('loopback is never proxied: %s', (address) => {
  expect(proxyOf({ HTTP_PROXY: 'http://p:1' }, address)).toBeUndefined();
});

it.each([
  ['a.test', 'http://a.test', true],
  ['A.Test', 'http://a.test', true],
  ['a.test', 'http://b.a.test', true],
  ['.a.test', 'http://b.a.test', true],
  ['*.a.test', 'http://b.a.test', true],
  ['a.test', 'http://ba.test', false],
  ['x.test, a.test', 'http://a.test', true],
  ['x.test a.test', 'http://a.test', true],
  ['a.test:8080', 'http://a.test:8080', true],
  ['a.test:8080', 'http://a.test', false],
  ['a.test:443', 'https://a.test', true],
  ['10.0.0.0/8', 'http://10.1.2.3', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['10.0.0.0/99', 'http://10.0.0.1', false],
  ['10.0.0.0/8', 'http://a.test', false],
  ['2001:db8::/32', 'http://[2001:db8::5]', true],
  ['2001:db8::5', 'http://[2001:db8::5]', true],
  ['[2001:db8::5]:81', 'http://[2001:db8::5]', false],
  ['*', 'http://a.test', true],
  ['', 'http://a.test', false],
])('NO_PROXY=%j and %s: goes straight, %s', (noProxy, address, straight) => {
  expect(proxyOf({ HTTP_PROXY: 'http://p:1', NO_PROXY: noProxy }, address) === undefined).toBe(straight);
});

it.each(['socks5://p:1080', 'http://'])('a value that is no HTTP proxy is named, but not shown: %s', (value) => {
  expect(() => readProxySettings({ https_proxy: value })).toThrow(
    new UsageError('https_proxy is not the address of an HTTP proxy; expected one like http://proxy.example.com:3128'),
  );
});
