import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { longFlag, type OptionSpec } from '../../src/cli/options/option-table.ts';
import { slow } from '../slow.ts';
import { cli, root, temporaryFolder } from './support.ts';

/** A repository with the program on the PATH, as in a shell of its user. */
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await temporaryFolder();
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  await mkdir(join(folder.path, 'a folder'));
  await writeFile(join(folder.path, 'a file.json'), '{}');
  const program = join(bin, 'pingone-tutorial');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/cli/bin.js')}' "$@"\n`);
  await chmod(program, 0o755);
  const settings = { 'pingone-tutorial': { collections: 'mine', run: ['shop'] } };
  await writeFile(join(folder.path, 'package.json'), JSON.stringify(settings));
  await mkdir(join(folder.path, 'mine'));
  const todo = await readFile(join(root, 'test/other-api/todo/todo.yaml'), 'utf8');
  await writeFile(join(folder.path, 'mine/shop.yaml'), todo);
  env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    HOME: folder.path,
    XDG_CACHE_HOME: join(folder.path, 'cache'),
  };
});
afterAll(() => folder.remove());

function shell(name: string, script: string): string {
  const { status, stdout, stderr } = spawnSync(name, ['-c', script], { cwd: folder.path, env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const isHere = (name: string) => spawnSync(name, ['-c', 'exit 0']).status === 0;

/** What bash proposes for the last of these words. */
function proposed(...words: string[]): string[] {
  const line = ['pingone-tutorial', ...words].map((word) => `'${word}'`).join(' ');
  const stdout = shell(
    'bash',
    `set -u; source <(pingone-tutorial completion bash); COMP_WORDS=(${line}); COMP_CWORD=${words.length}
     _pingone_tutorial; printf '%s\\n' "\${COMPREPLY[@]-}"`,
  );
  return stdout.split('\n').filter((word) => word !== '');
}

describe('in bash', () => {
  const cases: readonly (readonly [words: readonly string[], want: readonly string[]])[] = [
    [['s'], ['smoke', 'sweep', 'simulate']],
    [['run', '--re'], ['--retries', '--retry-budget', '--rerun-failed', '--results', '--resume', '--reporter'].sort()],
    [
      ['run', '--cleanup', ''],
      ['always', 'on-failure', 'never'],
    ],
    [['run', '--cleanup', '=', 'al'], ['always']],
    [
      ['run', '--engine', '='],
      ['newman', 'direct'],
    ],
    [
      ['smoke', '-r', 'j'],
      ['junit', 'json'],
    ],
    [['simulate', '--port', ''], []],
    [
      ['help', 'c'],
      ['cleanup', 'compile', 'completion'],
    ],
    [['completion', 'z'], ['zsh']],
    [
      ['run', 's'],
      ['shop', 'sign-on-with-passcode'],
    ],
    [['run', '--only', 'read-t'], ['read-todo']],
    [
      ['run', '--environment', 'a'],
      ['a file.json', 'a folder'],
    ],
    [
      ['run', 'create-a-test-environment', '--from', 'create-'],
      ['create-environment', 'create-population', 'create-user'],
    ],
    [['run', 'create-a-test-environment', '--only', 'get-access-token,set'], ['get-access-token,set-user-password']],
  ];

  it('completes a step of the default collection of the repository', () => {
    expect(proposed('run', '--skip', '')).toContain('read-todo');
  });

  it.each(cases.slice(0, 4))('%j: %j', (words, want) => {
    expect(proposed(...words).sort()).toEqual([...want].sort());
  });

  it.each(cases.slice(4))('%j: %j, too', slow, (words, want) => {
    expect(proposed(...words).sort()).toEqual([...want].sort());
  });

  it('completes the steps of all collections after --all', slow, () => {
    expect(proposed('run', '--all', '--only', 'read-t')).toEqual(['read-todo']);
  });
});

it.each(['bash', 'zsh', 'fish'])('the script of %s has every command and option', async (name) => {
  const { code, stdout } = await cli(['completion', name]);
  expect(code).toBe(0);
  const words = new Set(stdout.split(/[\s'|)]+/));
  for (const [command, { options }] of Object.entries(commands)) {
    expect(words).toContain(command);
    for (const spec of Object.values<OptionSpec>(options)) {
      expect(words).toContain(name === 'fish' ? longFlag(spec).slice(2) : longFlag(spec));
      for (const choice of spec.choices ?? []) expect(words).toContain(choice);
    }
  }
});

it('another shell is a mistake of the command line', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});

describe.each([
  {
    name: 'zsh',
    script: 'source <(pingone-tutorial completion zsh); (( $+functions[_pingone_tutorial] )) && print -r -- always',
  },
  {
    name: 'fish',
    script: "pingone-tutorial completion fish | source; complete -C 'pingone-tutorial run --cleanup al'",
  },
])('in $name', ({ name, script }) => {
  it.skipIf(!isHere(name))(isHere(name) ? 'takes the script' : `NOT RUN: there is no ${name} on the PATH`, () => {
    expect(shell(name, script)).toContain('always');
  });
});
