/**
 * What the processes of a command use, read from /proc (proc_pid_stat(5), proc_pid_io(5), proc_pid_net(5)). Where the
 * system has none, nothing is known.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'

/** What a process and all below it use. Counters only grow while the tree is the same. */
export interface TreeUsage {
  readonly processes: number
  /** Processor time so far, of those that live and of those they waited for. */
  readonly processorMs: number
  /** Resident memory; what processes share counts for each. */
  readonly memoryBytes: number
  /** Bytes that went to or came from a disk; absent where the system does not tell. */
  readonly readBytes: number | undefined
  readonly writtenBytes: number | undefined
}

/** Processor time of processes that have ended, as their parent was told. */
export interface ProcessorTime {
  readonly userMs: number
  readonly systemMs: number
}

interface ProcessRow {
  readonly processId: number
  readonly parentId: number
  readonly ticks: number
  readonly pages: number
}

// Linux gives user programs 100 ticks a second on every architecture (USER_HZ), and pages of 4 KiB on nearly every.
const TICK_MS = 10
const PAGE_BYTES = 4_096

/** Adds up a process and all below it; `undefined` when it is gone or the system has no /proc. */
export async function readTreeUsage(files: Files, proc: string, root: number): Promise<TreeUsage | undefined> {
  const rows = treeBelow(await readRows(files, proc), root)
  if (rows.length === 0) return undefined
  const moved = await Promise.all(rows.map(({ processId }) => readMoved(files, proc, processId)))
  const known = moved.filter((each) => each !== undefined)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    processes: rows.length,
    processorMs: sum(rows.map(({ ticks }) => ticks)) * TICK_MS,
    memoryBytes: sum(rows.map(({ pages }) => pages)) * PAGE_BYTES,
    readBytes: known.length === 0 ? undefined : sum(known.map(({ read }) => read)),
    writtenBytes: known.length === 0 ? undefined : sum(known.map(({ written }) => written)),
  }
}

/** Processor time of all children that a process has waited for. */
export async function readChildrenTime(
  files: Files,
  proc: string,
  processId: number,
): Promise<ProcessorTime | undefined> {
  const fields = fieldsAfterName(await readText(files, join(proc, String(processId), 'stat')))
  const [user, system] = [Number(fields?.[13]), Number(fields?.[14])]
  return Number.isNaN(user) || Number.isNaN(system) ? undefined : { userMs: user * TICK_MS, systemMs: system * TICK_MS }
}

/** Bytes this machine, or its container, received and sent on all networks but the loopback since it started. */
export async function readNetwork(
  files: Files,
  proc: string,
  processId: number,
): Promise<{ readonly received: number; readonly sent: number } | undefined> {
  const text = await readText(files, join(proc, String(processId), 'net/dev'))
  if (text === undefined) return undefined
  let [received, sent] = [0, 0]
  for (const line of text.split('\n').slice(2)) {
    const [name, counts] = line.split(':')
    const numbers = counts?.trim().split(/\s+/).map(Number) ?? []
    if (name === undefined || name.trim() === 'lo' || numbers.length < 9) continue
    received += numbers[0] ?? 0
    sent += numbers[8] ?? 0
  }
  return { received, sent }
}

async function readRows(files: Files, proc: string): Promise<readonly ProcessRow[]> {
  const names = (await files.readFolder(proc)).map(({ name }) => name).filter((name) => /^\d+$/.test(name))
  const rows = await Promise.all(names.map((name) => readRow(files, proc, name)))
  return rows.flatMap((row) => row ?? [])
}

async function readRow(files: Files, proc: string, name: string): Promise<ProcessRow | undefined> {
  const fields = fieldsAfterName(await readText(files, join(proc, name, 'stat')))
  if (fields === undefined) return undefined
  const ticks = [11, 12, 13, 14].reduce((total, index) => total + Number(fields[index]), 0)
  return { processId: Number(name), parentId: Number(fields[1]), ticks, pages: Number(fields[21]) }
}

function treeBelow(rows: readonly ProcessRow[], root: number): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>()
  for (const row of rows) children.set(row.parentId, [...(children.get(row.parentId) ?? []), row])
  const found = rows.filter(({ processId }) => processId === root)
  // Grows while it is walked.
  for (const row of found) found.push(...(children.get(row.processId) ?? []))
  return found
}

async function readMoved(
  files: Files,
  proc: string,
  processId: number,
): Promise<{ readonly read: number; readonly written: number } | undefined> {
  const text = await readText(files, join(proc, String(processId), 'io'))
  const read = /^read_bytes: (\d+)$/m.exec(text ?? '')?.[1]
  const written = /^write_bytes: (\d+)$/m.exec(text ?? '')?.[1]
  return read === undefined || written === undefined ? undefined : { read: Number(read), written: Number(written) }
}

/** The fields of `stat` behind the program's name, which stands in parentheses and may hold anything. */
function fieldsAfterName(stat: string | undefined): readonly string[] | undefined {
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

async function readText(files: Files, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await files.readFile(path)).toString('latin1')
  } catch {
    // Ended in the meantime, someone else's, or no such system: in each case it tells nothing.
    return undefined
  }
}
