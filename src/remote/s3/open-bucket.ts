/**
 * Opens a bucket of any S3 server, by the AWS SDK and its own chain of credentials.
 */
import { S3Client } from '@aws-sdk/client-s3'
import { refuse } from '../../domain/failure.ts'
import { storeAddressText } from '../../domain/store-address.ts'
import type { S3Address } from '../../domain/store-address.ts'
import type { RetryWorld } from '../retry.ts'
import { asFailure } from './s3-failure.ts'
import { signWithKnownDigests } from './s3-signing.ts'
import { S3_ORIGIN_VARIABLES } from './s3-trust.ts'

/** What a bucket is opened with. */
export interface S3Options {
  readonly retry: RetryWorld
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Origins that the address may name besides Amazon's own. */
  readonly trustedHosts: ReadonlySet<string>
}

/** A bucket that is open. */
export interface OpenBucket {
  readonly client: S3Client
  readonly bucket: string
  /** Put before every key: empty, or with a slash at its end. */
  readonly prefix: string
  /** What people call it. */
  readonly label: string
  readonly close: () => Promise<void>
}

const CONNECT_MS = 20_000
const STALLED_MS = 120_000

/** Opens a bucket; nothing is asked before it is used. @throws `store-host-untrusted` */
export function openBucket(address: S3Address, options: S3Options): OpenBucket {
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
  signWithKnownDigests(client)
  const label = storeAddressText({ kind: 's3', bucket, prefix, ...(endpoint === undefined ? {} : { endpoint }) })
  const close = () => Promise.resolve(client.destroy())
  return { client, bucket, prefix: prefix === '' ? '' : `${prefix}/`, label, close }
}

/** Row S3: requests are signed, and a session's token goes with them, so a fetch must not choose who gets them. */
function requireTrust({ endpoint }: S3Address, { trustedHosts, variables }: S3Options): void {
  if (endpoint === undefined || trustedHosts.has(endpoint)) return
  const byUser = S3_ORIGIN_VARIABLES.map((name) => variables[name] ?? '')
  if (byUser.some((text) => URL.canParse(text) && new URL(text).origin === endpoint)) return
  throw refuse('store-host-untrusted', { host: endpoint })
}

/** The bytes of an answer. @throws `remote-unreachable` when it was cut */
export async function* bodyOf(body: unknown, label: string): AsyncIterable<Uint8Array> {
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
