import { type Static, type TProperties, Type } from 'typebox';
import { closed } from '../validation/texts.ts';

const seconds = Type.Number({ minimum: 0, description: 'a number of seconds, 0 or more' });
const milliseconds = Type.Number({ minimum: 0, maximum: 3_600_000, description: 'milliseconds, at most an hour' });
const count = Type.Integer({ minimum: 1, description: 'a whole number, 1 or more' });
const bytes = Type.Integer({
  minimum: 1,
  maximum: 256 * 1024 * 1024,
  description: 'a number of bytes, at most 256 MB',
});
const pointer = Type.String({ pattern: '^/.', description: 'a JSON pointer such as /license/id' });
/** Whether the request is carried out before the fault shows; then the client loses an answer, not a request. */
const processed = Type.Optional(Type.Boolean({ description: 'true or false' }));

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
const method = Type.Enum(methods);
const step = Type.Integer({ minimum: 1, maximum: 8 });

/** Which requests a fault is for. What is left out holds for every request. */
const match = Type.Object(
  {
    method: Type.Optional(
      Type.Union([method, Type.Array(method)], {
        description: `one of ${methods.join(', ')}, or a list of them`,
      }),
    ),
    /** Without query; `*` is one segment or a part of it, `**` is anything. */
    path: Type.Optional(
      Type.String({ pattern: '^(/|\\*\\*)', description: 'a path pattern such as /v1/environments/*/users' }),
    ),
    /** A step of the tutorial, see `steps.ts`. */
    step: Type.Optional(Type.Union([step, Type.Array(step)], { description: 'a step from 1 to 8, or a list of them' })),
    /** Which of the requests that match so far, counted from 1. */
    attempt: Type.Optional(
      Type.Union([count, Type.Array(count), Type.Object({ from: count, to: Type.Optional(count) }, closed)], {
        description: 'a number from 1, a list of them, or { from, to }',
      }),
    ),
    /** Decided by the seeded generator. */
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'a number from 0 to 1' })),
  },
  closed,
);

function action<Kind extends string, Fields extends TProperties>(kind: Kind, fields: Fields) {
  return Type.Object({ kind: Type.Literal(kind), ...fields }, closed);
}

/** Everything a fault can do, by `kind`. */
const actions = [
  /** An error with PingOne's body for it. `retryAfter` in seconds (on 503: written as an HTTP date), or text sent as it is. */
  action('status', {
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'an HTTP status from 400 to 599' }),
    retryAfter: Type.Optional(Type.Union([seconds, Type.String()], { description: 'seconds, or a text' })),
    body: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'an object' })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'texts by header name' })),
    processed,
  }),
  /** 401 for a token that is older than so many seconds, or was used so often; a fresh token is good again. */
  action('token-expiry', { afterSeconds: Type.Optional(seconds), afterUses: Type.Optional(count) }),
  /** 403 (or 404, 401) at and below what was created less than so many seconds, or requests, ago. */
  action('not-propagated', {
    status: Type.Optional(Type.Enum([401, 403, 404], { description: '401, 403 or 404' })),
    seconds: Type.Optional(seconds),
    requests: Type.Optional(count),
  }),
  action('delay', { milliseconds, processed }),
  /** No answer, ever; the connection stays open until the client or the simulator ends it. */
  action('hang', { processed }),
  action('reset-before-reading', {}),
  /** The lost answer: the request has been carried out. */
  action('reset-after-processing', {}),
  action('reset-mid-body', {}),
  action('truncated-json', {}),
  action('invalid-json', { text: Type.Optional(Type.String()) }),
  action('content-type', { value: Type.Optional(Type.String({ minLength: 1, description: 'a media type' })) }),
  action('missing-field', { pointer }),
  action('extra-field', { pointer, value: Type.Optional(Type.Unknown()) }),
  action('mistyped-field', { pointer, value: Type.Optional(Type.Unknown()) }),
  /** A field `padding` of this size is added. */
  action('huge-body', { bytes: Type.Optional(bytes) }),
  action('slow-drip', { bytes: Type.Optional(bytes), milliseconds: Type.Optional(milliseconds) }),
] as const;

export type FaultAction = Static<(typeof actions)[number]>;
export type FaultKind = FaultAction['kind'];
export type FaultMatch = Static<typeof match>;

/** One thing that goes wrong on request. */
export interface Fault {
  /** Shown in the log; default: the kind. */
  readonly name?: string;
  /** Default: every request. */
  readonly match?: FaultMatch;
  readonly do: FaultAction;
}

/** Names of all kinds, in the order of the README. */
export const faultKinds: readonly FaultKind[] = actions.map(({ properties }) => properties.kind.const);

/** What one fault must look like. */
export const faultSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: 'a text' })),
    match: Type.Optional(match),
    do: Type.Unsafe<FaultAction>({
      type: 'object',
      description: `an object with a kind: ${faultKinds.join(', ')}`,
      discriminator: { propertyName: 'kind' },
      oneOf: actions,
    }),
  },
  closed,
);

/** What a fault file and the control endpoint take: faults, and the seed of their generator. */
export const faultPlanSchema = Type.Object(
  {
    seed: Type.Optional(Type.Integer({ minimum: 0, description: 'a whole number, 0 or more' })),
    faults: Type.Array(faultSchema, { description: 'a list of faults' }),
  },
  closed,
);

/** Faults with the seed that decides what `probability` leaves open. */
export interface FaultPlan {
  /** Default 1. */
  readonly seed?: number;
  readonly faults: readonly Fault[];
}
