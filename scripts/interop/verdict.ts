/** What became of a step. `not-reached`: its request was not sent, for want of a value that an earlier step sets. */
export type Verdict = 'passed' | 'failed' | 'not-reached';

export interface StepVerdict {
  /** Id of the step in the definition. */
  readonly id: string;
  readonly verdict: Verdict;
}

/** What a tool made of a collection: every step of the definition, in its order. */
export interface ToolVerdict {
  readonly tool: string;
  /** As the tool itself says it, or as its package does. */
  readonly version: string;
  readonly steps: readonly StepVerdict[];
  /** What is wrong beyond the steps: lost in a conversion, warned of by a linter. Default: nothing. */
  readonly problems?: readonly string[];
}

/** What a tool is given: a simulator in a state of its own, and the files as people take them. */
export interface ToolOptions {
  /** Folder in which the tools are installed: their programs are in `node_modules/.bin`. */
  readonly scratch: string;
  /** Empty folder for what this run writes. */
  readonly workFolder: string;
  /** Address of the simulator, without an ending slash. */
  readonly baseUrl: string;
  /** Folder of the definition, with the compiled files in it. */
  readonly collectionFolder: string;
  readonly collectionFile: string;
  /** A Postman environment file with the values of this run. */
  readonly environmentFile: string;
  /** The steps, clean-up left out. */
  readonly steps: readonly { readonly id: string; readonly name: string }[];
}

/** A tool that runs the collection. It rejects only when it could not be run at all. */
export interface InteropTool {
  readonly name: string;
  /** What it needs in the scratch folder: exact versions by package name. */
  readonly packages: Readonly<Record<string, string>>;
  readonly run: (options: ToolOptions) => Promise<ToolVerdict>;
}

/** What a tool reports of one request, in the words that all have in common. */
export interface StepReport {
  readonly name: string;
  /** Whether a request was sent, answered or not. */
  readonly isSent: boolean;
  /** Names of the checks that held. */
  readonly held: readonly string[];
  /** Checks that did not hold, and errors. */
  readonly broken: readonly string[];
}

/** A verdict for every step. A request without a single check has not passed: its script was lost. */
export function verdictsOf(steps: ToolOptions['steps'], reports: readonly StepReport[]): StepVerdict[] {
  return steps.map(({ id, name }) => {
    const own = reports.filter((report) => report.name === name);
    if (!own.some(({ isSent }) => isSent)) return { id, verdict: 'not-reached' };
    const isPassed = own.every(({ broken }) => broken.length === 0) && own.some(({ held }) => held.length > 0);
    return { id, verdict: isPassed ? 'passed' : 'failed' };
  });
}
