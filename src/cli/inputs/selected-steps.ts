import type { Definition } from '../../definition/definition.ts';
import { UsageError } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import type { LedgerContent } from '../../run/ledger/read-ledger.ts';
import { type SelectedSteps, type SelectionContext, selectSteps } from '../../run/selection/select-steps.ts';
import type { OptionsOfGroup } from '../options/option-table.ts';
import type { runOptions } from '../options/run-options.ts';
import { findLedger } from '../outputs/ledger-folder.ts';
import { say } from '../outputs/say.ts';
import type { World } from '../world.ts';

export interface SelectionOptions extends OptionsOfGroup<typeof runOptions, 'steps'> {
  readonly resume?: string | true;
  readonly ledger?: string;
  readonly history?: string;
  readonly data?: string;
  readonly iterations?: number;
  readonly everyStep?: boolean;
}

/** What a run is to do, of all that its collections hold. */
export interface RunSelection {
  /** With the steps that are run only. */
  readonly definition: Definition;
  /** Ids of these steps; undefined for all. */
  readonly steps: readonly string[] | undefined;
  /** The ledger of the run to go on with. */
  readonly resume: string | undefined;
}

/**
 * The steps that a person chose, those of the run that is resumed, or those that did not pass; undefined when nothing is left to run
 * again. Throws `UsageError` when a chosen step needs what nothing sets.
 */
export async function selectRun(
  definition: Definition,
  options: SelectionOptions,
  context: SelectionContext,
  world: World,
): Promise<RunSelection | undefined> {
  refuseContradictions(options);
  if (options.rerunFailed !== undefined) return failedSteps(definition, options.rerunFailed, options, context, world);
  if (options.resume !== undefined) {
    const earlier = await findLedger(definition, options.resume, options, world);
    return { ...stepsOf(definition, earlier), resume: earlier.file };
  }
  if (!isSelective(options)) return { definition, steps: undefined, resume: undefined };
  const chosen = chosenBy(definition, options, context);
  refuseIdleRows(chosen, options);
  return { ...selected(definition, chosen, world), resume: undefined };
}

/** Rows without a step to run would do nothing. */
export function refuseIdleRows({ steps }: SelectedSteps, { data, iterations, everyStep }: SelectionOptions): void {
  if ((data === undefined && iterations === undefined) || everyStep || steps.some(({ once }) => !once)) return;
  throw new UsageError('no chosen step is run for each row: choose one that is not once, or give --every-step');
}

/** The steps that the options choose. */
export function chosenBy(
  definition: Definition,
  { only, from, until, skip }: SelectionOptions,
  context: SelectionContext,
): SelectedSteps {
  return selectSteps(
    definition,
    {
      skip,
      ...(only.length > 0 && { only }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    },
    context,
  );
}

function isSelective({ only, from, until, skip }: SelectionOptions): boolean {
  return only.length > 0 || skip.length > 0 || from !== undefined || until !== undefined;
}

function refuseContradictions(options: SelectionOptions): void {
  const { rerunFailed, resume, history, data, iterations } = options;
  const isChosen = isSelective(options);
  if (rerunFailed !== undefined && (isChosen || resume !== undefined))
    throw new UsageError(
      '--rerun-failed chooses the steps itself; leave out --resume, --only, --from, --until and --skip',
    );
  if (rerunFailed !== undefined && (data !== undefined || iterations !== undefined))
    throw new UsageError(
      '--rerun-failed is for a run without iterations; to run rows again, give --resume and --results',
    );
  if (resume !== undefined && isChosen)
    throw new UsageError('--resume goes on with the steps of that run; leave out --only, --from, --until and --skip');
  if (history !== undefined && (isChosen || rerunFailed !== undefined))
    throw new UsageError('--history compares whole runs; leave it out, or run all steps');
}

/** The steps of an earlier run, which may have been a choice. */
function stepsOf(definition: Definition, { run }: LedgerContent): Pick<RunSelection, 'definition' | 'steps'> {
  const ids = run.steps;
  if (!ids) return { definition, steps: undefined };
  return { definition: { ...definition, steps: definition.steps.filter(({ id }) => ids.includes(id)) }, steps: ids };
}

async function failedSteps(
  whole: Definition,
  named: string | true,
  options: SelectionOptions,
  context: SelectionContext,
  world: World,
): Promise<RunSelection | undefined> {
  const earlier = await findLedger(whole, named, options, world);
  const { definition, steps } = stepsOf(whole, earlier);
  const passed = new Set(earlier.passed.map(({ step }) => step));
  const failed = definition.steps.filter(({ id }) => !passed.has(id));
  if (failed.length === 0) {
    say(world, `every step of the run of ${earlier.file} passed: nothing to run again`);
    return undefined;
  }
  const present = new Set(earlier.creations.flatMap(({ step, state }) => (state === 'present' ? [step] : [])));
  const isThere = definition.steps.every(({ id, creates }) => !creates || !passed.has(id) || present.has(id));
  if (isThere && passed.size > 0) return { definition, steps, resume: earlier.file };
  const chosen = selectSteps(whole, { only: failed.map(({ id }) => id) }, { ...context, addsAll: true });
  return { ...selected(whole, chosen, world), resume: undefined };
}

function selected(
  definition: Definition,
  { steps, added, missing }: SelectedSteps,
  world: World,
): Pick<RunSelection, 'definition' | 'steps'> {
  if (missing.length > 0) throw new UsageError(missing.map(({ message }) => message).join('\n'));
  say(world, selectionWords(definition, { steps, added }));
  return { definition: { ...definition, steps }, steps: steps.map(({ id }) => id) };
}

/** How many steps are run, and those that were not chosen. */
export function selectionWords(definition: Definition, { steps, added }: Omit<SelectedSteps, 'missing'>): string {
  const words = steps.flatMap((step) =>
    added.filter((one) => one.step === step).map(({ variable }) => `${step.id} (sets ${variable})`),
  );
  const others = words.length > 0 ? `; added because they are needed: ${words.join(', ')}` : '';
  return `${steps.length} of ${counted(definition.steps.length, 'step')} to run${others}`;
}
