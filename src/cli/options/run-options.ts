import { cleanUpSettings } from '../repository-settings.ts';
import type { OptionSpec, OptionTable } from './option-table.ts';
import {
  allowHttpOptions,
  collectionOptions,
  ledgerOptions,
  limitOptions,
  reporterOptions,
  valueOptions,
} from './shared-options.ts';
import { count, lanes, perSecond, processes, seconds, shard, wholeNumber } from './value-parsers.ts';

/** The targets of a run, when there are several. */
const targetOptions = {
  matrix: {
    flags: '--matrix <file>',
    description: 'targets to run against at once, YAML or JSON: names, environments, values',
    group: 'many tenants',
  },
  workers: {
    flags: '--workers <number>',
    description: 'targets that run at once, others wait',
    parse: lanes,
    defaultNote: '8',
    group: 'many tenants',
  },
} as const satisfies OptionTable;

/** Which part of the work is this machine's. */
const shardOptions = {
  shard: {
    flags: '--shard <i/n>',
    description:
      'run the i-th of n parts only: of the targets when there are several, else of the rows or iterations; see merge-reports',
    parse: shard,
    group: 'many machines',
  },
} as const satisfies OptionTable;

/** What a run does after faults, and how long it may take. */
const faultOptions = {
  /** Seconds. */
  timeout: {
    flags: '--timeout <seconds>',
    description: 'time for the whole run; of several targets, for each',
    parse: seconds,
    defaultNote: '600, with iterations no limit',
    group: 'faults and time',
  },
  /** Attempts beyond the first. */
  retries: {
    flags: '--retries <number>',
    description: 'attempts beyond the first for a step, after faults that may pass',
    parse: wholeNumber,
    defaultNote: '4',
    group: 'faults and time',
  },
  /** Attempts beyond the first. */
  retryBudget: {
    flags: '--retry-budget <number>',
    description: 'attempts beyond the first for all steps together',
    parse: wholeNumber,
    defaultNote: '30',
    group: 'faults and time',
  },
  /** Seconds. */
  maxWait: {
    flags: '--max-wait <seconds>',
    description: 'longest wait between attempts, also when Retry-After asks for more',
    parse: seconds,
    defaultNote: '60',
    group: 'faults and time',
  },
} as const satisfies OptionTable;

const iterationOptions = {
  iterations: {
    flags: '-n, --iterations <number>',
    description: 'run the steps this often; steps marked once run once, before them',
    parse: count,
    group: 'many iterations',
  },
  data: {
    flags: '-d, --data <file>',
    description: 'an iteration for each row: CSV, JSON, NDJSON or YAML with values of variables',
    group: 'many iterations',
  },
  concurrency: {
    flags: '--concurrency <number>',
    description: 'iterations that run at once; of several targets, for each',
    parse: lanes,
    defaultNote: '1',
    group: 'many iterations',
  },
  processes: {
    flags: '--processes <number>',
    description: 'processes among which they are divided; of several targets, for each',
    parse: processes,
    defaultNote: '1',
    group: 'many iterations',
  },
  rate: {
    flags: '--rate <number>',
    description: 'requests a second of this run, at most; each target and each shard has its own',
    parse: perSecond,
    group: 'many iterations',
  },
  /** `true`: the option without a number. */
  bail: {
    flags: '--bail [number]',
    description: 'stop after this many failed iterations; of several targets and shards, each',
    parse: count,
    defaultNote: '1',
    group: 'many iterations',
  },
  everyStep: {
    flags: '--every-step',
    description: 'run every step in each iteration, also those marked once',
    group: 'many iterations',
  },
  results: {
    flags: '--results <file>',
    description:
      'write a line of JSON about each iteration; with --resume, those that passed are done; of several targets, a file for each: FILE.TARGET.ndjson',
    group: 'many iterations',
  },
} as const satisfies OptionTable;

/** Which steps are run. */
const selectionOptions = {
  only: {
    flags: '--only <steps>',
    description: 'run these steps, by id, name, number or tag, divided by commas; may be repeated',
    repeatable: true,
    group: 'steps',
  },
  from: { flags: '--from <step>', description: 'begin with this step', group: 'steps' },
  until: { flags: '--until <step>', description: 'end with this step', group: 'steps' },
  skip: {
    flags: '--skip <steps>',
    description: 'leave these steps out; may be repeated',
    repeatable: true,
    group: 'steps',
  },
  /** Path of a ledger; `true` for the last one. */
  rerunFailed: {
    flags: '--rerun-failed [ledger]',
    description: 'run what did not pass in an earlier run, with the steps that it needs',
    defaultNote: 'the last one',
    group: 'steps',
  },
  dryRun: {
    flags: '--dry-run',
    description: 'send nothing; print what would be sent, created and removed, and what is missing',
    group: 'steps',
  },
} as const satisfies OptionTable;

/** Options of `run`, in the order of its help. */
export const runOptions = {
  /** Several environments are targets. */
  environment: {
    ...valueOptions.environment,
    description: `${valueOptions.environment.description}; several are run against at once`,
    repeatable: true,
  },
  ...collectionOptions,
  ...selectionOptions,
  ...targetOptions,
  var: valueOptions.var,
  /** Use the simulator even when credentials are given (true), or never (false). Default: when none are given. */
  simulator: {
    flags: '--simulator',
    description: 'use the simulator even when credentials are given',
    negation: {
      flags: '--no-simulator',
      description: 'never use the simulator: credentials that are missing are an error',
    },
    group: 'values',
  },
  ...allowHttpOptions,
  ...limitOptions,
  ...faultOptions,
  cleanup: {
    flags: '--cleanup <when>',
    description: 'remove what the run created',
    choices: cleanUpSettings,
    defaultNote: 'never',
    group: 'what was created',
  },
  ...iterationOptions,
  ...shardOptions,
  ...ledgerOptions,
  /** Path of a ledger; `true` for the last one. */
  resume: {
    flags: '--resume [ledger]',
    description: 'continue after the last good step of an earlier run',
    defaultNote: 'the last one',
    group: 'what was created',
  },
  step: {
    flags: '--step',
    description: 'go step by step: show each request and its answer, change it, try things; at a terminal',
    group: 'learning',
  },
  ...reporterOptions,
  verbose: {
    flags: '-v, --verbose',
    description: 'show also each request and response, without secrets: headers that matter, bodies up to 40 lines',
    group: 'output',
  },
  debugHttp: {
    flags: '--debug-http',
    description: 'write every request and response, also of attempts and look-ups, to standard error',
    group: 'output',
  },
  exportEnvironment: {
    flags: '--export-environment <file>',
    description: 'write the variables at the end, SECRETS INCLUDED, for Postman',
    group: 'files',
  },
  /** Path of a folder; `true` for `schemas/` of the collection. */
  proposeSchemas: {
    flags: '--propose-schemas [folder]',
    description: 'write a JSON Schema of the response of each step that has none; it holds no value of a response',
    defaultNote: 'schemas/ of the collection',
    group: 'files',
  },
  history: {
    flags: '--history <file>',
    description: 'compare with earlier runs: durations, flaky steps, changed responses; and store this one',
    group: 'files',
  },
} as const satisfies Readonly<Record<string, OptionSpec & { readonly group: string }>>;
