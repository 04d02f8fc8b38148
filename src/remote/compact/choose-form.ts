/**
 * Which form an object is worth, by samples of it: a few megabytes are compressed, however large the file is.
 */
import { createHash } from 'node:crypto'
import { WORTH_RATIO } from './compact-bounds.ts'
import type { ElementWidth } from './byte-planes.ts'
import { ELEMENT_WIDTHS } from './byte-planes.ts'
import { gathered } from './byte-reader.ts'
import { chunkEnd } from './chunker.ts'
import { plainSegments, readTensorLayout, tensorSegments } from './alignment.ts'
import type { Segment, SizedSource } from './alignment.ts'
import { windowContent } from './encode-object.ts'
import type { KnownContent } from './encode-object.ts'
import { storedForm } from './pack-format.ts'
import type { Zstd } from './zstd.ts'

/** A way to store an object, and about which part of its size that takes. */
export type FormPlan =
  | { readonly form: 'planes' | 'delta'; readonly segments: readonly Segment[]; readonly ratio: number }
  | { readonly form: 'chunks'; readonly ratio: number }

const SAMPLES = 16
const SAMPLE_BYTES = 256 * 1024
const CHUNK_SAMPLES = 8
const CHUNK_SAMPLE_BYTES = 2 * 1024 * 1024
/** A chunk is compressed by itself, which costs about this much more than a window does. */
const CHUNK_COST = 1.05
/** Chunks lead to no chain and serve whatever comes next, so they may be larger: this part of the file, and so much. */
const CHUNK_LEEWAY = 0.05
const CHUNK_LEEWAY_FACTOR = 1.1
/** Wider elements must be better than bytes by this much: what seems so by less is chance. */
const WIDTH_GAIN = 0.98

/** The forms of a file without a parent, or beside one, that are worth it by their samples; the best first. */
export async function plansFor(
  zstd: Zstd,
  file: SizedSource,
  { parent, known }: { readonly parent?: SizedSource | undefined; readonly known?: KnownContent | undefined },
): Promise<readonly FormPlan[]> {
  const layout = await readTensorLayout(file)
  const planes = await bestSegments(zstd, file, undefined)
  const plans: FormPlan[] = [{ form: 'planes', ...planes }]
  if (parent !== undefined) plans.push({ form: 'delta', ...(await bestSegments(zstd, file, parent)) })
  if (layout === undefined || known !== undefined) plans.push(await chunkPlan(zstd, file, known))
  return plans.filter(({ ratio }) => ratio <= WORTH_RATIO).sort((left, right) => rank(left) - rank(right))
}

function rank({ form, ratio }: FormPlan): number {
  return form === 'chunks' ? ratio / CHUNK_LEEWAY_FACTOR - CHUNK_LEEWAY : ratio
}

/** Segments and about which part of its size a file comes to by them. */
export interface Sampled {
  readonly segments: readonly Segment[]
  readonly ratio: number
}

/** Segments by the tensors of a file, else by the width and alignment that compress its samples best. */
export async function bestSegments(zstd: Zstd, file: SizedSource, parent: SizedSource | undefined): Promise<Sampled> {
  let best: Sampled | undefined
  for (const segments of await candidateSegments(file, parent)) {
    const ratio = await sampledRatio(zstd, file, parent, segments)
    if (best === undefined || ratio < best.ratio * WIDTH_GAIN) best = { segments, ratio }
  }
  return best ?? { segments: plainSegments(file.sizeBytes, 1), ratio: 1 }
}

/** Ways to lay a file beside its parent, the plainest first. */
async function candidateSegments(
  file: SizedSource,
  parent: SizedSource | undefined,
): Promise<readonly (readonly Segment[])[]> {
  const layout = await readTensorLayout(file)
  const parentLayout = parent === undefined ? undefined : await readTensorLayout(parent)
  if (layout !== undefined && (parent === undefined || parentLayout !== undefined)) {
    return [tensorSegments(layout, parentLayout)]
  }
  const { sizeBytes } = file
  const every = (make: (width: ElementWidth) => readonly Segment[]) => ELEMENT_WIDTHS.map(make)
  if (parent === undefined) return every((width) => plainSegments(sizeBytes, width))
  const fromStart = every((width) => plainSegments(sizeBytes, width, { ...parent, from: 'start' }))
  if (parent.sizeBytes === sizeBytes) return fromStart
  return [...fromStart, ...every((width) => plainSegments(sizeBytes, width, { ...parent, from: 'end' }))]
}

interface Sample extends Segment {
  readonly at: number
}

async function sampledRatio(
  zstd: Zstd,
  { source, sizeBytes }: SizedSource,
  parent: SizedSource | undefined,
  segments: readonly Segment[],
): Promise<number> {
  let contentBytes = 0
  let storedBytes = 0
  for (const { at, lengthBytes, width, parentAt } of samplesOf(segments, sizeBytes)) {
    const bytes = await gathered(source.read({ start: at, end: at + lengthBytes }))
    const range = { start: parentAt ?? 0, end: (parentAt ?? 0) + lengthBytes }
    const others =
      parentAt === undefined || parent === undefined ? undefined : await gathered(parent.source.read(range))
    contentBytes += bytes.length
    storedBytes += storedForm(zstd, windowContent(bytes, width, others)).length
  }
  return contentBytes === 0 ? 1 : storedBytes / contentBytes
}

/** Windows spread evenly over a file, each within one segment and at a whole element of it. */
function samplesOf(segments: readonly Segment[], sizeBytes: number): readonly Sample[] {
  const step = Math.max(SAMPLE_BYTES, Math.floor(sizeBytes / SAMPLES))
  const samples: Sample[] = []
  let start = 0
  let position = 0
  for (const { lengthBytes, width, parentAt } of segments) {
    const end = start + lengthBytes
    while (position < end) {
      const into = Math.floor(Math.max(0, position - start) / 8) * 8
      const count = Math.min(SAMPLE_BYTES, lengthBytes - into)
      const beside = parentAt === undefined ? {} : { parentAt: parentAt + into }
      samples.push({ at: start + into, lengthBytes: count, width, ...beside })
      // A short segment stands for a short part of the file: what follows it is not skipped with it.
      position = start + into + Math.ceil((step * count) / SAMPLE_BYTES)
    }
    start = end
  }
  return samples
}

async function chunkPlan(zstd: Zstd, file: SizedSource, known: KnownContent | undefined): Promise<FormPlan> {
  const { source, sizeBytes } = file
  const plain = await sampledRatio(zstd, file, undefined, plainSegments(sizeBytes, 1))
  const fresh = known === undefined ? 1 : await freshPart(source, sizeBytes, known)
  return { form: 'chunks', ratio: Math.min(1, plain * CHUNK_COST) * fresh }
}

/** The part of a file whose chunks are not known, from 0 to 1. */
async function freshPart(source: SizedSource['source'], sizeBytes: number, known: KnownContent): Promise<number> {
  const step = Math.max(CHUNK_SAMPLE_BYTES, Math.floor(sizeBytes / CHUNK_SAMPLES))
  let seenBytes = 0
  let knownBytes = 0
  for (let at = 0; at < sizeBytes; at += step) {
    const bytes = await gathered(source.read({ start: at, end: Math.min(sizeBytes, at + CHUNK_SAMPLE_BYTES) }))
    // The first cut of a sample inside the file is ours, and so is the last: only what is between them is a chunk.
    let start = at === 0 ? 0 : chunkEnd(bytes, 0)
    for (let end = chunkEnd(bytes, start); end < bytes.length; end = chunkEnd(bytes, start)) {
      const chunk = bytes.subarray(start, end)
      if (known.find(createHash('sha256').update(chunk).digest('hex')) !== undefined) knownBytes += chunk.length
      seenBytes += chunk.length
      start = end
    }
  }
  return seenBytes === 0 ? 1 : 1 - knownBytes / seenBytes
}
