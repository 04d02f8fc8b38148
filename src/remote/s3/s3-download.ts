/**
 * Downloads in parts: while one part is handed out, the next are on their way over connections of their own. A store
 * that gives one connection a fraction of the line is then as fast as the line is.
 */
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { refuse } from '../../domain/failure.ts'
import type { ByteRange, ObjectId } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'
import { bodyOf } from './open-bucket.ts'
import type { Budget, GiveBack } from './s3-budget.ts'
import { asFailure, statusOf } from './s3-failure.ts'
import type { S3Place } from './s3-multipart.ts'

/** What parts are fetched with. */
export interface DownloadWorld {
  readonly retry: RetryWorld
  readonly budget: Budget
}

const PART_BYTES = 8 * 1024 * 1024
/** A part that was cut is asked for again by itself, so that the others on their way are not lost with it. */
const TRIES_OF_A_PART = 3

/** Opens a range of an object. @throws `object-missing`, `remote-unreachable`, `remote-refused` */
export async function download(
  place: S3Place,
  object: ObjectId,
  range: ByteRange,
  world: DownloadWorld,
): Promise<AsyncIterable<Uint8Array>> {
  if (range.end - range.start <= PART_BYTES) return getRange(place, object, range)
  // The first part is asked for before anything is promised: what is not there is told here.
  const parts = partsOf(range)
  const [first = range] = parts
  const opened = await getRange(place, object, first)
  return inOrder(
    parts,
    (part) => fetchPart({ ...place, opened: part === first ? opened : undefined }, object, part, world),
    world,
  )
}

interface Fetched {
  readonly chunks: Promise<readonly Uint8Array[]>
  readonly giveBack: GiveBack
}

/**
 * Hands parts out in their order. The one that is waited for needs no share, so two streams that are read in turn never
 * wait for each other.
 */
async function* inOrder(
  parts: readonly ByteRange[],
  fetch: (part: ByteRange) => Promise<readonly Uint8Array[]>,
  { budget }: DownloadWorld,
): AsyncIterable<Uint8Array> {
  const underWay: Fetched[] = []
  const begin = (part: ByteRange, giveBack: GiveBack): void => {
    const chunks = fetch(part)
    // Told when its turn comes; until then a failure must not count as unheard.
    chunks.catch(() => undefined)
    underWay.push({ chunks, giveBack })
  }
  let begun = 0
  try {
    for (let handed = 0; handed < parts.length; handed += 1) {
      for (let part = parts[begun]; part !== undefined; part = parts[begun]) {
        const share = budget.takeNow(PART_BYTES)
        if (share === undefined && underWay.length > 0) break
        begin(part, share ?? (() => undefined))
        begun += 1
      }
      const next = underWay[0]
      if (next === undefined) return
      for (const chunk of await next.chunks) yield chunk
      underWay.shift()
      next.giveBack()
    }
  } finally {
    for (const { giveBack } of underWay) giveBack()
  }
}

function partsOf({ start, end }: ByteRange): readonly ByteRange[] {
  const count = Math.ceil((end - start) / PART_BYTES)
  return Array.from({ length: count }, (_, index) => ({
    start: start + index * PART_BYTES,
    end: Math.min(end, start + (index + 1) * PART_BYTES),
  }))
}

interface OpenedPart extends S3Place {
  /** The answer to the first try, when it was asked for already. */
  opened: AsyncIterable<Uint8Array> | undefined
}

/** The bytes of a part as they came: put together, they would be copied once more. */
async function fetchPart(
  place: OpenedPart,
  object: ObjectId,
  { start, end }: ByteRange,
  { retry }: DownloadWorld,
): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let at = start
  const work = async (): Promise<void> => {
    const answer = place.opened ?? (await getRange(place, object, { start: at, end }))
    place.opened = undefined
    for await (const chunk of answer) {
      const kept = chunk.subarray(0, end - at)
      chunks.push(kept)
      at += kept.length
    }
    if (at < end) {
      throw refuse('remote-unreachable', { url: place.label, problem: `it ended ${end - at} bytes too soon` })
    }
  }
  await retrying(retry, work, () => at, TRIES_OF_A_PART)
  return chunks
}

async function getRange(
  { client, bucket, key, label }: S3Place,
  { sha256, sizeBytes }: ObjectId,
  { start, end }: ByteRange,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const isPart = start > 0 || end < sizeBytes
    const range = isPart ? { Range: `bytes=${start}-${end - 1}` } : {}
    const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...range }))
    return bodyOf(reply.Body, label)
  } catch (caught) {
    if (statusOf(caught) === 404) throw refuse('object-missing', { what: `in ${label}, artifact`, id: sha256 }, caught)
    throw asFailure(caught, label)
  }
}
