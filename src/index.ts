/**
 * The library: what other programs may use. Each part works alone: read a definition, compile it, run it, report on it, examine
 * a tenant, simulate PingOne. Nothing here writes to the terminal, ends the process or reads OS variables; files are read by
 * `loadDefinition` only, and written by ledgers only. `src/library.md` shows how.
 */
export { bundledCollectionFolder, bundledCollections } from './cli/collection-folder.ts';
export { compileCollection, type PostmanCollection } from './compile/collection.ts';
export { type CompiledFile, compile, compileEditorSchemas } from './compile/compile.ts';
export { compileJoined } from './compile/join-collections.ts';
export type { Definition, Step, Variable } from './definition/definition.ts';
export { joinDefinitions } from './definition/join-definitions.ts';
export { type Loaded, loadDefinition, readDefinition } from './definition/load.ts';
export { DefinitionError, type Problem } from './definition/reading/problem.ts';
export { completeValues } from './environment/complete.ts';
export { parsePostmanEnvironment, readPostmanEnvironment } from './environment/postman-file.ts';
export type { Environment, Scope, ScopeVariable } from './environment/scope.ts';
export { valuesFromOs } from './environment/values.ts';
export { type ExitCode, exitCode, IncompleteError, UsageError, UserError } from './errors.ts';
export { renderCtrf } from './report/files/ctrf.ts';
export { renderJson } from './report/files/json-report.ts';
export type { JsonReport } from './report/files/json-schema.ts';
export { renderJUnit } from './report/files/junit.ts';
export { renderNdjsonEvent } from './report/files/ndjson.ts';
export { type ParsedReport, parseJsonReport } from './report/files/parse-json-report.ts';
export { renderHtml } from './report/html/html.ts';
export { renderGithubAnnotations, renderGithubSummary } from './report/text/github.ts';
export { renderMarkdown } from './report/text/markdown.ts';
export { renderEvent, renderStep, renderSummary, type TerminalStyle, type Verbosity } from './report/text/terminal.ts';
export { type Examination, examine, type Finding } from './run/doctor.ts';
export type { IterationRow } from './run/iterations/iteration.ts';
export type { IterationPlan } from './run/iterations/lanes.ts';
export { createLedger, type Ledger, reopenLedger } from './run/ledger/ledger.ts';
export { type ForeignLedger, type LedgerContent, readLedgers } from './run/ledger/read-ledger.ts';
export { exitCodeOf } from './run/result/exit-code.ts';
export { emptyResult, mergeResults, type NamedResult } from './run/result/merge-results.ts';
export type * from './run/result/result.ts';
export { isRowOf, rowsOfShard, shardOf } from './run/result/shard.ts';
export { type CleanUpMode, type RunOptions, runCollection } from './run/run.ts';
export { type RunTarget, runTargets, type TargetsOptions } from './run/run-targets.ts';
export { run, type StartedRun, type StartOptions } from './run/start-run.ts';
export type { RetryPolicy } from './run/steps/retry.ts';
export {
  createSimulator,
  defaultCredentials,
  type Fault,
  ListenError,
  type ListeningSimulator,
  type ListenOptions,
  type Simulator,
  SimulatorFileError,
  type SimulatorOptions,
} from './simulator/index.ts';
