import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, type RunningSimulator, root, spawnCli, startSimulator, temporaryFolder } from './support.ts';

const sent: string[] = [];
let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator(createSimulator({ onRequest: ({ path }) => sent.push(path) }));
});
beforeEach(async () => {
  sent.length = 0;
  target.simulator.reset();
  target.simulator.setFaults([]);
  folder = await temporaryFolder();
});
afterAll(() => target.close());

const run = (...more: string[]) => [
  'run',
  '--environment',
  target.environment,
  '--ledger',
  join(folder.path, 'l'),
  ...more,
];
const inFolder = (name: string) => join(folder.path, name);
const breakStep = (step: number) =>
  target.simulator.setFaults([{ match: { step }, do: { kind: 'status', status: 400 } }]);

describe('reports', () => {
  it('are written to files, several at once, beside the one on the terminal', async () => {
    const names = ['junit', 'json', 'ndjson', 'ctrf', 'html', 'markdown', 'github', 'terminal'];
    const result = await cli(run(...names.flatMap((name) => ['-r', `${name}=${inFolder(`out/${name}`)}`])));
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('6 steps: 6 passed');
    expect((await readdir(inFolder('out'))).sort()).toEqual([...names].sort());
    for (const name of names) {
      const text = await readFile(inFolder(`out/${name}`), 'utf8');
      expect(text, name).toContain(name === 'junit' ? 'Step 6: Set the user password' : 'Step 6');
    }
  });

  it('go to standard output without a file, and the one for people to standard error', async () => {
    const result = await cli(run('--reporter', 'json'));
    expect(JSON.parse(result.stdout)).toMatchObject({ outcome: 'passed', version: 2 });
    expect(result.stderr).toContain('6 steps: 6 passed');
  });

  it('of events are a line for each, as it happens', async () => {
    const { stdout } = await cli(run('--reporter', 'ndjson'));
    const kinds = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ version: 2 });
    expect(kinds[0]).toBe('run-started');
    expect(kinds.at(-1)).toBe('run-finished');
    expect(kinds.filter((kind) => kind === 'step-finished')).toHaveLength(6);
    expect(kinds.filter((kind) => kind === 'exchange')).toHaveLength(6);
  });

  it('for GitHub are annotations on standard output and a summary where GitHub asks for it', async () => {
    breakStep(4);
    await writeFile(inFolder('summary'), 'before\n');
    const result = await cli(run('-r', 'github', '-q'), { osVariables: { GITHUB_STEP_SUMMARY: inFolder('summary') } });
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(
      /^::error file=collections\/create-a-test-environment\/4-create-population.yaml,line=\d+/m,
    );
    const summary = await readFile(inFolder('summary'), 'utf8');
    expect(summary.startsWith('before\n')).toBe(true);
    expect(summary).toContain('Step 4');
  });

  it('are written also when the run fails or is interrupted', slow, async () => {
    target.simulator.setFaults([{ match: { step: 3 }, do: { kind: 'hang' } }]);
    const running = spawnCli(run('-r', `junit=${inFolder('junit.xml')}`));
    await running.sees('Step 2');
    running.kill('SIGINT');
    expect((await running.result).code).toBe(4);
    expect(await readFile(inFolder('junit.xml'), 'utf8')).toContain('interrupted');
  });

  it.each([
    ['of an unknown name', ['-r', 'xml'], 'There is no reporter "xml"; expected one of terminal, junit, json'],
    ['without a file after the sign', ['-r', 'junit='], 'Expected a file after the "="'],
    ['two to standard output', ['-r', 'json', '-r', 'junit'], 'two reporters would write to standard output'],
    ['two to one file', ['-r', 'json=a', '-r', 'junit=./a'], 'two outputs would be written to ./a'],
    ['a report and the history to one file', ['-r', 'json=a', '--history', 'a'], 'two outputs would be written to a'],
  ])('are refused: %s', async (_what, argv, message) => {
    const result = await cli(run(...argv));
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(sent).toEqual([]);
  });

  it('that cannot be written keep a run from beginning, and leave nothing behind', async () => {
    await writeFile(inFolder('file'), '');
    await mkdir(inFolder('there'));
    for (const path of [inFolder('file/report'), inFolder('there')]) {
      const result = await cli(run('-r', `json=${inFolder('good')}`, '-r', `junit=${path}`));
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(result.stderr).toContain(`error: cannot write ${path}: `);
    }
    expect(sent).toEqual([]);
    expect((await readdir(folder.path)).sort()).toEqual(['file', 'there']);
  });

  it('replace the one of an earlier run whole', slow, async () => {
    await writeFile(inFolder('report'), 'x'.repeat(1_000_000));
    await cli(run('-r', `json=${inFolder('report')}`));
    expect(JSON.parse(await readFile(inFolder('report'), 'utf8'))).toMatchObject({ outcome: 'passed' });
  });
});

describe('what is told', () => {
  it('is nothing with --quiet when everything passed', slow, async () => {
    expect(await cli(run('--quiet', '--cleanup', 'always'))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is what failed, with its cause, with --quiet when something did', async () => {
    breakStep(5);
    const { code, stdout } = await cli(run('--quiet'));
    expect(code).toBe(1);
    expect(stdout).toContain('✗ Step 5: Create a user  400 Bad Request');
    expect(stdout).toContain('Likely cause: ');
    expect(stdout).not.toContain('Step 1');
    expect(stdout).toContain('6 steps: 4 passed, 1 failed, 1 not reached');
  });

  it('is what did not pass and the summary with --failures-only', slow, async () => {
    expect((await cli(run('--failures-only'))).stdout).toMatch(/^\n✓ 6 steps: 6 passed in /);
    breakStep(5);
    const { stdout } = await cli(run('--failures-only'));
    expect(stdout).toMatch(/^✗ Step 5/);
    expect(stdout).toContain('- Step 6: Set the user password  not reached');
  });

  it('is every request and response with --verbose, without a secret', async () => {
    const { stdout } = await cli(run('--verbose'));
    expect(stdout).toContain(
      '> content-type: application/vnd.pingidentity.password.set+json'.replace('content-type', 'Content-Type'),
    );
    expect(stdout).toContain('< 201 Created');
    expect(stdout).toMatch(/\* wait \d+ ms, DNS \d+ ms, connect \d+ ms, TLS 0 ms, first byte \d+ ms, download \d+ ms/);
    expect(stdout).toContain('> Authorization: Bearer [secret]');
    expect(stdout).not.toContain('simulator-client-secret');
  });

  it('is every attempt and look-up on standard error with --debug-http', async () => {
    target.simulator.setFaults([{ match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } }]);
    const { stdout, stderr } = await cli(run('--debug-http', '--max-wait', '0.05'));
    expect(stdout).not.toContain('> POST');
    expect(stderr.match(/^\* Step 3: /gm)).toHaveLength(1);
    expect(stderr.match(/^\* look-up/gm)).toHaveLength(1);
    expect(stderr).toContain('the connection broke before the answer was complete');
    expect(stderr).not.toContain('simulator-client-secret');
  });

  it('counts down a wait on a terminal', slow, async () => {
    target.simulator.setFaults([
      { match: { step: 2, attempt: 1 }, do: { kind: 'status', status: 429, retryAfter: 3 } },
    ]);
    const { stdout } = await cli(run(), { isTTY: true, osVariables: { NO_COLOR: '1' } });
    expect(stdout).toContain('↻ Step 2: Read all licenses  next attempt in 2 s');
    expect(stdout).toContain('↻ Step 2: Read all licenses  next attempt in 1 s');
  });
});

describe('colour', () => {
  const colored = '\u001b[1m';
  for (const [what, isTTY, osVariables, argv, wanted] of [
    ['on a terminal', true, {}, [], true],
    ['not elsewhere', false, {}, [], false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, [], false],
    ['not with --no-color', true, {}, ['--no-color'], false],
    ['elsewhere with FORCE_COLOR', false, { FORCE_COLOR: '1' }, [], true],
    ['not with NO_COLOR and FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, [], false],
    ['not with --no-color and FORCE_COLOR', false, { FORCE_COLOR: '1' }, ['--no-color'], false],
  ] as const)
    it(`is used ${what}`, slowUnless(['on a terminal', 'not with NO_COLOR'].includes(what)), async () => {
      const { stdout } = await cli(run('--failures-only', ...argv), { isTTY, osVariables });
      expect(stdout.includes(colored)).toBe(wanted);
    });
});

describe('--export-environment', () => {
  it('writes the variables for Postman, for the owner only, with a warning', async () => {
    await writeFile(inFolder('env.json'), 'old');
    await chmod(inFolder('env.json'), 0o644);
    const { code, stderr } = await cli(run('--export-environment', inFolder('env.json')));
    expect(code).toBe(0);
    expect(stderr).toContain('env.json holds secrets in clear; delete it');
    expect((await stat(inFolder('env.json'))).mode & 0o777).toBe(0o600);
    const { values } = JSON.parse(await readFile(inFolder('env.json'), 'utf8')) as {
      values: { key: string; value: string; type: string }[];
    };
    const entryOf = (key: string) => values.find((entry) => entry.key === key);
    expect(entryOf('adminAppSecret')).toMatchObject({ value: 'simulator-client-secret', type: 'secret' });
    expect(entryOf('userPassword')?.value).toMatch(/^.{24}$/);
    expect(entryOf('accessToken')?.value.split('.')).toHaveLength(3);
    expect(target.simulator.snapshot().environments.map(({ id }) => id)).toContain(entryOf('envID')?.value);
  });

  it('tells GitHub to mask what it holds, and nobody else', slow, async () => {
    const argv = run('--export-environment', inFolder('env.json'));
    const { stderr } = await cli(argv, { osVariables: { GITHUB_ACTIONS: 'true' } });
    const { values } = JSON.parse(await readFile(inFolder('env.json'), 'utf8')) as {
      values: { key: string; value: string }[];
    };
    const masked = [...stderr.matchAll(/^::add-mask::(.*)$/gm)].map(([, value]) => value?.replaceAll('%25', '%'));
    for (const { key, value } of values)
      expect(masked.includes(value), key).toBe(['adminAppSecret', 'accessToken', 'userPassword'].includes(key));
    expect((await cli(argv)).stderr).not.toContain('::add-mask::');
  });

  it('can be used for the next run', slow, async () => {
    await cli(run('--export-environment', inFolder('env.json')));
    const again = await cli(['run', '--environment', inFolder('env.json'), '--ledger', inFolder('l')]);
    expect(again.code).toBe(0);
  });
});

describe('a reader that goes away', () => {
  it('ends a run quietly, and clean-up is done all the same', slow, async () => {
    const child = spawn(process.execPath, [join(root, 'dist/cli/bin.js'), ...run('--cleanup', 'always')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: root,
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Step 3')) child.stdout.destroy();
      });
      child.on('close', () => resolve());
    });
    expect(errors).toBe('');
    expect(target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial'))).toEqual(
      [],
    );
  });

  it('of help and other commands is no error', slow, async () => {
    const child = spawn('sh', [
      '-c',
      `${process.execPath} ${join(root, 'dist/cli/bin.js')} validate | true; echo done`,
    ]);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    await new Promise((resolve) => child.on('close', resolve));
    expect(output).toBe('done\n');
  });
});
