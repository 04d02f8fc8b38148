/**
 * What a page must know to be answered: a link that works once, a cookie in its place, and a token for writing. All are
 * random, live as long as the server does, and are never logged.
 */
import type { Entropy } from '../base/clock.ts'
import { sha256Of } from '../base/digest.ts'

/** The secrets of one server. */
export interface Secrets {
  /** The folder all pages are in, such as `/s/3f…`: a cookie for it is not sent to other servers of this machine. */
  readonly base: string
  /** Makes a token that can be exchanged for the cookie once. */
  readonly issueLink: () => string
  /** Whether the token is one that was issued and not used; it is used now. */
  readonly redeem: (token: string) => boolean
  /** Whether the token is one that let a browser in. */
  readonly isUsed: (token: string) => boolean
  /** `Set-Cookie` for whoever redeemed a token. */
  readonly setCookie: string
  /** Whether a `Cookie` header has the cookie. */
  readonly hasCookie: (header: string | undefined) => boolean
  /** What a page that writes must say. */
  readonly writeToken: string
  /** Whether a header is the token for writing. */
  readonly isWriteToken: (header: string | undefined) => boolean
}

const TOKEN_BYTES = 32
const BASE_BYTES = 16
const COOKIE = 'mlv-ui'

/** Makes the secrets of a server. */
export function makeSecrets(entropy: Entropy): Secrets {
  const random = (bytes: number): string => Buffer.from(entropy.randomBytes(bytes)).toString('base64url')
  const base = `/s/${random(BASE_BYTES)}`
  const cookie = random(TOKEN_BYTES)
  const writeToken = random(TOKEN_BYTES)
  // Digests, so that neither the time of a comparison nor a look into memory tells a token that still works.
  const issued = new Set<string>()
  const used = new Set<string>()
  return {
    base,
    issueLink: () => {
      const token = random(TOKEN_BYTES)
      issued.add(sha256Of(token))
      return token
    },
    redeem: (token) => {
      const digest = sha256Of(token)
      if (!issued.delete(digest)) return false
      used.add(digest)
      return true
    },
    isUsed: (token) => used.has(sha256Of(token)),
    setCookie: `${COOKIE}=${cookie}; Path=${base}/; HttpOnly; SameSite=Strict`,
    hasCookie: (header) => cookiesNamed(header, COOKIE).some((value) => isSame(value, cookie)),
    writeToken,
    isWriteToken: (header) => header !== undefined && isSame(header, writeToken),
  }
}

/** Takes as long whatever the two have in common. */
function isSame(given: string, secret: string): boolean {
  return sha256Of(given) === sha256Of(secret)
}

function cookiesNamed(header: string | undefined, name: string): readonly string[] {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  return pairs.flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []))
}
