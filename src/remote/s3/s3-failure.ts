/**
 * What an S3 server or the SDK says no with, as a refusal. Whether trying again helps is decided here.
 */
import { printable } from '../../base/printable.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { errnoOf } from '../../store/files/disk-failure.ts'

/** The server got other bytes than were sent, or lost patience: a second try is another matter. */
const PASSING: ReadonlySet<string> = new Set([
  'BadDigest',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
  'RequestTimeout',
  'ConditionalRequestConflict',
  'OperationAborted',
])

const LONGEST_WORDS = 300

/** The HTTP status of an answer; `undefined` for anything else. */
export function statusOf(caught: unknown): number | undefined {
  if (typeof caught !== 'object' || caught === null || !('$metadata' in caught)) return undefined
  const { $metadata: metadata } = caught
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

/** The name the server or the SDK gives a failure; empty when it has none. */
export function nameOf(caught: unknown): string {
  return caught instanceof Error ? caught.name : ''
}

/** Makes a refusal of whatever the SDK threw. Its own words never hold a secret; what they quote is made printable. */
export function asFailure(caught: unknown, url: string): Error {
  if (caught instanceof Failure) return caught
  if (!(caught instanceof Error)) throw caught
  const name = nameOf(caught)
  const words = printable(caught.message.slice(0, LONGEST_WORDS))
  const status = statusOf(caught)
  if (name === 'CredentialsProviderError' || /region is missing/i.test(caught.message)) {
    return refuse('remote-refused', { url, problem: `the SDK found no credentials or region: ${words}` })
  }
  if (PASSING.has(name)) return refuse('remote-unreachable', { url, problem: name })
  // An answer that is no answer of S3 is one that was cut, or of a proxy between.
  if (status === undefined || (status >= 200 && status < 300)) {
    return refuse('remote-unreachable', { url, problem: printable(errnoOf(caught) ?? words) })
  }
  return refuse('remote-refused', { url, status, problem: words === name ? name : `${name}: ${words}` })
}
