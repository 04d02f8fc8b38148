import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/**
 * What starts programs from the worker itself, which is dear once the worker has grown, and the longest stories, which
 * would leave one worker idle at the end.
 */
const FIRST = /\/test\/(?:contract|faults|ops|server|store\/git)\/|\/team-[^/]*$/

class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (FIRST.test(moduleId) ? 0 : 1)
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/scratch.ts'],
    sequence: { sequencer: Order },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A page or a server that other tests keep waiting is late, and not wrong: what is waited for in a browser has as long.
    expect: { poll: { timeout: 15_000 } },
    // No test leaves anything behind in its process, and loading the program anew for every file takes longer than most.
    isolate: false,
    // Tests wait for browsers, servers and commands of their own: a worker a processor leaves a third of them idle.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // Identity, time zone and user configuration of the machine must not reach a test.
    env: { TZ: 'UTC', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' },
  },
})
