/**
 * Blocks of a new index made in a thread of its own: it reads the records from a git of its own and takes them apart,
 * while this thread looks for them in the folders of the branch. What passes between the two is names of objects and
 * whole blocks.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { BulkSource } from '../git/bulk-reader.ts'
import type { ChangedRun } from './index-changes.ts'
import type { EncodedBlock } from './run-block.ts'

/** What the thread is told: runs to read, in the order of their ids, and that those were all. */
export type IndexTask = { readonly kind: 'read'; readonly runs: readonly ChangedRun[] } | { readonly kind: 'end' }

/** What the thread says: blocks as they become full, and that it is done with a task. */
export type IndexReply =
  | { readonly kind: 'block'; readonly block: EncodedBlock }
  | { readonly kind: 'done' }
  /** An error loses its class on the way to another thread: whoever wants its words reads the branch itself. */
  | { readonly kind: 'failed' }

/** The thread could not read everything. What is wrong, if anything is, is for others to find out. */
export class IndexThreadFailed extends Error {}

/** A thread that makes blocks. Close it: it keeps the process alive. */
export interface IndexThread {
  /** Makes the blocks of runs that come in order of their ids. @throws `IndexThreadFailed`, what `runs` throws */
  readonly makeBlocks: (runs: AsyncIterable<readonly ChangedRun[]>) => AsyncGenerator<EncodedBlock>
  readonly close: () => Promise<void>
}

/** Of fewer runs an index is made here in the time in which a thread starts. */
export const WORTH_THREAD_RUNS = 2048

/** Runs a task has at most, and tasks that wait for the thread, or are worked on. */
const TASK_RUNS = 16_384
const TASKS_AHEAD = 2

/** The worker's file: where the bundler put this module, or beside the folder of shared chunks. */
const WORKER_FILES = ['./index-worker.js', '../index-worker.js']

/** Starts the thread; `undefined` where the bundle has no worker, as from the sources, or the machine no thread. */
export function startIndexThread(source: BulkSource): IndexThread | undefined {
  const url = WORKER_FILES.map((file) => new URL(file, import.meta.url)).find((each) => existsSync(fileURLToPath(each)))
  if (url === undefined) return undefined
  const worker = startWorker(url, source)
  if (worker === undefined) return undefined
  const replies = repliesOf(worker)
  return {
    makeBlocks: async function* (runs) {
      let open = 0
      async function* blocks(): AsyncGenerator<EncodedBlock> {
        for (;;) {
          const reply = await replies()
          if (reply.kind === 'failed') throw new IndexThreadFailed('the thread failed')
          if (reply.kind === 'done') break
          yield reply.block
        }
        open -= 1
      }
      const tell = (task: IndexTask): void => {
        worker.postMessage(task)
        open += 1
      }
      for await (const group of runs) {
        for (let at = 0; at < group.length; at += TASK_RUNS) {
          while (open >= TASKS_AHEAD) yield* blocks()
          tell({ kind: 'read', runs: group.slice(at, at + TASK_RUNS) })
        }
      }
      tell({ kind: 'end' })
      while (open > 0) yield* blocks()
    },
    close: async () => {
      await worker.terminate()
    },
  }
}

function startWorker(url: URL, source: BulkSource): Worker | undefined {
  try {
    return new Worker(url, { workerData: source })
  } catch {
    // The system allows no more threads: blocks are made in this one.
    return undefined
  }
}

/** What a worker says, one after the other; a worker that ends has failed. */
function repliesOf(worker: Worker): () => Promise<IndexReply> {
  const said: IndexReply[] = []
  let waiting: ((reply: IndexReply) => void) | undefined
  const take = (reply: IndexReply): void => {
    if (waiting === undefined) said.push(reply)
    else waiting(reply)
    waiting = undefined
  }
  const fail = (): void => take({ kind: 'failed' })
  worker.on('message', take).on('messageerror', fail).on('error', fail).on('exit', fail)
  return () => {
    const next = said.shift()
    if (next !== undefined) return Promise.resolve(next)
    return new Promise((resolve) => {
      waiting = resolve
    })
  }
}
