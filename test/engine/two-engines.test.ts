import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { createCookies } from '../../src/run/engine/cookies.ts';
import { type Case, judgedCases } from '../property/judged-steps.ts';
import { slow } from '../slow.ts';
import { comparable, createBothEngines } from './both-engines.ts';
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
    location: fc.constantFrom(
      '/next',
      'next?x=1',
      '{base}/é',
      '//127.0.0.1:{port}/x',
      'http://localhost:{port}/l',
      '{other}/o',
    ),
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

/** A sample, and more. */
const options = { ...slow, timeout: 600_000 + 2000 * Number(chosen ?? 0) };
test.each(chosen === undefined ? [15] : [])(`${title} (%d steps)`, options, (numRuns) => compare(numRuns));
test(title, options, () => compare(Number(chosen ?? 60)));

async function compare(numRuns: number): Promise<void> {
  const seen = { direct: 0, newman: 0, sent: 0, refused: 0, failed: 0, redirected: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (parts) => {
      const { step, definition, state, answers } = caseOf(parts);
      const engines = createBothEngines(server, definition);
      const stateWithCookies = () => {
        const cookies = createCookies();
        for (const cookie of parts.cookies) cookies.jar().setCookieSync(cookie, server.url, { ignoreError: true });
        return { ...state, cookies };
      };
      const { newman, direct } = await engines.execute(step, stateWithCookies, answers).finally(engines.close);
      seen[direct.execution.engine] += 1;
      if (direct.execution.engine !== 'direct') return;
      expect(direct.received).toEqual(newman.received);
      expect(comparable(direct, definition, server)).toEqual(comparable(newman, definition, server));
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
          location.replace('{base}', server.url).replace('{other}', server.otherUrl).replace('{port}', port),
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
