import type { Definition } from '../../definition/definition.ts';
import type { DataFileFacts } from '../../environment/data/data-file.ts';
import { textsOf } from '../../environment/scope.ts';
import { type ExitCode, exitCode, UsageError } from '../../errors.ts';
import { renderDryRun } from '../../report/text/dry-run-text.ts';
import { repeatedSteps } from '../../run/iterations/lanes.ts';
import { originsOf } from '../../run/run.ts';
import { planRequests } from '../../run/selection/plan-requests.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { runOptions } from '../options/run-options.ts';
import { tell } from '../outputs/say.ts';
import type { World } from '../world.ts';
import { type DestinationOptions, planDestination } from './destination.ts';
import { chosenBy, refuseIdleRows } from './selected-steps.ts';

export type DryRunOptions = Omit<OptionsOf<typeof runOptions>, 'environment'> & DestinationOptions;

/** `run --dry-run`: prints what a run would do, without a socket or a ledger. What is missing makes it a usage error. */
export async function dryRun(
  definition: Definition,
  options: DryRunOptions,
  data: DataFileFacts | undefined,
  world: World,
): Promise<ExitCode> {
  refuseOthers(options);
  const { kind, values, environment, problems } = await planDestination(
    definition,
    { ...options, fromData: data?.variables },
    world,
  );
  const known = { ...textsOf(environment.values), ...values };
  const chosen = chosenBy(definition, options, { values: known, givenLater: data?.variables ?? [] });
  refuseIdleRows(chosen, options);
  const { steps, added, missing } = chosen;
  const iterations = data?.count ?? options.iterations;
  const repeated =
    iterations === undefined ? [] : repeatedSteps(steps, { ...(options.everyStep && { everyStep: true }) });
  const unknown = new Set(data?.variables);
  const filled = Object.fromEntries(Object.entries(known).filter(([name]) => !unknown.has(name)));
  const undoes = new Set(steps.map(({ creates }) => creates?.undo));
  const undoSteps = definition.cleanUp.steps.filter(({ id }) => undoes.has(id));
  const isWrong = new Set(problems.map(({ variable }) => variable));
  const origins = originsOf(definition, values).join(', ');
  const plan = {
    collection: definition.name,
    destination: kind === 'simulator' ? 'the built-in simulator' : origins || 'the service',
    iterations,
    requests: planRequests(definition, steps, filled).map((request, index) => ({
      ...request,
      number: definition.steps.indexOf(steps[index] as (typeof steps)[number]) + 1,
      isRepeated: steps[index] !== undefined && repeated.includes(steps[index]),
    })),
    added: new Map(added.map(({ step, variable }) => [step.id, variable])),
    removals: planRequests(definition, [...steps, ...undoSteps], filled).slice(steps.length),
    removedWhen: removedWhen(options.cleanup ?? 'never'),
    missing: [...problems, ...missing.filter(({ variable }) => !isWrong.has(variable))].map(({ message }) => message),
  };
  const { columns = 80, isTTY } = world.stdout;
  tell(world, renderDryRun(plan, isTTY ? Math.min(columns, 100) : undefined));
  return plan.missing.length > 0 ? exitCode.usage : exitCode.passed;
}

function refuseOthers({ resume, rerunFailed, reporter, step }: DryRunOptions): void {
  if (resume !== undefined || rerunFailed !== undefined)
    throw new UsageError('--dry-run shows a run from its beginning; leave out --resume and --rerun-failed');
  if (reporter.length > 0) throw new UsageError('--dry-run sends nothing, so there is no report; leave out --reporter');
  if (step) throw new UsageError('--dry-run and --step cannot be used together');
}

function removedWhen(cleanup: NonNullable<DryRunOptions['cleanup']>): string | undefined {
  if (cleanup === 'never') return undefined;
  return cleanup === 'always' ? 'in the end' : 'when a step fails';
}
