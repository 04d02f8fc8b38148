/**
 * Which process holds something, so that a later one can tell whether it still lives. A process number alone is used
 * again; with the boot and the start time it is not.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'

/** One process on one machine. Fields the system does not tell are absent. */
export interface OwnerIdentity {
  readonly hostName: string
  readonly processId: number
  /** A new one at every start of the machine. */
  readonly bootId?: string
  /** Process numbers mean something only within one of these (containers have their own). */
  readonly space?: string
  /** Clock ticks between the boot and the start of the process. */
  readonly startedAt?: string
}

/** Whether a process still runs. `unknown` counts as alive: a lock is never broken on a guess. */
export type Liveness = 'alive' | 'dead' | 'unknown'

const PROC = '/proc'

/** Identifies a process of this machine, usually oneself. */
export async function identifyProcess(
  files: Files,
  process: { readonly hostName: string; readonly processId: number },
): Promise<OwnerIdentity> {
  const [bootId, space, startedAt] = await Promise.all([
    readText(files, join(PROC, 'sys/kernel/random/boot_id')),
    readSpace(files),
    readStartTime(files, process.processId),
  ])
  return {
    hostName: process.hostName,
    processId: process.processId,
    ...(bootId === undefined ? {} : { bootId: bootId.trim() }),
    ...(space === undefined ? {} : { space }),
    ...(startedAt === undefined ? {} : { startedAt }),
  }
}

/** Identifies a process that another one started: machine and space are the same. */
export async function identifyChild(files: Files, parent: OwnerIdentity, processId: number): Promise<OwnerIdentity> {
  const { hostName, bootId, space } = parent
  const startedAt = await readStartTime(files, processId)
  return {
    hostName,
    processId,
    ...(bootId === undefined ? {} : { bootId }),
    ...(space === undefined ? {} : { space }),
    ...(startedAt === undefined ? {} : { startedAt }),
  }
}

/** From where a process is looked at. */
export interface Observer {
  readonly self: OwnerIdentity
  /** Whether a process of this machine runs; asked only where the system has no `/proc`. */
  readonly isRunning?: ((processId: number) => boolean) | undefined
}

/** Tells whether another process still runs. */
export async function livenessOf(files: Files, other: OwnerIdentity, observer: Observer): Promise<Liveness> {
  const { self, isRunning } = observer
  if (other.hostName !== self.hostName) return 'unknown'
  if (other.bootId === undefined || self.bootId === undefined) {
    // A number in use may be another process's by now, so only a free one tells something.
    return isRunning?.(other.processId) === false ? 'dead' : 'unknown'
  }
  // The same machine, started anew since.
  if (other.bootId !== self.bootId) return 'dead'
  if (other.space !== self.space || other.startedAt === undefined) return 'unknown'
  return (await readStartTime(files, other.processId)) === other.startedAt ? 'alive' : 'dead'
}

/** Names a process to a person. */
export function describeOwner(owner: OwnerIdentity): string {
  return `process ${owner.processId} on ${owner.hostName}`
}

/** When this machine started, in seconds since the Unix epoch; `undefined` where the system does not tell. */
export async function readBootTime(files: Files): Promise<number | undefined> {
  const seconds = /^btime (\d+)$/m.exec((await readText(files, join(PROC, 'stat'))) ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds)
}

/** Reads an identity from parsed JSON; `undefined` when it is none. */
export function parseOwner(value: unknown): OwnerIdentity | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { hostName, processId, bootId, space, startedAt } = value as Readonly<Record<string, unknown>>
  if (typeof hostName !== 'string' || typeof processId !== 'number') return undefined
  return {
    hostName,
    processId,
    ...(typeof bootId === 'string' ? { bootId } : {}),
    ...(typeof space === 'string' ? { space } : {}),
    ...(typeof startedAt === 'string' ? { startedAt } : {}),
  }
}

/** Field 22 of proc_pid_stat(5); a zombie has ended and only waits to be noticed. */
async function readStartTime(files: Files, processId: number): Promise<string | undefined> {
  const stat = await readText(files, join(PROC, String(processId), 'stat'))
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19]
}

async function readSpace(files: Files): Promise<string | undefined> {
  try {
    return await files.readLink(join(PROC, 'self/ns/pid'))
  } catch {
    // Systems without namespaces have one space for all.
    return undefined
  }
}

async function readText(files: Files, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await files.readFile(path)).toString('utf8')
  } catch {
    // Absent on this system, or the process has ended: in both cases it tells nothing.
    return undefined
  }
}
