/**
 * A keyed place in a bucket. Whatever was cut is tried again as uploads are; keys are only ever written whole.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { CompletedPart, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { sha256Of } from '../../base/digest.ts'
import { printable } from '../../base/printable.ts'
import { refuse } from '../../domain/failure.ts'
import type { S3Address } from '../../domain/store-address.ts'
import type { KeyedPlace, PlacedBytes, PlacedKey, PlaceKey } from '../keyed-place.ts'
import { parsePlaceKey, placeKey, requireWritable } from '../keyed-place.ts'
import type { ByteRange } from '../object-store.ts'
import { retrying } from '../retry.ts'
import { bodyOf, openBucket } from './open-bucket.ts'
import type { OpenBucket, S3Options } from './open-bucket.ts'
import { asFailure, statusOf } from './s3-failure.ts'

const GIB = 1024 ** 3
/** What one request copies at the most, by the protocol. */
const MOST_COPY_BYTES = 5 * GIB
const COPY_PART_BYTES = GIB
/** What one request removes at the most, by the protocol. */
const MOST_REMOVED = 1000

/** Opens a bucket as a keyed place; nothing is asked before it is used. @throws `store-host-untrusted` */
export function openKeyedBucket(
  address: S3Address,
  options: S3Options,
): { readonly place: KeyedPlace; readonly close: () => Promise<void> } {
  const opened = openBucket(address, options)
  const ask = <Result>(request: () => Promise<Result>): Promise<Result> =>
    retrying(options.retry, async () => {
      try {
        return await request()
      } catch (caught) {
        throw asFailure(caught, opened.label)
      }
    })
  const place: KeyedPlace = {
    label: opened.label,
    head: (key) => ask(() => headOf(opened, key)),
    read: (key, range) => ask(() => readKey(opened, key, range)),
    write: (key, bytes, how) => {
      requireWritable(key, bytes)
      return ask(() => writeKey(opened, key, bytes, how))
    },
    list: (prefix) => listKeys(opened, prefix, ask),
    remove: async (keys) => {
      for (let at = 0; at < keys.length; at += MOST_REMOVED) {
        await ask(() => removeKeys(opened, keys.slice(at, at + MOST_REMOVED)))
      }
    },
    touch: (key) => ask(() => touchKey(opened, key)),
    move: async (from, to) => {
      await ask(() => copyKey(opened, from, to))
      await ask(() => removeKeys(opened, [from]))
    },
  }
  return { place, close: opened.close }
}

async function headOf({ client, bucket, prefix }: OpenBucket, key: PlaceKey): Promise<PlacedBytes | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}${key}` }))
    return { sizeBytes: head.ContentLength ?? 0, modifiedMs: head.LastModified?.getTime() ?? 0 }
  } catch (caught) {
    if (statusOf(caught) === 404) return undefined
    throw caught
  }
}

async function readKey(opened: OpenBucket, key: PlaceKey, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
  const { client, bucket, prefix, label } = opened
  if (range !== undefined && range.end <= range.start) return none()
  try {
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }
    const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${key}`, ...part }))
    return bodyOf(reply.Body, label)
  } catch (caught) {
    if (statusOf(caught) === 404) throw missing(opened, key)
    throw caught
  }
}

async function writeKey(
  { client, bucket, prefix }: OpenBucket,
  key: PlaceKey,
  bytes: Uint8Array,
  how: 'only-if-absent' | 'replace',
): Promise<'written' | 'there'> {
  const ChecksumSHA256 = Buffer.from(sha256Of(bytes), 'hex').toString('base64')
  const condition = how === 'replace' ? {} : { IfNoneMatch: '*' }
  const input = { Bucket: bucket, Key: `${prefix}${key}`, Body: bytes, ContentLength: bytes.length, ChecksumSHA256 }
  try {
    await client.send(new PutObjectCommand({ ...input, ...condition }))
    return 'written'
  } catch (caught) {
    if (statusOf(caught) === 412) return 'there'
    throw caught
  }
}

async function* listKeys(
  { client, bucket, prefix }: OpenBucket,
  below: string,
  ask: <Result>(request: () => Promise<Result>) => Promise<Result>,
): AsyncIterable<PlacedKey> {
  let after: string | undefined
  do {
    const start = after === undefined ? {} : { ContinuationToken: after }
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${below}`, ...start })
    const reply: ListObjectsV2CommandOutput = await ask(() => client.send(command))
    for (const { Key = '', Size = 0, LastModified } of reply.Contents ?? []) {
      const key = parsePlaceKey(Key.slice(prefix.length))
      if (key === undefined || !Key.startsWith(`${prefix}${below}`)) continue
      yield { key, sizeBytes: Size, modifiedMs: LastModified?.getTime() ?? 0 }
    }
    after = reply.IsTruncated === true ? reply.NextContinuationToken : undefined
  } while (after !== undefined)
}

async function removeKeys({ client, bucket, prefix, label }: OpenBucket, keys: readonly PlaceKey[]): Promise<void> {
  if (keys.length === 0) return
  const Objects = keys.map((key) => ({ Key: `${prefix}${key}` }))
  const reply = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
  const failed = (reply.Errors ?? []).find(({ Code }) => Code !== 'NoSuchKey')
  if (failed === undefined) return
  throw refuse('remote-refused', { url: label, problem: printable(`${failed.Code ?? ''}: ${failed.Message ?? ''}`) })
}

/**
 * Copied onto itself, an object is young again. Some servers write down only what is said about it and leave its
 * time; there it is copied away and back, and at no moment absent.
 */
async function touchKey(opened: OpenBucket, key: PlaceKey): Promise<void> {
  const before = await headOf(opened, key)
  await copyKey(opened, key, key)
  const after = await headOf(opened, key)
  if (before !== undefined && after !== undefined && after.modifiedMs > before.modifiedMs) return
  const beside = placeKey('touched', sha256Of(Buffer.from(key)))
  await copyKey(opened, key, beside)
  await copyKey(opened, beside, key)
  await removeKeys(opened, [beside])
}

async function copyKey(opened: OpenBucket, from: PlaceKey, to: PlaceKey): Promise<void> {
  const { client, bucket, prefix } = opened
  const there = await headOf(opened, from)
  if (there === undefined) throw missing(opened, from)
  const CopySource = `${bucket}/${prefix}${from}`.split('/').map(encodeURIComponent).join('/')
  const target = { Bucket: bucket, Key: `${prefix}${to}` }
  if (there.sizeBytes > MOST_COPY_BYTES) return copyInParts(opened, { ...target, CopySource }, there.sizeBytes)
  try {
    // A server refuses a copy onto itself that changes nothing, so what is said about it is written anew.
    await client.send(new CopyObjectCommand({ ...target, CopySource, MetadataDirective: 'REPLACE' }))
  } catch (caught) {
    if (statusOf(caught) === 404) throw missing(opened, from)
    throw caught
  }
}

interface Copying {
  readonly Bucket: string
  readonly Key: string
  readonly CopySource: string
}

async function copyInParts({ client }: OpenBucket, { CopySource, ...target }: Copying, size: number): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
  const Parts: CompletedPart[] = []
  try {
    for (let start = 0; start < size; start += COPY_PART_BYTES) {
      const PartNumber = Parts.length + 1
      const CopySourceRange = `bytes=${start}-${Math.min(size, start + COPY_PART_BYTES) - 1}`
      const part = { ...target, UploadId, PartNumber, CopySource, CopySourceRange }
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part))
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag })
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }))
  } catch (caught) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined)
    throw caught
  }
}

function missing({ label }: OpenBucket, key: PlaceKey) {
  return refuse('object-missing', { what: `in ${label},`, id: key })
}

async function* none(): AsyncIterable<Uint8Array> {
  // A range without bytes, which no request can ask for.
}
