import { expect, it } from 'vitest';
import { connectionFault, describeFault } from '../../../src/run/transport/connection-fault.ts';

it.each([
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'refused'],
  [{ code: undefined, message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'refused'],
  [{ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND auth.pingone.org' }, 'unknown-host'],
  [{ code: 'ESOCKETTIMEDOUT', message: 'ESOCKETTIMEDOUT' }, 'timeout'],
  [{ code: 'ETIMEDOUT', message: 'ETIMEDOUT' }, 'timeout'],
  [{ code: 'ECONNRESET', message: 'read ECONNRESET' }, 'interrupted'],
  [{ code: undefined, message: 'socket hang up' }, 'interrupted'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }, 'tls'],
  [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' }, 'tls'],
  [{ code: undefined, message: 'Invalid URI "http:///"' }, 'other'],
])('%j is "%s"', (error, want) => {
  expect(connectionFault(error)).toBe(want);
  expect(describeFault(error)).toContain(error.message);
});
