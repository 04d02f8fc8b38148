/**
 * One long-lived `git cat-file --batch`, started at the first question and started again when a damaged object ends
 * it. Every object is checked against its name: git itself trusts what a loose object inflates to.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createHash } from 'node:crypto'
import { assert } from '../../base/assert.ts'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { startGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'

/** An object as `cat-file` tells it. */
export interface BatchObject {
  readonly oid: Oid
  /** `blob`, `tree`, `commit` or `tag`. */
  readonly type: string
  readonly bytes: Uint8Array
}

/** Answers questions in the order asked; any number may be open at once. */
export interface ObjectBatch {
  /**
   * The object a revision expression names; `undefined` when there is none or it is ambiguous.
   *
   * @throws `object-damaged`, `git-missing`
   */
  readonly read: (expression: string) => Promise<BatchObject | undefined>
  /** Ends the process. Questions still open are refused. */
  readonly close: () => Promise<void>
}

interface Question {
  readonly expression: string
  readonly resolve: (object: BatchObject | undefined) => void
  readonly reject: (error: unknown) => void
}

const CLOSED = 'the repository was closed while reading'

/** Makes a reader of the objects that a git folder can see. */
export function openObjectBatch(git: GitProgram, gitDir: string): ObjectBatch {
  const open: Question[] = []
  let child: ChildProcessWithoutNullStreams | undefined
  let isClosed = false

  const start = (): ChildProcessWithoutNullStreams => {
    const started = startGit(git, [`--git-dir=${gitDir}`, 'cat-file', '--batch'], { cwd: gitDir })
    const complaints: Uint8Array[] = []
    const parser = createReplyParser((reply) => answer(open.shift(), reply))
    started.stdout.on('data', (chunk: Buffer) => parser(chunk))
    started.stderr.on('data', (chunk: Uint8Array) => void complaints.push(chunk))
    started.once('error', (error) => restart(refuse('git-missing', { purpose: 'read objects' }, error)))
    started.once('close', () => restart(new Error(Buffer.concat(complaints).toString('utf8').trim())))
    return started
  }
  /** The question it died on cannot be answered; those behind it are asked again. */
  const restart = (cause: Error): void => {
    child = undefined
    const failed = open.shift()
    failed?.reject(damaged(failed.expression, cause))
    if (open.length === 0) return
    child = start()
    for (const question of open) child.stdin.write(`${question.expression}\n`)
  }

  return {
    read: (expression) => {
      if (!isOneQuestion(expression)) return Promise.resolve(undefined)
      // A reader that goes on after another part of its operation was refused must not start git anew.
      if (isClosed) return Promise.reject(new Error(CLOSED))
      return new Promise((resolve, reject) => {
        open.push({ expression, resolve, reject })
        child ??= start()
        child.stdin.write(`${expression}\n`)
      })
    },
    close: async () => {
      isClosed = true
      const ending = child
      child = undefined
      if (ending === undefined) return
      ending.removeAllListeners('close')
      const ended = new Promise((resolve) => void ending.once('close', resolve))
      ending.stdin.end()
      await ended
      for (const question of open.splice(0)) question.reject(new Error(CLOSED))
    },
  }
}

/** A newline would ask two questions, and every answer after it would go to the wrong asker. */
function isOneQuestion(expression: string): boolean {
  return !/[\n\0]/.test(expression)
}

type Reply = { readonly header: string; readonly bytes: Uint8Array | undefined }

function answer(question: Question | undefined, reply: Reply): void {
  assert(question !== undefined, 'git to answer only what it was asked')
  const [name, type] = reply.header.split(' ')
  const oid = parseOid(name ?? '')
  if (reply.bytes === undefined) question.resolve(undefined)
  else if (oid === undefined || type === undefined) question.reject(new Error(`git cat-file said ${reply.header}`))
  else if (nameOf(type, reply.bytes, oid) !== oid) {
    question.reject(damaged(question.expression, new Error(`git cat-file gave other bytes for ${oid}`)))
  } else question.resolve({ oid, type, bytes: reply.bytes })
}

/** The name these bytes have, in the format of the name they were found under. */
function nameOf(type: string, bytes: Uint8Array, found: Oid): string {
  const algorithm = found.length === 64 ? 'sha256' : 'sha1'
  return createHash(algorithm).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

const HAS_BYTES = /^[0-9a-f]{40,64} (?:blob|tree|commit|tag) (\d+)$/
const NEWLINE = 0x0a

/** Cuts the output of `cat-file --batch` into replies, copying each byte once. */
function createReplyParser(onReply: (reply: Reply) => void): (chunk: Buffer) => void {
  let headerStart: Buffer = Buffer.alloc(0)
  let body: { readonly header: string; readonly bytes: Buffer; filled: number } | undefined

  const takeHeader = (chunk: Buffer): Buffer => {
    const end = chunk.indexOf(NEWLINE)
    if (end < 0) {
      headerStart = Buffer.concat([headerStart, chunk])
      return chunk.subarray(chunk.length)
    }
    const header = Buffer.concat([headerStart, chunk.subarray(0, end)]).toString('utf8')
    headerStart = Buffer.alloc(0)
    const size = HAS_BYTES.exec(header)?.[1]
    if (size === undefined) onReply({ header, bytes: undefined })
    // One more byte: git ends the content with a newline.
    else body = { header, bytes: Buffer.allocUnsafeSlow(Number(size) + 1), filled: 0 }
    return chunk.subarray(end + 1)
  }
  const takeBody = (chunk: Buffer, filling: NonNullable<typeof body>): Buffer => {
    const taken = chunk.copy(filling.bytes, filling.filled)
    filling.filled += taken
    if (filling.filled === filling.bytes.length) {
      body = undefined
      onReply({ header: filling.header, bytes: filling.bytes.subarray(0, -1) })
    }
    return chunk.subarray(taken)
  }
  return (chunk) => {
    for (let rest = chunk; rest.length > 0;) rest = body === undefined ? takeHeader(rest) : takeBody(rest, body)
  }
}

function damaged(expression: string, cause: Error): Error {
  const problem = cause.message === '' ? 'git could not read it' : cause.message.slice(0, 300)
  return refuse('object-damaged', { what: 'object', id: expression, problem }, cause)
}
