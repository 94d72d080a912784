import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Secrets } from '../../src/run/secrets/redact.ts';
import { faultKinds } from '../../src/simulator/faults/fault.ts';
import { defaultCredentials, type Fault } from '../../src/simulator/index.ts';
import { defaultSeed } from '../../src/simulator/state/default-seed.ts';
import { collectionFolder, spawnCli, temporaryFolder } from '../e2e/support.ts';
import { slow, slowUnless } from '../slow.ts';
import { hostileCollection } from './hostile.ts';
import {
  awkwardSecret,
  type CanaryResult,
  type CanaryRun,
  type MarkedSecret,
  markedSecret,
  reporterNames,
  runCanary,
  verbosities,
} from './runs.ts';
import { everythingIn, findLeaks, findSteering, formsOf, type Leak, type Written } from './search.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hostile = '';
beforeAll(async () => {
  folder = await temporaryFolder();
  hostile = await hostileCollection(folder.path);
});
afterAll(() => folder.remove());

/** What each kind of fault does at a step; `surprise` is a secret that only the answer holds. */
function faultAt(kind: Fault['do']['kind'], step: number, surprise: MarkedSecret): Fault['do'] {
  const pointer = step === 1 ? '/access_token' : '/id';
  switch (kind) {
    case 'status':
      return { kind, status: 503, retryAfter: 0 };
    case 'token-expiry':
      return { kind, afterUses: 1 };
    case 'not-propagated':
      return { kind, requests: 1 };
    case 'delay':
      return { kind, milliseconds: 20 };
    case 'invalid-json':
      return { kind, text: `<html>{"refresh_token": "${surprise.value.replace(/["\\]/g, '')}` };
    case 'content-type':
      return { kind, value: 'text/plain' };
    case 'missing-field':
      return { kind, pointer };
    case 'extra-field':
      return { kind, pointer: '/client_secret', value: surprise.value };
    case 'mistyped-field':
      return { kind, pointer, value: { inner: [{ id_token: surprise.value }] } };
    case 'huge-body':
      return { kind, bytes: 100_000 };
    case 'slow-drip':
      return { kind, bytes: 2048, milliseconds: 2 };
    default:
      return { kind };
  }
}

interface Cell {
  readonly kind: Fault['do']['kind'];
  readonly step: number;
  readonly verbosity: string;
  readonly always: boolean;
}

/**
 * What a run of this number, from 0, is done with: the first 16 have every fault kind, the first 96 also every step with each,
 * and the first 480 also every verbosity with both. How often a fault happens takes turns.
 */
function cellOf(index: number): Cell {
  const shift = Math.floor(index / faultKinds.length);
  const kind = faultKinds[index % faultKinds.length] ?? 'status';
  const verbosity = Object.keys(verbosities)[index % Object.keys(verbosities).length] ?? 'normal';
  return { kind, step: ((index + shift * 3) % 6) + 1, verbosity, always: (index + shift) % 4 === 3 };
}

/** So many runs, from the OS variable CANARY_RUNS. */
const wanted = Number(process.env.CANARY_RUNS ?? 16);
/** What may exist is looked for during the 60 seconds in which lists lag, which is how long other tests may take. */
const timeout = 180_000;
/** Of each four runs, one is in a process of its own. */
const isOwnProcess = (index: number) => index % 4 === 0;

const totals = { runs: 0, processes: 0, bytes: 0, canaries: 0, leaks: 0, steering: 0 };

async function searched(run: CanaryRun, name: string): Promise<CanaryResult & { readonly leaks: readonly Leak[] }> {
  const place = join(folder.path, name);
  mkdirSync(place);
  const result = await runCanary(run, place);
  const leaks = findLeaks(result.canaries, result.written);
  const steering = findSteering(result.written);
  totals.steering += steering.length;
  expect(steering).toEqual([]);
  totals.runs += 1;
  totals.processes += run.process === 'own' ? 1 : 0;
  totals.canaries += result.canaries.size;
  totals.bytes += result.written.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { ...result, leaks };
}

const allReporters = reporterNames.flatMap((name) => ['--reporter', `${name}=reports/${name}`]);

function runOf(cell: Cell, index: number, [clientSecret, inner, outer, surprise]: readonly MarkedSecret[]): CanaryRun {
  const { kind, step, verbosity, always } = cell;
  const unused = markedSecret(' is used by nobody ');
  if (!clientSecret || !inner || !outer || !surprise) throw new Error('four secrets are needed');
  const toStdout = reporterNames[index % reporterNames.length] ?? 'json';
  return {
    clientSecret,
    collection: index % 3 === 2 ? collectionFolder : hostile,
    others: {
      innerSecret: inner,
      // It holds another one, and begins with the client secret.
      outerSecret: { value: `${clientSecret.value}${outer.value}{{innerSecret}}`, parts: outer.parts },
      unused,
      shortPin: { value: '4711', parts: [] },
    },
    answered: { surprise: kind === 'invalid-json' ? { ...surprise, parts: surprise.parts.slice(1) } : surprise },
    faults: [{ match: { step, ...(!always && { attempt: 1 }) }, do: faultAt(kind, step, surprise) }],
    argv: [
      ...allReporters,
      '--reporter',
      toStdout,
      ...(verbosities[verbosity] ?? []),
      '--history',
      'reports/history',
      '--cleanup',
      index % 2 === 0 ? 'never' : 'always',
    ],
    osVariables: { ...(index % 2 === 0 && { FORCE_COLOR: '1' }), PINGONE_TUTORIAL_DEBUG: '1' },
    process: isOwnProcess(index) ? 'own' : 'this',
  };
}

describe('no secret is anywhere, whatever happens', () => {
  const seed = Number(process.env.CANARY_SEED ?? Date.now() % 1_000_000);
  const chosen = Array.from({ length: wanted }, (_, index) => cellOf(index));
  const secrets = fc.sample(fc.tuple(awkwardSecret, awkwardSecret, awkwardSecret, awkwardSecret), {
    numRuns: wanted,
    seed,
  });

  describe('in a run with', () => {
    for (const [index, cell] of chosen.entries())
      it(`${cell.kind} at step ${cell.step}, ${cell.verbosity} (run ${index})`, {
        ...slowUnless(index === 1),
        timeout,
      }, async () => {
        const run = runOf(cell, index, secrets[index] ?? []);
        const { leaks, code, written } = await searched(run, `run-${index}`);
        totals.leaks += leaks.length;
        expect(leaks, `CANARY_SEED=${seed}`).toEqual([]);
        expect([0, 1, 4], textOf(written, 'standard error')).toContain(code);
        // There was something to search: reports, and a ledger.
        const places = written.map(({ place }) => place).join();
        for (const name of [...[...reporterNames, 'history'].map((report) => `reports/${report}`), '.ledger.jsonl'])
          expect(places).toContain(name);
      });
  });

  it('when the answer with the token is cut off, and errors quote it', async () => {
    const [clientSecret] = fc.sample(awkwardSecret, { numRuns: 1, seed });
    const run = runOf({ kind: 'truncated-json', step: 1, verbosity: 'debug-http', always: true }, 1, [
      clientSecret ?? markedSecret(''),
      ...[1, 2, 3].map(() => markedSecret('')),
    ]);
    const { leaks, canaries } = await searched(run, 'cut-off');
    totals.leaks += leaks.length;
    expect([...canaries.keys()]).toContain('access token 1');
    expect(leaks).toEqual([]);
  });

  it.each([
    ['in this process', []],
    ['divided among processes', ['--processes', '2']],
  ])('in iterations, %s', slow, async (_where, options) => {
    const [some = []] = fc.sample(fc.array(awkwardSecret, { minLength: 4, maxLength: 4 }), { numRuns: 1, seed });
    const run = runOf({ kind: 'invalid-json', step: 5, verbosity: 'debug-http', always: false }, 0, some);
    const place = run.argv.indexOf('--history');
    const argv = [...run.argv.slice(0, place), ...run.argv.slice(place + 2), '--results', 'reports/results'];
    const { leaks, code, written } = await searched(
      { ...run, argv: [...argv, '--iterations', '6', '--concurrency', '4', ...options] },
      `iterations-${options.length}`,
    );
    totals.leaks += leaks.length;
    expect(leaks, `CANARY_SEED=${seed}`).toEqual([]);
    expect([0, 1, 4], textOf(written, 'standard error')).toContain(code);
    const results = written.findLast(({ place: name }) => name.endsWith('/results'));
    expect(results?.bytes.toString().trim().split('\n')).toHaveLength(6);
  });

  it('is asked with every fault, step, verbosity and reporter', () => {
    const all = Array.from({ length: 480 }, (_, index) => cellOf(index));
    expect(new Set(all.map(({ kind, step, verbosity }) => `${kind} ${step} ${verbosity}`)).size).toBe(480);
    const first = all.slice(0, 16);
    expect(new Set(first.map(({ kind }) => kind)).size).toBe(16);
    expect(new Set(first.map(({ step }) => step)).size).toBe(6);
    expect(new Set(first.map(({ verbosity }) => verbosity)).size).toBe(5);
  });

  afterAll(() => {
    const { runs, processes, bytes, canaries, leaks, steering } = totals;
    process.stdout.write(
      `canary: ${runs} runs (${processes} in a process of their own), ${canaries} secrets searched for in ${bytes} bytes, ${leaks} leaks, ${steering} places that steer a terminal or log (CANARY_SEED=${seed})\n`,
    );
  });
});

describe('the search', () => {
  const secret = 'Ca1f"\\/<&>%+ é😀{{x}}\u2028Ry';

  it.each([...formsOf(secret)])('finds %j, which is the form %s', (text) => {
    const written: Written[] = [{ place: 'here', bytes: Buffer.from(`before ${text} after`) }];
    expect(findLeaks(new Map([['it', [secret]]]), written).map(({ place }) => place)).toContain('here');
    expect(findLeaks(new Map([['it', [secret]]]), [{ place: 'here', bytes: Buffer.from('before after') }])).toEqual([]);
  });

  it('finds what a process writes in clear on purpose, there and nowhere else', slow, async () => {
    const run: CanaryRun = {
      clientSecret: markedSecret(' "&% '),
      collection: collectionFolder,
      others: {},
      faults: [],
      argv: [...allReporters, '--verbose', '--debug-http', '--export-environment', 'exported.json'],
      process: 'own',
    };
    const { leaks, canaries, code } = await searched(run, 'on-purpose');
    expect(code).toBe(0);
    expect(new Set(leaks.map(({ place }) => place.split('/').at(-1)))).toEqual(new Set(['exported.json']));
    expect(new Set(leaks.map(({ canary }) => canary))).toEqual(
      new Set([...canaries.keys()].filter((name) => name !== 'Basic pair')),
    );
  });

  it('finds everything, in every report, when nothing is redacted', async () => {
    const run: CanaryRun = {
      clientSecret: markedSecret(' "&% '),
      collection: hostile,
      others: { innerSecret: markedSecret(''), shortPin: { value: '4711', parts: [] } },
      faults: [],
      argv: [...allReporters, '--verbose', '--debug-http'],
      process: 'this',
      secrets: redactsNothing,
    };
    const { leaks, canaries } = await searched(run, 'nothing-redacted');
    const places = new Set(leaks.map(({ place }) => place.split('/').at(-1)));
    for (const place of ['standard output', 'standard error', ...reporterNames]) expect(places).toContain(place);
    expect([...places].join()).toContain('.ledger.jsonl');
    const searchedFor = [...canaries].flatMap(([name, parts]) => (parts.length > 0 ? [name] : []));
    expect(new Set(leaks.map(({ canary }) => canary))).toEqual(new Set(searchedFor));
  });
});

/** What a redactor would be that does not work. */
const redactsNothing: Secrets = {
  remember: () => {},
  knows: () => false,
  known: () => [],
  scope: () => ({ ...redactsNothing, end: () => {} }),
  redactor: () => ({
    text: (text) => text,
    data: (data) => data,
    header: (header) => header,
    body: (body) => body,
  }),
};

/** Makes the program fail when it writes a certain text, with a secret in the error and in its cause. */
const crashes = [
  {
    what: 'an exception that nobody catches',
    code: 'setTimeout(() => { throw failure(); }, 0)',
    at: 'Step 2',
    debug: '1',
  },
  {
    what: 'an exception that nobody catches',
    code: 'setTimeout(() => { throw failure(); }, 0)',
    at: 'Step 2',
    debug: '',
  },
  { what: 'a rejection that nobody handles', code: 'Promise.reject(failure())', at: 'Step 2', debug: '1' },
  { what: 'an error of our own', code: 'throw failure()', at: '(6 steps)', debug: '1' },
  { what: 'an error while a step is reported', code: 'throw failure()', at: 'Step 2', debug: '1' },
  { what: 'a text', code: 'setTimeout(() => { throw failure().message; }, 0)', at: 'Step 2', debug: '1' },
];

describe('a crash says no secret', () => {
  async function crash({ what, code, at, debug }: (typeof crashes)[number]): Promise<void> {
    const clientSecret = markedSecret(`"'\\ &%<`);
    const preload = join(folder.path, 'crash.mjs');
    writeFileSync(
      preload,
      `const { PINGONE_ADMIN_APP_SECRET: secret } = process.env;
const failure = () => {
  const cause = new Error(\`the cause is \${JSON.stringify({ secret })}\`, { cause: new Error(encodeURIComponent(secret)) });
  return new Error(\`it failed with \${secret} and \${Buffer.from('id:' + secret).toString('base64')}\`, { cause });
};
const { write } = process.stdout;
let failed = false;
process.stdout.write = function (text, ...others) {
  if (!failed && String(text).includes(process.env.CRASH_AT)) {
    failed = true;
    eval(process.env.CRASH);
  }
  return write.call(this, text, ...others);
};
`,
    );
    const {
      leaks,
      written,
      code: exit,
    } = await searched(
      {
        clientSecret,
        collection: collectionFolder,
        others: {},
        faults: [],
        argv: ['--verbose', '--reporter', 'ndjson=reports/ndjson'],
        osVariables: {
          PINGONE_ADMIN_APP_SECRET: clientSecret.value,
          PINGONE_TUTORIAL_DEBUG: debug,
          CRASH: code,
          CRASH_AT: at,
        },
        process: 'own',
        node: ['--import', preload],
      },
      `crash-${what.replaceAll(' ', '-')}-${debug}`,
    );
    expect(leaks).toEqual([]);
    expect(exit).toBe(4);
    const said = textOf(written, 'standard error');
    expect(said).toContain('this is a bug in pingone-tutorial');
    expect(said).toContain('it failed with [secret] and [secret]');
    const tracesAreShown = debug === '1' && !/text/.test(what);
    expect(said.includes('because of Error: the cause is {"secret":"[secret]"}'), said).toBe(tracesAreShown);
  }
  for (const each of crashes) it(`${each.what}, PINGONE_TUTORIAL_DEBUG=${each.debug}`, slow, () => crash(each));
});

describe('what the simulator writes', () => {
  it('holds neither tokens nor secrets nor passwords of its clients', slow, async () => {
    const place = join(folder.path, 'simulate');
    mkdirSync(place);
    const clientSecret = markedSecret(' of the client');
    const seed = JSON.stringify(defaultSeed()).replaceAll(defaultCredentials.adminAppSecret, clientSecret.value);
    writeFileSync(join(folder.path, 'seed.json'), seed);
    const simulate = ['simulate', '--port', '0', '--control', '--log', 'log', '--seed', '../seed.json'];
    const running = spawnCli(
      [...simulate, '--fault', '{match: {step: 2, attempt: 1}, do: {kind: status, status: 503}}'],
      {
        cwd: place,
      },
    );
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(await running.sees('Ctrl-C')) ?? [];
    const run: CanaryRun = {
      clientSecret,
      collection: collectionFolder,
      others: {},
      faults: [],
      argv: ['--cleanup', 'always'],
      process: 'this',
      port: Number(port),
    };
    mkdirSync(join(folder.path, 'client'));
    const { canaries, code } = await runCanary(run, join(folder.path, 'client'));
    running.kill('SIGINT');
    const { stdout, stderr } = await running.result;
    expect(code).toBe(0);
    const written = [
      ...everythingIn(place),
      { place: 'standard output', bytes: Buffer.from(stdout) },
      { place: 'standard error', bytes: Buffer.from(stderr) },
    ];
    expect(textOf(written, join(place, 'log'))).toContain('"status":503');
    expect([...canaries.keys()]).toContain('password 1');
    expect(findLeaks(canaries, written)).toEqual([]);
  });
});

function textOf(written: readonly Written[], place: string): string {
  return written.find((one) => one.place === place)?.bytes.toString() ?? '';
}
