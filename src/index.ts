/**
 * The library: what other programs may use. Each part works alone: read a definition, compile it, run it, simulate PingOne.
 */
export type { PostmanCollection } from './compile/collection.ts';
export { compileCollection } from './compile/collection.ts';
export { type CompiledFile, compile } from './compile/compile.ts';
export type { Definition, Step } from './definition/definition.ts';
export { loadDefinition } from './definition/load.ts';
export { DefinitionError, type Problem } from './definition/problem.ts';
export { type ExitCode, exitCode, IncompleteError, UsageError, UserError } from './errors.ts';
export type { RunEvent, RunResult, StepResult } from './run/result.ts';
export { type RunOptions, runCollection } from './run/run.ts';
export { createSimulator, type ListeningSimulator, type Simulator, type SimulatorOptions } from './simulator/index.ts';
