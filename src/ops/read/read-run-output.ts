/**
 * The end of what a run printed: of its files while it is in the journal, of its record later.
 */
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import { readJournal } from '../../store/journal/journal.ts'
import type { RunId } from '../../domain/run.ts'
import type { Repository } from '../repository/repository.ts'
import { findRun } from '../record/resume-run.ts'
import { OUTPUT_STREAMS, outputPath, sealedOutput } from '../record/tail-run.ts'
import type { OutputStream } from '../record/tail-run.ts'

/** The end of one stream. */
export interface OutputEnd {
  readonly stream: OutputStream
  readonly bytes: Uint8Array
  /** The whole stream. */
  readonly sizeBytes: number
}

/** The ends of all streams of a run that printed something. */
export interface RunOutput {
  readonly run: RunId
  readonly isLive: boolean
  readonly ends: readonly OutputEnd[]
}

/**
 * Reads the last bytes of each stream.
 *
 * @param limitBytes of each stream
 * @throws what `findRun` and `sealedOutput` refuse, the disk's refusals
 */
export async function readRunOutput(repository: Repository, revision: string, limitBytes: number): Promise<RunOutput> {
  const run = await findRun(repository, revision)
  const content = await readJournal(repository.journals, run)
  if (content !== undefined) {
    const ends = await Promise.all(OUTPUT_STREAMS.map((stream) => liveEnd(repository, run, stream, limitBytes)))
    return { run, isLive: content.isLive, ends: ends.flat() }
  }
  const packed = await sealedOutput(repository, run)
  const ends = packed.map(({ stream, bytes }) => {
    return { stream, bytes: bytes.subarray(Math.max(0, bytes.length - limitBytes)), sizeBytes: bytes.length }
  })
  return { run, isLive: false, ends }
}

async function liveEnd(
  repository: Repository,
  run: RunId,
  stream: OutputStream,
  limitBytes: number,
): Promise<readonly OutputEnd[]> {
  const path = outputPath(repository, run, stream)
  return withDiskFailures(path, 'reading', async () => {
    const stat = await repository.files.stat(path)
    if (stat === undefined || stat.sizeBytes === 0) return []
    const file = await repository.files.open(path, 'read')
    try {
      const buffer = new Uint8Array(Math.min(limitBytes, stat.sizeBytes))
      const count = await file.read(buffer, stat.sizeBytes - buffer.length)
      return [{ stream, bytes: buffer.subarray(0, count), sizeBytes: stat.sizeBytes }]
    } finally {
      await file.close()
    }
  })
}
