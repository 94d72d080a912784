export type { RequestLogEntry, Simulator, SimulatorOptions } from './api.ts';
export { SimulatorFileError } from './config-file.ts';
export { CONTROL_PATH } from './control/control.ts';
export { type Dialect, type DisputedAnswer, dialects, disputedAnswers } from './dialect.ts';
export {
  type Fault,
  type FaultAction,
  type FaultKind,
  type FaultMatch,
  type FaultPlan,
  faultKinds,
} from './faults/fault.ts';
export { readFault, readFaults } from './faults/fault-file.ts';
export type { FaultLogEntry } from './faults/injector.ts';
export { DEFAULT_PORT, ListenError, type ListeningSimulator, type ListenOptions } from './server.ts';
export { createSimulator } from './simulator.ts';
export {
  defaultCredentials,
  defaultSeed,
  otherOrganization,
  type SeedApp,
  seedApps,
  seedLicenses,
  signOnCredentials,
} from './state/default-seed.ts';
export type { PropagationDelays } from './state/delays.ts';
export type { StateDump } from './state/dump.ts';
export type { HistoryEntry } from './state/history.ts';
export type { RateLimits, RoleAssignment, WorkerApp } from './state/model.ts';
export type * from './state/seed.ts';
export type { Snapshot } from './state/snapshot.ts';
export { readState } from './state/state-file.ts';
