import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/temporary-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vitest leaves one core free, which on two cores halves the speed. Tests wait for servers and programs more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
