/**
 * A store in a bucket of any S3 server, by the AWS SDK and its own chain of credentials.
 *
 * The server checks every byte it takes against a SHA-256, an object is only ever made where none is
 * (`If-None-Match`), and an upload that was cut goes on after the parts the server has.
 */
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { storeAddressText } from '../../domain/store-address.ts'
import type { S3Address } from '../../domain/store-address.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { ByteRange, ObjectId, ObjectStore, OnBytes } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'
import { S3_ORIGIN_VARIABLES } from './s3-trust.ts'
import { asFailure, statusOf } from './s3-failure.ts'
import { bytesOf, newUpload, partBytesFor, uploadInParts } from './s3-multipart.ts'
import type { S3Place } from './s3-multipart.ts'

/** What a bucket is opened with. */
export interface S3Options {
  readonly retry: RetryWorld
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Origins that the address may name besides Amazon's own. */
  readonly trustedHosts: ReadonlySet<string>
}

type PutObject = Parameters<ObjectStore['put']>[0][number]

const OBJECTS_AT_ONCE = 4
const QUESTIONS_AT_ONCE = 16
const CONNECT_MS = 20_000
const STALLED_MS = 120_000

/** Opens a bucket; nothing is asked before it is used. @throws `store-host-untrusted` */
export function openS3Store(
  address: S3Address,
  options: S3Options,
): { readonly store: ObjectStore; readonly close: () => Promise<void> } {
  requireTrust(address, options)
  const { bucket, prefix, endpoint } = address
  const region = address.region ?? (endpoint === undefined ? undefined : 'us-east-1')
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Tries are ours, because only we know whether an upload gets further; so are digests of what is sent.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: STALLED_MS },
  })
  const label = storeAddressText({ kind: 's3', bucket, prefix, ...(endpoint === undefined ? {} : { endpoint }) })
  const keyOf = (sha256: Sha256): string => {
    const key = `objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
    return prefix === '' ? key : `${prefix}/${key}`
  }
  const placeOf = ({ sha256 }: ObjectId): S3Place => ({ client, bucket, key: keyOf(sha256), label })
  const { retry } = options
  const store: ObjectStore = {
    label,
    present: async (objects) => {
      const found = new Set<Sha256>()
      await forEachAtOnce(objects, QUESTIONS_AT_ONCE, async (object) => {
        if (await retrying(retry, () => holds(placeOf(object), object))) found.add(object.sha256)
      })
      return found
    },
    put: (objects, { onBytes, onStored }) =>
      forEachAtOnce(objects, OBJECTS_AT_ONCE, async (object) => {
        await putObject(placeOf(object), object, { retry, onBytes })
        onStored(object)
      }),
    get: (object, range) => getRange(placeOf(object), object, range),
  }
  return { store, close: () => Promise.resolve(client.destroy()) }
}

/** Row S3: requests are signed, and a session's token goes with them, so a fetch must not choose who gets them. */
function requireTrust({ endpoint }: S3Address, { trustedHosts, variables }: S3Options): void {
  if (endpoint === undefined || trustedHosts.has(endpoint)) return
  const byUser = S3_ORIGIN_VARIABLES.map((name) => variables[name] ?? '')
  if (byUser.some((text) => URL.canParse(text) && new URL(text).origin === endpoint)) return
  throw refuse('store-host-untrusted', { host: endpoint })
}

async function holds({ client, bucket, key, label }: S3Place, { sizeBytes }: ObjectId): Promise<boolean> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return head.ContentLength === sizeBytes
  } catch (caught) {
    if (statusOf(caught) === 404) return false
    throw asFailure(caught, label)
  }
}

interface Sending {
  readonly retry: RetryWorld
  readonly onBytes: OnBytes
}

async function putObject(place: S3Place, object: PutObject, { retry, onBytes }: Sending): Promise<void> {
  let stored = 0
  const advance = (bytes: number): void => {
    // A try that goes on counts the parts that are there once more.
    onBytes(Math.max(0, bytes - stored))
    stored = Math.max(stored, bytes)
  }
  const send = object.sizeBytes <= partBytesFor(object.sizeBytes) ? putWhole : uploadInParts
  // What has the name but not the size is no object: the only case in which one is replaced.
  const how = { replaces: false, onStoredBytes: advance, memory: newUpload() }
  await retrying(
    retry,
    async () => {
      if (await holds(place, object)) return advance(object.sizeBytes)
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
  { client, bucket, key, label }: S3Place,
  object: PutObject,
  { replaces }: { readonly replaces: boolean },
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

async function* bodyOf(body: unknown, label: string): AsyncIterable<Uint8Array> {
  if (!isChunks(body)) throw refuse('remote-unreachable', { url: label, problem: 'it sent no bytes' })
  try {
    for await (const chunk of body) yield chunk
  } catch (caught) {
    throw asFailure(caught, label)
  }
}

/** On Node the SDK hands out a stream of buffers. */
function isChunks(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
