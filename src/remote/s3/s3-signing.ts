/**
 * Signs what is sent with the digest of its body that is known already: the SDK would read all of it once more.
 */
import type { S3Client } from '@aws-sdk/client-s3'

/** What the signature of a request says the digest of its body is, in hex. */
const DIGEST_HEADER = 'x-amz-content-sha256'

/** From now on, a body that goes with its SHA-256 (`ChecksumSHA256`) is signed with that. */
export function signWithKnownDigests(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { input, request } = args
      if ('Body' in input && 'ChecksumSHA256' in input && typeof input.ChecksumSHA256 === 'string') {
        const digest = Buffer.from(input.ChecksumSHA256, 'base64').toString('hex')
        if (hasHeaders(request)) request.headers[DIGEST_HEADER] = digest
      }
      return next(args)
    },
    { step: 'build', name: 'knownDigest' },
  )
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
