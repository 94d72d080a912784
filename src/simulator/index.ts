export { DEFAULT_PORT, ListenError, type ListeningSimulator, type ListenOptions } from './server.ts';
export { createSimulator, type RequestLogEntry, type Simulator, type SimulatorOptions } from './simulator.ts';
export type { Snapshot } from './snapshot.ts';
export {
  defaultCredentials,
  defaultSeed,
  otherOrganization,
  type SeedApp,
  seedApps,
  seedLicenses,
} from './state/default-seed.ts';
export type { RoleAssignment, WorkerApp } from './state/model.ts';
export type * from './state/seed.ts';
