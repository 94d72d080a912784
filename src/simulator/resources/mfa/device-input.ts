import { type Static, Type } from 'typebox';
import { messages } from '../../messages.ts';
import type { Detail } from '../../refusal.ts';
import type { Environment } from '../../state/model.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { unknownReference } from '../stored-items.ts';
import { devicePolicyId } from './device-policies.ts';

const policy = Type.Optional(
  Type.Object({ id: Type.Optional(text()), type: Type.Optional(Type.Enum(['DEFAULT'])) }, closed),
);

/** Of the types that the default policy has on, the one that needs no app and no key. */
const creation = Type.Object(
  {
    type: Type.Enum(['EMAIL']),
    email: Type.String({ format: 'email' }),
    nickname: Type.Optional(text(100)),
    testMode: Type.Optional(Type.Boolean()),
    status: Type.Optional(Type.Enum(['ACTIVE', 'ACTIVATION_REQUIRED'])),
    policy,
  },
  closed,
);

/** What names a policy in a request. */
export type PolicyInput = Static<typeof policy> | undefined;

export const deviceInput = validatorOf(creation);
export const nicknameInput = validatorOf(Type.Object({ nickname: text(100) }, closed));
export const passcodeInput = validatorOf(Type.Object({ otp: text() }, closed));
export const orderInput = validatorOf(Type.Object({ order: Type.Array(Type.Object({ id: text() }, closed)) }, closed));

/** What is wrong with the policy that a request names. */
export function policyProblems(environment: Environment, given: PolicyInput): readonly Detail[] {
  if (given === undefined) return [];
  if (given.id === undefined && given.type === undefined) {
    return [{ code: 'INVALID_VALUE', target: 'policy', message: messages.policyReference }];
  }
  return given.id === undefined || given.id === devicePolicyId(environment) ? [] : [unknownReference('policy.id')];
}
