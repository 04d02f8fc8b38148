/**
 * A store in a bucket of any S3 server, by the AWS SDK and its own chain of credentials.
 *
 * The server checks every byte it takes against a SHA-256, an object is only ever made where none is
 * (`If-None-Match`), and an upload that was cut goes on after the parts the server has.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import type { S3Address } from '../../domain/store-address.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { ObjectId, ObjectStore, OnBytes } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'
import { openBucket } from './open-bucket.ts'
import type { S3Options } from './open-bucket.ts'
import { budgetOf } from './s3-budget.ts'
import type { Budget } from './s3-budget.ts'
import { download } from './s3-download.ts'
import { asFailure, statusOf } from './s3-failure.ts'
import { bytesOf, newUpload, partBytesFor, uploadInParts } from './s3-multipart.ts'
import type { PartsOptions, S3Place } from './s3-multipart.ts'
import { holds, presentIn } from './s3-present.ts'

type PutObject = Parameters<ObjectStore['put']>[0][number]

const OBJECTS_AT_ONCE = 16
/** Of all transfers together: eight parts of a large file, or sixteen small ones. */
const MOST_CONNECTIONS = 16
const MOST_BYTES = 64 * 1024 * 1024

/** Opens a bucket; nothing is asked before it is used. @throws `store-host-untrusted` */
export function openS3Store(
  address: S3Address,
  options: S3Options,
): { readonly store: ObjectStore; readonly close: () => Promise<void> } {
  const { client, bucket, label, prefix, close } = openBucket(address, options)
  const keyOf = (sha256: Sha256): string => {
    return `${prefix}objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
  }
  const placeOf = ({ sha256 }: ObjectId): S3Place => ({ client, bucket, key: keyOf(sha256), label })
  const { retry } = options
  const budget = budgetOf(MOST_CONNECTIONS, MOST_BYTES)
  const knownAbsent = new Set<Sha256>()
  const store: ObjectStore = {
    label,
    present: async (objects) => {
      const found = await presentIn(
        objects.map((object) => ({ object, place: placeOf(object) })),
        retry,
      )
      for (const { sha256 } of objects) if (!found.has(sha256)) knownAbsent.add(sha256)
      return found
    },
    put: (objects, { onBytes, onStored }) =>
      forEachAtOnce(objects, OBJECTS_AT_ONCE, async (object) => {
        // Asked for just now: whether somebody else was faster is told by the server, which takes an object once.
        const isAbsent = knownAbsent.delete(object.sha256)
        await putObject(placeOf(object), object, { retry, budget, onBytes, isAbsent })
        onStored(object)
      }),
    get: (object, range) => download(placeOf(object), object, range, { retry, budget }),
  }
  return { store, close }
}

interface Sending {
  readonly retry: RetryWorld
  readonly budget: Budget
  readonly onBytes: OnBytes
  /** Whether it is known not to be there. */
  readonly isAbsent: boolean
}

async function putObject(place: S3Place, object: PutObject, sending: Sending): Promise<void> {
  const { retry, budget, onBytes } = sending
  let { isAbsent } = sending
  let stored = 0
  const advance = (bytes: number): void => {
    // A try that goes on counts the parts that are there once more.
    onBytes(Math.max(0, bytes - stored))
    stored = Math.max(stored, bytes)
  }
  const send = object.sizeBytes <= partBytesFor(object.sizeBytes) ? putWhole : uploadInParts
  // What has the name but not the size is no object: the only case in which one is replaced.
  const how = { replaces: false, onStoredBytes: advance, memory: newUpload(), retry, budget }
  await retrying(
    retry,
    async () => {
      if (!isAbsent && (await holds(place, object))) return advance(object.sizeBytes)
      isAbsent = false
      const outcome = await send(place, object, how)
      if (outcome === 'stored' || (await holds(place, object))) return advance(object.sizeBytes)
      how.replaces = true
      const again = await send(place, object, how)
      if (again !== 'stored')
        throw refuse('remote-unreachable', { url: place.label, problem: 'it was changed meanwhile' })
      advance(object.sizeBytes)
    },
    () => stored,
  )
}

async function putWhole(
  place: S3Place,
  object: PutObject,
  { replaces, budget }: Pick<PartsOptions, 'replaces' | 'budget'>,
): Promise<'stored' | 'there'> {
  const giveBack = await budget.take(object.sizeBytes)
  try {
    return await putBytes(place, object, replaces)
  } finally {
    giveBack()
  }
}

async function putBytes(
  { client, bucket, key, label }: S3Place,
  object: PutObject,
  replaces: boolean,
): Promise<'stored' | 'there'> {
  const body = await bytesOf(object.source, { start: 0, end: object.sizeBytes })
  const actual = sha256Of(body)
  if (actual !== object.sha256) throw refuse('digest-mismatch', { path: key, expected: object.sha256, actual })
  const condition = replaces ? {} : { IfNoneMatch: '*' }
  const ChecksumSHA256 = Buffer.from(object.sha256, 'hex').toString('base64')
  try {
    const input = { Bucket: bucket, Key: key, Body: body, ContentLength: body.length, ChecksumSHA256, ...condition }
    await client.send(new PutObjectCommand(input))
    return 'stored'
  } catch (caught) {
    if (statusOf(caught) === 412) return 'there'
    throw asFailure(caught, label)
  }
}
