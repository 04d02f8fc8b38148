/**
 * Very many objects at a stroke, from a `git cat-file` of their own that fills its pipe before it writes: a third of
 * the work of asking one by one. Every object is checked against its name, as one that is asked for alone is.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { hash } from 'node:crypto'
import type { Writable } from 'node:stream'
import type { Oid } from '../../domain/oid.ts'
import { startGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'

/** Where the objects are. */
export interface BulkSource {
  readonly git: GitProgram
  readonly gitDir: string
}

/** Below so many a process of their own costs more than it saves. */
export const LEAST_BULK = 1024

/** Names handed to git at once. */
const NAMES_AT_ONCE = 4096
const NEWLINE = 0x0a

/**
 * Reads objects in the order asked, some at a time. It ends before the last of them at the first one that git does not
 * give out whole and of that kind: how many came tells which one. What is wrong with it is for others to find out.
 */
export async function* readInBulk(
  { git, gitDir }: BulkSource,
  kind: 'blob' | 'tree',
  oids: readonly Oid[],
): AsyncGenerator<readonly Uint8Array[]> {
  const child = startGit(git, [`--git-dir=${gitDir}`, 'cat-file', '--batch', '--buffer'], { cwd: gitDir })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  child.stderr.resume()
  const asking = ask(child, oids)
  try {
    const replies = replyReader(kind, oids)
    for await (const chunk of child.stdout) {
      const { objects, isBroken } = replies(chunk as Buffer)
      if (objects.length > 0) yield objects
      if (isBroken) return
    }
  } finally {
    child.stdin.destroy()
    child.stdout.destroy()
    await Promise.all([asking, ended])
  }
}

/** Writes the names as fast as git takes them. A git that ends early is noticed where it is read. */
async function ask(child: ChildProcessWithoutNullStreams, oids: readonly Oid[]): Promise<void> {
  for (let at = 0; at < oids.length; at += NAMES_AT_ONCE) {
    const isRoom = child.stdin.write(`${oids.slice(at, at + NAMES_AT_ONCE).join('\n')}\n`)
    if (!isRoom) await untilRoom(child.stdin)
    if (child.stdin.destroyed) return
  }
  child.stdin.end()
}

/** Waits until a pipe takes more, or is closed; nothing listens to it afterwards. */
async function untilRoom(pipe: Writable): Promise<void> {
  if (pipe.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      pipe.removeListener('drain', done).removeListener('close', done)
      resolve()
    }
    pipe.once('drain', done).once('close', done)
  })
}

interface Replies {
  readonly objects: readonly Uint8Array[]
  readonly isBroken: boolean
}

/** Cuts what git writes into objects. Bytes of an object that is whole in a chunk are not copied. */
function replyReader(kind: 'blob' | 'tree', oids: readonly Oid[]): (chunk: Buffer) => Replies {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  /** So many bytes make the next object whole, as far as is known. */
  let neededBytes = 1
  let next = 0

  return (chunk) => {
    waiting.push(chunk)
    waitingBytes += chunk.length
    if (waitingBytes < neededBytes) return { objects: [], isBroken: false }
    const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting)
    const objects: Uint8Array[] = []
    let at = 0
    while (at < bytes.length) {
      const found = objectAt(bytes, at, oids[next] ?? '', kind)
      if (found === undefined) return { objects, isBroken: true }
      if (found.end > bytes.length) {
        neededBytes = found.end - at
        break
      }
      objects.push(found.body)
      next += 1
      at = found.end
      neededBytes = 1
    }
    waiting = at === bytes.length ? [] : [bytes.subarray(at)]
    waitingBytes = bytes.length - at
    return { objects, isBroken: false }
  }
}

interface FoundObject {
  readonly body: Buffer
  /** Where the next one begins; beyond the bytes when this one is not whole yet. */
  readonly end: number
}

/** The object at an offset; `undefined` for any other reply than the object of that name and kind. */
function objectAt(bytes: Buffer, at: number, oid: string, kind: 'blob' | 'tree'): FoundObject | undefined {
  const line = bytes.indexOf(NEWLINE, at)
  if (line === -1) return { body: bytes.subarray(at), end: bytes.length + 1 }
  const header = bytes.toString('latin1', at, line)
  const start = `${oid} ${kind} `
  const size = Number(header.slice(start.length))
  if (oid === '' || !header.startsWith(start) || !Number.isSafeInteger(size)) return undefined
  const [from, end] = [line + 1, line + 1 + size]
  // Git ends the content with a newline.
  if (end + 1 > bytes.length) return { body: bytes.subarray(from), end: end + 1 }
  // What git hashes is `kind size NUL content`: all but the NUL stands here already.
  bytes[line] = 0
  const name = hash(oid.length === 64 ? 'sha256' : 'sha1', bytes.subarray(at + oid.length + 1, end), 'hex')
  return name === oid ? { body: bytes.subarray(from, end), end: end + 1 } : undefined
}
