/**
 * Fills packs with frames and hands each on when it is full, one on its way while the next is filled.
 */
import type { CompactRun, CompactSource, PackSource } from './compact-manifest.ts'
import type { FrameSink } from './encode-object.ts'
import { packBuilder, storedForm } from './pack-format.ts'
import type { FinishedPack } from './pack-format.ts'
import type { Zstd } from './zstd.ts'

/** What a sink works with. */
export interface PackSinkOptions {
  readonly zstd: Zstd
  /** Sources that are there already; packs are counted behind them. */
  readonly reused: readonly CompactSource[]
  /** Takes a full pack; nobody changes its bytes any more. */
  readonly write: (pack: FinishedPack) => Promise<void>
  /** When more than this would be stored, the sink takes no more. */
  readonly mostBytes: number
}

/** A sink that fills packs. */
export interface PackSink extends FrameSink {
  /** Bytes of all packs so far, their indexes included. */
  readonly storedBytes: () => number
  /** Hands on the last pack and waits for all; the sources are those reused and then the packs. */
  readonly finish: () => Promise<readonly CompactSource[]>
  /** Waits for what is on its way, whatever becomes of it. */
  readonly settle: () => Promise<void>
}

/** Half of what a pack may have: one is filled, one put together and one on its way at the same time. */
const FULL_PACK_BYTES = 32 * 1024 * 1024

/** Starts a sink. */
export function packSink({ zstd, reused, write, mostBytes }: PackSinkOptions): PackSink {
  const packs: PackSource[] = []
  let builder = packBuilder()
  let doneBytes = 0
  let underWay: Promise<void> = Promise.resolve()
  const storedBytes = (): number => doneBytes + (builder.frames() === 0 ? 0 : builder.sizeBytes())
  const flush = async (): Promise<void> => {
    if (builder.frames() === 0) return
    const pack = builder.finish()
    builder = packBuilder()
    packs.push(pack.source)
    doneBytes += pack.source.sizeBytes
    await underWay
    underWay = write(pack)
    // Its failure is met by the next one or the end; until then nobody looks.
    underWay.catch(() => undefined)
  }
  return {
    storedBytes,
    add: async (content) => {
      const stored = storedForm(zstd, content)
      if (!builder.fits(stored.length) || builder.sizeBytes() + stored.length > FULL_PACK_BYTES) await flush()
      const place = { source: reused.length + packs.length, at: builder.frames() }
      builder.add(stored, content)
      return storedBytes() > mostBytes ? undefined : place
    },
    finish: async () => {
      await flush()
      await underWay
      return [...reused, ...packs]
    },
    settle: () => underWay.catch(() => undefined),
  }
}

/** Leaves out sources that no run takes from, and counts the others anew. */
export function usedSources(
  sources: readonly CompactSource[],
  runs: readonly CompactRun[],
): { readonly sources: readonly CompactSource[]; readonly runs: readonly CompactRun[] } {
  const used = [...new Set(runs.map(({ source }) => source))].sort((left, right) => left - right)
  const position = new Map(used.map((source, index) => [source, index]))
  return {
    sources: used.flatMap((source) => sources[source] ?? []),
    runs: runs.map((run) => ({ ...run, source: position.get(run.source) ?? 0 })),
  }
}
