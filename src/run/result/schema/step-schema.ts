import Type, { type Static } from 'typebox';
import { Drift } from './comparison-schema.ts';
import {
  count,
  described,
  type Frozen,
  flag,
  fromOne,
  maybe,
  milliseconds,
  name,
  object,
  targetName,
  text,
  texts,
} from './schema-parts.ts';

/** A place in a file. */
export const SourcePlace = object({
  file: text('Path from the working folder.'),
  line: fromOne('From 1.'),
});
export type SourcePlace = Frozen<Static<typeof SourcePlace>>;

/** A header as it was on the wire. */
export const HeaderField = object({ name, value: name });
export type HeaderField = Frozen<Static<typeof HeaderField>>;

/** A body as text. */
export const BodyText = object({
  text: name,
  bytes: count('Bytes of the whole body.'),
  truncated: flag('`text` is only its beginning.'),
});
export type BodyText = Frozen<Static<typeof BodyText>>;

/** A request as it was sent, without secrets. */
export const SentRequest = object(
  { method: name, url: name, headers: Type.Array(HeaderField), body: maybe(BodyText) },
  'A request as it was sent, without secrets.',
);
export type SentRequest = Frozen<Static<typeof SentRequest>>;

/** Where the time from sending to the end of the answer went. */
export const Timings = object(
  {
    wait: milliseconds('Until a connection was there to be used.'),
    dns: milliseconds('Look-up of the name.'),
    connect: milliseconds('TCP connection.'),
    tls: milliseconds('TLS handshake.'),
    firstByte: milliseconds('From the connection to the first byte of the answer.'),
    download: milliseconds('The rest of the answer.'),
  },
  'Where the time from sending to the end of the answer went, in milliseconds; a part that did not happen is 0.',
);
export type Timings = Frozen<Static<typeof Timings>>;

/** One of the things that the service says are wrong. */
export const ServiceProblemDetail = object({
  code: name,
  message: name,
  target: maybe(name),
  unsatisfied: maybe(texts('Rules that were not met, each once.')),
  allowed: maybe(texts('Values that would be allowed.')),
  retryAfter: maybe(text('When to try again: seconds, or a date.')),
  shown: maybe(
    Type.Array(object({ name, value: name }), { description: 'What else the definition has reports show of it.' }),
  ),
});
export type ServiceProblemDetail = Frozen<Static<typeof ServiceProblemDetail>>;

/** What the body of an error says, whatever its form. */
export const ServiceProblem = object(
  {
    service: maybe(text('Name of the service, as the definition gives it.')),
    code: text('What kind of error it is, for programs; empty when the body has only a message.'),
    message: text('Empty when the body has only a code.'),
    details: Type.Array(ServiceProblemDetail),
    oauth: flag("It has the form of a token endpoint's error (RFC 6749, section 5.2)."),
    location: maybe(text('The address that a redirect leads to.')),
  },
  'What the service says is wrong.',
);
export type ServiceProblem = Frozen<Static<typeof ServiceProblem>>;

/** The claims of a JSON Web Token of an answer. */
export const DecodedToken = object(
  {
    name: text('Name of the member of the body, such as `access_token`.'),
    claims: Type.Record(name, Type.Unknown()),
  },
  'What a JSON Web Token of an answer claims; its signature is not there, and was not verified.',
);
export type DecodedToken = Frozen<Static<typeof DecodedToken>>;

/** An answer as it came, without secrets. */
export const ReceivedResponse = object(
  {
    status: Type.Integer({ description: 'HTTP status.' }),
    reason: text('Reason phrase.'),
    durationMs: milliseconds('From sending to the end of the answer, in milliseconds.'),
    headers: Type.Array(HeaderField),
    body: maybe(BodyText),
    timings: maybe(
      described(
        Timings,
        'Where the time went, in milliseconds; a part that did not happen is 0. Absent when the engine does not give it.',
      ),
    ),
    correlationId: maybe(text("Id of the answer, for the service's support.")),
    problem: maybe(ServiceProblem),
    tokens: maybe(Type.Array(DecodedToken, { description: 'The JSON Web Tokens in the body.' })),
  },
  'An answer as it came, without secrets.',
);
export type ReceivedResponse = Frozen<Static<typeof ReceivedResponse>>;

/** Whether something held that the definition asks for. */
export const CheckResult = object({
  kind: Type.Enum(['ready', 'status', 'schema', 'value', 'capture', 'script']),
  name,
  status: Type.Enum(['passed', 'failed']),
  message: maybe(text('What is wrong, for a failed check.')),
  variable: maybe(text('The variable that it is about.')),
  source: maybe(described(SourcePlace, 'Where the definition asks for it.')),
});
export type CheckResult = Frozen<Static<typeof CheckResult>>;

/** A variable that a step set from its response. */
export const CaptureResult = object({
  variable: name,
  value: maybe(text('Absent when the variable is secret.')),
});
export type CaptureResult = Frozen<Static<typeof CaptureResult>>;

/** What a failure may come from and what to do about it. */
export const Diagnosis = object({
  cause: name,
  remedy: name,
  source: maybe(described(SourcePlace, 'Where the definition says so.')),
});
export type Diagnosis = Frozen<Static<typeof Diagnosis>>;

/** An attempt that did not pass and was followed by another. */
export const AttemptResult = object({
  status: Type.Enum(['failed', 'error']),
  durationMs: milliseconds('Scripts and request together, in milliseconds.'),
  startMs: maybe(milliseconds('Milliseconds from the start of the run.')),
  responseStatus: maybe(Type.Integer({ description: 'HTTP status of the answer, when there was one.' })),
  correlationId: maybe(name),
  because: text('Why there was another one.'),
  waitMs: milliseconds('The wait before the next one, in milliseconds.'),
  waitFrom: Type.Enum(['backoff', 'retry-after', 'none'], { description: 'Where the length of the wait came from.' }),
});
export type AttemptResult = Frozen<Static<typeof AttemptResult>>;

/** A step as it is before it runs. */
export const PlannedStep = object({
  target: maybe(targetName),
  id: name,
  name,
  method: name,
  url: text('As the definition writes it, with variables.'),
});
export type PlannedStep = Frozen<Static<typeof PlannedStep>>;

/** What happened with a step, in its last attempt, and before. */
export const StepResult = object({
  id: name,
  name,
  method: name,
  url: text('The address as the definition writes it, with variables.'),
  iteration: fromOne('From 1.'),
  target: maybe(targetName),
  source: maybe(described(SourcePlace, 'Where the definition of the step is.')),
  status: Type.Enum(['passed', 'failed', 'error', 'skipped', 'not-reached'], {
    description:
      'failed: a check did not hold. error: the request could not complete. skipped: a script skipped the request or jumped over it. not-reached: something before it did not pass.',
  }),
  engine: maybe(
    Type.Enum(['newman', 'direct'], {
      description: 'What ran the step; absent when nothing did.',
    }),
  ),
  durationMs: milliseconds('Scripts and request together, in milliseconds; 0 when it was not reached.'),
  startMs: maybe(
    milliseconds('Milliseconds from the start of the run to that of this attempt; absent when it was not reached.'),
  ),
  request: maybe(SentRequest),
  response: maybe(ReceivedResponse),
  checks: Type.Array(CheckResult),
  captures: Type.Array(CaptureResult),
  notes: texts('What the scripts wrote to the console.'),
  reason: maybe(text('Why the request could not complete, or why and by whom the step was skipped or not reached.')),
  diagnoses: Type.Array(Diagnosis, { description: 'What explains the failure, likeliest first.' }),
  attempts: Type.Array(AttemptResult, { description: 'Attempts before the last one; the rest is of the last one.' }),
  adopted: maybe(flag('The response was lost; what the step creates was found by its name and adopted.')),
  unknownValues: maybe(
    Type.Array(Drift, { description: 'Values of the response that its schema does not list among those it knows.' }),
  ),
  shape: maybe(
    texts(
      'Fields of the whole response body and their types, a line for each: `/user/nickname string|null?`, with `*` for any item of an array and a question mark when not every object has it. Absent without a JSON body of an expected status.',
    ),
  ),
});
export type StepResult = Frozen<Static<typeof StepResult>>;
