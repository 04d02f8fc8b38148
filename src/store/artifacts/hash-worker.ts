/**
 * The worker thread that copies and digests files, one at a time; `copy-pool.ts` is its only caller. A bundle of its
 * own, because a thread starts from a file.
 */
import { parentPort } from 'node:worker_threads'
import { nodeFiles } from '../files/node-files.ts'
import { copyFile } from './copy-file.ts'
import type { CopyTask } from './copy-file.ts'
import type { CopyReply } from './copy-pool.ts'

parentPort?.on('message', (task: CopyTask) => void answer(task))

async function answer(task: CopyTask): Promise<void> {
  parentPort?.postMessage(await replyTo(task))
}

async function replyTo(task: CopyTask): Promise<CopyReply> {
  try {
    return { kind: 'copied', copied: await copyFile(nodeFiles, task) }
  } catch {
    // An error loses its class on the way to another thread, so the caller tries again and meets it there.
    return { kind: 'failed' }
  }
}
