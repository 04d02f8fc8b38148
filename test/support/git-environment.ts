/**
 * The world as the git store is told of it in tests: this process, real time, real chance. Nothing of vitest's is
 * imported here, because plain programs use it too.
 */
import { randomBytes } from 'node:crypto'
import type { GitEnvironment } from '../../src/store/git/git-environment.ts'
import type { LockOptions } from '../../src/store/git/writer-lock.ts'

/** The variables of this process, which the test configuration has made steady, and these. */
export function environmentWith(variables: GitEnvironment['variables'] = {}): GitEnvironment {
  return {
    variables: { ...process.env, ...variables },
    userId: process.getuid?.(),
    processId: process.pid,
    hostName: 'test-host',
    clock: { nowMs: () => Date.now(), elapsedMs: () => performance.now() },
    entropy: { randomBytes: (count) => new Uint8Array(randomBytes(count)) },
  }
}

/** How this process takes the writer's lock. */
export function lockOptions(options: Partial<LockOptions> = {}): LockOptions {
  const { clock, entropy, processId, hostName } = environmentWith()
  return { clock, entropy, processId, hostName, ...options }
}
