// Suites of the project. `unit` stands beside the code and shares its threads; the others start real programs.
import { defineConfig } from 'vitest/config'

const processSuites = ['contract', 'e2e', 'faults', 'examples']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/node_modules/**', 'build/**', '.build-*/**', '.demo/**', ...processSuites.map((suite) => `test/${suite}/**`)],
          pool: 'threads',
          isolate: false,
          // some wait for keepers and interpreters
          maxWorkers: 3,
          // a machine that does other things beside may be ten times slower
          testTimeout: 60_000,
        },
      },
      ...processSuites.map((suite) => ({
        test: {
          name: suite,
          include: [`test/${suite}/**/*.test.ts`],
          globalSetup: ['test/support/build-first.ts'],
          pool: 'forks' as const,
          // Two cores in CI; the files mostly wait, for processes that they start.
          maxWorkers: 3,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      })),
    ],
  },
})
