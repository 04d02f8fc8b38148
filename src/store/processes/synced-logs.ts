/**
 * Makes durable, once a second, what the processes of a run have logged and printed: a line outlives its process from
 * the moment it is written, and a power cut from the next second on.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'

/** Something done again and again until it is stopped. */
export interface Repeated {
  readonly stop: () => Promise<void>
}

const EVERY_MS = 1_000
const IS_LOG = /^log(?:-.*)?\.jsonl$/

/** Starts to sync the log files of a run folder that have grown, and what else `andSync` does. */
export function syncLogs(files: Files, folder: string, andSync: () => Promise<void>): Repeated {
  const synced = new Map<string, number>()
  const round = async (): Promise<void> => {
    for (const { name } of await files.readFolder(folder)) {
      if (IS_LOG.test(name)) await syncGrown(files, join(folder, name), synced)
    }
    await andSync()
  }
  let working = Promise.resolve()
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    timer = setTimeout(() => {
      // A disk that cannot sync keeps nothing from being read; the next second tries again.
      working = round().catch(() => undefined)
      void working.then(() => (isStopped ? undefined : plan()))
    }, EVERY_MS)
    timer.unref()
  }
  plan()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await working
    },
  }
}

async function syncGrown(files: Files, path: string, synced: Map<string, number>): Promise<void> {
  const sizeBytes = (await files.lstat(path))?.sizeBytes ?? 0
  if (synced.get(path) === sizeBytes) return
  const file = await files.open(path, 'read')
  try {
    await file.sync()
    synced.set(path, sizeBytes)
  } finally {
    await file.close()
  }
}
