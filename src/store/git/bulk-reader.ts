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
const SPACE = 0x20
const ZERO = 0x30
/** More than any object has, and exact as a double. */
const SIZE_DIGITS = 15

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
  let neededBytes = 0
  let next = 0
  /** Takes what is whole; tells whether it was all as it should be. */
  const take = (bytes: Buffer, objects: Uint8Array[]): boolean => {
    let at = 0
    while (at < bytes.length) {
      const found = objectAt(bytes, at, oids[next] ?? '', kind)
      if (found === undefined) return false
      if (found.end > bytes.length) {
        neededBytes = found.end - at
        waiting = [bytes.subarray(at)]
        waitingBytes = bytes.length - at
        return true
      }
      objects.push(found.body)
      next += 1
      at = found.end
    }
    return true
  }

  return (chunk) => {
    const objects: Uint8Array[] = []
    if (waitingBytes === 0) return { objects, isBroken: !take(chunk, objects) }
    waiting.push(chunk)
    waitingBytes += chunk.length
    const moreBytes = waitingBytes - neededBytes
    if (moreBytes < 0) return { objects, isBroken: false }
    // The object that was cut in two is put together, and nothing else; all of it where its size is not known yet.
    const isSizeKnown = neededBytes > waitingBytes - chunk.length + 1
    const end = isSizeKnown ? chunk.length - moreBytes : chunk.length
    const joined = Buffer.concat([...waiting.slice(0, -1), chunk.subarray(0, end)])
    waiting = []
    waitingBytes = 0
    return { objects, isBroken: !(take(joined, objects) && take(chunk.subarray(end), objects)) }
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
  const size = sizeIn(bytes, [at, line], [oid, kind])
  if (size === undefined) return undefined
  const [from, end] = [line + 1, line + 1 + size]
  // Git ends the content with a newline.
  if (end + 1 > bytes.length) return { body: bytes.subarray(from), end: end + 1 }
  // What git hashes is `kind size NUL content`: all but the NUL stands here already.
  bytes[line] = 0
  const name = hash(oid.length === 64 ? 'sha256' : 'sha1', bytes.subarray(at + oid.length + 1, end), 'hex')
  return name === oid ? { body: bytes.subarray(from, end), end: end + 1 } : undefined
}

/** The size that a header tells of the object of that name and kind; `undefined` for any other. */
function sizeIn(
  bytes: Buffer,
  [at, end]: readonly [number, number],
  [oid, kind]: readonly [string, string],
): number | undefined {
  const kindAt = at + oid.length + 1
  const sizeAt = kindAt + kind.length + 1
  const isAsked = oid !== '' && sizeAt < end && end - sizeAt <= SIZE_DIGITS
  if (!isAsked || !isTextAt(bytes, at, oid) || !isTextAt(bytes, kindAt, kind)) return undefined
  if (bytes[kindAt - 1] !== SPACE || bytes[sizeAt - 1] !== SPACE) return undefined
  let size = 0
  for (let place = sizeAt; place < end; place += 1) {
    const digit = (bytes[place] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return undefined
    size = size * 10 + digit
  }
  return size
}

function isTextAt(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}
