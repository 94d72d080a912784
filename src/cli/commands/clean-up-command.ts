import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { PostmanCollection } from '../../compile/collection.ts';
import { compileJoined } from '../../compile/join-collections.ts';
import type { Definition } from '../../definition/definition.ts';
import { joinDefinitions } from '../../definition/join-definitions.ts';
import { initialValues } from '../../environment/values.ts';
import { type ExitCode, exitCode, messageOf, UsageError } from '../../errors.ts';
import { renderEvent, type TerminalStyle } from '../../report/text/terminal.ts';
import { counted } from '../../report/text/words.ts';
import {
  creationsOf,
  isOpen,
  planSweep,
  removeCreations,
  type SweepPlan,
  signOn,
  unknownOf,
} from '../../run/clean-up/leftovers.ts';
import { otherTenant, storedValues } from '../../run/clean-up/stored-values.ts';
import { valuesOf } from '../../run/engine/state.ts';
import { isHeld, LedgerInUseError, livenessOf, removeLease } from '../../run/ledger/lease.ts';
import { type Ledger, reopenLedger } from '../../run/ledger/ledger.ts';
import { type ForeignLedger, type LedgerContent, readLedger, readLedgers } from '../../run/ledger/read-ledger.ts';
import type { CleanUpResult, RunEvent } from '../../run/result/result.ts';
import { createSecretKeeper } from '../../run/secrets/secret-keeper.ts';
import { type SessionOptions, withSession } from '../../run/steps/session.ts';
import { commandLine } from '../../run/tool.ts';
import { readGivenValues, refuseProblems } from '../inputs/given-values.ts';
import { loadCollections } from '../inputs/load-collections.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { cleanUpOptions, sweepOptions } from '../options/tenant-options.ts';
import { ledgerFolder } from '../outputs/ledger-folder.ts';
import { say, tell } from '../outputs/say.ts';
import { reportWidth, type World, wantsColor } from '../world.ts';

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
  if (options.forget !== undefined) return forget(resolve(world.cwd, options.forget), options, world);
  const open: LedgerContent[] = [];
  let code: ExitCode = exitCode.passed;
  let isAnyHeld = false;
  for (const ledger of await readLedgers(folder)) {
    const verdict = lookAt(ledger, definition, options, world);
    isAnyHeld ||= verdict === 'held';
    if (verdict === 'unknown') code = exitCode.incomplete;
    else if (verdict === 'open' && 'run' in ledger) open.push(ledger);
  }
  if (open.length === 0) {
    const which = code === exitCode.passed && !isAnyHeld ? 'no ledger' : 'no other ledger';
    tell(world, `Nothing to remove: ${which} in ${folder} lists anything that is left.\n`);
    return code;
  }
  const { values, session } = await sessionOptions(definition, collection, options, world);
  // As the ledger keeps them: without what holds a secret.
  const kept = createSecretKeeper(definition, world.secrets).publicValues(values);
  for (const { file, run } of open) {
    const other = otherTenant(definition, run.values, kept);
    if (other) {
      say(world, `warning: ${file} is left alone: it is of another tenant, whose ${other.name} is ${other.value}`);
      continue;
    }
    tell(world, `${file}\n`);
    const isComplete = await cleanUpLedger(file, definition, { ...session, values }, options, world);
    if (!isComplete) code = exitCode.incomplete;
  }
  return code;
}

/** What is to be done with a ledger; what a person should know of it is said. */
function lookAt(
  ledger: LedgerContent | ForeignLedger,
  definition: Definition,
  { runEnded }: CleanUpCommandOptions,
  world: World,
): 'open' | 'held' | 'done' | 'unknown' {
  const { file } = ledger;
  const isOther = 'run' in ledger && ledger.run.collection !== definition.id;
  if (isOther && ledger.creations.every(({ state }) => state === 'absent')) return 'done';
  if (!isOther && 'run' in ledger && !isOpen(ledger, definition) && unknownOf(ledger, definition).length === 0)
    return 'done';
  const writer = 'run' in ledger && !ledger.run.lease ? { ...ledger.run.process, at: ledger.run.at } : undefined;
  const liveness = livenessOf(file, writer);
  const held = isHeld(liveness, runEnded);
  if (held && liveness.state !== 'unknown') {
    say(world, `${file}: its run is still going on (${liveness.why})`);
    return 'held';
  }
  if (isOther) {
    const others = commandLine('cleanup', ledger.run.collection.split('+'));
    say(world, `${file}: what it lists is of other collections and is left: ${others}`);
    return 'unknown';
  }
  if ('foreign' in ledger) {
    if (ledger.mayTell) sayUnknown(file, [ledger.foreign], world);
    else say(world, `${file} is left alone: ${ledger.foreign}`);
    return ledger.mayTell ? 'unknown' : 'done';
  }
  if (!held) return 'open';
  const settled = commandLine('cleanup', ['--run-ended']);
  say(
    world,
    `${file}: whether its run is still going on is not known (${liveness.why}). When it has ended: ${settled}`,
  );
  return 'unknown';
}

/** Removes what a ledger tells of, as it is once nobody else works on it. True when nothing of it is left or unknown. */
async function cleanUpLedger(
  file: string,
  definition: Definition,
  session: SessionOptions,
  { runEnded }: CleanUpCommandOptions,
  world: World,
): Promise<boolean> {
  let ledger: Ledger;
  try {
    ledger = reopenLedger(file, runEnded);
  } catch (error) {
    say(world, messageOf(error));
    return error instanceof LedgerInUseError;
  }
  try {
    const content = await readLedger(file);
    if ('foreign' in content) return true;
    const values = { ...session.values, ...storedValues(definition, content.run.values) };
    const result = await removeCreations({ ...session, values, ledger }, creationsOf(content, definition));
    world.stdout.write(summaryOf(result));
    const unknown = unknownOf(content, definition);
    if (unknown.length > 0) sayUnknown(file, unknown, world);
    return result.complete && unknown.length === 0;
  } finally {
    ledger.close();
  }
}

function sayUnknown(file: string, problems: readonly string[], world: World): void {
  for (const problem of problems) say(world, `warning: ${file}: ${problem}`);
  say(
    world,
    `  What it listed there is not known. Look for it, or sweep; then: ${commandLine('cleanup', ['--forget', file])}`,
  );
}

/** Deletes a ledger, and says what it told of. */
async function forget(file: string, { runEnded }: CleanUpCommandOptions, world: World): Promise<ExitCode> {
  const ledger = await readLedger(file);
  if ('foreign' in ledger && !ledger.mayTell) throw new UsageError(`${file} is no ledger: ${ledger.foreign}`);
  const liveness = livenessOf(file);
  if (isHeld(liveness, runEnded)) throw new UsageError(`${file} may be in use: ${liveness.why}`);
  const told =
    'foreign' in ledger
      ? [ledger.foreign]
      : ledger.creations
          .filter((creation) => creation.state !== 'absent')
          .map(({ thing, name, id }) => `${thing} "${name}"${id === undefined ? ', which may exist' : ` (${id})`}`);
  rmSync(file);
  removeLease(file);
  tell(world, `Forgotten: ${file}\n${told.map((text) => `  ${text}\n`).join('')}`);
  return exitCode.passed;
}

/** After so many leftovers a sweep says how far it has come. */
const batch = 100;

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
      say(world, `error: ${refused}`);
      return exitCode.incomplete;
    }
    const plan = await planSweep(session, { olderThan: options.olderThan * 3_600_000, maximum: options.max });
    if (typeof plan === 'string') {
      say(world, `error: ${plan}`);
      return exitCode.incomplete;
    }
    tell(world, planText(plan.told));
    if (plan.remove.length === 0 || options.planOnly) return exitCode.passed;
    if (!options.yes && !(await confirmed(world, plan.remove.length))) {
      world.stderr.write('Nothing was removed. With --yes it is removed without a question.\n');
      return exitCode.passed;
    }
    let gone = 0;
    const onEvent = (event: RunEvent) => {
      base.onEvent(event);
      if (event.kind !== 'cleaned-up') return;
      gone += 1;
      if (gone % batch === 0 && gone < plan.remove.length) tell(world, `${gone} of ${plan.remove.length} done\n`);
    };
    const result = await removeCreations({ ...base, values: valuesOf(session.state), onEvent }, plan.remove);
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
    width: reportWidth(world.stdout, world.osVariables),
    next: [],
  };
  const shown: readonly RunEvent['kind'][] = ['cleaned-up', 'step-retried', 'creation-awaited'];
  return {
    values,
    session: {
      definition,
      collection,
      values,
      requestTimeout,
      // Removing needs no JavaScript; a step that does goes to Newman.
      engine: 'direct',
      allowedHttpHosts: options.allowHttp,
      signal: world.signal,
      secrets: world.secrets,
      onEvent: (event) => {
        if (shown.includes(event.kind)) world.stdout.write(renderEvent(event, style));
      },
    },
  };
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
      'sweep asks before it removes anything, and there is no terminal to ask at; read the plan, then use --yes',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Remove ${count === 1 ? 'it' : `all ${count}`}? This cannot be undone. [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
