import { type Arrivals, arrivalProblems, type Expected } from './arrivals.ts';
import { BenchError } from './bench-error.ts';
import { type Command, type Measurement, measure } from './measure.ts';

/** Something that is timed: a program, and what has to be true of its run for the time to count. */
export interface Contestant {
  readonly name: string;
  /** Prepares a run and says how it is started; before the clock runs. */
  readonly command: () => Promise<Command>;
  /** What has to arrive at the simulator. Undefined: it has one of its own, or needs none. */
  readonly arrivals: Expected | undefined;
  /** What is wrong with a run, by what the program itself says. */
  readonly problems: (measured: Measurement) => Promise<readonly string[]>;
}

/** The part of the simulator that judging a run needs. */
export interface Witness {
  begin(): Promise<void>;
  arrivals(): Promise<Arrivals>;
}

/** The runs of one contestant, a round each. */
export interface Runs {
  readonly name: string;
  readonly runs: readonly Measurement[];
}

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds before, which do not count. Default: 1. */
  readonly warmUps?: number;
  /** Longest time of one run. Default: 600 s. */
  readonly timeoutSeconds?: number;
  /** Told of each run. */
  readonly onRun?: (text: string) => void;
}

/**
 * Times every contestant once a round, one after the other, so that what else happens on the machine meets them alike. Rejects with a
 * `BenchError` as soon as a run is not what it has to be: it has no time then.
 */
export async function interleaved(
  contestants: readonly Contestant[],
  witness: Witness,
  { rounds, warmUps = 1, timeoutSeconds = 600, onRun }: RoundOptions,
): Promise<Runs[]> {
  const runs = contestants.map(() => [] as Measurement[]);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const measured = await checkedRun(contestant, witness, timeoutSeconds);
      onRun?.(`${round < 0 ? 'warm-up' : `round ${round + 1}`}, ${contestant.name}: ${inWords(measured)}`);
      if (round >= 0) runs[index]?.push(measured);
    }
  }
  return contestants.map(({ name }, index) => ({ name, runs: runs[index] ?? [] }));
}

/** One run, judged; `onStart` as in `measure`. Rejects with a `BenchError` that names everything that is wrong with it. */
export async function checkedRun(
  { name, command, arrivals, problems }: Contestant,
  witness: Witness,
  timeoutSeconds: number,
  onStart?: (group: number) => void,
): Promise<Measurement> {
  const prepared = await command();
  await witness.begin();
  const measured = await measure(prepared, timeoutSeconds, onStart);
  const wrong = [
    ...(await problems(measured)),
    ...(arrivals === undefined ? [] : arrivalProblems(await witness.arrivals(), arrivals)),
  ];
  if (wrong.length > 0) throw new BenchError(`a run of ${name} was wrong, and has no time:\n  ${wrong.join('\n  ')}`);
  return measured;
}

function inWords({ wallSeconds, cpuSeconds, peakMebibytes }: Measurement): string {
  return `${wallSeconds.toFixed(3)} s, processor ${cpuSeconds.toFixed(2)} s, ${Math.round(peakMebibytes)} MiB`;
}
