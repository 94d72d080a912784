import { setTimeout as wait } from 'node:timers/promises';
import { sum } from 'd3-array';
import { BenchError } from './bench-error.ts';
import { type Contestant, checkedRun } from './rounds.ts';
import type { BenchSimulator } from './simulator.ts';

/** A contestant with a simulator that serves nobody else. */
export interface Player {
  readonly contestant: Contestant;
  readonly simulator: BenchSimulator;
}

export interface TurnOptions {
  readonly milliseconds: number;
  /** Requests of each player before its first turn: code is compiled, and caches fill. */
  readonly warmUpRequests: number;
  /** Longest time of both runs together. */
  readonly timeoutSeconds: number;
}

/** What a player did in all its turns. */
export interface Played {
  readonly turns: number;
  readonly requests: number;
  readonly milliseconds: number;
}

/**
 * Two long runs at the same time, of which one goes on while the other is stopped (SIGSTOP), in turns of about a second, until one is
 * near its end. What drifts on the machine from second to second meets both alike, and neither pays for a start: so it tells
 * differences that whole runs, one after the other, do not. Both are judged as any other run. Rejects with a `BenchError` when one was
 * wrong, or too short for three turns.
 */
export async function takeTurns(
  players: readonly [Player, Player],
  { milliseconds, warmUpRequests, timeoutSeconds }: TurnOptions,
): Promise<readonly [Played, Played]> {
  const seats: Seat[] = [];
  const played: [Played[], Played[]] = [[], []];
  try {
    for (const player of players) {
      const seat = await seated(player, timeoutSeconds);
      seats.push(seat);
      while ((await seat.requests()) < warmUpRequests) await wait(50);
      seat.signal('SIGSTOP');
    }
    const [first, second] = seats as [Seat, Seat];
    // A run that ends in its turn would have less to do in it.
    const hasTurnsLeft = async (seat: Seat, own: readonly Played[]) =>
      seat.total - (await seat.requests()) > 2 * Math.max(0, ...own.map(({ requests }) => requests));
    while ((await hasTurnsLeft(first, played[0])) && (await hasTurnsLeft(second, played[1]))) {
      played[0].push(await turn(first, milliseconds));
      played[1].push(await turn(second, milliseconds));
    }
    for (const seat of seats) seat.signal('SIGCONT');
    for (const seat of seats) await seat.ended;
  } finally {
    for (const seat of seats) seat.signal('SIGKILL');
    await Promise.allSettled(seats.map(({ ended }) => ended));
  }
  if (played[0].length < 3) throw new BenchError(`${players[0].contestant.name} was near its end after two turns`);
  return [together(played[0]), together(played[1])];
}

/** How much longer a request took the second player, in percent. */
export function percentMore([first, second]: readonly [Played, Played]): number {
  return (second.milliseconds / second.requests / (first.milliseconds / first.requests) - 1) * 100;
}

/** The sums. */
export function together(turns: readonly Played[]): Played {
  return {
    turns: sum(turns, (one) => one.turns),
    requests: sum(turns, ({ requests }) => requests),
    milliseconds: sum(turns, (one) => one.milliseconds),
  };
}

async function turn(seat: Seat, milliseconds: number): Promise<Played> {
  const before = await seat.requests();
  const started = performance.now();
  seat.signal('SIGCONT');
  await wait(milliseconds);
  seat.signal('SIGSTOP');
  const took = performance.now() - started;
  return { turns: 1, requests: (await seat.requests()) - before, milliseconds: took };
}

/** A run that has begun. */
interface Seat {
  /** Requests of the whole run. */
  readonly total: number;
  /** Requests that have arrived. Rejects when the run ended as it must not. */
  requests(): Promise<number>;
  /** To the program and its children; nothing when they have ended. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the run has ended and was judged good. */
  readonly ended: Promise<unknown>;
}

async function seated({ contestant, simulator }: Player, timeoutSeconds: number): Promise<Seat> {
  let group = 0;
  let failure: { readonly error: unknown } | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    ended = checkedRun(contestant, simulator, timeoutSeconds, (pid) => {
      group = pid;
      resolve();
    });
    ended.catch((error: unknown) => {
      failure = { error };
      reject(error);
    });
  });
  return {
    total: sum(contestant.arrivals ?? []),
    requests: async () => {
      if (failure) throw failure.error;
      return sum((await simulator.arrivals()).steps);
    },
    signal: (name) => {
      try {
        process.kill(-group, name);
      } catch {
        // It has ended.
      }
    },
    ended,
  };
}
