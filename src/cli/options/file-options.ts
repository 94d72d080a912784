import type { OptionTable } from './option-table.ts';
import { reporterOptions } from './shared-options.ts';
import { collectionName } from './value-parsers.ts';

/** Options of the commands that read and write files only. */

export const mergeReportsOptions = {
  ...reporterOptions,
  results: {
    flags: '--results <file>',
    description: 'write the lines of all results files (run --results) into one, each row once',
  },
  verbose: {
    flags: '-v, --verbose',
    description: 'show also each request and response: headers that matter, bodies up to 40 lines',
  },
} as const satisfies OptionTable;

export const compileOptions = {
  check: {
    flags: '--check',
    description: 'write nothing; fail with a diff when a file is not up to date',
  },
  postmanV3: {
    flags: '--postman-v3 <folder>',
    description: 'also write collections and environments as files of Postman 12, for its Native Git',
  },
} as const satisfies OptionTable;

export const importOptions = {
  force: {
    flags: '--force',
    description: 'write over files that are there; of a definition, what a collection cannot express is retained',
  },
} as const satisfies OptionTable;

export const initOptions = {
  name: {
    flags: '--name <name>',
    description: 'name of the collection',
    parse: collectionName,
    defaultNote: 'smoke-test; with --from-openapi, of its title',
  },
  fromCurl: {
    flags: '--from-curl <file>',
    description: 'begin with the curl commands in a file (- for standard input); their secrets are left out',
  },
  fromOpenapi: {
    flags: '--from-openapi <file>',
    description: 'begin with the operations of an OpenAPI 3.0 or 3.1 description, YAML or JSON',
  },
  force: {
    flags: '--force',
    description: 'replace files that are there and differ',
  },
} as const satisfies OptionTable;
