/**
 * Requests as the routes see them: the address taken apart once, the body read within limits. Nothing is decoded twice,
 * so that what was checked is what is used.
 */
import type { IncomingMessage } from 'node:http'
import { badRequest, ServerRefusal } from './refusal.ts'

/** An address, taken apart. */
export interface Address {
  /** Decoded once. */
  readonly segments: readonly string[]
  readonly query: Query
}

/** The query of an address. */
export interface Query {
  /** A value that may be given once; `undefined` when it is absent or empty. @throws a refusal when it is repeated */
  readonly one: (key: string) => string | undefined
  /** All values of a key. */
  readonly all: (key: string) => readonly string[]
  /** A whole number from 0 to `most`; the fallback when it is absent. @throws a refusal for anything else */
  readonly count: (key: string, fallback: number, most: number) => number
  /** Any finite number; `undefined` when it is absent. @throws a refusal for anything else */
  readonly number: (key: string) => number | undefined
}

const LIMIT_ADDRESS = 16_384
const LIMIT_BODY_BYTES = 65_536

/** Takes the target of a request apart. @throws a refusal for what is no path of this server */
export function addressOf(target: string): Address {
  // A target such as `http://other/` or `//other/` names a server, and there is only this one.
  if (!target.startsWith('/') || target.startsWith('//')) throw badRequest('the address is no path')
  if (target.length > LIMIT_ADDRESS) throw badRequest(`an address has at most ${LIMIT_ADDRESS} characters`)
  const [path = '', ...search] = target.split('?')
  const segments = path.slice(1).split('/').map(decoded)
  return { segments, query: queryOf(new URLSearchParams(search.join('?'))) }
}

/** The parts that a path such as `api/run/:id` leaves open, of an address that has this path; they are never empty. */
export function pathParts(path: string, segments: readonly string[]): readonly string[] | undefined {
  const pattern = path.split('/')
  if (pattern.length !== segments.length) return undefined
  const parts: string[] = []
  for (const [index, want] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (want.startsWith(':') && segment !== '') parts.push(segment)
    else if (want !== segment) return undefined
  }
  return parts
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest('the address is not written as addresses are')
  }
}

function queryOf(search: URLSearchParams): Query {
  const one = (key: string): string | undefined => {
    const [value, second] = search.getAll(key)
    if (second !== undefined) throw badRequest(`'${key}' is given twice`)
    return value === '' ? undefined : value
  }
  const number = (key: string): number | undefined => {
    const text = one(key)
    if (text === undefined) return undefined
    if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) throw badRequest(`'${key}' is no number`)
    const value = Number(text)
    if (!Number.isFinite(value)) throw badRequest(`'${key}' is too large`)
    return value
  }
  return {
    one,
    number,
    all: (key) => search.getAll(key).filter((value) => value !== ''),
    count: (key, fallback, most) => {
      const value = number(key) ?? fallback
      if (Number.isInteger(value) && value >= 0 && value <= most) return value
      throw badRequest(`'${key}' is a whole number up to ${most}`)
    },
  }
}

/** The body of a request, which is a JSON object with texts and nulls for members. @throws a refusal for any other */
export async function readBody(request: IncomingMessage): Promise<ReadonlyMap<string, string | null>> {
  const { headers } = request
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json' || headers['content-encoding'] !== undefined) {
    const why = 'a form of another site could send anything else'
    throw new ServerRefusal(415, 'server-request', { what: 'a change is sent as application/json', why })
  }
  const text = Buffer.concat(await readLimited(request)).toString('utf8')
  const body = parsed(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('the body is no JSON object')
  const members = new Map<string, string | null>()
  for (const [key, value] of Object.entries(body) as [string, unknown][]) {
    if (typeof value !== 'string' && value !== null) throw badRequest(`'${key.slice(0, 40)}' is neither text nor null`)
    members.set(key, value)
  }
  return members
}

async function readLimited(request: IncomingMessage): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length
    if (sizeBytes > LIMIT_BODY_BYTES) {
      const what = `a change has at most ${LIMIT_BODY_BYTES} bytes`
      throw new ServerRefusal(413, 'server-request', { what, why: 'nothing that is written here needs more' })
    }
    chunks.push(chunk)
  }
  return chunks
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw badRequest('the body is no JSON')
  }
}
