/**
 * Uploads in parts, one after the other. An upload that was cut is found again by its key, and a part the server has is
 * sent again only when its digest is not the one of our bytes; so a cut costs at most the part that was on its way.
 */
import { createHash } from 'node:crypto'
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
import type { ByteRange, ObjectId, ObjectSource } from '../object-store.ts'
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
}

const MIB = 1024 * 1024
const LEAST_PART_BYTES = 8 * MIB
/** Servers take 10,000. */
const MOST_PARTS = 9000

/** The size of the parts of an object, the same in every try. */
export function partBytesFor(sizeBytes: number): number {
  return Math.max(LEAST_PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS / MIB) * MIB)
}

/** What is known of an upload between two tries of one command. */
export interface UploadMemory {
  uploadId: string | undefined
  /** Parts the server had before this command. */
  there: ReadonlyMap<number, Part>
  /** Parts that are done, in order. */
  done: CompletedPart[]
  /** Over the parts that are done. */
  digest: Sha256Stream
  /** The digest of all parts, once they are done. */
  actual: Sha256 | undefined
}

/** Knows nothing yet. */
export function newUpload(): UploadMemory {
  return { uploadId: undefined, there: new Map(), done: [], digest: sha256Stream(), actual: undefined }
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
    const MultipartUpload = { Parts: memory.done }
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

async function sendParts(
  upload: BegunUpload,
  object: S3Object,
  { memory, onStoredBytes }: PartsOptions,
): Promise<void> {
  const partBytes = partBytesFor(object.sizeBytes)
  for (let start = memory.done.length * partBytes; start < object.sizeBytes; start += partBytes) {
    const bytes = await bytesOf(object.source, { start, end: Math.min(object.sizeBytes, start + partBytes) })
    const number = memory.done.length + 1
    memory.done.push(await sendPart(upload, memory.there.get(number), number, bytes))
    memory.digest.update(bytes)
    onStoredBytes(start + bytes.length)
  }
}

async function sendPart(
  { client, bucket, key, UploadId }: BegunUpload,
  known: Part | undefined,
  PartNumber: number,
  bytes: Uint8Array,
): Promise<CompletedPart> {
  const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64')
  if (known !== undefined && isSame(known, bytes, ChecksumSHA256)) {
    return { PartNumber, ETag: known.ETag, ChecksumSHA256 }
  }
  const part = { Bucket: bucket, Key: key, UploadId, PartNumber, ChecksumSHA256 }
  const reply = await client.send(new UploadPartCommand({ ...part, Body: bytes, ContentLength: bytes.length }))
  return { PartNumber, ETag: reply.ETag, ChecksumSHA256 }
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
