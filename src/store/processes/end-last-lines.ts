/**
 * Ends the last line of every log of a run that is taken up again: a killed process may have left a part of one, and
 * the first line of the next process must not become its end.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'

const IS_LOG = /^log(?:-.*)?\.jsonl$/
const LINE_END = 10

/** Ends what is not ended. @throws what the disk refuses */
export async function endLastLines(files: Files, folder: string): Promise<void> {
  for (const { name } of (await files.readFolder(folder)).filter((entry) => IS_LOG.test(entry.name))) {
    const path = join(folder, name)
    if ((await lastByte(files, path)) === LINE_END) continue
    const file = await files.open(path, 'append')
    try {
      await file.write(Buffer.from('\n'))
    } finally {
      await file.close()
    }
  }
}

async function lastByte(files: Files, path: string): Promise<number | undefined> {
  const file = await files.open(path, 'read')
  try {
    const { sizeBytes } = await file.stat()
    const byte = Buffer.alloc(1)
    return sizeBytes === 0 ? LINE_END : (await file.read(byte, sizeBytes - 1)) === 1 ? byte[0] : undefined
  } finally {
    await file.close()
  }
}
