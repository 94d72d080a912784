import type { EngineName } from '../../run/engine/execution.ts';

/** Engine, and limits of requests and scripts, as the command line has them: seconds, and megabytes of 1,000,000 bytes. */
export interface RequestLimitOptions {
  readonly engine: EngineName;
  readonly timeoutRequest: number;
  readonly timeoutScript: number;
  readonly maxResponseSize: number;
  readonly allowHttp: readonly string[];
}

/** The same in the units of a run: milliseconds and bytes. */
export function requestLimits(options: RequestLimitOptions) {
  return {
    engine: options.engine,
    requestTimeout: options.timeoutRequest * 1000,
    scriptTimeout: options.timeoutScript * 1000,
    maxResponseSize: options.maxResponseSize * 1e6,
    allowedHttpHosts: options.allowHttp,
  };
}
