/**
 * Reads many data files: in worker threads when there is enough to do, because hashing fills a processor.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { mapAtOnce, shareOut } from '../artifacts/at-once.ts'
import type { Files } from '../files/files.ts'
import { nodeFiles } from '../files/node-files.ts'
import { surveyFile } from './file-survey.ts'
import type { FileSurvey, SurveyTask } from './file-survey.ts'

/** What a worker answers: a survey for each task, in their order. */
export type SurveyReply =
  { readonly kind: 'surveyed'; readonly surveys: readonly FileSurvey[] } | { readonly kind: 'failed' }

/** Below this in all, threads take longer to start than they save. */
const WORTH_THREADS_BYTES = 128 * 1024 * 1024
const WORTH_THREADS_FILES = 2000

const MOST_THREADS = 8
const AT_ONCE = 16

/** A message costs about as much as reading a small file. */
const BATCH_FILES = 128
const BATCH_BYTES = 8 * 1024 * 1024

/** The workers' file: where the bundler put this module, or beside the folder of shared chunks. */
const WORKER_FILES = ['./survey-worker.js', '../survey-worker.js']

/** Surveys files and answers in their order. The first failure ends the whole. @throws the disk's errors */
export async function surveyAll(files: Files, tasks: readonly SurveyTask[]): Promise<readonly FileSurvey[]> {
  const threads = startThreads(files, tasks)
  if (threads.length === 0) return mapAtOnce(tasks, AT_ONCE, (task) => surveyFile(files, task))
  const batches = batched(tasks)
  const results = new Map<number, readonly FileSurvey[]>()
  const workers = threads.map((thread) => async ([position, batch]: readonly [number, readonly SurveyTask[]]) => {
    results.set(position, await surveyInThread(files, thread, batch))
  })
  try {
    await shareOut(batches.entries(), workers)
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
  return batches.flatMap((_, position) => results.get(position) ?? [])
}

function startThreads(files: Files, tasks: readonly SurveyTask[]): readonly Worker[] {
  const total = tasks.reduce((sum, task) => sum + task.sizeBytes, 0)
  const isWorth = tasks.length > 1 && (total >= WORTH_THREADS_BYTES || tasks.length >= WORTH_THREADS_FILES)
  if (files !== nodeFiles || !isWorth) return []
  const url = WORKER_FILES.map((file) => new URL(file, import.meta.url)).find((each) => existsSync(fileURLToPath(each)))
  if (url === undefined) return []
  const count = Math.min(availableParallelism(), tasks.length, MOST_THREADS)
  // An error without a listener would end the whole program.
  return Array.from({ length: count }, () => new Worker(url).on('error', () => undefined))
}

function batched(tasks: readonly SurveyTask[]): readonly (readonly SurveyTask[])[] {
  const batches: SurveyTask[][] = []
  let bytes = Infinity
  for (const task of tasks) {
    const last = batches.at(-1)
    if (last === undefined || last.length === BATCH_FILES || bytes + task.sizeBytes > BATCH_BYTES) {
      batches.push([task])
      bytes = task.sizeBytes
    } else {
      last.push(task)
      bytes += task.sizeBytes
    }
  }
  return batches
}

async function surveyInThread(
  files: Files,
  thread: Worker,
  tasks: readonly SurveyTask[],
): Promise<readonly FileSurvey[]> {
  const reply = await askThread(thread, tasks)
  return reply.kind === 'surveyed' ? reply.surveys : mapAtOnce(tasks, 1, (task) => surveyFile(files, task))
}

/** A thread that fails is no reason to fail: the work is then done here. */
function askThread(thread: Worker, tasks: readonly SurveyTask[]): Promise<SurveyReply> {
  return new Promise<SurveyReply>((resolve) => {
    const fail = () => settle({ kind: 'failed' })
    const settle = (reply: SurveyReply) => {
      // One by one: with all of them goes what Node itself listens to, and no message comes any more.
      thread.off('message', settle).off('error', fail).off('exit', fail)
      resolve(reply)
    }
    thread.on('message', settle).on('error', fail).on('exit', fail)
    // The id of a thread that is no more.
    if (thread.threadId === -1) fail()
    else thread.postMessage(tasks)
  })
}
