import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { runProgram } from './program.ts';
import type { InteropTool, ToolOptions, ToolVerdict } from './verdict.ts';

/** Exact, so that a verdict can be had again. */
const version = '2.77.0';
const quietRedocly = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const settings = fileURLToPath(new URL('../../redocly.yaml', import.meta.url));

/**
 * The compiled Arazzo and OpenAPI files in the hands of another vendor: Redocly's `lint` on both, then `respect` on the first
 * workflow. What a script of the collection makes, and Arazzo cannot say, is given to it as an input: organization, license, run id and
 * password.
 */
export const respectTool: InteropTool = {
  name: 'Redocly Respect, on Arazzo',
  packages: { '@redocly/cli': version },
  run: async (options) => {
    const files = await readdir(options.collectionFolder);
    const compiled = (ending: string) =>
      join(options.collectionFolder, files.find((name) => name.endsWith(ending)) ?? '');
    const arazzo = compiled('.arazzo.yaml');
    const description = parse(await readFile(arazzo, 'utf8')) as ArazzoFile;
    const problems = [
      ...(await lintProblems(arazzo, options)),
      ...(await lintProblems(compiled('.openapi.yaml'), options)),
    ];
    return { tool: respectTool.name, version, steps: await runWorkflow(arazzo, description, options), problems };
  },
};

/** An Arazzo file, as far as it is read; the first workflow is the one that runs. */
export interface ArazzoFile {
  readonly sourceDescriptions: readonly { readonly name: string }[];
  readonly workflows: readonly [Workflow];
}

interface Workflow {
  readonly workflowId: string;
  readonly steps: readonly { readonly successCriteria?: readonly object[] }[];
  readonly inputs?: { readonly properties?: object; readonly required?: readonly string[] };
}

interface RespectLog {
  readonly files: Readonly<Record<string, { readonly executedWorkflows: readonly ExecutedWorkflow[] }>>;
}

interface ExecutedWorkflow {
  readonly executedSteps: readonly { readonly stepId: string; readonly status: string }[];
}

async function runWorkflow(
  arazzo: string,
  description: ArazzoFile,
  options: ToolOptions,
): Promise<ToolVerdict['steps']> {
  const variables = await respectVariables(description, options.environmentFile);
  // Like every other tool: nothing is sent with a hole in it.
  if (variables === undefined) return options.steps.map(({ id }) => ({ id, verdict: 'not-reached' }));
  const log = join(options.workFolder, 'respect.json');
  const argv = ['respect', arazzo, '--workflow', description.workflows[0].workflowId, '--json-output', log];
  const { stdout, stderr } = await redocly(argv, options, variables);
  const text = await readFile(log, 'utf8').catch(() => {
    throw new Error(`no log was written\n${stdout}${stderr}`);
  });
  const executed = Object.values((JSON.parse(text) as RespectLog).files)
    .flatMap(({ executedWorkflows }) => executedWorkflows)
    .flatMap(({ executedSteps }) => executedSteps);
  return options.steps.map(({ id }) => {
    // The last attempt counts.
    const last = executed.findLast((step) => step.stepId === id);
    return { id, verdict: last ? (last.status === 'success' ? 'passed' : 'failed') : 'not-reached' };
  });
}

/**
 * Inputs and addresses of the first workflow as OS variables of `respect`; undefined when a required input has no value. Not among the arguments,
 * where every user of the machine could read the secrets.
 */
export async function respectVariables(
  { sourceDescriptions, workflows: [workflow] }: ArazzoFile,
  environmentFile: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { properties = {}, required = [] } = workflow.inputs ?? {};
  const values = { ...madePasswords(required), ...(await valuesIn(environmentFile)) };
  const inputs = Object.fromEntries(
    Object.keys(properties).flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  if (required.some((name) => (inputs[name] ?? '') === '')) return undefined;
  const addresses = sourceDescriptions.map(({ name }) => `${name}=${addressOf(values, name)}`);
  return {
    ...quietRedocly,
    REDOCLY_CLI_RESPECT_INPUT: JSON.stringify(inputs),
    REDOCLY_CLI_RESPECT_SERVER: addresses.join(','),
  };
}

/** Base addresses are in the OpenAPI file without the /v1, which its paths have. */
function addressOf(values: Readonly<Record<string, string>>, name: string): string {
  return (values[name] ?? '').replace(/\/v1\/?$/, '');
}

const { orgID, licenseID, region } = defaultCredentials;
const chosenByScripts = { orgID, licenseID, region };

/** The environment file's values, and what scripts make in the other tools. */
async function valuesIn(environmentFile: string): Promise<Readonly<Record<string, string>>> {
  const { values } = JSON.parse(await readFile(environmentFile, 'utf8')) as {
    values: readonly { key: string; value: string }[];
  };
  return {
    ...chosenByScripts,
    runID: `20260131T120000-${randomUUID().slice(0, 8)}`,
    ...Object.fromEntries(values.filter(({ value }) => value !== '').map(({ key, value }) => [key, value])),
  };
}

/** Every class of characters, and none twice in a row. */
function madePasswords(inputs: readonly string[]): Readonly<Record<string, string>> {
  const names = inputs.filter((name) => name.endsWith('Password'));
  return Object.fromEntries(names.map((name) => [name, `Aa1!-${randomUUID().replace(/(.)\1+/g, '$1')}`]));
}

/** What the linter says of a file; a warning counts. */
async function lintProblems(file: string, options: ToolOptions): Promise<string[]> {
  const { stdout, stderr } = await redocly(['lint', file, '--config', settings, '--format', 'json'], options);
  const found = /^\{[\s\S]*^\}/m.exec(stdout)?.[0];
  if (found === undefined) return [`redocly lint said nothing of ${file}: ${stderr}`];
  const { problems } = JSON.parse(found) as { problems: readonly { ruleId: string; message: string }[] };
  return problems.map(({ ruleId, message }) => `${file}: ${ruleId}: ${message}`);
}

function redocly(argv: readonly string[], options: ToolOptions, variables: Readonly<Record<string, string>> = {}) {
  return runProgram(join(options.scratch, 'node_modules/.bin/redocly'), argv, {
    cwd: options.workFolder,
    home: options.workFolder,
    variables: { ...quietRedocly, ...variables },
  });
}
