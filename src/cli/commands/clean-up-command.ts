import { hostname } from 'node:os';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { PostmanCollection } from '../../compile/collection.ts';
import { compileJoined } from '../../compile/join-collections.ts';
import type { Definition } from '../../definition/definition.ts';
import { joinDefinitions } from '../../definition/join-definitions.ts';
import { initialValues } from '../../environment/values.ts';
import { type ExitCode, exitCode, UsageError } from '../../errors.ts';
import { renderEvent, type TerminalStyle } from '../../report/text/terminal.ts';
import { counted } from '../../report/text/words.ts';
import {
  creationsOf,
  isOpen,
  planSweep,
  removeCreations,
  type SweepPlan,
  signOn,
} from '../../run/clean-up/leftovers.ts';
import { valuesOf } from '../../run/engine/state.ts';
import { type LedgerContent, readLedgers, reopenLedger } from '../../run/ledger/ledger.ts';
import type { CleanUpResult, RunEvent } from '../../run/result/result.ts';
import { createSecretKeeper } from '../../run/secrets/secret-keeper.ts';
import { type SessionOptions, withSession } from '../../run/steps/session.ts';
import { commandLine } from '../../run/tool.ts';
import { readGivenValues, refuseProblems } from '../inputs/given-values.ts';
import { loadCollections } from '../inputs/load-collections.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { cleanUpOptions, sweepOptions } from '../options/tenant-options.ts';
import { ledgerFolder } from '../outputs/ledger-folder.ts';
import { type World, wantsColor } from '../world.ts';

export type CleanUpCommandOptions = OptionsOf<typeof cleanUpOptions>;

export type SweepCommandOptions = OptionsOf<typeof sweepOptions>;

const requestTimeout = 30_000;

/** `cleanup`: removes what runs that died have left, as their ledgers tell. */
export async function cleanUpCommand(
  names: readonly string[],
  options: CleanUpCommandOptions,
  world: World,
): Promise<ExitCode> {
  const { definition, collection } = await joinedOf(names, world);
  const folder = ledgerFolder(options.ledger, world);
  const open: LedgerContent[] = [];
  for (const ledger of await readLedgers(folder)) {
    if ('foreign' in ledger) world.stderr.write(`warning: ${ledger.file} is left alone: ${ledger.foreign}\n`);
    else if (ledger.run.collection !== definition.id) tellOfOther(ledger, world);
    else if (isOpen(ledger, definition)) {
      if (isAlive(ledger))
        world.stderr.write(`${ledger.file}: its run is still going on (process ${ledger.run.process.id})\n`);
      else open.push(ledger);
    }
  }
  if (open.length === 0) {
    world.stdout.write(`Nothing to remove: no ledger in ${folder} tells of anything that is left.\n`);
    return exitCode.passed;
  }
  const { values, session } = await sessionOptions(definition, collection, options, world);
  // As the ledger keeps them: without what holds a secret.
  const kept = createSecretKeeper(definition, world.secrets).publicValues(values);
  let code: ExitCode = exitCode.passed;
  for (const content of open) {
    const other = definition.variables.find(
      ({ format, name: variable }) => format === 'base-url' && content.run.values[variable] !== kept[variable],
    );
    if (other) {
      world.stderr.write(
        `warning: ${content.file} is of another tenant: its ${other.name} is ${content.run.values[other.name] ?? 'empty'}\n`,
      );
      code = exitCode.incomplete;
      continue;
    }
    world.stdout.write(`${content.file}\n`);
    const ledger = reopenLedger(content.file);
    const result = await removeCreations(
      { ...session, values: { ...values, ...content.run.values }, ledger },
      creationsOf(content, definition.steps),
    );
    ledger.close();
    world.stdout.write(summaryOf(result));
    if (!result.complete) code = exitCode.incomplete;
  }
  return code;
}

/** `sweep`: finds leftovers in the tenant by their names and their age, shows a plan, asks, and removes them. */
export async function sweepCommand(name: string, options: SweepCommandOptions, world: World): Promise<ExitCode> {
  const { definition, collection } = await joinedOf([name], world);
  return sweep(definition, collection, options, world);
}

/** The sweep of a definition's leftovers. With `planOnly`, the plan is shown and nothing is removed. */
export async function sweep(
  definition: Definition,
  collection: PostmanCollection,
  options: SweepCommandOptions & { readonly planOnly?: boolean },
  world: World,
): Promise<ExitCode> {
  const { session: base } = await sessionOptions(definition, collection, options, world);
  return withSession({ ...base, onEvent: () => {} }, async (session) => {
    const refused = await signOn(session);
    if (refused !== undefined) {
      world.stderr.write(`error: ${refused}\n`);
      return exitCode.incomplete;
    }
    const plan = await planSweep(session, { olderThan: options.olderThan * 3_600_000, maximum: options.max });
    if (typeof plan === 'string') {
      world.stderr.write(`error: ${plan}\n`);
      return exitCode.incomplete;
    }
    world.stdout.write(planText(plan.told));
    if (plan.remove.length === 0 || options.planOnly) return exitCode.passed;
    if (!options.yes && !(await confirmed(world, plan.remove.length))) {
      world.stderr.write('Nothing was removed. With --yes it is removed without a question.\n');
      return exitCode.passed;
    }
    const result = await removeCreations({ ...base, values: valuesOf(session.state) }, plan.remove);
    world.stdout.write(summaryOf(result));
    return result.complete ? exitCode.passed : exitCode.incomplete;
  });
}

async function joinedOf(
  names: readonly string[],
  world: World,
): Promise<{ readonly definition: Definition; readonly collection: PostmanCollection }> {
  const parts = (await loadCollections(names, world)).map(({ definition }) => definition);
  const definition = joinDefinitions(parts);
  return { definition, collection: compileJoined(parts, definition) };
}

/** A ledger of other collections is not this command's, but what it tells of should not be forgotten. */
function tellOfOther({ file, run, creations }: LedgerContent, { stderr }: World): void {
  if (creations.every(({ state }) => state === 'absent')) return;
  stderr.write(`${file} is of other collections: ${commandLine('cleanup', run.collection.split('+'))}\n`);
}

async function sessionOptions(
  definition: Definition,
  collection: PostmanCollection,
  options: CleanUpCommandOptions,
  world: World,
): Promise<{ values: Readonly<Record<string, string>>; session: SessionOptions }> {
  const { values: given } = await readGivenValues(definition, options, world);
  const values = initialValues(definition, given);
  refuseProblems(definition, given, values, undefined, options.allowHttp);
  const style: TerminalStyle = {
    colors: pc.createColors(wantsColor(world.stdout, world.osVariables)),
    liveWidth: undefined,
    next: [],
  };
  const shown: readonly RunEvent['kind'][] = ['cleaned-up', 'step-retried'];
  return {
    values,
    session: {
      definition,
      collection,
      values,
      requestTimeout,
      allowedHttpHosts: options.allowHttp,
      signal: world.signal,
      secrets: world.secrets,
      onEvent: (event) => {
        if (shown.includes(event.kind)) world.stdout.write(renderEvent(event, style));
      },
    },
  };
}

/** Whether the process that writes the ledger still runs, on this machine. */
function isAlive({ run }: LedgerContent): boolean {
  if (run.process.host !== hostname() || run.process.id === process.pid) return false;
  try {
    process.kill(run.process.id, 0);
    return true;
  } catch {
    return false;
  }
}

function planText({ prefix, remove, keep }: SweepPlan['told']): string {
  const lines = [
    `${counted(remove.length, 'leftover')} named "${prefix}…" to remove${remove.length > 0 ? ':' : ''}`,
    ...remove.map(({ name, id, at }) => `  ${name}  ${id ?? ''}  created ${new Date(at).toISOString()}`),
    ...(keep.length > 0 ? ['Kept:', ...keep.map(({ name, reason }) => `  ${name}: ${reason}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function summaryOf({ items }: CleanUpResult): string {
  const left = items.filter(({ status }) => status === 'left').length;
  return `${items.length - left} gone, ${left === 0 ? 'nothing left' : `${left} left`}\n`;
}

async function confirmed(world: World, count: number): Promise<boolean> {
  if (!world.stdout.isTTY || !process.stdin.isTTY) {
    throw new UsageError(
      'sweep asks before it removes anything, and here is nobody to ask; look at the plan and use --yes',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Remove ${count === 1 ? 'it' : `all ${count}`}? This cannot be undone. [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
