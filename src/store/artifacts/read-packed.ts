/**
 * Reads files out of a pack by their recorded places. What a pack's own headers say is never looked at.
 *
 * Law: what comes out is not believed. Whoever uses it digests it first.
 */
import { forEachAtOnce } from './at-once.ts'
import type { Files, OpenFile } from '../files/files.ts'

/** A place in a pack. */
export interface PackedPlace {
  readonly offset: number
  readonly sizeBytes: number
}

/** Files that lie close together are read at once, up to so many bytes. */
const WINDOW_BYTES = 1024 * 1024
/** Small files wait for the disk's bookkeeping and not for its bytes. */
const USES_AT_ONCE = 4

/**
 * Hands the bytes at places of a pack to `use`, some at a time; they may be used until its promise is kept. Bytes
 * beyond the end of the pack are missing from them.
 *
 * @param path of the pack.
 * @throws what the disk and `use` do
 */
export async function readPacked<Place extends PackedPlace>(
  files: Files,
  path: string,
  places: readonly Place[],
  use: (place: Place, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const file = await files.open(path, 'read')
  try {
    for (const window of windowsOf(places)) {
      const bytes = await readAt(file, window.start, window.end)
      await forEachAtOnce(window.places, USES_AT_ONCE, async (place) => {
        const start = place.offset - window.start
        await use(place, bytes.subarray(start, start + place.sizeBytes))
      })
    }
  } finally {
    await file.close()
  }
}

interface Window<Place> {
  readonly start: number
  end: number
  readonly places: Place[]
}

function windowsOf<Place extends PackedPlace>(places: readonly Place[]): readonly Window<Place>[] {
  const windows: Window<Place>[] = []
  for (const place of places.toSorted((left, right) => left.offset - right.offset)) {
    const end = place.offset + place.sizeBytes
    const last = windows.at(-1)
    if (last !== undefined && end - last.start <= WINDOW_BYTES) {
      last.end = Math.max(last.end, end)
      last.places.push(place)
    } else windows.push({ start: place.offset, end, places: [place] })
  }
  return windows
}

async function readAt(file: OpenFile, start: number, end: number): Promise<Uint8Array> {
  // A record may say that a file is larger than there is memory.
  const stat = await file.stat()
  const bytes = new Uint8Array(Math.max(0, Math.min(end, stat.sizeBytes) - start))
  let length = 0
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length), start + length)
    if (count === 0) break
    length += count
  }
  return bytes.subarray(0, length)
}
