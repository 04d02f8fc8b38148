/**
 * Where the output of a run is: in pieces in its journal's folder while it is written, packed in its record later.
 */
import { dirname } from 'node:path'
import type { RunId } from '../../domain/run.ts'
import { ulidMs } from '../../base/ulid.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { ByteSource } from '../../store/data/row-map.ts'
import { readJournal } from '../../store/journal/journal.ts'
import { findKeptOutput } from '../../store/processes/kept-output.ts'
import { OUTPUT_STREAMS, outputPath, sealedOutput } from '../record/tail-run.ts'
import type { OutputStream } from '../record/tail-run.ts'
import { readPieces } from './open-run-file.ts'
import type { Repository } from '../repository/repository.ts'

/** One stream of a run. */
export interface OutputSource extends ByteSource {
  readonly stream: OutputStream
  /** Changes when bytes that were there are no longer. */
  readonly key: string
  /** When its run began, in milliseconds since the Unix epoch. */
  readonly startedMs: number
}

const CHUNK_BYTES = 256 * 1024
/** Output is unpacked whole; `mlv tail` shows more. */
const LIMIT_SHOWN_BYTES = 256 * 1024 * 1024

/** Whether a run that is not recorded yet still lives; `undefined` for one that is recorded. */
export async function isLiveJournal(repository: Repository, run: RunId): Promise<boolean | undefined> {
  return (await readJournal(repository.journals, run))?.isLive
}

/** The streams of a run that printed something. @throws what `sealedOutput` refuses, the disk's refusals */
export async function outputSources(repository: Repository, run: RunId): Promise<readonly OutputSource[]> {
  const startedMs = ulidMs(run)
  if ((await isLiveJournal(repository, run)) !== undefined) {
    const found = await Promise.all(OUTPUT_STREAMS.map((stream) => liveSource(repository, run, stream)))
    return found.flatMap((source) => (source === undefined ? [] : [{ ...source, startedMs }]))
  }
  const packed = await sealedOutput(repository, run, LIMIT_SHOWN_BYTES)
  return packed.map(({ stream, bytes }) => ({
    stream,
    key: `${stream} sealed`,
    startedMs,
    sizeBytes: bytes.length,
    read: (start, end) => piecesOf(bytes, start, end),
  }))
}

type LiveSource = Omit<OutputSource, 'startedMs'>

async function liveSource(repository: Repository, run: RunId, stream: OutputStream): Promise<LiveSource | undefined> {
  const { files } = repository
  const path = outputPath(repository, run, stream)
  return withDiskFailures(path, 'reading', async () => {
    const kept = await findKeptOutput(files, dirname(path), `${stream}.log`)
    if (kept === undefined) return undefined
    const parts: Part[] = []
    const add = async (at: string): Promise<void> => {
      parts.push({ path: at, sizeBytes: (await files.stat(at))?.sizeBytes ?? 0 })
    }
    await add(kept.head)
    if (kept.omittedBytes > 0) parts.push({ text: Buffer.from(`\n[mlv: ${kept.omittedBytes} bytes were not kept]\n`) })
    for (const tail of kept.tail) await add(tail)
    const sizeBytes = parts.reduce((sum, part) => sum + partBytes(part), 0)
    const key = `${stream} ${kept.omittedBytes}`
    return { stream, key, sizeBytes, read: (start, end) => readParts(files, parts, start, end) }
  })
}

type Part = { readonly path: string; readonly sizeBytes: number } | { readonly text: Uint8Array }

function partBytes(part: Part): number {
  return 'text' in part ? part.text.length : part.sizeBytes
}

async function* readParts(
  files: Repository['files'],
  parts: readonly Part[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let base = 0
  for (const part of parts) {
    const [from, until] = [Math.max(0, start - base), Math.min(partBytes(part), end - base)]
    base += partBytes(part)
    if (from >= until) continue
    if ('text' in part) yield part.text.subarray(from, until)
    else yield* readPieces(files, part.path, { start: from, end: until })
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as output that is read from files
async function* piecesOf(bytes: Uint8Array, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += CHUNK_BYTES) yield bytes.subarray(at, Math.min(end, at + CHUNK_BYTES))
}
