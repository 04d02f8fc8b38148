/**
 * Uploads in parts, several at once. An upload that was cut is found again by its key, and a part the server has is
 * sent again only when its digest is not the one of our bytes; so the cut of a connection costs at most the part that
 * was on its way there.
 */
import { createHash, webcrypto } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { CompletedPart, Part, S3Client } from '@aws-sdk/client-s3'
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256, Sha256Stream } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { ByteRange, ObjectId, ObjectSource } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'
import type { Budget } from './s3-budget.ts'
import { asFailure, nameOf, statusOf } from './s3-failure.ts'

/** Where an object is in a bucket. */
export interface S3Place {
  readonly client: S3Client
  readonly bucket: string
  readonly key: string
  /** What people call the store. */
  readonly label: string
}

/** What is sent. */
export interface S3Object extends ObjectId {
  readonly source: ObjectSource
}

/** How it is sent. */
export interface PartsOptions {
  /** Takes the place of what has the key; otherwise that is left as it is. */
  readonly replaces: boolean
  /** Called with how many bytes the server has of it. */
  readonly onStoredBytes: (bytes: number) => void
  readonly memory: UploadMemory
  readonly retry: RetryWorld
  readonly budget: Budget
}

const MIB = 1024 * 1024
const LEAST_PART_BYTES = 8 * MIB
/** Servers take 10,000. */
const MOST_PARTS = 9000
const PARTS_AT_ONCE = 8
/** A part that was cut is sent again by itself, while the others go on. */
const TRIES_OF_A_PART = 3

/** The size of the parts of an object, the same in every try. */
export function partBytesFor(sizeBytes: number): number {
  return Math.max(LEAST_PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS / MIB) * MIB)
}

/** What is known of an upload between two tries of one command. */
export interface UploadMemory {
  uploadId: string | undefined
  /** Parts the server had before this command. */
  there: ReadonlyMap<number, Part>
  /** Parts the server has, by number. */
  readonly done: Map<number, CompletedPart>
  storedBytes: number
  /**
   * The digests of the parts that were read, in order: none is sent with other bytes than the whole was digested
   * with.
   */
  readonly checksums: string[]
  /** Over the parts that were read. */
  digest: Sha256Stream
  /** The digest of all parts, once they are done. */
  actual: Sha256 | undefined
}

/** Knows nothing yet. */
export function newUpload(): UploadMemory {
  return {
    ...{ uploadId: undefined, there: new Map(), done: new Map(), storedBytes: 0 },
    ...{ checksums: [], digest: sha256Stream(), actual: undefined },
  }
}

/**
 * Uploads an object, going on where the memory or the server says; `there` when the key was taken meanwhile.
 *
 * @throws `digest-mismatch`, `remote-refused`, `remote-unreachable`
 */
export async function uploadInParts(
  place: S3Place,
  object: S3Object,
  options: PartsOptions,
): Promise<'stored' | 'there'> {
  const { bucket, key, label } = place
  const { memory, replaces } = options
  try {
    const UploadId = await beginUpload(place, memory)
    await sendParts({ ...place, UploadId }, object, options)
    // Digested as it was sent: a file that rotted meanwhile gets no name.
    const actual = (memory.actual ??= memory.digest.digest())
    if (actual !== object.sha256) throw refuse('digest-mismatch', { path: key, expected: object.sha256, actual })
    const condition = replaces ? {} : { IfNoneMatch: '*' }
    const Parts = [...memory.done.values()].sort((left, right) => (left.PartNumber ?? 0) - (right.PartNumber ?? 0))
    const MultipartUpload = { Parts }
    return await complete(place, { Bucket: bucket, Key: key, UploadId, MultipartUpload, ...condition })
  } catch (caught) {
    if (nameOf(caught) !== 'NoSuchUpload') throw asFailure(caught, label)
    // Another clone that sent the same object came to its end first, or somebody swept it away.
    Object.assign(memory, newUpload())
    return 'there'
  }
}

async function beginUpload(place: S3Place, memory: UploadMemory): Promise<string> {
  if (memory.uploadId !== undefined) return memory.uploadId
  const { client, bucket, key, label } = place
  const begun = await findUpload(place)
  if (begun !== undefined) memory.there = await listParts(place, begun)
  const made = { Bucket: bucket, Key: key, ChecksumAlgorithm: 'SHA256' as const }
  const id = begun ?? (await client.send(new CreateMultipartUploadCommand(made))).UploadId
  if (id === undefined) throw refuse('remote-unreachable', { url: label, problem: 'it began no upload' })
  memory.uploadId = id
  return id
}

type Completion = ConstructorParameters<typeof CompleteMultipartUploadCommand>[0]

async function complete({ client, bucket, key }: S3Place, completion: Completion): Promise<'stored' | 'there'> {
  try {
    await client.send(new CompleteMultipartUploadCommand(completion))
    return 'stored'
  } catch (caught) {
    if (statusOf(caught) !== 412) throw caught
    await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: completion.UploadId }))
    return 'there'
  }
}

/** The newest upload of the key that has not come to its end. */
async function findUpload({ client, bucket, key }: S3Place): Promise<string | undefined> {
  const reply = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }))
  const uploads = (reply.Uploads ?? []).filter((upload) => upload.Key === key)
  const time = ({ Initiated }: (typeof uploads)[number]): number => Initiated?.getTime() ?? 0
  return uploads.toSorted((left, right) => time(right) - time(left))[0]?.UploadId
}

async function listParts({ client, bucket, key }: S3Place, UploadId: string): Promise<Map<number, Part>> {
  const parts = new Map<number, Part>()
  let after: string | undefined
  do {
    const marker = after === undefined ? {} : { PartNumberMarker: after }
    const reply = await client.send(new ListPartsCommand({ Bucket: bucket, Key: key, UploadId, ...marker }))
    for (const part of reply.Parts ?? []) if (part.PartNumber !== undefined) parts.set(part.PartNumber, part)
    after = reply.IsTruncated === true ? reply.NextPartNumberMarker : undefined
  } while (after !== undefined)
  return parts
}

interface BegunUpload extends S3Place {
  readonly UploadId: string
}

/** Parts are read and digested in their order, and sent as connections are free. */
async function sendParts(upload: BegunUpload, object: S3Object, options: PartsOptions): Promise<void> {
  const { memory, onStoredBytes, retry, budget } = options
  const partBytes = partBytesFor(object.sizeBytes)
  const numbers = Array.from({ length: Math.ceil(object.sizeBytes / partBytes) }, (_, index) => index + 1)
  const missing = numbers.filter((number) => !memory.done.has(number))
  let reading: Promise<unknown> = Promise.resolve()
  await forEachAtOnce(missing, PARTS_AT_ONCE, async (number) => {
    const giveBack = await budget.take(partBytes)
    try {
      // Where one could not be read, none after it is: the digest would not be that of the whole.
      const turn = reading.then(() => readPart(upload, object, memory, number))
      reading = turn
      turn.catch(() => undefined)
      const part = await turn
      const send = (): Promise<CompletedPart> => sendPart(upload, memory.there.get(number), part)
      memory.done.set(number, await retrying(retry, send, () => memory.storedBytes, TRIES_OF_A_PART))
      memory.storedBytes += part.bytes.length
      onStoredBytes(memory.storedBytes)
    } finally {
      giveBack()
    }
  })
}

interface ReadPart {
  readonly number: number
  readonly bytes: Uint8Array
  /** SHA-256, in base64. */
  readonly checksum: string
}

async function readPart({ key }: S3Place, object: S3Object, memory: UploadMemory, number: number): Promise<ReadPart> {
  const partBytes = partBytesFor(object.sizeBytes)
  const start = (number - 1) * partBytes
  const bytes = await bytesOf(object.source, { start, end: Math.min(object.sizeBytes, start + partBytes) })
  // Digested by a thread, beside the digest of the whole.
  const digesting = webcrypto.subtle.digest('SHA-256', bytes)
  const known = memory.checksums[number - 1]
  if (known === undefined) memory.digest.update(bytes)
  const checksum = Buffer.from(await digesting).toString('base64')
  if (known === undefined) memory.checksums.push(checksum)
  else if (known !== checksum) {
    throw refuse('digest-mismatch', { path: key, expected: hexOf(known), actual: hexOf(checksum) })
  }
  return { number, bytes, checksum }
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}

async function sendPart(upload: BegunUpload, known: Part | undefined, part: ReadPart): Promise<CompletedPart> {
  const { client, bucket, key, label, UploadId } = upload
  const { number: PartNumber, bytes, checksum: ChecksumSHA256 } = part
  if (known !== undefined && isSame(known, bytes, ChecksumSHA256)) {
    return { PartNumber, ETag: known.ETag, ChecksumSHA256 }
  }
  const input = { Bucket: bucket, Key: key, UploadId, PartNumber, ChecksumSHA256 }
  const command = new UploadPartCommand({ ...input, Body: bytes, ContentLength: bytes.length })
  try {
    const reply = await client.send(command)
    return { PartNumber, ETag: reply.ETag, ChecksumSHA256 }
  } catch (caught) {
    // Not of the part but of the whole upload: told as it is to whoever knows what to do then.
    if (nameOf(caught) === 'NoSuchUpload') throw caught
    throw asFailure(caught, label)
  }
}

/** A server that keeps no checksum of parts names them by their MD5. */
function isSame(part: Part, bytes: Uint8Array, checksum: string): boolean {
  if (part.Size !== bytes.length) return false
  if (part.ChecksumSHA256 !== undefined) return part.ChecksumSHA256 === checksum
  return part.ETag?.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex')
}

/** Reads a range into memory. @throws what the source throws */
export async function bytesOf(source: ObjectSource, range: ByteRange): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source.read(range)) chunks.push(chunk)
  const [only, second] = chunks
  return only !== undefined && second === undefined ? only : Buffer.concat(chunks)
}
