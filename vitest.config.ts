import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that leave something behind in their process, or look at it and its time: each of these files has one of its own. */
const apart = ['bench/*', 'engine/*', 'transport/*', 'e2e/targets', 'unit/run/redaction-growth'].map(
  (name) => `test/${name}.test.ts`,
);

/** `npm run test:long`: how often and how much, where `npm run test:all` has a sample. What the OS has set comes first. */
const long = {
  CANARY_RUNS: '480',
  DIAGNOSES: 'all',
  DRIFT_RUNS: '100',
  ENGINE_RUNS: '2000',
  FAULT_MATRIX: 'all',
  GROWTH: 'all',
  HTML_REPORTS: 'all',
  IMPORT_RUNS: '1000',
  IMPORT_WAYS: '1000',
  JUDGE_RUNS: '10000',
  CROWD_ROUNDS: '50',
  KILL_RUNS: '100',
  KILLED_ANYWHERE_RUNS: '200',
  PROPERTY_SEED: 'random',
  PROVISION_KILLS: '5',
  PROVISION_USERS: '1000',
  RELEASE_REHEARSAL: 'true',
  SEQUENCE_RUNS: '20',
  SMOKE_RUNS: '20',
  START_OPTIMIZATIONS: 'all',
  SWEPT: '3000',
};

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/temporary-folder.ts'],
    setupFiles: ['test/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    tags: [{ name: 'slow', description: 'npm test leaves it out, npm run test:all does not' }],
    env:
      mode === 'long'
        ? Object.fromEntries(Object.entries(long).map(([name, value]) => [name, process.env[name] ?? value]))
        : {},
    // Vitest leaves one core free, which on two cores halves the speed. Tests wait for servers and programs more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: { name: 'together', isolate: false, include: ['test/**/*.test.ts'], exclude: apart },
      },
      { extends: true, test: { name: 'apart', include: apart } },
    ],
  },
}));
