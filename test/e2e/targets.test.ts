import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileCollection, completeValues, loadDefinition, runTargets } from '../../src/index.ts';
import type { JsonReport } from '../../src/report/files/json-schema.ts';
import type { IterationResult, RunEvent } from '../../src/run/result/result.ts';
import { createSimulator, defaultCredentials } from '../../src/simulator/index.ts';
import { defaultSeed } from '../../src/simulator/state/default-seed.ts';
import { slow } from '../slow.ts';
import {
  type CliOptions,
  cli,
  type RunningSimulator,
  root,
  spawnCli,
  startSimulator,
  temporaryFolder,
} from './support.ts';

/** Three tenants, each with a client secret of its own. */
const regions = ['com', 'eu', 'asia'] as const;
type Region = (typeof regions)[number];
const secrets = Object.fromEntries(
  regions.map((region) => [region, `${region}-${randomBytes(12).toString('base64url')}`]),
) as Record<Region, string>;
const sent: Region[] = [];
let tenants: Record<Region, RunningSimulator>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  const started = regions.map(async (region) => {
    const text = JSON.stringify(defaultSeed()).replaceAll(defaultCredentials.adminAppSecret, secrets[region]);
    const simulator = createSimulator({
      seed: JSON.parse(text) as ReturnType<typeof defaultSeed>,
      onRequest: () => void sent.push(region),
    });
    return [region, await startSimulator(simulator)] as const;
  });
  tenants = Object.fromEntries(await Promise.all(started)) as typeof tenants;
});
afterAll(() => Promise.all(regions.map((region) => tenants[region].close())));

beforeEach(async () => {
  sent.length = 0;
  folder = await temporaryFolder();
  for (const region of regions) {
    tenants[region].simulator.reset();
    tenants[region].simulator.setFaults([]);
    // The environment files are the targets: com.postman_environment.json and so on.
    const environment = await readFile(tenants[region].environment, 'utf8');
    const own = environment.replaceAll(defaultCredentials.adminAppSecret, secrets[region]);
    await writeFile(inFolder(`${region}.postman_environment.json`), own);
  }
});
afterEach(() => folder.remove());

const inFolder = (name: string) => join(folder.path, name);
const read = (name: string) => readFile(inFolder(name), 'utf8');
const readJson = async (name: string) => JSON.parse(await read(name)) as JsonReport;
const environments = regions.flatMap((region) => ['-e', `${region}.postman_environment.json`]);
const run = (argv: readonly string[], options: CliOptions = {}) =>
  cli(['run', '--ledger', inFolder('ledger'), ...argv], { cwd: folder.path, ...options });
const merge = (...argv: string[]) => cli(['merge-reports', ...argv], { cwd: folder.path });
const breakStep = (region: Region, step: number) =>
  tenants[region].simulator.setFaults([{ match: { step }, do: { kind: 'status', status: 400 } }]);
const left = (region: Region) =>
  tenants[region].simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'));

const matrix = `targets:
  - name: com
    environment: com.postman_environment.json
  - name: eu
    environment: eu.postman_environment.json
    variables: { email: eu@example.com }
  - name: asia
    environment: asia.postman_environment.json
`;

describe('several environments', () => {
  it('are run against in parallel, with one report in which a failure is that of its target', slow, async () => {
    breakStep('eu', 4);
    const names = ['junit', 'json', 'ndjson', 'ctrf', 'html', 'markdown', 'github', 'terminal'];
    const result = await run([
      ...environments,
      '--cleanup',
      'always',
      ...names.flatMap((name) => ['-r', `${name}=out/${name}`]),
    ]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('18 steps: 15 passed, 1 failed, 2 not reached');
    expect(result.stdout).toMatch(/^✗ \[eu\] Step 4: Create a population {2}400/m);
    expect(result.stdout).toMatch(/^✗ \[eu\] failed in/m);
    expect(result.stdout).toMatch(/^::error file=.*title=\[eu\] Step 4/m);
    const texts = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(`out/${name}`)])));

    const json = JSON.parse(texts.json as string) as JsonReport;
    expect(json.outcome).toBe('failed');
    expect(json.targets?.map(({ name, outcome, cleanedUp }) => [name, outcome, cleanedUp])).toEqual([
      ['com', 'passed', true],
      ['eu', 'failed', true],
      ['asia', 'passed', true],
    ]);
    const broken = json.steps.filter(({ status }) => status !== 'passed');
    expect(broken.map(({ target, id, status }) => [target, id, status])).toEqual([
      ['eu', 'create-population', 'failed'],
      ['eu', 'create-user', 'not-reached'],
      ['eu', 'set-user-password', 'not-reached'],
    ]);

    const suites = [...(texts.junit as string).matchAll(/<testsuite name="([^"]+)".*failures="(\d)"/g)];
    expect(suites.map(([, name, failures]) => [name, failures])).toEqual([
      ['Create a test environment, com', '0'],
      ['Clean-up, com', '0'],
      ['Create a test environment, eu', '1'],
      ['Clean-up, eu', '0'],
      ['Create a test environment, asia', '0'],
      ['Clean-up, asia', '0'],
    ]);
    const ctrf = JSON.parse(texts.ctrf as string) as { results: { tests: { status: string; suite: string[] }[] } };
    expect(ctrf.results.tests.filter(({ status }) => status === 'failed').map(({ suite }) => suite[1])).toEqual(['eu']);
    for (const name of ['html', 'markdown', 'github', 'terminal'])
      expect(texts[name], name).toMatch(/\\?\[eu] Step 4: Create a population/);

    const events = (texts.ndjson as string)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    expect(events.map(({ kind }) => kind).filter((kind) => /^run-|^target-/.test(kind))).toEqual([
      'run-started',
      'target-finished',
      'target-finished',
      'target-finished',
      'run-finished',
    ]);
    const finished = events.flatMap((event) => (event.kind === 'step-finished' ? [event] : []));
    expect(finished.map(({ step, result: { target } }) => target === step.target)).not.toContain(false);
    // In parallel: the first step of the last target is done before the last step of the first.
    const order = finished.map(({ step }) => `${step.target} ${step.id}`);
    expect(order.indexOf('asia get-access-token')).toBeLessThan(order.indexOf('com set-user-password'));

    // No access token either.
    for (const [name, text] of Object.entries({ ...texts, stdout: result.stdout, stderr: result.stderr }))
      expect(text, name).not.toMatch(/eyJ[\w-]+\.eyJ/);
    for (const region of regions) {
      expect(left(region)).toEqual([]);
      for (const [name, text] of Object.entries({ ...texts, stdout: result.stdout, stderr: result.stderr })) {
        expect(text, name).not.toContain(secrets[region]);
        expect(text, name).not.toContain(
          Buffer.from(`${defaultCredentials.adminAppID}:${secrets[region]}`).toString('base64'),
        );
      }
    }
    expect(await readdir(inFolder('ledger'))).toHaveLength(3);
  });

  it('run one after the other with one worker', slow, async () => {
    expect((await run([...environments, '--workers', '1', '-q'])).code).toBe(0);
    expect(new Set(sent)).toEqual(new Set(regions));
    expect(sent.filter((region, index) => region !== sent[index - 1])).toEqual(regions);
  });

  it('are all cleaned up after an interruption, also those that had not begun', slow, async () => {
    tenants.eu.simulator.setFaults([{ match: { step: 5 }, do: { kind: 'hang' } }]);
    const interruption = new AbortController();
    const running = run([...environments, '--workers', '2', '--cleanup', 'always', '-r', 'json=report.json'], {
      signal: interruption.signal,
    });
    await expect.poll(() => left('eu').length, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => sent.filter((region) => region === 'eu').length, { timeout: 20_000 }).toBeGreaterThan(3);
    interruption.abort();
    const result = await running;
    expect(result.code).toBe(4);
    const { targets, outcome, cleanUp } = await readJson('report.json');
    expect(outcome).toBe('interrupted');
    expect(targets?.map(({ name }) => name)).toEqual(regions);
    expect(cleanUp?.complete).toBe(true);
    for (const region of regions) expect(left(region)).toEqual([]);
  });

  it('show what is in progress in one line on a terminal', slow, async () => {
    const { stdout } = await run([...environments, '--failures-only'], { isTTY: true });
    const lines = stdout.split(/\r?\n|\r/).map(stripVTControlCharacters);
    const live = lines.filter((line) => line.startsWith('…'));
    expect(live).toContainEqual(expect.stringMatching(/^… \[com\] Step \d.* {2}… \[eu\] Step \d/));
    for (const line of live) expect(line.length).toBeLessThan(80);
  });

  it('each run against a simulator of its own with --simulator', slow, async () => {
    const result = await run([...environments, '--simulator', '-q']);
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(result.stderr.match(/^\[(com|eu|asia)\] Using the PingOne simulator at/gm)).toHaveLength(3);
    expect(sent).toEqual([]);
  });

  it('are refused with everything that is wrong in any of them, before anything is sent', async () => {
    const text = await read('eu.postman_environment.json');
    await writeFile(inFolder('eu.postman_environment.json'), text.replace(secrets.eu, ''));
    await writeFile(inFolder('asia.postman_environment.json'), '{');
    const result = await run(environments);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^error: \[eu\] adminAppSecret has no value/m);
    expect(result.stderr).toMatch(/^error: \[asia\] asia.postman_environment.json:1:2: this is not valid JSON/m);
    expect(sent).toEqual([]);
  });

  it.each([
    ['a matrix beside them', [...environments, '--matrix', 'm.yaml'], '--matrix and --environment both name targets'],
    [
      'the same one twice',
      ['-e', 'com.postman_environment.json', '-e', './com.postman_environment.json'],
      'is named twice',
    ],
    ['resuming', [...environments, '--resume'], '--resume is for a run against one target'],
    ['a history', [...environments, '--history', 'h.json'], '--history is for a run against one target'],
    ['an export', [...environments, '--export-environment', 'x'], '--export-environment is for a run against one'],
    ['a shard of nothing', ['--shard', '1/2'], '--workers is for several targets, --shard for those or for rows'],
    ['no shard', [...environments, '--shard', '0/2'], 'Expected a shard from 1 to 2, such as 1/2'],
    ['a shard beyond the last', [...environments, '--shard', '3/2'], 'Expected a shard from 1 to 2'],
    ['half a shard', [...environments, '--shard', '1'], 'Expected which shard of how many, such as 1/3'],
    ['no worker', [...environments, '--workers', '0'], 'Expected a whole number from 1 to 999'],
    [
      'a matrix that is not there',
      ['--matrix', 'no.yaml'],
      'cannot read the matrix file no.yaml: there is no such file',
    ],
  ])('are refused with %s', async (_what, argv, message) => {
    const result = await run(argv);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(sent).toEqual([]);
  });
});

describe('several targets with rows', { timeout: 180_000 }, () => {
  const rows = 'email\n"one@example.com"\ntwo@example.com\nthree@example.com\n';
  const emails = (region: Region) =>
    [...tenants[region].simulator.dump().environments]
      .flatMap((environment) => [...environment.users])
      .map(({ attributes }) => (attributes as { readonly email?: string }).email)
      .filter((email) => email?.match(/^(one|two|three)@/))
      .toSorted();
  const lines = async (name: string) =>
    (await read(name))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as IterationResult);

  it('run all of them at each, with a results file for each, and one report', slow, async () => {
    await writeFile(inFolder('users.csv'), rows);
    tenants.eu.simulator.setFaults([{ match: { step: 6, attempt: 2 }, do: { kind: 'status', status: 400 } }]);
    const result = await run([
      ...environments,
      '--data',
      'users.csv',
      '--concurrency',
      '2',
      '--results',
      'out/users.ndjson',
      ...['json', 'junit', 'html', 'markdown', 'ndjson'].flatMap((name) => ['-r', `${name}=${name}`]),
    ]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/^✗ \[eu\] Iteration \d \(line \d\) {2}Step 6: Set the user password: 400/m);
    expect(result.stdout).toContain('9 iterations: 8 passed, 1 failed');
    for (const region of regions) {
      expect(emails(region)).toEqual(['one@example.com', 'three@example.com', 'two@example.com']);
      const told = await lines(`out/users.${region}.ndjson`);
      expect(told.map(({ iteration, line }) => [iteration, line]).toSorted()).toEqual([
        [1, 2],
        [2, 3],
        [3, 4],
      ]);
      expect(told.filter(({ status }) => status === 'passed')).toHaveLength(region === 'eu' ? 2 : 3);
    }
    const report = await readJson('json');
    expect(report.iterations).toBe(9);
    expect(report.rows).toEqual({ all: 9, earlier: 0, passed: 8, failed: 1, error: 0 });
    expect(report.targets?.map(({ name, rows: own }) => [name, own?.passed])).toEqual([
      ['com', 3],
      ['eu', 2],
      ['asia', 3],
    ]);
    expect(report.totals.steps).toMatchObject({ all: 3 * (4 + 3 * 2), failed: 1 });
    expect(await read('junit')).toContain('<testsuite name="Create a test environment, asia, iteration 3"');
    expect(await read('html')).toContain('[eu] Step 6: Set the user password (iteration');
    const events = (await read('ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const ended = events.flatMap((event) => (event.kind === 'iteration-finished' ? [event] : []));
    expect(ended).toHaveLength(9);
    for (const region of regions) {
      const numbers = ended.flatMap(({ target, result: { iteration } }) => (target === region ? [iteration] : []));
      expect(numbers.toSorted()).toEqual([1, 2, 3]);
    }

    // A target alone goes on with its own file; its ledger is the one with its address.
    tenants.eu.simulator.setFaults([]);
    const ledgers = await Promise.all(
      (await readdir(inFolder('ledger'))).map(async (name) => [name, await read(`ledger/${name}`)] as const),
    );
    const [ledger = ''] = ledgers.find(([, text]) => text.includes(tenants.eu.url)) ?? [];
    const argv = ['-e', 'eu.postman_environment.json', '--data', 'users.csv', '--results', 'out/users.eu.ndjson'];
    expect((await run([...argv, '--resume', inFolder(`ledger/${ledger}`)])).code).toBe(0);
    expect((await lines('out/users.eu.ndjson')).map(({ status }) => status)).toEqual(['passed', 'passed', 'passed']);
    expect(emails('eu')).toHaveLength(3);
  });

  it('keep figures of each target, when there are many', slow, async () => {
    const argv = ['-e', 'com.postman_environment.json', '-e', 'eu.postman_environment.json', '--iterations', '101'];
    const { code } = await run([...argv, '--concurrency', '8', '-q', '-r', 'json=report.json', '-r', 'junit=junit']);
    expect(code).toBe(0);
    const { figures, targets, totals } = await readJson('report.json');
    expect(figures?.iterations).toEqual({ all: 202, passed: 202, failed: 0, error: 0 });
    expect(targets?.map((target) => target.figures?.totals.steps.passed)).toEqual([206, 206]);
    expect(totals.steps.passed).toBe(412);
    expect(figures?.statistics.map(({ runs }) => runs)).toEqual([2, 2, 2, 2, 202, 202]);
    expect(await read('junit')).toContain('<testsuite name="Create a test environment, eu, all 101 iterations"');
  });

  it('may each have processes, and show how far each is on a terminal', slow, async () => {
    const argv = ['-e', 'com.postman_environment.json', '-e', 'eu.postman_environment.json', '--iterations', '6'];
    const result = await spawnCli(
      [
        'run',
        '--ledger',
        inFolder('ledger'),
        ...argv,
        '--concurrency',
        '2',
        '--processes',
        '2',
        '-r',
        'json=report.json',
      ],
      { cwd: folder.path },
    ).result;
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect((await readJson('report.json')).rows).toMatchObject({ all: 12, passed: 12 });
    const { stdout } = await run([...argv, '--failures-only'], { isTTY: true });
    const live = stdout.split(/\r?\n|\r/).map(stripVTControlCharacters);
    expect(live).toContainEqual(expect.stringMatching(/^\[com\] \d of 6 {2}\[eu\] \d of 6$/));
  });

  it('and shards: each shard has all rows at its targets', slow, async () => {
    await writeFile(inFolder('users.csv'), rows);
    await writeFile(inFolder('m.yaml'), matrix);
    for (const index of [1, 2])
      await run(
        [
          '--matrix',
          'm.yaml',
          '--data',
          'users.csv',
          '--shard',
          `${index}/2`,
          '-q',
          '--results',
          'users.ndjson',
        ].concat(['-r', `json=shards/${index}.json`]),
      );
    for (const region of regions) expect(await lines(`users.${region}.ndjson`)).toHaveLength(3);
    expect((await merge('shards', '-q', '-r', 'json=all.json')).code).toBe(0);
    const all = await readJson('all.json');
    expect(all.targets?.map(({ name, rows: own }) => [name, own?.passed])).toEqual(regions.map((name) => [name, 3]));
    expect(all.rows).toMatchObject({ all: 9, passed: 9 });
  });

  it('refuse a wrong row before anything is sent', async () => {
    await writeFile(inFolder('users.csv'), 'email\nnobody\n');
    const result = await run([...environments, '--data', 'users.csv']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('users.csv:2:1: email is "nobody"');
    expect(sent).toEqual([]);
  });
});

it(
  'a program gets the same from runTargets; a value that is missing at one of them keeps all from beginning',
  slow,
  async () => {
    const definition = await loadDefinition('collections/create-a-test-environment');
    const collection = compileCollection(definition);
    const targets = regions.map((name) => ({
      name,
      targetKind: 'given' as const,
      values: completeValues(definition, {
        ...defaultCredentials,
        adminAppSecret: secrets[name],
        authPath: tenants[name].url,
        apiPath: tenants[name].url,
      }),
    }));
    const without = targets.map((target) =>
      target.name === 'eu' ? { ...target, values: { ...target.values, apiPath: '' } } : target,
    );
    await expect(runTargets({ definition, collection, targets: without })).rejects.toThrow(/^\[eu\] .*apiPath/);
    expect(sent).toEqual([]);
    const result = await runTargets({ definition, collection, targets, cleanUp: 'always' });
    expect(result.targets?.map(({ name, outcome, cleanedUp }) => [name, outcome, cleanedUp])).toEqual(
      regions.map((name) => [name, 'passed', true]),
    );
  },
);

describe('a matrix file', () => {
  it('names the targets, their environment files and values; the command line comes first', slow, async () => {
    await mkdir(inFolder('matrix'));
    const inside = matrix.replaceAll('environment: ', 'environment: ../');
    await writeFile(inFolder('matrix/regions.yaml'), inside);
    const argv = ['--matrix', 'matrix/regions.yaml', '-q', '-r', 'json=report.json'];
    expect((await run(argv)).code).toBe(0);
    const mail = ({ steps }: JsonReport) =>
      steps
        .filter(({ id }) => id === 'create-user')
        .map(({ request }) => /"email":\s*"([^"]+)"/.exec(request?.body?.text ?? '')?.[1]);
    expect(mail(await readJson('report.json'))).toEqual([
      'sharedTestUser@example.com',
      'eu@example.com',
      'sharedTestUser@example.com',
    ]);
    await run([...argv, '--var', 'email=me@example.com']);
    expect(mail(await readJson('report.json'))).toEqual(['me@example.com', 'me@example.com', 'me@example.com']);
  });

  it('says what the OS variables of a target begin with, so that each has secrets of its own', slow, async () => {
    const one = (region: Region) => ({
      name: region,
      osPrefix: `${region.toUpperCase()}_`,
      variables: { authPath: tenants[region].url, apiPath: tenants[region].url },
    });
    await writeFile(inFolder('m.json'), JSON.stringify({ targets: regions.map(one) }));
    const { adminEnvID, adminAppID } = defaultCredentials;
    const credentials = (region: Region) => {
      const prefix = `${region.toUpperCase()}_PINGONE_ADMIN`;
      return {
        [`${prefix}_ENV_ID`]: adminEnvID,
        [`${prefix}_APP_ID`]: adminAppID,
        [`${prefix}_APP_SECRET`]: secrets[region],
      };
    };
    const osVariables = Object.assign({}, ...regions.map(credentials)) as Record<string, string>;
    const { code, stdout, stderr } = await run(['--matrix', 'm.json', '-r', 'json=report.json'], { osVariables });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const region of regions) expect(stdout + (await read('report.json'))).not.toContain(secrets[region]);

    // Never those of another target, or those without a prefix.
    const { EU_PINGONE_ADMIN_APP_SECRET: own, ...others } = osVariables;
    sent.length = 0;
    const refused = await run(['--matrix', 'm.json'], {
      osVariables: { ...others, PINGONE_ADMIN_APP_SECRET: own ?? '' },
    });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error: \[eu\] adminAppSecret .* Set the OS variable EU_PINGONE_ADMIN_APP_SECRET/m);
    expect(sent).toEqual([]);
  });

  it('is told where a value or a file of it is wrong', async () => {
    const wrong = matrix.replace('eu@example.com', 'nobody').replace('asia.postman', 'africa.postman');
    await writeFile(inFolder('m.yaml'), wrong);
    const result = await run(['--matrix', 'm.yaml']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toBe(
      [
        'error: [eu] email (from m.yaml:6:18) is "nobody"; expected an e-mail address like name@example.com',
        'error: m.yaml:8:18: there is no file africa.postman_environment.json',
        '',
      ].join('\n'),
    );
  });
});

describe('shards', () => {
  /** Without what differs from run to run. */
  const steady = ({ steps, targets, outcome, totals, collection }: JsonReport) => ({
    collection,
    outcome,
    totals,
    targets: targets?.map(({ name, outcome: ended, origins, kind }) => ({ name, ended, origins, kind })),
    steps: steps.map(({ id, target, status, checks, iteration, source }) => ({
      id,
      target,
      status,
      checks: checks.map(({ name, status: held }) => [name, held]),
      iteration,
      source,
    })),
  });

  it('put together are the whole run, and end with its exit code', slow, async () => {
    breakStep('asia', 2);
    await writeFile(inFolder('m.yaml'), matrix);
    const argv = ['--matrix', 'm.yaml', '-q', '--cleanup', 'always'];
    const whole = await run([...argv, '-r', 'json=whole.json']);
    const shards = [1, 2].map((index) =>
      run([...argv, '--shard', `${index}/2`, '-r', `json=shards/${index}/report.json`]),
    );
    const codes = (await Promise.all(shards)).map(({ code }) => code);
    expect({ whole: whole.code, codes }).toEqual({ whole: 1, codes: [0, 1] });
    expect((await readJson('shards/2/report.json')).targets?.map(({ name }) => name)).toEqual(['asia']);

    const merged = await merge('shards', '-r', 'json=merged.json', '-r', 'junit=junit.xml', '-r', 'ndjson=events');
    expect(merged).toMatchObject({ code: 1, stderr: '' });
    expect(merged.stdout).toMatch(/^✗ \[asia\] Step 2: Read all licenses {2}400/m);
    const report = await readJson('merged.json');
    expect(steady(report)).toEqual(steady(await readJson('whole.json')));
    expect(report).not.toHaveProperty('shard');
    expect(await read('junit.xml')).toContain('<testsuite name="Create a test environment, asia"');
    expect((await read('events')).trimEnd().split('\n')).toHaveLength(1 + 18 + 2 + 3 + 1);

    // What was put together can be put together again, in any order.
    expect((await merge('merged.json', '-q', '-r', 'json=again.json')).code).toBe(1);
    expect(steady(await readJson('again.json'))).toEqual(steady(report));
  });

  it('without a target are no fault, and say so; but a report in which no step ran is one', slow, async () => {
    await writeFile(inFolder('m.yaml'), matrix);
    const empty = await run(['--matrix', 'm.yaml', '--shard', '4/4', '-r', 'json=4.json', '-r', 'junit=4.xml']);
    expect(empty.code).toBe(0);
    expect(empty.stderr).toBe('warning: shard 4/4 has no target, since there are 3 targets: nothing is run\n');
    expect(empty.stdout).toContain('Shard 4 of 4 has no target: nothing was run');
    expect(await readJson('4.json')).toMatchObject({
      outcome: 'empty',
      shard: { index: 4, count: 4 },
      targets: [],
      steps: [],
    });
    expect(sent).toEqual([]);
    const alone = await merge('4.json');
    expect(alone.code).toBe(4);
    expect(alone.stderr).toContain('error: no step ran in any of these reports');

    for (const index of [1, 2, 3])
      await run(['--matrix', 'm.yaml', '--shard', `${index}/4`, '-q', '-r', `json=${index}.json`]);
    const all = await merge('1.json', '4.json', '3.json', '2.json', '--failures-only', '-r', 'json=all.json');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect((await readJson('all.json')).targets?.map(({ name }) => name)).toEqual(regions);

    const missing = await merge('1.json', '4.json', '3.json', '-r', 'junit=missing.xml', '-r', 'json=missing.json');
    expect(missing.code).toBe(4);
    expect(missing.stderr).toBe('error: Shard 2 is missing: its targets are not in this report\n');
    expect(await readJson('missing.json')).toMatchObject({ outcome: 'error', missingShards: [2] });
    expect(await read('missing.xml')).toMatch(/<testcase name="Shard 2 is missing"[^>]*>\s*<error/);
    // With the one that was missing, it is whole.
    expect((await merge('missing.json', '2.json', '-q')).code).toBe(0);
  });
});

describe('merge-reports', () => {
  const report = async (name: string, change: Record<string, unknown> = {}) => {
    await mkdir(join(inFolder(name), '..'), { recursive: true });
    await writeFile(inFolder(name), JSON.stringify({ ...whole, ...change }));
  };
  let whole: JsonReport;
  beforeAll(async () => {
    const { stdout } = await cli(['run', '--simulator', '--reporter', 'json']);
    whole = JSON.parse(stdout) as JsonReport;
  });

  it('puts reports of single runs together, named by what tells their files apart', async () => {
    await report('reports/com/report.json');
    await report('reports/eu/report.json');
    await writeFile(inFolder('reports/eu/history.json'), '{"version": 1}');
    const result = await merge('reports', '-r', 'json=merged.json', '-q');
    expect(result).toEqual({ code: 0, stdout: '', stderr: 'reports/eu/history.json is no report and is left out\n' });
    const merged = await readJson('merged.json');
    expect(merged.targets?.map(({ name }) => name)).toEqual(['com', 'eu']);
    expect(merged.totals.steps).toMatchObject({ all: 12, passed: 12 });
    expect(merged.created.map(({ target }) => target)).toEqual(['com', 'com', 'com', 'eu', 'eu', 'eu']);
  });

  it('puts reports of runs with iterations together, and adds these up', slow, async () => {
    const data = inFolder('users.csv');
    await writeFile(data, 'email\na@example.com\nb@example.com\nc@example.com\n');
    await run(['-e', 'com.postman_environment.json', '--data', data, '-r', 'json=com.json']);
    breakStep('eu', 6);
    await run(['-e', 'eu.postman_environment.json', '--iterations', '120', '--bail', '2', '-r', 'json=eu.json']);
    const { code, stdout } = await merge('com.json', 'eu.json', '-r', 'json=all.json');
    expect(code).toBe(1);
    expect(stdout).toContain('123 rows: 3 passed, 2 failed, 118 not run');
    const merged = await readJson('all.json');
    expect(merged).toMatchObject({ iterations: 5, rows: { all: 123, passed: 3, failed: 2 } });
    expect(merged.figures?.iterations).toEqual({ all: 5, passed: 3, failed: 2, error: 0 });
    expect(merged.totals.steps).toMatchObject({ all: 4 + 6 + 4 + 4, failed: 2 });
    expect(merged.targets?.map(({ name, iterations }) => [name, iterations])).toEqual([
      ['com', 3],
      ['eu', 2],
    ]);
  });

  it('takes reports of version 1', async () => {
    const earlier = join(root, 'test/fixtures/0.1.0/lost-answer.json');
    const result = await merge(earlier, '-r', 'json=from-version-1.json');
    expect(result).toMatchObject({ code: 4, stderr: '' });
    expect(result.stdout).toContain('2 passed, 1 could not complete, 3 not reached');
    expect(result.stdout).toContain('(may exist: its answer was lost)');
    expect(await readJson('from-version-1.json')).toMatchObject({ version: 2, created: [{ mayExist: true }] });
  });

  it('refuses files that cannot be used, all at once', async () => {
    await writeFile(inFolder('cut.json'), JSON.stringify(whole).slice(0, 400));
    await writeFile(inFolder('empty.json'), '');
    await writeFile(inFolder('foreign.json'), '{"results": []}');
    await writeFile(inFolder('null.json'), 'null');
    await report('newer.json', { $schema: 'urn:pingone-tutorial:run-result:3', version: 3 });
    await report('odd.json', { outcome: 'good' });
    await report('good.json');
    await mkdir(inFolder('nothing'));
    const files = ['cut', 'empty', 'foreign', 'null', 'newer', 'odd', 'good', 'missing'].map((name) => `${name}.json`);
    const result = await merge(...files, './good.json', 'nothing', '-r', 'json=merged.json');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    const version = whole.tool.version;
    expect(result.stderr.replaceAll(version, 'V').trimEnd().split('\n')).toEqual(
      [
        'missing.json cannot be read: there is no such file',
        'nothing holds no JSON file',
        './good.json is named twice',
        'cut.json is not JSON, or was cut off',
        'empty.json is empty',
        'foreign.json is not a JSON report of this program (--reporter json=FILE)',
        'null.json is not a JSON report of this program (--reporter json=FILE)',
        'newer.json has version 3 of the format; this program knows the versions 1 and 2',
        'odd.json is not a report that this program knows (it was made by V): /outcome must be equal to one of the allowed values',
      ].map((line) => `error: ${line}`),
    );
    expect(await readdir(folder.path)).not.toContain('merged.json');
  });

  it('refuses reports that do not belong together', async () => {
    const targets = [{ ...whole.target, name: 'eu', startedAt: whole.startedAt, durationMs: 1, outcome: 'passed' }];
    await report('a.json', { targets, shard: { index: 1, count: 2 } });
    await report('b.json', { targets, shard: { index: 1, count: 3 } });
    await report('c.json', { collection: { id: 'another', name: 'Another' } });
    const rows = { all: 5, earlier: 0, passed: 5, failed: 0, error: 0 };
    await report('d.json', { iterations: 5, rows, shard: { index: 2, count: 2 } });
    const result = await merge('a.json', 'b.json', 'c.json', 'd.json');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr.trimEnd().split('\n')).toEqual(
      [
        'the target eu is in a.json and in b.json',
        'b.json is shard 1 of 3, but a.json is one of 2: they are of different runs',
        'shard 1 of 3 is in a.json and in b.json',
        'c.json is of the collection another, a.json of create-a-test-environment; reports of one collection can be put together',
        'd.json is a shard of rows, and a.json is none; put the shards of rows together first',
      ].map((line) => `error: ${line}`),
    );
  });
});
