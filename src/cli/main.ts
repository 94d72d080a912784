import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCode } from '../errors.ts';
import { createSecrets } from '../run/secrets/redact.ts';
import { tool } from '../run/tool.ts';
import type { CleanUpCommandOptions, SweepCommandOptions } from './clean-up-command.ts';
import { bundledCollections, defaultCollection } from './collection-folder.ts';
import type { DoctorCommandOptions } from './doctor-command.ts';
import type { ImportCommandOptions } from './import-command.ts';
import type { InitOptions } from './init-command.ts';
import type { MergeReportsOptions } from './merge-reports-command.ts';
import { reportError } from './report-error.ts';
import { parseReporter, reporterNames } from './reporter-request.ts';
import { parseShard } from './shard-option.ts';
import type { SimulateOptions } from './simulate-command.ts';
import type { SmokeCommandOptions } from './smoke-command.ts';
import type { TargetsCommandOptions } from './targets-command.ts';
import { type World, wantsColor } from './world.ts';

/** A world in which the secrets may be known to the command alone. */
type OutsideWorld = Omit<World, 'secrets'> & Partial<Pick<World, 'secrets'>>;

/** The command line: reads `argv` (without node and the program), does what it says, and gives the exit code. */
export async function main(argv: readonly string[], outside: OutsideWorld): Promise<ExitCode> {
  let code: ExitCode = exitCode.passed;
  const world: World = { secrets: createSecrets(), ...outside };
  // Before anything is read: it holds for help and for errors too.
  const shownIn = argv.includes('--no-color')
    ? { ...world, osVariables: { ...world.osVariables, NO_COLOR: '1' } }
    : world;
  const program = createProgram(shownIn, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.passed : exitCode.usage;
    return reportError(error, shownIn);
  }
}

function createProgram(world: World, onResult: (code: ExitCode) => void): Command {
  const program = new Command('pingone-tutorial')
    .description('Turns YAML step definitions into a Postman collection and runs it.')
    .version(tool.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHasColors: () => wantsColor(world.stdout, world.osVariables),
      getErrHasColors: () => wantsColor(world.stderr, world.osVariables),
    })
    .addHelpText('after', exitCodeHelp);

  const collectionHelp = 'name of a collection that comes with the package, or path of a folder with a collection.yaml';
  program
    .command('run')
    .description('run a collection: against PingOne when credentials are given, else against the built-in simulator')
    .argument('[collections...]', `${collectionHelp}; several run in sequence (default: ${defaultCollection})`)
    .option(
      '-e, --environment <file>',
      'Postman environment file with the values of the variables; several are run against at once',
      collect,
      [],
    )
    .option('--matrix <file>', 'targets to run against at once, YAML or JSON: names, environments, values')
    .option('--workers <number>', 'targets that run at once, others wait (default: 8)', workers)
    .option('--shard <i/n>', 'run against the i-th of n parts of the targets only; see merge-reports', parseShard)
    .option('--var <name=value>', 'value of one variable (not for secrets); may be repeated', collect, [])
    .option('--simulator', 'use the simulator even when credentials are given')
    .option('--no-simulator', 'never use the simulator: credentials that are missing are an error')
    .option('--timeout-request <seconds>', 'time for one request', seconds, 30)
    .option(
      '--timeout <seconds>',
      'time for the whole run; of several targets, for each (default: 600, with iterations no limit)',
      seconds,
    )
    .option(
      '--retries <number>',
      'attempts beyond the first for a step, after faults that may pass (default: 4)',
      wholeNumber,
    )
    .option('--retry-budget <number>', 'attempts beyond the first for all steps together (default: 30)', wholeNumber)
    .option(
      '--max-wait <seconds>',
      'longest wait between attempts, also when Retry-After asks for more (default: 60)',
      seconds,
    )
    .addOption(
      new Option('--cleanup <when>', 'remove what the run created')
        .choices(['always', 'on-failure', 'never'])
        .default('never'),
    )
    .option('-n, --iterations <number>', 'run the steps this often; steps marked once run once, before them', count)
    .option('-d, --data <file>', 'an iteration for each row: CSV, JSON, NDJSON or YAML with values of variables')
    .option('--concurrency <number>', 'iterations that go on at once (default: 1)', lanes)
    .option('--processes <number>', 'processes among which they are divided (default: 1)', processes)
    .option('--rate <number>', 'requests a second, at most; of several targets, for each', perSecond)
    .option('--bail [number]', 'begin no more iterations when this many have not passed (default: 1)', count)
    .option('--every-step', 'run every step in each iteration, also those marked once')
    .option('--results <file>', 'write a line of JSON about each iteration; with --resume, those that passed are done')
    .option('--ledger <folder>', 'folder for the record of what a run creates (default: in your home folder)')
    .option('--resume [ledger]', 'go on after the last good step of an earlier run (default: the last one)')
    .addOption(reporterOption())
    .option('-q, --quiet', 'write nothing when everything passed')
    .option('--failures-only', 'show only what did not pass, and the summary')
    .option('-v, --verbose', 'show also each request and response, without secrets')
    .option('--debug-http', 'write every request and response, also of attempts and look-ups, to standard error')
    .option('--export-environment <file>', 'write the variables at the end, SECRETS INCLUDED, for Postman')
    .option(
      '--history <file>',
      'compare with earlier runs: durations, flaky steps, changed responses; and remember this one',
    )
    .addHelpText('after', runExamples)
    .action(async (collections: string[], options: TargetsCommandOptions) => {
      if (hasTargets(options)) {
        const { targetsCommand } = await import('./targets-command.ts');
        return onResult(await targetsCommand(collections, options, world));
      }
      const { runCommand } = await import('./run-command.ts');
      onResult(await runCommand(collections, { ...options, environment: options.environment[0] }, world));
    });

  program
    .command('merge-reports')
    .description('put the JSON reports of shards together, and write any report of the whole')
    .argument('<paths...>', 'JSON reports (run --reporter json=FILE), or folders that hold them')
    .addOption(reporterOption())
    .option('-q, --quiet', 'write nothing when everything passed')
    .option('--failures-only', 'show only what did not pass, and the summary')
    .option('-v, --verbose', 'show also each request and response')
    .addHelpText('after', mergeReportsExamples)
    .action(async (paths: string[], options: MergeReportsOptions) => {
      const { mergeReportsCommand } = await import('./merge-reports-command.ts');
      onResult(await mergeReportsCommand(paths, options, world));
    });

  const valueOptions = (command: Command) =>
    command
      .option('-e, --environment <file>', 'Postman environment file with the values of the variables')
      .option('--var <name=value>', 'value of one variable (not for secrets); may be repeated', collect, []);

  valueOptions(
    program
      .command('smoke')
      .description('run a collection for a schedule: removes leftovers first, cleans up, writes reports and a history')
      .argument('[collections...]', `${collectionHelp}; several run in sequence (default: ${defaultCollection})`),
  )
    .option('--simulator', 'use the simulator; without it, missing credentials are an error')
    .option('--timeout-request <seconds>', 'time for one request', seconds, 30)
    .option('--timeout <seconds>', 'time for the steps; clean-up has five minutes beside it', seconds, 600)
    .option('-o, --output <folder>', 'folder for junit.xml, report.json, report.html and report.md', 'reports')
    .option('--history <file>', 'file that remembers earlier runs (default: history.json in the output folder)')
    .option('--ledger <folder>', 'folder for the record of what a run creates (default: in your home folder)')
    .option('--keep', 'leave what the run creates; a later smoke test removes it')
    .option('--plan', 'say what would be removed and run, and change nothing')
    .addHelpText(
      'after',
      examples(
        'pingone-tutorial smoke',
        'PINGONE_TLD=eu pingone-tutorial smoke --output reports/eu --history history/eu.json',
        'pingone-tutorial smoke --plan',
        'pingone-tutorial smoke --simulator',
      ),
    )
    .action(async (collections: string[], options: SmokeCommandOptions) => {
      const { smokeCommand } = await import('./smoke-command.ts');
      onResult(await smokeCommand(collections, options, world));
    });

  valueOptions(
    program
      .command('doctor')
      .description(
        'check addresses, credentials, roles, what the reading steps find, and names before a run; changes nothing',
      )
      .argument('[collections...]', `${collectionHelp}; several are looked at as one (default: ${defaultCollection})`),
  )
    .option('--simulator', 'look at the simulator even when credentials are given')
    .option('--no-simulator', 'never look at the simulator: credentials that are missing are an error')
    .option('--timeout-request <seconds>', 'time for one request', seconds, 30)
    .option('--json', 'write the findings as JSON to standard output')
    .addHelpText('after', examples('pingone-tutorial doctor', 'PINGONE_TLD=eu pingone-tutorial doctor --json'))
    .action(async (collections: string[], options: DoctorCommandOptions) => {
      const { doctorCommand } = await import('./doctor-command.ts');
      onResult(await doctorCommand(collections, options, world));
    });

  valueOptions(
    program
      .command('cleanup')
      .description('remove what runs that died have left, as their ledgers tell')
      .argument('[collections...]', `${collectionHelp}; those that ran as one (default: ${defaultCollection})`),
  )
    .option('--ledger <folder>', 'folder of the ledgers (default: in your home folder)')
    .addHelpText(
      'after',
      examples('pingone-tutorial cleanup', 'pingone-tutorial cleanup --environment my.postman_environment.json'),
    )
    .action(async (collections: string[], options: CleanUpCommandOptions) => {
      const { cleanUpCommand } = await import('./clean-up-command.ts');
      onResult(await cleanUpCommand(collections, options, world));
    });

  valueOptions(
    program
      .command('sweep')
      .description('find what runs have left in the tenant, by name and age; show a plan, ask, and remove it')
      .argument('[collection]', collectionHelp, defaultCollection),
  )
    .option('--older-than <hours>', 'only what is older', hours, 1)
    .option('--max <number>', 'remove nothing when there are more', wholeNumber, 20)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('pingone-tutorial sweep', 'pingone-tutorial sweep --older-than 24 --yes'))
    .action(async (collection: string, options: SweepCommandOptions) => {
      const { sweepCommand } = await import('./clean-up-command.ts');
      onResult(await sweepCommand(collection, options, world));
    });

  program
    .command('compile')
    .description('write the Postman collection, the environments and the editor schemas')
    .argument('[collections...]', `${collectionHelp} (default: all that come with the package)`)
    .option('--check', 'write nothing; fail with a diff when a file is not up to date')
    .addHelpText(
      'after',
      examples(
        'pingone-tutorial compile',
        'pingone-tutorial compile --check',
        'pingone-tutorial compile ./my-collection',
      ),
    )
    .action(async (collections: string[], options: { check?: boolean }) => {
      const { compileCommand } = await import('./compile-command.ts');
      onResult(await compileCommand(orBundled(collections), options, world));
    });

  program
    .command('validate')
    .description('say everything that is wrong in the definitions')
    .argument('[collections...]', `${collectionHelp} (default: all that come with the package)`)
    .addHelpText('after', examples('pingone-tutorial validate', 'pingone-tutorial validate ./my-collection'))
    .action(async (collections: string[]) => {
      const { validateCommand } = await import('./validate-command.ts');
      onResult(await validateCommand(orBundled(collections), world));
    });

  program
    .command('import')
    .description(
      'turn a Postman collection (v2.0 or v2.1) into a definition, or carry an edit made in Postman into one',
    )
    .argument('<file>', 'Postman collection, as exported')
    .argument('[folder]', 'folder of the definition (default: one with the name of the collection)')
    .option('--force', 'write over files that are there; of a definition, what a collection cannot say is kept')
    .addHelpText('after', importExamples)
    .action(async (file: string, folder: string | undefined, options: ImportCommandOptions) => {
      const { importCommand } = await import('./import-command.ts');
      onResult(await importCommand(file, folder, options, world));
    });

  program
    .command('init')
    .description('write a starter into a folder: a small collection, and what runs it every day')
    .argument('[folder]', 'the folder, usually that of a repository', '.')
    .option('--name <name>', 'name of the collection', collectionName, 'smoke-test')
    .option('--force', 'replace files that are there and differ')
    .addHelpText('after', initExamples)
    .action(async (folder: string, options: InitOptions) => {
      const { initCommand } = await import('./init-command.ts');
      onResult(await initCommand(folder, options, world));
    });

  program
    .command('simulate')
    .description('keep a PingOne simulator up, for Postman and other clients')
    .option('-p, --port <number>', 'port to listen on, 0 for any free one', port, 8642)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--tls', 'HTTPS, with a certificate made at the start')
    .option('--latency <milliseconds>', 'time to wait before each answer', milliseconds, 0)
    .option('--faults <file>', 'what goes wrong, YAML or JSON')
    .option('--fault <yaml>', 'one thing that goes wrong; may be repeated', collect, [])
    .option('--seed <file>', 'what exists at the start: a seed or a dump, YAML or JSON')
    .option('--dump <file>', 'write what exists to this file at the end')
    .option('--log <file>', 'append requests and faults to this file, one JSON object a line')
    .option('--control', 'serve the status page and the control endpoint, at /_simulator')
    .option('--role-delay <seconds>', 'roles on a new environment hold only after this time', delaySeconds, 0)
    .option('--visibility-delay <seconds>', 'new things can be read only after this time', delaySeconds, 0)
    .option('--deletion-delay <seconds>', 'deleted environments can still be read for this time', delaySeconds, 0)
    .addHelpText('after', simulateExamples)
    .action(async (options: SimulateOptions) => {
      const { simulateCommand } = await import('./simulate-command.ts');
      onResult(await simulateCommand(options, world));
    });
  for (const command of program.commands) command.option('--no-color', 'no colours (as with the OS variable NO_COLOR)');
  return program;
}

const exitCodeHelp = `
Exit codes:
  0  everything passed
  1  a check failed
  2  the command line, the environment or a file is not usable
  3  a definition is wrong
  4  the run could not complete, or clean-up left something
`;

const runExamples = `
Values come from --var, then the environment file, then OS variables (PINGONE_ADMIN_ENV_ID, PINGONE_ADMIN_APP_ID,
PINGONE_ADMIN_APP_SECRET, PINGONE_TLD and others, see .env.example), then the file .env in the working folder.
${examples(
  'pingone-tutorial run',
  'pingone-tutorial run --environment my.postman_environment.json',
  'PINGONE_TLD=eu pingone-tutorial run --var email=me@example.com',
  'pingone-tutorial run --cleanup always --reporter junit=report.xml --reporter html=report.html',
  'pingone-tutorial run --quiet --reporter json | jq .outcome',
  'pingone-tutorial run ./my-collection --simulator',
  'pingone-tutorial run --data users.csv --results users.ndjson --concurrency 8 --rate 50',
  'pingone-tutorial run create-a-test-environment create-an-sso-workflow --cleanup always',
  'pingone-tutorial run --environment eu.postman_environment.json --environment com.postman_environment.json',
  'pingone-tutorial run --matrix regions.yaml --shard 1/3 --cleanup always --reporter json=reports/1.json',
)}
A matrix file:
  targets:
    - name: eu
      osPrefix: EU_                              # its secrets: EU_PINGONE_ADMIN_APP_SECRET and so on
      variables: { tld: eu }
    - name: com
      environment: com.postman_environment.json  # from the folder of this file
`;

const mergeReportsExamples = `
The targets come one after the other, each step with the name of its target. A report of a single run has the name of its file,
or of the folder that tells it from the others. The exit code is that of the whole run; a shard that is missing makes it 4.
${examples(
  'pingone-tutorial merge-reports reports --reporter html=report.html --reporter junit=junit.xml',
  'pingone-tutorial merge-reports shard-1.json shard-2.json --failures-only',
)}`;

const importExamples = `
Where the folder holds a definition, the changes are shown, and made with --force. What the format has no words for is kept
in "raw" and listed. The definition is checked; run "pingone-tutorial compile" afterwards.
${examples(
  'pingone-tutorial import "My API.postman_collection.json"',
  'pingone-tutorial import exported.json collections/create-a-test-environment',
  'pingone-tutorial import exported.json collections/create-a-test-environment --force',
)}`;

const initExamples = `
It writes collections/<name> with two steps, their schemas and the Postman files; environments, the editor schemas,
.env.example and .github/workflows/pingone-smoke.yml; and adds to .gitignore what must not be committed.
${examples('pingone-tutorial init', 'pingone-tutorial init my-repository --name sign-on', 'pingone-tutorial init --force')}`;

const simulateExamples = `
What a fault can be is told in src/simulator/README.md.
${examples(
  'pingone-tutorial simulate',
  'pingone-tutorial simulate --port 8080 --latency 50 --tls --control',
  'pingone-tutorial simulate --faults faults.yaml --log simulator.log',
  "pingone-tutorial simulate --fault '{match: {step: 3, attempt: 1}, do: {kind: reset-after-processing}}'",
)}`;

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Whether the run has targets with names, even when it is only one: then it is `targetsCommand`'s. */
function hasTargets({ environment, matrix, shard, workers }: TargetsCommandOptions): boolean {
  return environment.length > 1 || matrix !== undefined || shard !== undefined || workers !== undefined;
}

function reporterOption(): Option {
  const help = `write a report: ${reporterNames.join(', ')}; without a file to standard output; may be repeated`;
  return new Option('-r, --reporter <name[=file]>', help).argParser(parseReporter).default([]);
}

function orBundled(collections: readonly string[]): readonly string[] {
  return collections.length > 0 ? collections : bundledCollections();
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400))
    throw new InvalidArgumentError('Expected a number of seconds above 0, at most 86400.');
  return value;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

function lanes(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999.');
  return Number(text);
}

function processes(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 99.');
  return Number(text);
}

function perSecond(text: string): number {
  const value = Number(text.replace(/\/s$/, ''));
  if (!(value > 0 && value <= 10_000)) throw new InvalidArgumentError('Expected a number above 0, such as 50 or 0.5.');
  return value;
}

function collectionName(text: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text))
    throw new InvalidArgumentError('Expected lower case words joined by hyphens.');
  return text;
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 87_600) || text.trim() === '')
    throw new InvalidArgumentError('Expected a number of hours, 0 or more.');
  return value;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0 to 99.');
  return Number(text);
}

function workers(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999.');
  return Number(text);
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 3_600_000)
    throw new InvalidArgumentError('Expected whole milliseconds, at most 3600000 (an hour).');
  return value;
}

function delaySeconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 86_400)
    throw new InvalidArgumentError('Expected a number of seconds, at most 86400.');
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('Expected a port number from 0 to 65535.');
  return value;
}
