/**
 * Copies large files, several at once in worker threads, because hashing fills a processor.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Files } from '../files/files.ts'
import { nodeFiles } from '../files/node-files.ts'
import { shareOut } from './at-once.ts'
import { copyFile } from './copy-file.ts'
import type { CopiedFile, CopyTask } from './copy-file.ts'

/** What a worker answers. */
export type CopyReply = { readonly kind: 'copied'; readonly copied: CopiedFile } | { readonly kind: 'failed' }

/** A file to copy. */
export interface SizedTask extends CopyTask {
  /** Its size as known before; only the order of the work and the threads depend on it. */
  readonly sizeBytes: number
}

/** Below this in all, threads take longer to start than they save. */
const WORTH_THREADS_BYTES = 128 * 1024 * 1024

const MOST_THREADS = 8

/** The id of a thread that is no more. */
const ENDED = -1

/** The workers' file: where the bundler put this module, or beside the folder of shared chunks. */
const WORKER_FILES = ['./hash-worker.js', '../hash-worker.js']

/**
 * Copies files, and calls `done` after each, in no certain order.
 *
 * The first failure ends the whole, after the copies under way have ended too.
 */
export async function copyAll<Task extends SizedTask>(
  files: Files,
  tasks: readonly Task[],
  done: (task: Task, copied: CopiedFile) => Promise<void>,
): Promise<void> {
  // The largest first, so that no thread is left alone with it at the end.
  const queue = tasks.toSorted((left, right) => right.sizeBytes - left.sizeBytes)
  const threads = startThreads(files, tasks)
  const here = async (task: Task) => done(task, await copyFile(files, task))
  const inThreads = threads.map((thread) => async (task: Task) => done(task, await copyInThread(files, thread, task)))
  try {
    await shareOut(queue, inThreads.length > 0 ? inThreads : [here])
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

/** Starts one thread a processor, when there is enough to do and the bundle has the worker. */
function startThreads(files: Files, tasks: readonly SizedTask[]): readonly Worker[] {
  const total = tasks.reduce((sum, task) => sum + task.sizeBytes, 0)
  if (files !== nodeFiles || tasks.length < 2 || total < WORTH_THREADS_BYTES) return []
  const url = WORKER_FILES.map((file) => new URL(file, import.meta.url)).find((each) => existsSync(fileURLToPath(each)))
  if (url === undefined) return []
  const count = Math.min(availableParallelism(), tasks.length, MOST_THREADS)
  // An error without a listener would end the whole program.
  return Array.from({ length: count }, () => new Worker(url).on('error', () => undefined))
}

async function copyInThread(files: Files, thread: Worker, task: CopyTask): Promise<CopiedFile> {
  const reply = await askThread(thread, task)
  if (reply.kind === 'copied') return reply.copied
  await files.remove(task.target)
  return copyFile(files, task)
}

/** A thread that fails, or cannot be had, is no reason to fail: the work is then done here. */
function askThread(thread: Worker, { source, target, permissions, durable, tensors }: CopyTask): Promise<CopyReply> {
  return new Promise<CopyReply>((resolve) => {
    const fail = () => settle({ kind: 'failed' })
    const settle = (reply: CopyReply) => {
      // One by one: with all of them goes what Node itself listens to, and no message comes any more.
      thread.off('message', settle).off('error', fail).off('exit', fail)
      resolve(reply)
    }
    if (thread.threadId === ENDED) return fail()
    thread.on('message', settle).on('error', fail).on('exit', fail)
    thread.postMessage({ source, target, permissions, durable, tensors } satisfies CopyTask)
  })
}
