import { randomBytes } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Definition } from '../../definition/definition.ts';
import { UsageError } from '../../errors.ts';
import { createLedger, type Ledger } from '../../run/ledger/ledger.ts';
import { type LedgerContent, readLedger, readLedgers } from '../../run/ledger/read-ledger.ts';
import type { Shard } from '../../run/result/result.ts';
import { isSameShard } from '../../run/result/shard.ts';
import { createSecretKeeper } from '../../run/secrets/secret-keeper.ts';
import type { World } from '../world.ts';

/** Where ledgers are kept: `--ledger`, else the folder for state of the XDG Base Directory Specification. */
export function ledgerFolder(option: string | undefined, { osVariables, cwd }: World): string {
  if (option !== undefined) return resolve(cwd, option);
  const { XDG_STATE_HOME: state, HOME: home } = osVariables;
  return join(state || join(home || homedir(), '.local', 'state'), 'pingone-tutorial');
}

/** Begins the ledger of a run. Throws `UsageError` when it cannot be written: then nothing is run. */
export function beginLedger(
  definition: Definition,
  { values }: { readonly values: Readonly<Record<string, string>> },
  options: {
    readonly ledger?: string;
    readonly iterations?: LedgerContent['run']['iterations'];
    readonly steps?: readonly string[] | undefined;
  },
  world: World,
): Ledger {
  const at = new Date().toISOString();
  const run = `${at.replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(4).toString('hex')}`;
  const ledger = createLedger(ledgerFolder(options.ledger, world), run);
  const secrets = createSecretKeeper(definition, world.secrets);
  secrets.learn(values);
  ledger.append({
    kind: 'run',
    version: 1,
    run,
    at,
    collection: definition.id,
    process: { id: process.pid, host: hostname() },
    lease: true,
    ...(options.iterations && { iterations: options.iterations }),
    ...(options.steps && { steps: options.steps }),
    values: secrets.publicValues(values),
  });
  return ledger;
}

/**
 * The ledger to resume: the file that was named, or the last one of this collection, and of this shard of its rows. Throws
 * `UsageError` when there is none.
 */
export async function findLedger(
  definition: Definition,
  named: string | true,
  options: { readonly ledger?: string; readonly shard?: Shard },
  world: World,
): Promise<LedgerContent> {
  if (named !== true) {
    return ledgerToResume(resolve(world.cwd, named));
  }
  const folder = ledgerFolder(options.ledger, world);
  const ledgers = (await readLedgers(folder)).filter((ledger): ledger is LedgerContent => 'run' in ledger);
  const { shard } = options;
  const last = ledgers
    .filter(({ run }) => run.collection === definition.id)
    .filter(({ run }) => !shard || isSameShard(run.iterations?.shard, shard))
    // Names of files tell only the second in which a run began.
    .toSorted((one, other) => Date.parse(one.run.at) - Date.parse(other.run.at))
    .at(-1);
  if (!last)
    throw new UsageError(
      `there is no run to resume: ${folder} holds no ledger of ${definition.id}${shard ? `, shard ${shard.index}/${shard.count}` : ''}`,
    );
  return last;
}

/** Throws `UsageError` for a file that is no ledger. */
export async function ledgerToResume(file: string): Promise<LedgerContent> {
  const content = await readLedger(file);
  if ('foreign' in content) throw new UsageError(`${file} is not a ledger to resume: ${content.foreign}`);
  return content;
}
