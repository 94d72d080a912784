import type { CheckKind } from '../../compile/planned-checks.ts';
import type { SourcePlace } from '../../definition/definition.ts';

export type { SourcePlace };

/** The result of a run: plain data in the order of the plan, complete whatever happened, and free of secrets. */
export interface RunResult {
  /** Version of this format. */
  readonly version: 1;
  /** The program that ran it. */
  readonly tool: { readonly name: string; readonly version: string };
  readonly collection: {
    readonly id: string;
    readonly name: string;
    /** Folder of the definition, as it was named; undefined for a definition that was made in memory. */
    readonly folder?: string;
  };
  readonly target: Target;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** How often the steps were run; 1 unless iterations were asked for. */
  readonly iterations: number;
  /**
   * Every step of the plan, also those that were not reached, iteration after iteration; steps that run once belong to the
   * first. Of many iterations only those of which details are kept, see `figures`.
   */
  readonly steps: readonly StepResult[];
  /** What all iterations came to; undefined when `steps` has all of them. */
  readonly figures?: RunFigures;
  /** Times a new token was obtained, with the reason. */
  readonly renewals: readonly string[];
  /** What the run created, or may have created, first created first. */
  readonly created: readonly CreatedThing[];
  /** What clean-up did; undefined when it was not asked for. */
  readonly cleanUp?: CleanUpResult;
  /** How the run compares with those before it; undefined when no history is kept. */
  readonly comparison?: RunComparison;
  /** Each target with how it ended, in order; undefined for a run against one place. */
  readonly targets?: readonly TargetResult[];
  /** Which part of the targets this is, when they were divided among several runs. */
  readonly shard?: Shard;
  /** Numbers of the shards of which there was no result, when results were put together. */
  readonly missingShards?: readonly number[];
}

/** A part of the targets: the one with this number, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** One of several targets of a run, and how it ended there. */
export interface TargetResult extends Target {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Whether clean-up left nothing; undefined when it was not asked for. */
  readonly cleanedUp?: boolean;
}

/** Figures of a run of which not all steps are kept. */
export interface RunFigures {
  /** Iterations by their outcome. */
  readonly iterations: Readonly<Record<IterationResult['status'] | 'all', number>>;
  /** Iterations whose steps are kept: those that did not pass, up to a limit. */
  readonly kept: number;
  readonly totals: Totals;
  /** In the order of the plan. */
  readonly statistics: readonly StepStatistics[];
  /** How many things were created. */
  readonly created: number;
}

/** How many of each there are in a result, all iterations together. Every report counts with these. */
export interface Totals {
  readonly steps: Readonly<Record<StepResult['status'] | 'all', number>>;
  readonly checks: Readonly<Record<CheckResult['status'] | 'all', number>>;
  /** Responses that match their schema. */
  readonly matchingSchemas: number;
  /** Steps that passed after an attempt that did not. */
  readonly passedAfterRetry: number;
  /** What clean-up tried to remove; all 0 when it was not asked for. */
  readonly cleanUp: Readonly<Record<CleanUpItem['status'] | 'all', number>>;
}

/** How long the answers of a step took in all iterations, in milliseconds. */
export interface StepStatistics {
  readonly id: string;
  readonly name: string;
  readonly runs: number;
  readonly passed: number;
  /** Undefined when no iteration reached the step. */
  readonly durations?: Durations;
}

/** Percentiles are interpolated (method R-7). */
export interface Durations {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Intervals from the least to the greatest, of equal width but for the first and the last; `to` is only in the last one. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** What came of an iteration. */
export interface IterationResult {
  /** From 1: its place in the data file. */
  readonly iteration: number;
  /** Line of the data file on which it begins. */
  readonly line?: number;
  /** The worst of its steps. */
  readonly status: 'passed' | 'failed' | 'error';
  readonly durationMs: number;
  /** What it created, or may have created. */
  readonly created: readonly CreatedThing[];
  /** The first step that did not pass: what happened, and the likeliest cause. */
  readonly failure?: {
    readonly step: string;
    readonly name: string;
    readonly reason: string;
    readonly diagnosis?: Diagnosis;
  };
}

/** Where a run went. */
export interface Target {
  /** The local simulator that this process started, or an address that was given. */
  readonly kind: 'simulator' | 'given';
  /** Where the requests go: origins such as `https://api.example.com`. */
  readonly origins: readonly string[];
}

/** The worst of the steps; `interrupted` when the run was ended from outside; `empty` for a shard without a target. */
export type Outcome = 'passed' | 'failed' | 'error' | 'interrupted' | 'empty';

/** What happened with a step, in its last attempt, and before. */
export interface StepResult {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  /** The address as the definition writes it, with variables. */
  readonly url: string;
  /** From 1. */
  readonly iteration: number;
  /** Name of the target it ran against, when the run had several. */
  readonly target?: string;
  /** Where the definition of the step is. */
  readonly source?: SourcePlace;
  /** failed: a check did not hold. error: the request could not complete. */
  readonly status: 'passed' | 'failed' | 'error' | 'not-reached';
  /** Scripts and request together, in milliseconds; 0 when not reached. */
  readonly durationMs: number;
  /** Milliseconds from the start of the run to that of this attempt; undefined when not reached. */
  readonly startMs?: number;
  /** What was sent. */
  readonly request?: SentRequest;
  readonly response?: ReceivedResponse;
  readonly checks: readonly CheckResult[];
  readonly captures: readonly CaptureResult[];
  /** What the scripts wrote to the console. */
  readonly notes: readonly string[];
  /** Why the request could not complete, or why the step was not reached. */
  readonly reason?: string;
  /** What explains the failure, likeliest first. */
  readonly diagnoses: readonly Diagnosis[];
  /** Attempts before the last one, which is what the rest tells. */
  readonly attempts: readonly AttemptResult[];
  /** The answer was lost; what the step creates was found by its name and taken over. */
  readonly adopted?: boolean;
  /**
   * Fields of the whole response body and their types, a line for each: `/user/nickname string|null?`, with `*` for any item
   * of an array and a question mark when not every object has it. Undefined without a JSON body of an expected status.
   */
  readonly shape?: readonly string[];
}

/** An attempt that did not pass and was followed by another. */
export interface AttemptResult {
  readonly status: 'failed' | 'error';
  readonly durationMs: number;
  /** Milliseconds from the start of the run. */
  readonly startMs?: number;
  /** HTTP status of the answer, when there was one. */
  readonly responseStatus?: number;
  readonly correlationId?: string;
  /** Why there was another one. */
  readonly because: string;
  /** The wait before the next one, in milliseconds, and where its length came from. */
  readonly waitMs: number;
  readonly waitFrom: 'backoff' | 'retry-after' | 'none';
}

/** A header as it was on the wire. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** A body as text. */
export interface BodyText {
  readonly text: string;
  /** Bytes of the whole body. */
  readonly bytes: number;
  /** `text` is only its beginning. */
  readonly truncated: boolean;
}

/** A request as it was sent, without secrets. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderField[];
  readonly body?: BodyText;
}

/** What the time from sending to the end of the answer went into, in milliseconds; a part that did not happen is 0. */
export interface Timings {
  /** Until a connection was there to be used. */
  readonly wait: number;
  readonly dns: number;
  readonly connect: number;
  readonly tls: number;
  /** From the connection to the first byte of the answer. */
  readonly firstByte: number;
  readonly download: number;
}

/** An answer as it came, without secrets. */
export interface ReceivedResponse {
  readonly status: number;
  readonly reason: string;
  /** From sending to the end of the answer, in milliseconds. */
  readonly durationMs: number;
  readonly headers: readonly HeaderField[];
  readonly body?: BodyText;
  /** Undefined when Newman does not give them. */
  readonly timings?: Timings;
  readonly correlationId?: string;
  /** What the service says is wrong, when it does. */
  readonly problem?: ServiceProblem;
}

/** What the body of an error says, whatever its form. */
export interface ServiceProblem {
  /** Name of the service, as the definition gives it; absent when it gives none. */
  readonly service?: string;
  /** What kind of error it is, for programs; empty when the body has only a message. */
  readonly code: string;
  /** Empty when the body has only a code. */
  readonly message: string;
  readonly details: readonly ServiceProblemDetail[];
  /** It has the form of a token endpoint's error (RFC 6749, section 5.2). */
  readonly oauth: boolean;
}

/** One of the things that the service says are wrong. */
export interface ServiceProblemDetail {
  /** Empty when there is only a message. */
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  /** Rules that were not met, each once. */
  readonly unsatisfied?: readonly string[];
  /** Values that would be allowed. */
  readonly allowed?: readonly string[];
}

/** Whether something held that the definition asks for. */
export interface CheckResult {
  readonly kind: CheckKind;
  readonly name: string;
  readonly status: 'passed' | 'failed';
  /** What is wrong, for a failed check. */
  readonly message?: string;
  readonly variable?: string;
  /** Where the definition asks for it. */
  readonly source?: SourcePlace;
}

/** A variable that a step set from its response. */
export interface CaptureResult {
  readonly variable: string;
  /** Undefined when the variable is secret. */
  readonly value?: string;
}

/** What a failure may come from and what to do about it. */
export interface Diagnosis {
  readonly cause: string;
  readonly remedy: string;
  /** Where the definition says so. */
  readonly source?: SourcePlace;
}

/** Something the run created, or may have created. */
export interface CreatedThing {
  /** Name of the target it is in, when the run had several. */
  readonly target?: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined when the answer was lost and it could not be looked up: it may exist. */
  readonly id?: string;
  /** Id of the step that created it. */
  readonly step: string;
  /** Id of the clean-up step that removes it. */
  readonly undo?: string;
  /** Kind of the thing it is removed with. */
  readonly within?: string;
}

/** What became of each thing that clean-up tried to remove, in its order: last created first. */
export interface CleanUpResult {
  readonly items: readonly CleanUpItem[];
  /** All of them are gone. */
  readonly complete: boolean;
}

/** What became of one thing at clean-up. absent: it was gone already. */
export interface CleanUpItem {
  /** Name of the target it is in, when the run had several. */
  readonly target?: string;
  readonly kind: string;
  readonly name: string;
  readonly id?: string;
  readonly status: 'removed' | 'absent' | 'left';
  /** Why it is left. */
  readonly reason?: string;
}

/** A run beside those of its history. */
export interface RunComparison {
  /** Runs that are looked at, this one included. */
  readonly runs: number;
  readonly passedRuns: number;
  /** Each step of the collection, in its order. */
  readonly steps: readonly StepTrend[];
  /** Responses that have another shape than in the good runs before. */
  readonly drift: readonly Drift[];
  /** Why the history was begun anew. */
  readonly note?: string;
}

/** A step in the runs that are looked at. Times in milliseconds, from sending to the end of the answer. */
export interface StepTrend {
  readonly id: string;
  readonly name: string;
  /** Runs that reached it. */
  readonly runs: number;
  readonly passed: number;
  /** Runs in which it passed, but not at the first attempt. */
  readonly flaky: number;
  /** Number of the attempt at which it passed in this run, when that was not the first; and why there was another. */
  readonly retried?: { readonly attempt: number; readonly because: string };
  /** Of the answers of runs in which it passed; undefined when there is none. */
  readonly p50?: number;
  readonly p95?: number;
  /** Median of the last ten, and of up to ten before them; undefined while there are too few. */
  readonly trend?: { readonly recent: number; readonly before: number };
}

/** A field of a response that appeared, vanished or changed its type. */
export interface Drift {
  /** Id of the step. */
  readonly step: string;
  readonly name: string;
  /** JSON pointer into the body, with `*` for any item of an array. */
  readonly path: string;
  readonly change: 'appeared' | 'vanished' | 'retyped';
  /** Types so far; empty when it appeared. */
  readonly before: readonly string[];
  /** Types now; empty when it vanished. */
  readonly now: readonly string[];
  /** What to change in the schema when this is meant to be; undefined when there is nothing to change. */
  readonly schema?: { readonly file: string; readonly patch: readonly PatchOperation[] };
}

/** An operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** What happens during a run, as it happens. Free of secrets. */
export type RunEvent = {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The iteration it belongs to; undefined outside of iterations. */
  readonly iteration?: number;
} & RunEventContent;

/** What happened, by `kind`: run-started first, run-finished last. */
export type RunEventContent =
  | {
      readonly kind: 'run-started';
      readonly collection: string;
      readonly target: Target;
      readonly steps: readonly PlannedStep[];
      /** How many iterations are to be run; undefined when the steps are run once. */
      readonly iterations?: number;
    }
  | { readonly kind: 'step-started'; readonly step: PlannedStep }
  | {
      readonly kind: 'step-retried';
      readonly step: PlannedStep;
      /** Number of the attempt that follows, from 2. */
      readonly attempt: number;
      readonly attempts: number;
      readonly because: string;
      readonly waitMs: number;
    }
  | {
      readonly kind: 'token-renewed';
      /** Name of the target, when the run has several. */
      readonly target?: string;
      readonly because: string;
    }
  | {
      /** A request that was sent, in any attempt, and what came back. */
      readonly kind: 'exchange';
      /** Name of the target, when the run has several. */
      readonly target?: string;
      /** Undefined for a look-up, or for a reading of whether something is gone. */
      readonly step?: PlannedStep;
      /** Milliseconds from the start of the run. */
      readonly startMs: number;
      readonly request: SentRequest;
      readonly response?: ReceivedResponse;
      /** Why there is no answer. */
      readonly reason?: string;
    }
  | { readonly kind: 'step-finished'; readonly step: PlannedStep; readonly result: StepResult }
  | { readonly kind: 'iteration-finished'; readonly result: IterationResult; readonly progress: Progress }
  | { readonly kind: 'cleaned-up'; readonly item: CleanUpItem }
  /** One of several targets is done. */
  | { readonly kind: 'target-finished'; readonly target: TargetResult }
  | { readonly kind: 'run-finished'; readonly result: RunResult };

/** How far the iterations of a run have come. */
export interface Progress {
  readonly done: number;
  /** Of these, how many did not pass. */
  readonly failed: number;
  readonly total: number;
  /** Since the first iteration of this run began. */
  readonly elapsedMs: number;
  /** Iterations that an earlier run had finished; part of `done`. */
  readonly earlier: number;
}

/** A step as it is before it runs. `url` is as the definition writes it, with variables. */
export interface PlannedStep {
  /** Name of the target it runs against, when the run has several. */
  readonly target?: string;
  readonly id: string;
  readonly name: string;
  readonly method: string;
  readonly url: string;
}
