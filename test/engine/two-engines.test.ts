import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { itemId } from '../../src/compile/collection.ts';
import { compileForRun } from '../../src/compile/run-collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { createDirectEngine } from '../../src/run/direct/direct-engine.ts';
import { createCookies } from '../../src/run/engine/cookies.ts';
import type { Engine, Execution } from '../../src/run/engine/execution.ts';
import { createEngine } from '../../src/run/engine/newman.ts';
import type { State } from '../../src/run/engine/state.ts';
import { toStepResult } from '../../src/run/judge/step-result.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
import { type Case, judgedCases } from '../property/judged-steps.ts';
import { slow } from '../slow.ts';
import { startWireServer, type WireAnswer, type WireServer } from './wire-server.ts';

/** `ENGINE_RUNS` steps are run by both engines, `ENGINE_SEED` says which. */
const chosen = process.env.ENGINE_RUNS;
const title = 'an echo server cannot tell the two engines apart, and they give the same results';
const seed = process.env.ENGINE_SEED;

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

const text = fc.constantFrom(
  '',
  'one',
  'a b',
  '{{a}}',
  '{{b}}-{{c}}',
  'é😀',
  "it's (*)!",
  'a+b%20&c=d',
  '"q"',
  '// no comment',
  '/* x */',
  '{{$guid}}',
  '{{$timestamp}}',
  '{{undeclared}}',
  '{{$randomFirstName}}',
);
const headerText = fc.constantFrom('', 'one', 'a b', '{{a}}', '{{$guid}}', 'x; y="z"');
const headers = fc.array(
  fc.record({
    name: fc.constantFrom(
      'X-One',
      'x-one',
      'X-Two',
      'Accept',
      'Content-Type',
      'User-Agent',
      'Authorization',
      'Cookie',
      'Cache-Control',
      'Accept-Encoding',
    ),
    value: headerText,
    disabled: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 4 },
);
const path = fc
  .array(fc.constantFrom('/a', '/{{a}}', '/{{b}}', '/a b', '/é', '/%7B', '/%zz', '/..', '/.', '/a;b', '/(x)', "/'"), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''));
const query = fc.constantFrom(
  '',
  '',
  '?',
  '?q=1',
  '?q={{a}}&r={{b}}',
  '?q=a b&q=c',
  '?filter=name eq "{{a}}"',
  '?a=b=c&&d',
  '?q=%20+',
  "?q='é'",
  '?x={y}|z',
  '#part',
  '?q=1#part{{a}}',
);
const body: fc.Arbitrary<Step['request']['body']> = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(fc.constantFrom('grant_type', 'a b', 'x', '{{a}}'), text, { maxKeys: 3 }).map((form) => ({ form })),
  fc
    .dictionary(
      fc.constantFrom('a', 'b', '{{c}}'),
      fc.oneof(text, fc.constantFrom(1, true, null), fc.array(text, { maxLength: 2 })),
      { maxKeys: 3 },
    )
    .map((json) => ({ json })),
  text.map((jsonText) => ({ jsonText })),
  fc.constantFrom('{"a": 1, // one\n "b": "// two" /* three */}', '{"a": {{b}}}').map((jsonText) => ({ jsonText })),
  text.map((raw) => ({ raw })),
) as never;
const authorization = fc.constantFrom<Definition['authorization']>(
  { none: true },
  { none: true },
  { bearer: 'T' },
  { bearer: '{{a}}' },
  { bearer: '' },
  { basic: { username: 'u', password: '{{c}}é' } },
);
const generate: fc.Arbitrary<Step['generate']> = fc.uniqueArray(
  fc.oneof(
    fc.record({
      variable: fc.constantFrom('a', 'b', 'made'),
      runId: fc.constant(true as const),
      unlessSet: fc.constantFrom(undefined, true),
    }),
    fc.record({
      variable: fc.constantFrom('made2', 'made3'),
      password: fc.record({ length: fc.constantFrom(8, 24), avoid: fc.constantFrom([], ['{{a}}', 'x-yz']) }),
      unlessSet: fc.constantFrom(undefined, true),
    }),
  ),
  { maxLength: 2, selector: ({ variable }) => variable },
) as never;

const answerHeaders = fc.array(
  fc.constantFrom<readonly [string, string]>(
    ['Content-Type', 'application/json'],
    ['Content-Type', 'text/plain; charset=iso-8859-1'],
    ['X-Thing', 'one'],
    ['x-thing', 'two'],
    ['Set-Cookie', 'a=1; Path=/'],
    ['Set-Cookie', 'b=2'],
    ['Set-Cookie', 'c=3; Domain=example.com'],
  ),
  { maxLength: 4 },
);
const redirects = fc.array(
  fc.record({
    status: fc.constantFrom(301, 302, 303, 307, 308),
    location: fc.constantFrom('/next', 'next?x=1', '{base}/é', '//127.0.0.1:1/x{cut}', 'http://localhost:{port}/l'),
  }),
  { maxLength: 3 },
);

const steps = fc.record({
  judged: judgedCases,
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  path,
  query,
  headers,
  body,
  auth: fc.option(authorization, { nil: undefined }),
  authorization,
  generate,
  answerHeaders,
  redirects: fc.oneof(
    { weight: 3, arbitrary: redirects.map((list) => list.slice(0, 0)) },
    { weight: 1, arbitrary: redirects },
  ),
  cookies: fc.constantFrom([], [], ['s=1; Path=/'], ['s=1; Path=/a', 't=2']),
  isPlain: fc.constantFrom(false, false, true),
});

/** A sample, and a hundred. */
test.each(chosen === undefined ? [15] : [])(`${title} (%d steps)`, (numRuns) => compare(numRuns), 600_000);
test(title, { ...slow, timeout: 600_000 }, () => compare(Number(chosen ?? 60)));

async function compare(numRuns: number): Promise<void> {
  const seen = { direct: 0, newman: 0, sent: 0, refused: 0, failed: 0, redirected: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (parts) => {
      const { step, definition, state, answers } = caseOf(parts);
      const outcomes = [];
      for (const name of ['newman', 'direct'] as const) {
        const cookies = createCookies();
        for (const cookie of parts.cookies) cookies.jar().setCookieSync(cookie, server.url, { ignoreError: true });
        outcomes.push(await executed(name, step, definition, { ...state, cookies }, answers));
      }
      const [newman, direct] = outcomes as [Outcome, Outcome];
      seen[direct.execution.engine] += 1;
      if (direct.execution.engine !== 'direct') return;
      expect(direct.received).toEqual(newman.received);
      expect(comparable(direct, definition)).toEqual(comparable(newman, definition));
      if (direct.received.length > 0) seen.sent += 1;
      if (direct.received.length > 1) seen.redirected += 1;
      if (direct.execution.skipped) seen.refused += 1;
      if (direct.execution.assertions.some(({ message }) => message !== undefined)) seen.failed += 1;
    }),
    { numRuns, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  if (chosen !== undefined) console.log(`${numRuns} steps: 0 differences`, seen);
  if (numRuns >= 60) for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
}

type Parts = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

interface Made extends Pick<Case, 'definition' | 'step' | 'state'> {
  readonly answers: readonly WireAnswer[];
}

function caseOf({ judged, ...parts }: Parts): Made {
  const isNative = judged.step.captures.every(({ script }) => script === undefined);
  const own: Step = {
    ...judged.step,
    ...(parts.isPlain && { expect: { status: [], schema: undefined, values: [] }, captures: [] }),
    captures: parts.isPlain || !isNative ? [] : judged.step.captures,
    request: {
      method: parts.method as never,
      url: `${server.url}${parts.path}${parts.query}`,
      headers: parts.headers as never,
      auth: parts.auth,
      body: parts.body,
    },
    generate: parts.isPlain ? [] : parts.generate,
  };
  const definition: Definition = {
    ...judged.definition,
    authorization: parts.authorization,
    steps: judged.definition.steps.map((step) => (step === judged.step ? own : step)),
  };
  const last: WireAnswer = {
    status: judged.answer.status,
    headers: parts.answerHeaders,
    body: Buffer.from(judged.answer.body),
  };
  const port = new URL(server.url).port;
  const before = parts.redirects.map(
    ({ status, location }): WireAnswer => ({
      status,
      headers: [
        [
          'Location',
          location
            .replace('{base}', server.url)
            .replace('{port}', port)
            .replace('127.0.0.1:1/x{cut}', `127.0.0.1:${port}/x`),
        ],
        ['Set-Cookie', `r${status}=1`],
      ],
      body: Buffer.from(''),
    }),
  );
  return {
    step: own,
    definition,
    state: { ...judged.state, run: judged.state.run.filter(({ key }) => key !== 'pending-one') },
    answers: [...before, last],
  };
}

interface Outcome {
  readonly execution: Execution;
  readonly received: readonly string[];
  readonly result: object;
}

async function executed(
  name: 'newman' | 'direct',
  step: Step,
  definition: Definition,
  state: State,
  answers: readonly WireAnswer[],
): Promise<Outcome> {
  const transport = createTransport({ requestTimeout: 2000 });
  const newman = createEngine({ collection: compileForRun(definition), transport });
  const engine: Engine = name === 'newman' ? newman : createDirectEngine({ definition, transport, newman });
  server.take();
  server.answerWith(answers);
  try {
    const limits = { requestTimeout: 2000, scriptTimeout: 5000, followRedirects: step.expect.status.length === 0 };
    const execution = await engine.lane().execute(itemId(definition, step), state, limits);
    const received = server.take().map(withoutRandom);
    const result = toStepResult(step, definition, execution, {}, 0);
    return { execution, received, result };
  } finally {
    engine.close();
  }
}

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What is made anew each time, and the name of the client. */
function withoutRandom(written: string): string {
  return written
    .replace(/Basic ([\w+/=]+)/g, (_, credentials: string) => `Basic ${Buffer.from(credentials, 'base64').toString()}`)
    .replace(/^(user-agent: )(PostmanRuntime.*|pingone-tutorial)\r$/im, '$1client\r')
    .replace(guid, 'GUID')
    .replace(/\d{8}T\d{6}-[0-9a-f]{8}/g, 'RUN-ID')
    .replace(/\b1[789]\d{8}\b/g, 'TIME');
}

/** Newman reports a body that it does not send. */
function isWithoutBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Newman reports that of a form only where the step itself has one. */
function isRuntimeHeader(name: string): boolean {
  return ['postman-token', 'user-agent', 'content-type', 'cookie'].includes(name.toLowerCase());
}

/** What both engines have to say alike. Passwords are made anew, and as long as they are asked to be. */
function comparable({ execution, result }: Outcome, definition: Definition): unknown {
  const { state, request, response, error, assertions, scriptErrors, console: lines, skipped, next } = execution;
  const passwords = new Set(
    definition.steps.flatMap(({ generate: makers }) =>
      makers.flatMap(({ variable, password }) => (password ? [variable] : [])),
    ),
  );
  const scope = (values: State['run']) =>
    values.map(({ key, value, disabled }) => ({
      key,
      value: passwords.has(key) ? String(value).length : value,
      disabled,
    }));
  const plain = {
    environment: scope(state.environment.values),
    collection: scope(state.collection),
    globals: scope(state.globals),
    run: scope(state.run),
    cookies: state.cookies.jar().getCookieStringSync(`${server.url}/a`),
    request: request && {
      ...request,
      url: request.url.replace(/#.*/, ''),
      body: isWithoutBody(request.method) ? undefined : request.body,
      headers: request.headers.filter(({ name }) => !isRuntimeHeader(name)),
    },
    response: response && { ...response, timings: undefined, durationMs: undefined },
    error,
    verdicts: assertions.map(({ name, message }) => [name, message === undefined]),
    scriptErrors,
    lines,
    skipped,
    next,
    result: {
      ...result,
      engine: undefined,
      durationMs: undefined,
      startMs: undefined,
      request: undefined,
      response: undefined,
    },
  };
  return JSON.parse(withoutRandom(JSON.stringify(plain)));
}
