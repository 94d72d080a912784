import { type Static, type TSchema, Type } from 'typebox';
import { readBody } from '../http/body.ts';
import { type Call, timestamp } from '../http/call.ts';
import { changeOwnPassword, ownChangeSchema } from '../passwords/own-change.ts';
import { recoverPassword, recoverySchema, sendRecoveryCode } from '../passwords/recovery.ts';
import { notSimulated, Refusal, unsupportedMediaType } from '../refusal.ts';
import { foldUsername } from '../state/build.ts';
import type { Environment, Flow, FlowStatus, User } from '../state/model.ts';
import { closed, text } from '../validation/texts.ts';
import { validatorOf } from '../validation/validator.ts';
import { checkUsernamePassword } from './check-password.ts';

/** Something that a flow can be asked to do. */
export interface FlowAction {
  readonly name: string;
  /** States in which it can be asked for. */
  readonly at: readonly FlowStatus[];
  read(call: Call): Promise<unknown>;
  /** What becomes of the flow. Throws a refusal, which leaves it as it is. */
  carryOut(call: Call, environment: Environment, flow: Flow, input: unknown): Partial<Flow>;
}

/** The action that a media type names (documented). Throws 415 for others; loudly for those that PingOne has. */
export function flowActionOf(mediaType: string | undefined): FlowAction {
  const name = /^application\/vnd\.pingidentity\.(.+?)(\+json)?$/.exec(mediaType ?? '')?.[1];
  if (name === undefined) throw unsupportedMediaType();
  const action = actions.find((one) => one.name.toLowerCase() === name);
  if (!action) throw notSimulated(`the flow action ${name}`);
  return action;
}

function action<Schema extends TSchema>(
  name: string,
  at: readonly FlowStatus[],
  schema: Schema,
  carryOut: (call: Call, environment: Environment, flow: Flow, input: Static<Schema>) => Partial<Flow>,
): FlowAction {
  const validator = validatorOf(schema);
  const mediaType = `application/vnd.pingidentity.${name}+json`.toLowerCase();
  return {
    name,
    at,
    read: (call) => readBody(call, validator, [mediaType]),
    carryOut: (call, environment, flow, input) => carryOut(call, environment, flow, input as Static<Schema>),
  };
}

const actions: readonly FlowAction[] = [
  action(
    'usernamePassword.check',
    ['USERNAME_PASSWORD_REQUIRED'],
    Type.Object({ username: text(), password: text() }, closed),
    (call, environment, _flow, input) => {
      const { userId, ...outcome } = checkUsernamePassword(call, environment, input);
      return { ...outcome, ...(outcome.status === 'FAILED' ? {} : { signedOn: { userId, at: timestamp(call) } }) };
    },
  ),
  action(
    'password.reset',
    ['MUST_CHANGE_PASSWORD', 'PASSWORD_EXPIRED'],
    ownChangeSchema,
    (call, environment, { signedOn }, input) => {
      const user = environment.users.get(signedOn?.userId ?? '');
      if (user) changeOwnPassword(call, environment, user, input);
      return { status: 'COMPLETED' };
    },
  ),
  action(
    'password.forgot',
    ['USERNAME_PASSWORD_REQUIRED'],
    Type.Object({ username: text() }, closed),
    (call, environment, _flow, { username }) => {
      const user = environment.users.get(environment.usernames.get(foldUsername(username)) ?? '');
      if (user) sendQuietly(call, environment, user);
      return { status: 'RECOVERY_CODE_REQUIRED', ...(user ? { recovering: user.id } : {}) };
    },
  ),
  // Documented without a body.
  {
    name: 'password.sendRecoveryCode',
    at: ['RECOVERY_CODE_REQUIRED'],
    read: async () => undefined,
    carryOut: (call, environment, { recovering }) => {
      const user = environment.users.get(recovering ?? '');
      if (user) sendQuietly(call, environment, user);
      return {};
    },
  },
  action('password.recover', ['RECOVERY_CODE_REQUIRED'], recoverySchema, (call, environment, flow, input) => {
    const user = recoverPassword(call, environment, environment.users.get(flow.recovering ?? ''), input);
    return { status: 'COMPLETED', signedOn: { userId: user.id, at: timestamp(call) } };
  }),
];

/** Who asks does not learn whether there is such a user, or what is with them (inferred). */
function sendQuietly(call: Call, environment: Environment, user: User): void {
  try {
    sendRecoveryCode(environment, user, call.now);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
