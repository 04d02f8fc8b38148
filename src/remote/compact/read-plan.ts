/**
 * Which bytes of which packs make up a range of an object: frames in order, gathered into few fetches.
 */
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import type { ByteRange } from '../object-store.ts'
import type { ElementWidth } from './byte-planes.ts'
import type { CompactManifest, CompactRun, PackSource } from './compact-manifest.ts'
import type { PackIndex } from './pack-format.ts'

/** A frame of which some content is wanted. */
export interface FramePiece {
  /** Where it is in its pack. */
  readonly stored: ByteRange
  readonly contentBytes: number
  readonly width: ElementWidth
  /** Where in the parent its content is the difference to. */
  readonly parentAt: number | undefined
  /** The part of its content that is wanted. */
  readonly kept: ByteRange
}

/** One request: frames near each other in a pack, or bytes of an object that is whole. */
export type ReadPiece =
  | {
      readonly kind: 'frames'
      readonly pack: PackSource
      readonly fetched: ByteRange
      readonly frames: readonly FramePiece[]
    }
  | { readonly kind: 'bytes'; readonly object: Sha256; readonly range: ByteRange }

/** How frames are gathered. */
export interface FetchBounds {
  readonly mostBytes: number
  readonly mostGapBytes: number
}

type PackFrame = FramePiece & { readonly pack: PackSource }

/** Plans a range, in order. @throws `object-damaged` where frames and runs do not agree */
export async function* planPieces(
  manifest: CompactManifest,
  range: ByteRange,
  indexOf: (pack: PackSource) => Promise<PackIndex>,
  bounds: FetchBounds,
): AsyncIterable<ReadPiece> {
  let batch: PackFrame[] = []
  for await (const piece of framesAndBytes(manifest, range, indexOf)) {
    if (batch.length > 0 && (piece.kind === 'bytes' || !belongs(batch, piece.frame, bounds))) {
      yield fetchOf(batch)
      batch = []
    }
    if (piece.kind === 'bytes') yield piece
    else batch.push(piece.frame)
  }
  if (batch.length > 0) yield fetchOf(batch)
}

function belongs(batch: readonly PackFrame[], frame: PackFrame, { mostBytes, mostGapBytes }: FetchBounds): boolean {
  const first = batch[0]
  const last = batch.at(-1)
  if (first === undefined || last?.pack.sha256 !== frame.pack.sha256) return false
  const gap = frame.stored.start - last.stored.end
  return gap >= 0 && gap <= mostGapBytes && frame.stored.end - first.stored.start <= mostBytes
}

function fetchOf(batch: readonly PackFrame[]): ReadPiece {
  const [first] = batch
  const last = batch.at(-1)
  if (first === undefined || last === undefined) throw new Error('expected frames to fetch')
  const fetched = { start: first.stored.start, end: last.stored.end }
  return { kind: 'frames', pack: first.pack, fetched, frames: batch }
}

async function* framesAndBytes(
  { sha256, sources, runs }: CompactManifest,
  range: ByteRange,
  indexOf: (pack: PackSource) => Promise<PackIndex>,
): AsyncIterable<
  Extract<ReadPiece, { readonly kind: 'bytes' }> | { readonly kind: 'frame'; readonly frame: PackFrame }
> {
  let start = 0
  for (const run of runs) {
    const end = start + run.lengthBytes
    const source = sources[run.source]
    if (start >= range.end) return
    if (end > range.start && source !== undefined) {
      const part = { start: Math.max(0, range.start - start), end: Math.min(range.end, end) - start }
      if (source.kind === 'object') {
        yield { kind: 'bytes', object: source.sha256, range: { start: run.at + part.start, end: run.at + part.end } }
      } else {
        for (const frame of framesOf(run, part, source, await indexOf(source), sha256)) yield { kind: 'frame', frame }
      }
    }
    start = end
  }
}

/** The frames of one run that hold a part of it. */
function* framesOf(
  run: CompactRun,
  part: ByteRange,
  pack: PackSource,
  index: PackIndex,
  object: Sha256,
): Iterable<PackFrame> {
  let at = 0
  for (let frame = run.at; at < run.lengthBytes; frame += 1) {
    const contentBytes = index.contentBytes[frame]
    if (contentBytes === undefined || at + contentBytes > run.lengthBytes) {
      const problem = `its frames of pack ${pack.sha256} do not come to their run`
      throw refuse('object-damaged', { what: 'compact artifact', id: object, problem })
    }
    if (at + contentBytes > part.start && at < part.end) {
      const kept = { start: Math.max(0, part.start - at), end: Math.min(contentBytes, part.end - at) }
      const stored = { start: index.starts[frame] ?? 0, end: index.starts[frame + 1] ?? 0 }
      const parentAt = run.parentAt === undefined ? undefined : run.parentAt + at
      yield { pack, stored, contentBytes, width: run.width, parentAt, kept }
    }
    at += contentBytes
    if (at >= part.end) return
  }
}
