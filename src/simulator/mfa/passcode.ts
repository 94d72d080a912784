import { randomInt } from 'node:crypto';
import { inferredMessages } from '../inferred.ts';
import { messages } from '../messages.ts';
import { invalidData, type Refusal, requestFailed } from '../refusal.ts';
import type { Passcode } from '../state/model.ts';
import { emailPasscodes } from './settings.ts';

/** Never six zeros, so that there is a passcode that is surely wrong. Not from the ids: nobody may guess it. */
export function newPasscode(now: Date): Passcode {
  const { digits, lifetimeMinutes } = emailPasscodes;
  return {
    value: String(randomInt(1, 10 ** digits)).padStart(digits, '0'),
    expiresAt: new Date(now.getTime() + lifetimeMinutes * 60_000).toISOString(),
    failures: 0,
  };
}

/** What comes of a passcode that somebody gives: undefined when it is right, else the refusal and what is then remembered. */
export function refusedPasscode(
  expected: Passcode | undefined,
  given: string,
  now: Date,
): { readonly passcode?: Passcode; readonly refusal: Refusal } | undefined {
  const refusal = () => invalidData([{ code: 'INVALID_OTP', target: 'otp', message: messages.wrongPasscode }]);
  if (expected === undefined || expected.expiresAt <= now.toISOString()) return { refusal: refusal() };
  if (expected.failures >= emailPasscodes.failureCount) {
    const innerError = { coolDownExpiresAt: now.getTime() + emailPasscodes.coolDownMinutes * 60_000 };
    const message = inferredMessages.quotaOfPasscodes;
    return { passcode: expected, refusal: requestFailed({ code: 'QUOTA_EXCEEDED', message, innerError }) };
  }
  if (expected.value === given) return undefined;
  return { passcode: { ...expected, failures: expected.failures + 1 }, refusal: refusal() };
}
