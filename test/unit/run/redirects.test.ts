import urlEncoder from 'postman-url-encoder';
import { expect, test } from 'vitest';
import { redirected } from '../../../src/run/direct/redirects.ts';

const names = (from: string, location: string) => {
  const request = {
    method: 'GET',
    url: from,
    address: urlEncoder.toNodeUrl(from),
    headers: ['Authorization', 'Cookie', 'X-Thing'].map((name) => ({ name, value: 'one' })),
    body: undefined,
    shownBody: undefined,
  };
  const answer = {
    status: 302,
    reason: 'Found',
    headers: [{ name: 'Location', value: location }],
    body: '',
    timings: {},
  };
  return redirected(request, answer)?.headers.map(({ name }) => name);
};
const withSecrets = ['Authorization', 'Cookie', 'X-Thing', 'Referer', 'Host'];

test.each([
  ['another path', 'https://api.example.com/a', '/b', withSecrets],
  ['the port that it has without saying so', 'https://api.example.com/a', 'https://api.example.com:443/b', withSecrets],
  ['another host', 'https://api.example.com/a', 'https://example.com/b', ['X-Thing', 'Referer', 'Host']],
  ['another port', 'https://api.example.com/a', 'https://api.example.com:8443/b', ['X-Thing', 'Referer', 'Host']],
  ['another protocol', 'https://localhost:1/a', 'http://localhost:1/b', ['X-Thing', 'Referer', 'Host']],
])('a redirect to %s takes along what is for its origin only', (_, from, location, expected) => {
  expect(names(from, location)).toEqual(expected);
});
