import { messageOf, UsageError } from '../../errors.ts';
import { valuesOf } from '../engine/state.ts';
import { shareLedger } from '../ledger/ledger.ts';
import { createSecrets, type Secrets } from '../secrets/redact.ts';
import { redactedError } from '../secrets/redaction-boundary.ts';
import { learnState, type Session, type SharedToken, withSession } from '../steps/session.ts';
import { withValues } from '../steps/start-state.ts';
import { type IterationContext, runIteration } from './iteration.ts';
import { type Channel, type FromWorker, restoredCreations, type ToWorker, type WorkerRun } from './worker-messages.ts';

type RunChannel = Channel<FromWorker, ToWorker>;

/**
 * Runs iterations for another process, as that asks for them, until it says that there are no more. `secrets` learns those of the run.
 */
export async function serveRun(channel: RunChannel, secrets: Secrets = createSecrets()): Promise<void> {
  const deadline = new AbortController();
  const interruption = new AbortController();
  const waiting: ToWorker[] = [];
  let handle = (message: ToWorker): void => void waiting.push(message);
  const run = await new Promise<WorkerRun>((resolve) => {
    channel.onMessage((message) => {
      if (message.kind === 'begin') resolve(message.run);
      else if (message.kind === 'abort') (message.because === 'deadline' ? deadline : interruption).abort();
      else handle(message);
    });
  });
  for (const secret of run.secrets) secrets.remember(secret);
  const ledger = run.ledger === undefined ? undefined : shareLedger(run.ledger);
  await withSession(
    {
      ...run,
      ledger,
      secrets,
      signal: AbortSignal.any([deadline.signal, interruption.signal]),
      onEvent: (event) => channel.send({ kind: 'event', event }),
    },
    (session) =>
      new Promise<void>((resolve) => {
        const context = contextOf(session, run, deadline.signal, channel);
        handle = (message) => {
          if (message.kind === 'end') resolve();
          else if (message.kind === 'iteration') void runFor(context, message, channel);
          else if (message.kind === 'renewed') context.sharedToken?.renewed(message);
        };
        for (const message of waiting) handle(message);
      }),
  );
  ledger?.close();
}

interface WorkerContext extends IterationContext {
  readonly sharedToken: (SharedToken & { renewed(answer: Extract<ToWorker, { kind: 'renewed' }>): void }) | undefined;
  /** Takes the token that the run has now. */
  useToken(token: string): void;
}

function contextOf(session: Session, run: WorkerRun, deadline: AbortSignal, channel: RunChannel): WorkerContext {
  const { definition } = run;
  const own: Session = {
    ...session,
    startedAt: run.startedAt,
    state: { ...session.state, ...run.state },
    recorded: run.recorded,
    numbers: { ...run.numbers },
    creations: restoredCreations(run.creations, definition),
  };
  const variable = session.tokenStep?.variable ?? '';
  const useToken = (token: string) => {
    if (valuesOf(own.state)[variable] === token) return;
    own.state = withValues(own.state, definition, { [variable]: token });
    learnState(own, own.state);
  };
  const asked = new Map<number, (worked: boolean) => void>();
  let lastId = 0;
  return {
    run: own,
    steps: definition.steps.filter(({ id }) => run.steps.includes(id)),
    deadline,
    total: run.total,
    shared: undefined,
    useToken,
    sharedToken: run.sharesToken
      ? {
          current: () => valuesOf(own.state)[variable] ?? '',
          renew: (used, because) =>
            new Promise((resolve) => {
              lastId += 1;
              asked.set(lastId, resolve);
              channel.send({ kind: 'renew', id: lastId, used, because });
            }),
          renewed: ({ id, worked, token }) => {
            useToken(token);
            asked.get(id)?.(worked);
            asked.delete(id);
          },
        }
      : undefined,
    cleanUp: run.cleanUp,
    keepsAll: run.keepsAll,
  };
}

async function runFor(
  context: WorkerContext,
  { row, earlier, token }: Extract<ToWorker, { kind: 'iteration' }>,
  channel: RunChannel,
): Promise<void> {
  const { number } = row;
  try {
    if (token !== undefined) context.useToken(token);
    const { definition } = context.run;
    const iteration = await runIteration(context, row, restoredCreations(earlier, definition));
    channel.send({ kind: 'finished', number, iteration });
  } catch (error) {
    const told = redactedError(error, context.run.secrets);
    channel.send({ kind: 'failed', number, message: messageOf(told), isUsage: told instanceof UsageError });
  }
}
