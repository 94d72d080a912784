import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Definition } from '../../definition/definition.ts';
import { readPostmanEnvironment } from '../../environment/postman-file.ts';
import type { Environment } from '../../environment/scope.ts';
import { valueProblems } from '../../environment/validate.ts';
import {
  type EnvironmentSource,
  environmentSource,
  type Given,
  type GivenValues,
  initialValues,
  mergeSources,
  valuesFromOs,
  valuesOfOtherPrograms,
} from '../../environment/values.ts';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import { createSecretKeeper } from '../../run/secrets/secret-keeper.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { valueOptions } from '../options/shared-options.ts';
import type { World } from '../world.ts';

export interface GivenOptions extends OptionsOf<typeof valueOptions> {
  /** Other machines that `http://` is allowed to. */
  readonly allowHttp?: readonly string[];
  /** Values of a target, which come before those of the environment file. */
  readonly variables?: EnvironmentSource;
}

/** Values from the command line only. Secrets are refused there: other programs can read an argument list. */
export function valuesFromArguments(definition: Definition, assignments: readonly string[]): EnvironmentSource {
  const entries = assignments.map((assignment): [string, string] => {
    const at = assignment.indexOf('=');
    // What was meant as a value may be a secret, so it is not said.
    if (at < 1)
      throw new UsageError(`--var expects name=value, got a text ${at === 0 ? 'without a name' : 'without "="'}`);
    const name = assignment.slice(0, at);
    const variable = definition.variables.find((candidate) => candidate.name === name);
    if (variable?.secret) {
      const instead = variable.os ? `the OS variable ${variable.os}` : 'an environment file';
      throw new UsageError(`${name} is a secret, and other programs can read the command line; give it in ${instead}`);
    }
    return [name, assignment.slice(at + 1)];
  });
  return { origin: '--var', values: Object.fromEntries(entries) };
}

/**
 * What the person gave: `--var`, then the environment file, then OS variables, then `.env` in the working folder. Its secrets are
 * remembered in the world.
 */
export async function readGivenValues(definition: Definition, options: GivenOptions, world: World): Promise<Given> {
  const osName = (name: string) => definition.variables.find((variable) => variable.name === name)?.os ?? name;
  const dotEnv = await readDotEnv(world.cwd);
  const { environment: file } = options;
  const environment = file === undefined ? undefined : await readEnvironmentFile(file, world.cwd);
  const keeper = createSecretKeeper(definition, world.secrets);
  if (environment) keeper.learnScope(environment.values);
  const values = mergeSources([
    valuesFromArguments(definition, options.var),
    ...(options.variables ? [options.variables] : []),
    ...(environment ? [environmentSource(environment, file ?? '')] : []),
    { origin: (name) => `the OS variable ${osName(name)}`, values: valuesFromOs(definition, world.osVariables) },
    { origin: (name) => `${osName(name)} in .env`, values: valuesFromOs(definition, dotEnv) },
    otherPrograms(definition, world),
  ]);
  keeper.learn(initialValues(definition, values));
  return { values, environment };
}

function otherPrograms(definition: Definition, { osVariables }: World): EnvironmentSource {
  const found = valuesOfOtherPrograms(definition, osVariables);
  return {
    origin: (name) => `the OS variable ${found.get(name)?.os}`,
    values: Object.fromEntries([...found].map(([name, { value }]) => [name, value])),
    isOfOtherProgram: true,
  };
}

async function readEnvironmentFile(file: string, cwd: string): Promise<Environment> {
  try {
    return readPostmanEnvironment(await readFile(resolve(cwd, file), 'utf8'), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new UsageError(`cannot read the environment file ${file}: ${reason}`, { cause: error });
  }
}

async function readDotEnv(cwd: string): Promise<Record<string, string | undefined>> {
  try {
    return parseEnv(await readFile(resolve(cwd, '.env'), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw new UsageError(`cannot read .env: ${messageOf(error)}`, { cause: error });
  }
}

/** Throws `UsageError` with everything that is wrong with the values. Those `fromData` may be missing: each iteration has its own. */
export function refuseProblems(
  definition: Definition,
  given: GivenValues,
  values: Readonly<Record<string, string>>,
  fromData: ReadonlySet<string> = new Set(),
  allowedHttpHosts: readonly string[] = [],
): void {
  const isGivenLater = (name: string) => fromData.has(name) && (values[name] ?? '') === '';
  const problems = valueProblems(definition, given, values, allowedHttpHosts).filter(
    ({ variable }) => !isGivenLater(variable),
  );
  if (problems.length > 0) throw new UsageError(problems.map(({ message }) => message).join('\n'));
}
