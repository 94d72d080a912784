import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CommandName, commands } from '../../../src/cli/commands.ts';
import { commanderOptions, withLists } from '../../../src/cli/options/commander-options.ts';
import { longFlag, type OptionsOf, type OptionTable } from '../../../src/cli/options/option-table.ts';
import { runOptions } from '../../../src/cli/options/run-options.ts';
import { everyCommandOptions } from '../../../src/cli/options/shared-options.ts';
import { doctorOptions, smokeOptions } from '../../../src/cli/options/tenant-options.ts';
import { hostname, megabytes } from '../../../src/cli/options/value-parsers.ts';
import type { ReporterRequest } from '../../../src/cli/outputs/reporter-request.ts';
import type { CleanUpMode } from '../../../src/run/run.ts';
import { cli } from '../../e2e/support.ts';

/** The options that a command with this table gets from a command line. */
function parsed<Table extends OptionTable>(table: Table, ...argv: string[]): OptionsOf<Table> {
  const command = new Command().exitOverride();
  for (const option of commanderOptions(table)) command.addOption(option);
  return withLists(table, command.parse(argv, { from: 'user' }).opts()) as OptionsOf<Table>;
}

const flagsOf = (table: OptionTable) =>
  Object.values(table).flatMap((option) => [longFlag(option), ...(option.negation ? [longFlag(option.negation)] : [])]);

describe.each(Object.keys(commands) as CommandName[])('the options of %s', (name) => {
  const table: OptionTable = { ...commands[name].options, ...everyCommandOptions };

  it('have the names under which commander gives them, and each flag once', () => {
    const options = commanderOptions(table);
    const want = Object.entries(table).flatMap(([key, { negation }]) => (negation ? [key, key] : [key]));
    expect(options.map((option) => option.attributeName())).toEqual(want);
    const flags = options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined);
    expect(new Set(flags).size).toBe(flags.length);
  });

  it('have defaults that a person could have given', () => {
    for (const { flags, default: usual, parse, choices } of Object.values(table)) {
      if (usual === undefined) continue;
      expect(parse ? parse(String(usual)) : usual, flags).toBe(usual);
      if (choices) expect(choices, flags).toContain(usual);
    }
  });

  it('are all in its help, and no others', async () => {
    const { stdout } = await cli([name, '--help']);
    const [, list = ''] = /\nOptions:\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
    const shown = [...list.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    expect(shown).toEqual([...flagsOf(table), '--help']);
  });
});

it('every option of run is a row of the page of commands', () => {
  const readme = readFileSync(new URL('../../../src/cli/README.md', import.meta.url), 'utf8');
  for (const { flags, description, negation } of Object.values<OptionTable[string]>(runOptions)) {
    expect(readme).toContain(`| \`${flags}\` | ${description}`);
    if (negation) expect(readme).toContain(`| \`${negation.flags}\` | ${negation.description} |`);
  }
});

describe('what run gets', () => {
  it('has a value for each option with a default, and each list', () => {
    const options = parsed(runOptions);
    expect(options).toEqual({
      environment: [],
      only: [],
      skip: [],
      var: [],
      allowHttp: [],
      timeoutRequest: 30,
      engine: 'newman',
      timeoutScript: 10,
      maxResponseSize: 5,
      reporter: [],
    });
    expectTypeOf(options.environment).toEqualTypeOf<readonly string[]>();
    expectTypeOf(options.allowHttp).toEqualTypeOf<readonly string[]>();
    expectTypeOf(options.timeoutScript).toEqualTypeOf<number>();
    expectTypeOf(options.maxResponseSize).toEqualTypeOf<number>();
    expectTypeOf(options.cleanup).toEqualTypeOf<CleanUpMode | undefined>();
    expectTypeOf(options.reporter).toEqualTypeOf<readonly ReporterRequest[]>();
  });

  it('has what was given, in the types that are declared', () => {
    const argv = [
      [
        '-e',
        'eu.json',
        '--environment',
        'com.json',
        '--var',
        'a=b=c',
        '--var',
        'd=',
        '--shard',
        '2/3',
        '--workers',
        '4',
      ],
      ['--no-simulator', '--allow-http', 'PingOne.test', '--allow-http', '192.0.2.1', '--timeout-request', '1.5'],
      ['--timeout-script', '2', '--max-response-size', '0.5', '--cleanup', 'on-failure', '-n', '7', '--bail', '3'],
      ['--rate', '50/s', '--resume', 'x.jsonl', '-r', 'junit=a=b.xml', '-r', 'json', '--debug-http', '--every-step'],
    ].flat();
    const options = parsed(runOptions, ...argv);
    expect(options).toEqual({
      environment: ['eu.json', 'com.json'],
      only: [],
      skip: [],
      var: ['a=b=c', 'd='],
      shard: { index: 2, count: 3 },
      workers: 4,
      simulator: false,
      allowHttp: ['pingone.test', '192.0.2.1'],
      timeoutRequest: 1.5,
      engine: 'newman',
      timeoutScript: 2,
      maxResponseSize: 0.5,
      cleanup: 'on-failure',
      iterations: 7,
      bail: 3,
      rate: 50,
      resume: 'x.jsonl',
      reporter: [
        { name: 'junit', file: 'a=b.xml' },
        { name: 'json', file: undefined },
      ],
      debugHttp: true,
      everyStep: true,
    });
    expectTypeOf(options.simulator).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(options.workers).toEqualTypeOf<number | undefined>();
    expectTypeOf(options.shard).toEqualTypeOf<{ readonly index: number; readonly count: number } | undefined>();
    expectTypeOf(options.history).toEqualTypeOf<string | undefined>();
  });

  it('has true for an option whose value was left out', () => {
    const options = parsed(runOptions, '--bail', '--resume');
    expect(options).toMatchObject({ bail: true, resume: true });
    expectTypeOf(options.bail).toEqualTypeOf<number | true | undefined>();
    expectTypeOf(options.resume).toEqualTypeOf<string | true | undefined>();
  });
});

it('smoke and doctor get one environment file, and the limits of run', () => {
  for (const table of [smokeOptions, doctorOptions]) {
    const options = parsed(table, '-e', 'eu.json', '--timeout-script', '3', '--allow-http', 'a.test');
    expect(options).toMatchObject({
      environment: 'eu.json',
      engine: 'newman',
      timeoutScript: 3,
      maxResponseSize: 5,
      allowHttp: ['a.test'],
    });
    expectTypeOf(options.environment).toEqualTypeOf<string | undefined>();
  }
});

describe('a host', () => {
  it.each([
    ['A.Test', 'a.test'],
    ['192.0.2.1', '192.0.2.1'],
    ['fe80::1', '[fe80::1]'],
    ['[2001:db8::1]', '[2001:db8::1]'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
  ])('%s is known as a URL has it', (text, want) => {
    expect(hostname(text)).toBe(want);
    expect(hostname(text)).toBe(new URL(`http://${want}:8080/v1`).hostname);
  });

  it.each(['', 'a:80', 'a:8080', '[::1]:80', 'http://a', 'a/b', 'a?b', 'user@a', '*', '*.a', 'a b'])(
    '%j is refused',
    (text) => {
      expect(() => hostname(text)).toThrow(InvalidArgumentError);
    },
  );
});

it.each(['0', '-1', 'five', '', '1025', 'NaN'])('a size of %j megabytes is refused', (text) => {
  expect(() => megabytes(text)).toThrow('Expected a number of megabytes above 0, at most 1024.');
});

it.each([
  ['--timeout-script 0', "'--timeout-script <seconds>' argument '0' is invalid. Expected a number of seconds above 0"],
  ['--max-response-size big', "argument 'big' is invalid. Expected a number of megabytes above 0"],
  ['--allow-http http://a', "argument 'http://a' is invalid. Expected a host alone, such as pingone.test"],
  ['--shard 4/3', "argument '4/3' is invalid. Expected a shard from 1 to 3, such as 1/3."],
  ['--cleanup later', "argument 'later' is invalid. Allowed choices are always, on-failure, never."],
  ['-r xml', 'argument \'xml\' is invalid. There is no reporter "xml"; expected one of terminal, junit'],
])('run %s is an error that says what is expected', async (given, message) => {
  const { code, stderr } = await cli(['run', ...given.split(' ')]);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
