import type { OptionTable } from './option-table.ts';
import { runOptions } from './run-options.ts';
import {
  allowHttpOptions,
  collectionOptions,
  ledgerOptions,
  limitOptions,
  reporterOptions,
  valueOptions,
} from './shared-options.ts';
import { count, hours, seconds } from './value-parsers.ts';

/** Options of the commands beside `run` that send requests. */

export const smokeOptions = {
  ...collectionOptions,
  ...valueOptions,
  simulator: {
    flags: '--simulator',
    description: 'use the simulator; without it, missing credentials are an error',
  },
  ...allowHttpOptions,
  ...limitOptions,
  /** Seconds. */
  timeout: {
    flags: '--timeout <seconds>',
    description: 'time for the steps; clean-up has five minutes beside it',
    parse: seconds,
    default: 600,
  },
  /** Path of a folder. */
  output: {
    flags: '-o, --output <folder>',
    description: 'folder for junit.xml, report.json, report.html and report.md',
    default: 'reports',
  },
  history: {
    flags: '--history <file>',
    description: 'file with the results of earlier runs',
    defaultNote: 'history.json in the output folder',
  },
  ...ledgerOptions,
  reporter: { ...reporterOptions.reporter, description: 'write one more report: NAME=FILE; may be repeated' },
  quiet: reporterOptions.quiet,
  verbose: { flags: '-v, --verbose', description: 'show also each step that passed' },
  keep: {
    flags: '--keep',
    description: 'leave what the run creates; a later smoke test removes it',
  },
  plan: {
    flags: '--plan',
    description: 'print what would be removed and run, and change nothing',
  },
} as const satisfies OptionTable;

export const doctorOptions = {
  ...collectionOptions,
  ...valueOptions,
  simulator: {
    flags: '--simulator',
    description: 'look at the simulator even when credentials are given',
    negation: {
      ...runOptions.simulator.negation,
      description: 'never look at the simulator: credentials that are missing are an error',
    },
  },
  ...allowHttpOptions,
  ...limitOptions,
  json: {
    flags: '--json',
    description: 'write the findings as JSON to standard output',
  },
} as const satisfies OptionTable;

export const cleanUpOptions = {
  ...collectionOptions,
  ...valueOptions,
  ...allowHttpOptions,
  ledger: { ...ledgerOptions.ledger, description: 'folder of the ledgers' },
  runEnded: {
    flags: '--run-ended',
    description: 'where it cannot be seen from here whether a run goes on: it has ended',
  },
  /** Path of a ledger. */
  forget: {
    flags: '--forget <ledger>',
    description: 'print what this ledger tells of and delete it, without removing anything else',
  },
} as const satisfies OptionTable;

export const sweepOptions = {
  ...valueOptions,
  ...allowHttpOptions,
  olderThan: {
    flags: '--older-than <hours>',
    description: 'only what is older',
    parse: hours,
    default: 1,
  },
  max: {
    flags: '--max <number>',
    description: 'remove nothing when there are more',
    parse: count,
    default: 20,
  },
  yes: {
    flags: '-y, --yes',
    description: 'do not ask',
  },
} as const satisfies OptionTable;
