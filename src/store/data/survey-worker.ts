/**
 * The worker thread that reads data files, a batch at a time; `survey-pool.ts` is its only caller. A bundle of its own,
 * because a thread starts from a file.
 */
import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { sha256Of } from '../../base/digest.ts'
import { nodeFiles } from '../files/node-files.ts'
import { hasRecords, surveyFile } from './file-survey.ts'
import type { FileSurvey, SurveyTask } from './file-survey.ts'
import type { SurveyReply } from './survey-pool.ts'

/** Up to here one blocking read is several times faster than four asynchronous calls, and this thread has time. */
const SMALL_BYTES = 256 * 1024

parentPort?.on('message', (tasks: readonly SurveyTask[]) => void answer(tasks))

async function answer(tasks: readonly SurveyTask[]): Promise<void> {
  parentPort?.postMessage(await replyTo(tasks))
}

async function replyTo(tasks: readonly SurveyTask[]): Promise<SurveyReply> {
  try {
    const surveys: FileSurvey[] = []
    for (const task of tasks) surveys.push(isQuick(task) ? surveyQuickly(task) : await surveyFile(nodeFiles, task))
    return { kind: 'surveyed', surveys }
  } catch {
    // An error loses its class on the way to another thread, so the caller tries again and meets it there.
    return { kind: 'failed' }
  }
}

function isQuick({ path, sizeBytes }: SurveyTask): boolean {
  return sizeBytes <= SMALL_BYTES && !hasRecords(path)
}

function surveyQuickly({ path }: SurveyTask): FileSurvey {
  const bytes = readFileSync(path)
  return { sha256: sha256Of(bytes), sizeBytes: bytes.length }
}
