import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Folders whose tests leave nothing behind in their process: they can share it, and what it has loaded. */
const together = ['docs', 'golden', 'import', 'property', 'unit'];

export default defineConfig({
  test: {
    globalSetup: ['test/temporary-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vitest leaves one core free, which on two cores halves the speed. Tests wait for servers and programs more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: { name: 'together', isolate: false, include: together.map((folder) => `test/${folder}/**/*.test.ts`) },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: together.map((folder) => `test/${folder}/**`),
        },
      },
    ],
  },
});
