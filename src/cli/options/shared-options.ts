import { readReporter, reporterNames } from '../outputs/reporter-request.ts';
import type { OptionTable } from './option-table.ts';
import { hostname, megabytes, seconds } from './value-parsers.ts';

/** Options that several commands have. */

/** Options of every command. */
export const everyCommandOptions = {
  color: {
    flags: '--no-color',
    description: 'no colors (as with the OS variable NO_COLOR)',
    group: 'output',
  },
} as const satisfies OptionTable;

/** Where the values of variables come from. */
export const valueOptions = {
  environment: {
    flags: '-e, --environment <file>',
    description: 'Postman environment file with the values of the variables',
    group: 'values',
  },
  var: {
    flags: '--var <name=value>',
    description: 'value of one variable (not for secrets); may be repeated',
    repeatable: true,
    group: 'values',
  },
} as const satisfies OptionTable;

/** Which collections, where their names are not given. */
export const collectionOptions = {
  all: {
    flags: '--all',
    description: 'all collections in sequence, as one: those of the repository, else those that come with the package',
    group: 'steps',
  },
} as const satisfies OptionTable;

/** What runs the requests and scripts of a run, and its limits. */
export const limitOptions = {
  engine: {
    flags: '--engine <name>',
    description: 'what runs the steps: newman, or direct for those that need no JavaScript',
    choices: ['newman', 'direct'],
    default: 'newman',
    group: 'faults and time',
  },
  /** Seconds. */
  timeoutRequest: {
    flags: '--timeout-request <seconds>',
    description: 'time for one request',
    parse: seconds,
    default: 30,
    group: 'faults and time',
  },
  /** Seconds. */
  timeoutScript: {
    flags: '--timeout-script <seconds>',
    description: 'time for one script; one that takes longer is stopped',
    parse: seconds,
    default: 10,
    group: 'faults and time',
  },
  /** Megabytes, of 1,000,000 bytes each. */
  maxResponseSize: {
    flags: '--max-response-size <megabytes>',
    description: 'size of a response body after decoding; a larger one fails the step',
    parse: megabytes,
    default: 5,
    group: 'faults and time',
  },
} as const satisfies OptionTable;

export const allowHttpOptions = {
  /** Host names as `URL.hostname` gives them. */
  allowHttp: {
    flags: '--allow-http <host>',
    description: 'host that may be called without TLS (this machine always may); may be repeated',
    parse: hostname,
    repeatable: true,
    group: 'values',
  },
} as const satisfies OptionTable;

export const ledgerOptions = {
  /** Path of a folder. */
  ledger: {
    flags: '--ledger <folder>',
    description: 'folder for the record of what a run creates',
    defaultNote: 'in your home folder',
    group: 'what was created',
  },
} as const satisfies OptionTable;

export const reporterOptions = {
  reporter: {
    flags: '-r, --reporter <name[=file]>',
    description: `write a report: ${reporterNames.join(', ')}; without a file to standard output; may be repeated`,
    parse: readReporter,
    suggested: reporterNames,
    repeatable: true,
    group: 'output',
  },
  quiet: {
    flags: '-q, --quiet',
    description: 'write nothing when everything passed',
    group: 'output',
  },
  failuresOnly: {
    flags: '--failures-only',
    description: 'show only what did not pass, and the summary',
    group: 'output',
  },
} as const satisfies OptionTable;
