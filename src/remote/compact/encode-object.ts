/**
 * Encodes an object into frames: windows of segments, in planes and as the difference to a parent; or chunks, of
 * which those that are stored already are only named.
 */
import { createHash } from 'node:crypto'
import { differenceOf, splitPlanes } from './byte-planes.ts'
import type { ElementWidth } from './byte-planes.ts'
import { byteReader } from './byte-reader.ts'
import type { ByteReader } from './byte-reader.ts'
import { chunksOf } from './chunker.ts'
import type { Segment } from './alignment.ts'
import type { ObjectSource } from '../object-store.ts'
import type { CompactRun } from './compact-manifest.ts'

/** Bytes of a segment that become one frame: a multiple of every width. */
export const WINDOW_BYTES = 1024 * 1024

/** Where a frame came to be. */
export interface FramePlace {
  readonly source: number
  readonly at: number
}

/** Takes frames in order; `undefined` when going on is not worth it. */
export interface FrameSink {
  readonly add: (content: Uint8Array) => Promise<FramePlace | undefined>
}

/** Content that a store holds already, and where. */
export interface KnownContent {
  /** Of content with this SHA-256, in hex. */
  readonly find: (digest: string) => KnownPlace | undefined
}

/** Where content is: `next` is where the content behind it would be. */
export interface KnownPlace extends FramePlace {
  readonly next: number
}

/** Fewer bytes in a row than this are stored again: every run is a request of its own when it is read. */
export const LEAST_SHARED_BYTES = 256 * 1024

/**
 * Encodes by windows; `undefined` when the sink has had enough.
 *
 * @param parent the bytes that segments with `parentAt` are compared with
 */
export async function encodeWindows(
  stream: AsyncIterable<Uint8Array>,
  segments: readonly Segment[],
  parent: ObjectSource | undefined,
  sink: FrameSink,
): Promise<readonly CompactRun[] | undefined> {
  const reader = byteReader(stream)
  const runs = runBuilder()
  try {
    for (const segment of segments) {
      if (!(await encodeSegment(reader, segment, parent, { runs, sink }))) return undefined
    }
    // Only at its end does a stream tell whether its bytes were those that were meant.
    await reader.take(1)
    return runs.all()
  } finally {
    await reader.close()
  }
}

async function encodeSegment(
  reader: ByteReader,
  { parentAt, lengthBytes, width }: Segment,
  parent: ObjectSource | undefined,
  { runs, sink }: { readonly runs: RunBuilder; readonly sink: FrameSink },
): Promise<boolean> {
  const others = parentAt === undefined ? undefined : parent?.read({ start: parentAt, end: parentAt + lengthBytes })
  const beside = others === undefined ? undefined : byteReader(others)
  try {
    for (let at = 0; at < lengthBytes; at += WINDOW_BYTES) {
      const count = Math.min(WINDOW_BYTES, lengthBytes - at)
      const bytes = await reader.take(count)
      // A source that ends early is told by its digest.
      if (bytes.length === 0) return true
      const place = await sink.add(windowContent(bytes, width, await beside?.take(bytes.length)))
      if (place === undefined) return false
      const where = parentAt === undefined ? {} : { parentAt: parentAt + at }
      runs.add({ ...place, lengthBytes: bytes.length, width, ...where }, place.at + 1)
    }
    return true
  } finally {
    await beside?.close()
  }
}

/** What a window becomes before it is compressed. */
export function windowContent(bytes: Uint8Array, width: ElementWidth, others: Uint8Array | undefined): Uint8Array {
  return splitPlanes(others === undefined ? bytes : differenceOf(bytes, others), width)
}

/** Encodes by chunks; `undefined` when the sink has had enough. */
export async function encodeChunks(
  stream: AsyncIterable<Uint8Array>,
  known: KnownContent,
  sink: FrameSink,
): Promise<readonly CompactRun[] | undefined> {
  const runs = runBuilder()
  const streak = sharedStreak(runs, sink)
  for await (const content of chunksOf(stream)) {
    const place = known.find(createHash('sha256').update(content).digest('hex'))
    const isTaken = place === undefined ? await streak.end() : await streak.add({ content, place })
    if (!isTaken || (place === undefined && !(await addChunk(runs, sink, content)))) return undefined
  }
  return (await streak.end()) ? runs.all() : undefined
}

interface SharedChunk {
  readonly content: Uint8Array
  readonly place: KnownPlace
}

/** Chunks that follow on one another where they are stored: held back until it is known that they are enough. */
function sharedStreak(runs: RunBuilder, sink: FrameSink) {
  let held: SharedChunk[] = []
  let bytes = 0
  let last: KnownPlace | undefined
  const share = ({ content, place }: SharedChunk): void =>
    runs.add({ source: place.source, at: place.at, lengthBytes: content.length, width: 1 }, place.next)
  const end = async (): Promise<boolean> => {
    const chunks = held
    ;[held, bytes, last] = [[], 0, undefined]
    for (const { content } of chunks) if (!(await addChunk(runs, sink, content))) return false
    return true
  }
  return {
    end,
    add: async (chunk: SharedChunk): Promise<boolean> => {
      const follows = last?.source === chunk.place.source && last.next === chunk.place.at
      if (!follows && !(await end())) return false
      last = chunk.place
      bytes += chunk.content.length
      if (bytes < LEAST_SHARED_BYTES) held.push(chunk)
      else for (const each of [...held.splice(0), chunk]) share(each)
      return true
    },
  }
}

async function addChunk(runs: RunBuilder, sink: FrameSink, content: Uint8Array): Promise<boolean> {
  const place = await sink.add(content)
  if (place === undefined) return false
  runs.add({ ...place, lengthBytes: content.length, width: 1 }, place.at + 1)
  return true
}

type RunBuilder = ReturnType<typeof runBuilder>

/** Gathers runs; one that goes on where the last one ended makes it longer. */
function runBuilder() {
  const runs: CompactRun[] = []
  let next = 0
  return {
    add: (run: CompactRun, nextAt: number): void => {
      const last = runs.at(-1)
      if (last !== undefined && goesOn(last, run) && run.at === next) {
        runs[runs.length - 1] = { ...last, lengthBytes: last.lengthBytes + run.lengthBytes }
      } else runs.push(run)
      next = nextAt
    },
    all: (): readonly CompactRun[] => runs,
  }
}

function goesOn(last: CompactRun, run: CompactRun): boolean {
  const expected = last.parentAt === undefined ? undefined : last.parentAt + last.lengthBytes
  return last.source === run.source && last.width === run.width && expected === run.parentAt
}
