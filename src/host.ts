/**
 * The real world, for programs that use the library: this process's clock, random source, variables and identity.
 *
 * The one file of the library that reads them; everything else is given them.
 */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { OpenOptions } from './ops/repository/repository.ts'

/** What `openRepository` needs, taken from this process. Folder is the current one when absent. */
export function hostOptions(folder: string = currentFolder()): OpenOptions {
  return {
    folder,
    variables: process.env,
    clock: { nowMs: () => Date.now(), elapsedMs: () => performance.now() },
    entropy: { randomBytes: (count) => randomBytes(count) },
    userId: process.getuid?.(),
    processId: process.pid,
    hostName: hostname(),
    nodeVersion: process.versions.node,
    isRunning,
  }
}

/** A folder that was removed below a shell is still named by it: whoever needs it says that it is gone. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return process.env['PWD'] ?? '/'
  }
}

/** Asks the system whether a process exists; signal 0 only asks (kill(2)). */
function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // It exists and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
