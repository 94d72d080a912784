import type { Definition, Step } from '../../definition/definition.ts';
import type { Change, Experiment } from '../../definition/schema.ts';
import type { SentRequest, StepResult } from '../result/result.ts';

/** Somebody who goes along with a run: is asked before a step is sent, and shown what came of it. What is shown holds no secret. */
export interface Guide {
  beforeSend(preview: Preview): Promise<Approval>;
  afterAnswer(outcome: Shown): Promise<Wish>;
}

/** How a step is sent: as it is, with a change, or as an experiment with it. */
export interface Sending {
  readonly change?: Change | undefined;
  readonly experiment?: Experiment | undefined;
}

/** A request that is about to leave. */
export interface Preview extends Sending {
  /** With the change. */
  readonly step: Step;
  /** Without it. */
  readonly unchanged: Step;
  readonly definition: Definition;
  readonly request: SentRequest;
  /** The variables that may be shown. */
  readonly values: Readonly<Record<string, string>>;
}

export type Approval =
  | { readonly kind: 'send' }
  /** Prepare it anew, with this change in place of the one it has, or as this experiment. */
  | ({ readonly kind: 'change' } & Sending)
  | { readonly kind: 'quit' };

/** What came of a step. */
export interface Shown extends Sending {
  readonly step: Step;
  readonly unchanged: Step;
  readonly definition: Definition;
  readonly result: StepResult;
  readonly values: Readonly<Record<string, string>>;
  /** Whether this is the result of the step, or one that passed earlier still is. */
  readonly isKept: boolean;
}

export type Wish = { readonly kind: 'go-on' | 'quit' } | ({ readonly kind: 'again' } & Sending);
