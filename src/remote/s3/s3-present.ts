/**
 * Which objects a bucket has: asked one by one for a few, and read off its own list for many, a thousand to an answer.
 */
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Sha256 } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { ObjectId } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'
import { asFailure, statusOf } from './s3-failure.ts'
import type { S3Place } from './s3-multipart.ts'

const QUESTIONS_AT_ONCE = 16
/** A list that answers for fewer objects takes longer than to ask for them: the bucket holds too many others. */
const WORTH_A_LIST = 12
const SHA256_DIGITS = 64

/** An object and where it would be. */
export interface Sought {
  readonly object: ObjectId
  readonly place: S3Place
}

/** Which of the objects are there, whole. @throws `remote-unreachable`, `remote-refused` */
export async function presentIn(sought: readonly Sought[], retry: RetryWorld): Promise<ReadonlySet<Sha256>> {
  const found = new Set<Sha256>()
  const sorted = sought.toSorted((left, right) => compareText(left.place.key, right.place.key))
  const unasked = sorted.slice(await readLists(sorted, found, retry))
  await forEachAtOnce(unasked, QUESTIONS_AT_ONCE, async ({ place, object }) => {
    if (await retrying(retry, () => holds(place, object))) found.add(object.sha256)
  })
  return found
}

/** Tells whether a place has all of an object. @throws `remote-unreachable`, `remote-refused` */
export async function holds({ client, bucket, key, label }: S3Place, { sizeBytes }: ObjectId): Promise<boolean> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return head.ContentLength === sizeBytes
  } catch (caught) {
    if (statusOf(caught) === 404) return false
    throw asFailure(caught, label)
  }
}

/** Reads lists while they are worth it. Returns how many objects, in the order of their keys, are answered for. */
async function readLists(sorted: readonly Sought[], found: Set<Sha256>, retry: RetryWorld): Promise<number> {
  let answered = 0
  while (sorted.length - answered >= WORTH_A_LIST) {
    const page = await readPage(sorted.slice(answered), retry)
    for (const { object } of page?.present ?? []) found.add(object.sha256)
    answered += page?.answered ?? 0
    if (page === undefined || page.answered < WORTH_A_LIST) return answered
  }
  return answered
}

interface Page {
  readonly answered: number
  readonly present: readonly Sought[]
}

/** One list from the first object on; `undefined` where it is refused, or in no order that one could go by. */
async function readPage(rest: readonly Sought[], retry: RetryWorld): Promise<Page | undefined> {
  const [first] = rest
  if (first === undefined) return undefined
  const { client, bucket, key, label } = first.place
  // Just before the key itself: a digest never ends in a character below '0' on its own.
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefixOf(key), StartAfter: key.slice(0, -1) })
  const reply = await retrying(retry, async () => {
    try {
      return await client.send(command)
    } catch (caught) {
      // Whoever may not list may still ask for each.
      const status = statusOf(caught)
      if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) return undefined
      throw asFailure(caught, label)
    }
  })
  if (reply === undefined) return undefined
  const listed = (reply.Contents ?? []).flatMap(({ Key, Size }) =>
    Key === undefined ? [] : [{ key: Key, size: Size }],
  )
  if (listed.some((each, index) => index > 0 && compareText(listed[index - 1]?.key ?? '', each.key) >= 0))
    return undefined
  const last = reply.IsTruncated === true ? listed.at(-1)?.key : undefined
  if (reply.IsTruncated === true && last === undefined) return undefined
  const end = last === undefined ? -1 : rest.findIndex(({ place }) => compareText(place.key, last) > 0)
  const covered = end === -1 ? rest : rest.slice(0, end)
  const sizes = new Map(listed.map((each) => [each.key, each.size]))
  return {
    answered: covered.length,
    present: covered.filter(({ place, object }) => sizes.get(place.key) === object.sizeBytes),
  }
}

/** `team/objects/`, of a key below it. */
function prefixOf(key: string): string {
  return key.slice(0, -('ab/cd/'.length + SHA256_DIGITS))
}
