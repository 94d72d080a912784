import { createInterface } from 'node:readline/promises';
import type { Definition, EnvironmentTemplate } from '../../definition/definition.ts';
import { simulatorTemplate } from '../../definition/join-definitions.ts';
import { unknownValues, type ValueProblem, valueProblems } from '../../environment/validate.ts';
import {
  environmentSource,
  type Given,
  type GivenValues,
  type InitialScopes,
  initialScopes,
  initialValues,
  mergeSources,
} from '../../environment/values.ts';
import { UsageError } from '../../errors.ts';
import { unbroken, wrapped } from '../../report/text/lines.ts';
import type { Target } from '../../run/result/result.ts';
import { originsOf } from '../../run/run.ts';
import { commandLine } from '../../run/tool.ts';
import { exampleOfDotEnv } from '../collection-folder.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { runOptions } from '../options/run-options.ts';
import { say } from '../outputs/say.ts';
import { reportWidth, type World } from '../world.ts';
import { type GivenOptions, readGivenValues, refuseProblems, valuesFromArguments } from './given-values.ts';
import { isDefault } from './load-collections.ts';

/** Where a run goes, with the scopes it begins with. */
export interface Destination extends InitialScopes {
  readonly kind: Target['kind'];
  /** The values of the declared variables, as texts. */
  readonly values: Readonly<Record<string, string>>;
  readonly next: readonly string[];
  readonly removal: string;
  close(): Promise<void>;
}

export interface DestinationOptions extends GivenOptions, Pick<OptionsOf<typeof runOptions>, 'simulator'> {
  /** Variables that a data file gives. */
  readonly fromData?: ReadonlySet<string> | undefined;
}

/**
 * Opens where the person wants to go: the service when credentials are given or the collection has no simulator, else a simulator
 * of this process. `names` are the collections as the person named them. Throws `UsageError` with everything that is wrong with
 * the values.
 */
export async function openDestination(
  definition: Definition,
  names: readonly string[],
  options: DestinationOptions,
  world: World,
): Promise<Destination> {
  const given = await readGivenValues(definition, options, world);
  if (options.simulator ?? !isForService(definition, given.values, options))
    return startSimulator(definition, options, world);
  const destination = givenDestination(definition, given, names, options, world);
  await confirmOthers(definition, given.values, destination.values, options, world);
  return destination;
}

/** Credentials that were set for another program are shown, and at a terminal their use is a question. */
async function confirmOthers(
  definition: Definition,
  given: GivenValues,
  values: Readonly<Record<string, string>>,
  { simulator }: DestinationOptions,
  world: World,
): Promise<void> {
  const credentials = definition.variables.filter(({ required, name }) => required && given.has(name));
  const others = credentials.filter(({ name }) => given.get(name)?.ofOtherProgram);
  if (others.length === 0) return;
  const from = others.map(({ name }) => `${name} from ${given.get(name)?.origin}`).join(', ');
  say(world, `Against ${originsOf(definition, values).join(', ')}, with ${from}.`);
  if (others.length < credentials.length || simulator === false || !world.stdin?.isTTY || !world.stderr.isTTY) return;
  world.stderr.write('These were set for another program. Use them? [y/N] ');
  const lines = createInterface({ input: world.stdin.stream });
  try {
    const { value = '' } = await lines[Symbol.asyncIterator]().next();
    if (/^y(es)?$/i.test(String(value).trim())) return;
  } finally {
    lines.close();
  }
  throw new UsageError('nothing was sent. For the simulator, give --simulator; to use these values, --no-simulator');
}

/**
 * Whether a run goes to the service itself. Somebody who names an environment file or any credential means it, and so does
 * everybody whose collection has no simulator; what is missing is then an error.
 */
export function isForService(definition: Definition, given: GivenValues, options: DestinationOptions): boolean {
  if (!simulatorTemplate(definition)) return true;
  const credentials = definition.variables.filter((variable) => variable.required);
  return options.environment !== undefined || credentials.some(({ name }) => given.has(name));
}

/** Where a run would go, without a way there; and what is wrong with its values. */
export interface PlannedDestination extends Pick<Destination, 'kind' | 'values' | 'environment' | 'collection'> {
  readonly problems: readonly ValueProblem[];
}

/** The same decision as `openDestination`, without opening anything. */
export async function planDestination(
  definition: Definition,
  options: DestinationOptions,
  world: World,
): Promise<PlannedDestination> {
  const given = await readGivenValues(definition, options, world);
  const template = simulatorTemplate(definition);
  const isService = !(options.simulator ?? !isForService(definition, given.values, options));
  const known = isService || !template ? given : simulatorValues(definition, template, options, (value) => value);
  const values = initialValues(definition, known.values);
  const { fromData = new Set(), allowHttp = [] } = options;
  const problems = valueProblems(definition, known.values, values, allowHttp).filter(
    ({ variable }) => !fromData.has(variable) || values[variable],
  );
  return { kind: isService ? 'given' : 'simulator', values, ...initialScopes(definition, known), problems };
}

/** What a run against the simulator begins with. */
function simulatorValues(
  definition: Definition,
  template: EnvironmentTemplate,
  options: DestinationOptions,
  here: (value: string) => string,
): Given {
  const environment = {
    name: template.name,
    values: Object.entries(template.values).map(([key, value]) => ({ key, value: here(value) })),
  };
  const values = mergeSources([
    valuesFromArguments(definition, options.var),
    environmentSource(environment, 'the simulator'),
  ]);
  return { values, environment };
}

function givenDestination(
  definition: Definition,
  given: Given,
  names: readonly string[],
  { fromData, allowHttp }: DestinationOptions,
  world: World,
): Destination {
  const values = initialValues(definition, given.values);
  refuseProblems(definition, given.values, values, fromData, allowHttp);
  for (const sentence of unknownValues(definition, given.values, values)) say(world, `warning: ${sentence}`);
  return {
    kind: 'given',
    values,
    ...initialScopes(definition, given),
    next: filledNext(definition, values),
    removal: removalAdvice(definition, names),
    close: async () => {},
  };
}

/** What the collection says to do next, with the values that are no secrets; what the run captures is filled in at its end. */
function filledNext({ next, variables }: Definition, values: Readonly<Record<string, string>>): readonly string[] {
  const open = new Set(variables.flatMap(({ name, secret }) => (secret ? [] : [name])));
  return next.map((line) =>
    line.replace(/\{\{(\w+)\}\}/g, (all, name: string) => (open.has(name) && values[name] ? values[name] : all)),
  );
}

function removalAdvice(definition: Definition, names: readonly string[]): string {
  const { steps } = definition.cleanUp;
  if (steps.length === 0) return 'The collection has no clean-up steps: remove it by hand.';
  const command = unbroken(commandLine('cleanup', isDefault(names) ? [] : names));
  return `To remove it: ${command}, with the same credentials; or run with --cleanup always.`;
}

async function startSimulator(definition: Definition, options: DestinationOptions, world: World): Promise<Destination> {
  const template = simulatorTemplate(definition);
  if (!template)
    throw new UsageError(
      `${definition.name} has no environment "simulator"; name an environment with --environment FILE`,
    );
  // Only who uses it waits for it to be loaded.
  const { createSimulator, DEFAULT_PORT } = await import('../../simulator/index.ts');
  const simulator = createSimulator();
  const listening = await simulator.listen();
  const here = (value: string) => value.replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, listening.url);
  const close = () => listening.close();
  try {
    const given = simulatorValues(definition, template, options, here);
    const values = initialValues(definition, given.values);
    const fromArguments = mergeSources([valuesFromArguments(definition, options.var)]);
    refuseProblems(definition, fromArguments, values, options.fromData);
    const why = options.simulator ? '' : 'No credentials were given. ';
    const width = reportWidth(world.stderr, world.osVariables);
    world.stderr.write(
      `${wrapped(`${why}Using the PingOne simulator at ${listening.url}: nothing leaves this machine.`, '', width)}\n\n`,
    );
    return {
      kind: 'simulator',
      values,
      ...initialScopes(definition, given),
      next: [
        `Run it against your own PingOne account: copy ${exampleOfDotEnv(world.cwd)} to .env, fill it in, and run the same command.`,
        `Import the collection into Postman: ${commandLine('simulate')} says how.`,
      ],
      removal: 'It existed in the simulator only, which has ended: nothing is left.',
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
