import { dialects } from '../../simulator/dialect.ts';
import type { OptionTable } from './option-table.ts';
import { delaySeconds, disputedAnswer, milliseconds, port, rateLimit } from './value-parsers.ts';

export const simulateOptions = {
  port: {
    flags: '-p, --port <number>',
    description: 'port to listen on, 0 for any free one',
    parse: port,
    default: 8642,
  },
  host: {
    flags: '--host <address>',
    description: 'address to listen on',
    default: '127.0.0.1',
  },
  tls: {
    flags: '--tls',
    description: 'HTTPS, with a certificate made at the start',
  },
  latency: {
    flags: '--latency <milliseconds>',
    description: 'time to wait before each answer',
    parse: milliseconds,
    default: 0,
  },
  faults: {
    flags: '--faults <file>',
    description: 'what goes wrong, YAML or JSON',
  },
  /** Each one fault, as YAML. */
  fault: {
    flags: '--fault <yaml>',
    description: 'one thing that goes wrong; may be repeated',
    repeatable: true,
  },
  seed: {
    flags: '--seed <file>',
    description: 'what exists at the start: a seed or a dump, YAML or JSON',
  },
  dump: {
    flags: '--dump <file>',
    description: 'write what exists to this file at the end',
  },
  log: {
    flags: '--log <file>',
    description: 'append requests and faults to this file, one JSON object a line',
  },
  control: {
    flags: '--control',
    description: 'let the page, and requests to /_simulator, change faults and state',
  },
  dialect: {
    flags: '--dialect <name>',
    description: 'answers of today, or with the changes announced for March 2027',
    choices: dialects,
    defaultNote: 'by the clock',
  },
  disputed: {
    flags: '--disputed <name>',
    description: 'give the other of two contradicting answers; may be repeated',
    parse: disputedAnswer,
    repeatable: true,
  },
  rateLimit: {
    flags: '--rate-limit <group=number>',
    description: 'requests a second (…Rps) or minute (…Rpm) for each license; may be repeated',
    parse: rateLimit,
    repeatable: true,
  },
  roleDelay: {
    flags: '--role-delay <seconds>',
    description: 'roles on a new environment hold only after this time',
    parse: delaySeconds,
    default: 0,
  },
  visibilityDelay: {
    flags: '--visibility-delay <seconds>',
    description: 'new things can be read only after this time',
    parse: delaySeconds,
    default: 0,
  },
  deletionDelay: {
    flags: '--deletion-delay <seconds>',
    description: 'deleted environments can still be read for this time',
    parse: delaySeconds,
    default: 0,
  },
} as const satisfies OptionTable;
