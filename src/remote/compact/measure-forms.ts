/**
 * What each form would store of a file, by making it whole and keeping nothing.
 */
import type { Clock } from '../../base/clock.ts'
import { sha256Of } from '../../base/digest.ts'
import { plainSegments } from './alignment.ts'
import type { Segment, SizedSource } from './alignment.ts'
import { bestSegments } from './choose-form.ts'
import { encodeChunks, encodeWindows } from './encode-object.ts'
import { contentOf, NOTHING_KNOWN } from './known-content.ts'
import type { KnownSources } from './known-content.ts'
import { packSink } from './pack-sink.ts'
import type { PackSink } from './pack-sink.ts'
import type { Zstd } from './zstd.ts'

/** A form, and `zstd` to compare with: compressed as it is. */
export type MeasuredForm = 'whole' | 'zstd' | 'planes' | 'delta' | 'chunks'

/** What one form comes to. */
export interface FormMeasure {
  readonly form: MeasuredForm
  readonly storedBytes: number
  readonly elapsedMs: number
}

/** Measures every form a file can have; `delta`, and chunks that are known, need a file before it. */
export async function measureForms(
  zstd: Zstd,
  file: SizedSource,
  before: SizedSource | undefined,
  clock: Clock,
): Promise<readonly FormMeasure[]> {
  const measures: FormMeasure[] = [{ form: 'whole', storedBytes: file.sizeBytes, elapsedMs: 0 }]
  const measure = async (form: MeasuredForm, work: () => Promise<number>): Promise<void> => {
    const startedMs = clock.elapsedMs()
    const storedBytes = await work()
    measures.push({ form, storedBytes, elapsedMs: Math.round(clock.elapsedMs() - startedMs) })
  }
  const windows = async (segments: readonly Segment[], parent?: SizedSource): Promise<number> => {
    const sink = countingSink(zstd, NOTHING_KNOWN)
    await encodeWindows(everything(file), segments, parent?.source, sink)
    return sink.storedBytes()
  }
  await measure('zstd', () => windows(plainSegments(file.sizeBytes, 1)))
  await measure('planes', async () => windows((await bestSegments(zstd, file, undefined)).segments))
  if (before !== undefined) {
    await measure('delta', async () => windows((await bestSegments(zstd, file, before)).segments, before))
  }
  await measure('chunks', async () => {
    const known = before === undefined ? NOTHING_KNOWN : await knownIn(before)
    const sink = countingSink(zstd, known)
    await encodeChunks(everything(file), known, sink)
    return sink.storedBytes()
  })
  return measures
}

function knownIn({ source, sizeBytes }: SizedSource): Promise<KnownSources> {
  // Its name is nobody's: nothing of it is written.
  const whole = { kind: 'object' as const, sha256: sha256Of(''), sizeBytes }
  return contentOf(
    [whole],
    () => Promise.reject(new Error('expected no pack')),
    () => Promise.resolve(source),
  )
}

function countingSink(zstd: Zstd, { sources }: KnownSources): PackSink {
  return packSink({ zstd, reused: sources, write: () => Promise.resolve(), mostBytes: Infinity })
}

function everything({ source, sizeBytes }: SizedSource): AsyncIterable<Uint8Array> {
  return source.read({ start: 0, end: sizeBytes })
}
