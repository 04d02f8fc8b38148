/**
 * Writes a tar file piece by piece, in chunks that are worth a write each.
 */
import { TAR_END, tarEntryBytes, tarHeader, tarPadding } from '../../base/tar-header.ts'

/** A tar file being written. */
export interface TarWriter {
  /** Adds a file; tells where its first byte is. */
  readonly add: (name: string, bytes: Uint8Array) => Promise<number>
  /** Ends the tar file; tells how long it is. */
  readonly finish: () => Promise<number>
}

const CHUNK_BYTES = 1024 * 1024
const ZEROS = new Uint8Array(1024)

/** Starts a tar file. `write` is given chunks in order, each only until its promise is kept. */
export function openTarWriter(write: (chunk: Uint8Array) => Promise<void>): TarWriter {
  const chunk = new Uint8Array(CHUNK_BYTES)
  let used = 0
  let flushedBytes = 0
  const flush = async (): Promise<void> => {
    const full = chunk.subarray(0, used)
    flushedBytes += used
    await write(full)
    used = 0
  }
  const put = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - used)
      chunk.set(part, used)
      used += part.length
      at += part.length
      if (used === CHUNK_BYTES) await flush()
    }
  }
  return {
    add: async (name, bytes) => {
      await put(tarHeader({ path: name, sizeBytes: bytes.length }))
      const offset = flushedBytes + used
      await put(bytes)
      await put(ZEROS.subarray(0, tarPadding(bytes.length)))
      return offset
    },
    finish: async () => {
      await put(TAR_END)
      await flush()
      return flushedBytes
    },
  }
}

/** Where the first bytes of files are in a tar file of them, in its order. */
export function tarOffsets(files: readonly { readonly path: string; readonly sizeBytes: number }[]): readonly number[] {
  let end = 0
  return files.map(({ path, sizeBytes }) => {
    end += tarEntryBytes({ path, sizeBytes })
    return end - sizeBytes - tarPadding(sizeBytes)
  })
}
