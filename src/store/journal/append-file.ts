/**
 * A file that grows by whole appends. An append that failed may have left a part of itself, behind which every later
 * one would be lost to a reader; so the next append first goes back to what was acknowledged.
 */
import { writeFileDurably } from '../files/safe-write.ts'
import type { Files, OpenFile } from '../files/files.ts'

/** A file open for appending. Calls must not overlap. */
export interface AppendFile {
  /** Appends bytes with one write. They are durable when this returns. */
  readonly append: (bytes: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

/** Takes over a file that was just written. @param acknowledgedBytes how many of its bytes are durable */
export function appendFile(files: Files, path: string, opened: OpenFile, acknowledgedBytes: number): AppendFile {
  let file = opened
  let wholeBytes = acknowledgedBytes
  let isTorn = false
  const mend = async () => {
    const whole = (await files.readFile(path)).subarray(0, wholeBytes)
    await writeFileDurably(files, path, whole, { replace: true })
    const mended = await files.open(path, 'append')
    await file.close()
    file = mended
    isTorn = false
  }
  return {
    append: async (bytes) => {
      if (isTorn) await mend()
      isTorn = true
      await file.write(bytes)
      // A sync that failed may have dropped the bytes and not say so again, so it too is mended by a new file.
      await file.sync()
      wholeBytes += bytes.length
      isTorn = false
    },
    close: () => file.close(),
  }
}
