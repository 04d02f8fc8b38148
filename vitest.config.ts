import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // No test leaves anything behind in its process, and loading the program anew for every file takes longer than most.
    isolate: false,
    // Most tests wait for a command of their own, so a worker a processor keeps none idle.
    maxWorkers: '100%',
    // Identity, time zone and user configuration of the machine must not reach a test.
    env: { TZ: 'UTC', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' },
  },
})
