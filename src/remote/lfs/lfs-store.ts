/**
 * The store of a remote that speaks Git LFS: batch requests, basic transfers, credentials by git's helpers.
 *
 * Stock git-lfs reads what is put here, and what it put is read here.
 */
import { askAhead, partsOf } from './lfs-ahead.ts'
import type { AskedAhead } from './lfs-ahead.ts'
import { LFS_JSON, batchRequest, parseBatch } from './lfs-batch.ts'
import type { LfsAction, LfsAnswer } from './lfs-batch.ts'
import { basicAuthorization } from './lfs-credentials.ts'
import type { Credential, CredentialSource } from './lfs-credentials.ts'
import type { LfsAccess } from './lfs-endpoint.ts'
import { printable } from '../../base/printable.ts'
import type { Sha256 } from '../../base/digest.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import { urlLabel } from '../http.ts'
import type { Http, HttpReply } from '../http.ts'
import type { ByteRange, ObjectId, ObjectStore, OnBytes } from '../object-store.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'

/** What an LFS store is opened with. */
export interface LfsOptions {
  readonly http: Http
  /** Where the server is for an operation, and which headers it asked for. */
  readonly access: (operation: 'upload' | 'download') => Promise<LfsAccess>
  readonly credentials: CredentialSource
  /** The ref objects are for, which some servers decide by. */
  readonly ref: string
  readonly retry: RetryWorld
}

type PutObject = Parameters<ObjectStore['put']>[0][number]

const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
/** As git-lfs does. */
const AT_ONCE = 8
const BATCHES_AT_ONCE = 4
/** Less is sent at once; a stream takes longer to set up. */
const SMALL_BYTES = 1024 * 1024

/** Opens the store. Nothing is asked before it is used. */
export function openLfsStore(label: string, options: LfsOptions): ObjectStore {
  const store = new LfsStore(label, options)
  return {
    label,
    present: (objects) => store.present(objects),
    put: (objects, events) => store.put(objects, events),
    get: (object, range) => store.get(object, range),
    expect: (objects) => store.expect(objects),
  }
}

/** Absent; or the server has something else by that name, such as the first half of an upload that was cut. */
const NOT_WHOLE: ReadonlySet<number> = new Set([404, 422])

/**
 * The answer of a server that has nothing of it whole: giftless then refuses the question, with the words that
 * docs/api/batch.md of git-lfs has for this status.
 *
 * @throws what else was caught
 */
function noneWhole(caught: unknown): readonly LfsAnswer[] {
  if (!isFailure(caught, 'remote-refused')) throw caught
  const { status, problem } = caught.detail.data
  if (status === 422 && /\bvalidat/i.test(problem)) return []
  throw caught
}

/** Lives as long as the store is open: remembers the credential that worked. */
class LfsStore {
  readonly #label: string
  readonly #options: LfsOptions
  #credential: Credential | undefined
  #isApproved = false
  /** The one question for a credential that is under way. */
  #filling: Promise<Credential | undefined> | undefined
  #downloads: AskedAhead | undefined

  constructor(label: string, options: LfsOptions) {
    this.#label = label
    this.#options = options
  }

  async present(objects: readonly ObjectId[]): Promise<ReadonlySet<Sha256>> {
    const found = new Set<Sha256>()
    const ask = async (part: readonly ObjectId[]): Promise<void> => {
      for (const answer of await this.#batch('download', part).catch(noneWhole)) {
        if (answer.kind === 'transfer') found.add(answer.object.sha256)
        else if (answer.kind === 'refused' && !NOT_WHOLE.has(answer.status)) throw this.#refused(answer)
      }
    }
    const [first, ...others] = partsOf(objects)
    // Where the server is and what it wants is found out once.
    if (first !== undefined) await ask(first)
    await forEachAtOnce(others, BATCHES_AT_ONCE, ask)
    return found
  }

  async put(
    objects: readonly PutObject[],
    { onBytes, onStored }: { readonly onBytes: OnBytes; readonly onStored: (object: ObjectId) => void },
  ): Promise<void> {
    const asked = askAhead(objects, (part) => this.#batch('upload', part))
    await forEachAtOnce(objects, AT_ONCE, async (object) => {
      const answer = await asked.take(object)
      // Named twice, it goes once.
      if (answer === undefined) return
      if (answer.kind === 'refused') throw this.#refused(answer)
      if (answer.kind === 'nothing') onBytes(answer.object.sizeBytes)
      else await this.#upload(object, answer, onBytes)
      onStored(answer.object)
    })
  }

  expect(objects: readonly ObjectId[]): void {
    this.#downloads = askAhead(objects, (part) => this.#batch('download', part))
  }

  async get(object: ObjectId, range: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    const ahead = await this.#downloads?.take(object)
    const reply = ahead?.kind === 'transfer' ? await this.#download(object, range, ahead.action) : undefined
    if (reply !== undefined && (reply.status === 200 || reply.status === 206)) return bodyOf(reply, object, range)
    // What was named ahead may have expired, or never was.
    await reply?.drop()
    const [answer] = ahead?.kind === 'refused' ? [ahead] : await this.#batch('download', [object])
    if (answer?.kind !== 'transfer') {
      if (answer?.kind === 'refused' && answer.status !== 404) throw this.#refused(answer)
      throw refuse('object-missing', { what: `in ${this.#label}, artifact`, id: object.sha256 })
    }
    const again = await this.#download(object, range, answer.action)
    if (again.status === 200 || again.status === 206) return bodyOf(again, object, range)
    return this.#fail(answer.action.url, again)
  }

  #download(object: ObjectId, range: ByteRange, action: LfsAction): Promise<HttpReply> {
    const headers = isPartOf(object, range) ? { range: `bytes=${range.start}-${range.end - 1}` } : {}
    return this.#act('GET', action, { headers })
  }

  /** Sends one object. A server keeps all of an object or nothing, so a try that was cut is made anew. */
  async #upload(object: PutObject, answer: Extract<LfsAnswer, { kind: 'transfer' }>, onBytes: OnBytes): Promise<void> {
    let { action, verify } = answer
    let wasRenewed = false
    await retrying(this.#options.retry, async () => {
      let sent = 0
      const counted = (bytes: number): void => {
        sent += bytes
        onBytes(bytes)
      }
      try {
        await this.#put(object, action, counted)
      } catch (caught) {
        onBytes(-sent)
        // The place may have expired meanwhile, or the object may have arrived after all.
        const [again] = await this.#batch('upload', [object])
        if (again?.kind === 'nothing') return onBytes(object.sizeBytes)
        if (again?.kind !== 'transfer') throw caught
        const isExpiry = !wasRenewed && isRefusedPlace(caught)
        wasRenewed = true
        action = again.action
        verify = again.verify
        throw isExpiry
          ? refuse('remote-unreachable', { url: this.#label, problem: 'the place has expired' }, caught)
          : caught
      }
    })
    if (verify !== undefined) await this.#verify(object, verify)
  }

  async #put(object: PutObject, action: LfsAction, onBytes: OnBytes): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(object.sizeBytes) }
    const whole = { start: 0, end: object.sizeBytes }
    const small = object.sizeBytes <= SMALL_BYTES ? await bytesOf(object.source.read(whole)) : undefined
    const body = () => small ?? counting(object.source.read(whole), onBytes)
    const reply = await this.#act('PUT', action, { headers, body })
    if (reply.status < 200 || reply.status > 299) return this.#fail(action.url, reply)
    await reply.drop()
    if (small !== undefined) onBytes(small.length)
  }

  async #verify(object: ObjectId, action: LfsAction): Promise<void> {
    const text = JSON.stringify({ oid: object.sha256, size: object.sizeBytes })
    await retrying(this.#options.retry, async () => {
      const reply = await this.#act('POST', action, jsonBody(text))
      if (reply.status < 200 || reply.status > 299) return this.#fail(action.url, reply)
      await reply.drop()
    })
  }

  /** Headers of an action are for its own URL only (row S3). */
  #act(
    method: 'GET' | 'PUT' | 'POST',
    action: LfsAction,
    more: {
      readonly headers: Readonly<Record<string, string>>
      readonly body?: () => AsyncIterable<Uint8Array> | Uint8Array
    },
  ): Promise<HttpReply> {
    const { headers, body } = more
    const request = { method, url: action.url, namedBy: action.namedBy, headers, credentials: action.headers }
    return this.#options.http.send(body === undefined ? request : { ...request, body })
  }

  async #batch(operation: 'upload' | 'download', objects: readonly ObjectId[]): Promise<readonly LfsAnswer[]> {
    const text = batchRequest(operation, objects, this.#options.ref)
    return retrying(this.#options.retry, async () => {
      const access = await this.#options.access(operation)
      const url = new URL(`${access.url.href.replace(/\/+$/, '')}/objects/batch`)
      const reply = await this.#authorized(url, access, text)
      if (operation === 'download' && reply.status === 404 && reply.header('content-type')?.startsWith(LFS_JSON)) {
        // Some servers (giftless 0.6) say so when they have none of what was asked for.
        await reply.drop()
        return objects.map((object) => ({ kind: 'refused', object, status: 404, problem: 'the server has none of it' }))
      }
      if (reply.status !== 200) return this.#fail(url, reply)
      const { namer } = reply
      return parseBatch(await reply.text(ANSWER_LIMIT_BYTES), operation, objects, { label: this.#label, url, namer })
    })
  }

  /** Asks without a credential first, and for one when the server wants it. */
  async #authorized(url: URL, access: LfsAccess, text: string): Promise<HttpReply> {
    const used = this.#credential
    const reply = await this.#ask(url, access, text, used)
    if (reply.status !== 401 || 'Authorization' in access.headers) return reply
    await reply.drop()
    const { credentials } = this.#options
    // Of several requests that are refused at once, one asks the user.
    if (used === this.#credential) {
      this.#filling ??= this.#fill(url, access)
      await this.#filling.finally(() => (this.#filling = undefined))
    }
    if (this.#credential === undefined) throw this.#unauthorized(url)
    const again = await this.#ask(url, access, text, this.#credential)
    if (again.status === 401) {
      await again.drop()
      await credentials.report(access.url, this.#credential, false)
      this.#credential = undefined
      throw this.#unauthorized(url)
    }
    if (!this.#isApproved) await credentials.report(access.url, this.#credential, true)
    this.#isApproved = true
    return again
  }

  async #fill(url: URL, access: LfsAccess): Promise<Credential | undefined> {
    const { credentials } = this.#options
    if (this.#credential !== undefined) await credentials.report(url, this.#credential, false)
    this.#credential = await credentials.fill(access.url)
    return this.#credential
  }

  #ask(url: URL, access: LfsAccess, text: string, credential: Credential | undefined): Promise<HttpReply> {
    const authorization = credential === undefined ? {} : { Authorization: basicAuthorization(credential) }
    const { headers, body } = jsonBody(text)
    const credentials = { ...access.headers, ...authorization }
    const named = access.namedBy === undefined ? {} : { namedBy: access.namedBy }
    return this.#options.http.send({ method: 'POST', url, headers, credentials, body, ...named })
  }

  #unauthorized(url: URL): Error {
    return refuse('remote-refused', {
      url: urlLabel(url),
      status: 401,
      problem: 'it wants a user and password, and git knows none',
    })
  }

  #refused({ object, status, problem }: Extract<LfsAnswer, { kind: 'refused' }>): Error {
    return refuse('remote-refused', { url: this.#label, status, problem: `${object.sha256.slice(0, 12)}: ${problem}` })
  }

  async #fail(url: URL, reply: HttpReply): Promise<never> {
    const retryAfter = reply.header('retry-after')
    const problem = messageOf(await reply.text(2000))
    throw refuse('remote-refused', {
      url: urlLabel(url),
      status: reply.status,
      problem,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    })
  }
}

/** How servers say that a place they named is no more: most are signed for an hour or so. */
function isRefusedPlace(caught: unknown): boolean {
  return isFailure(caught, 'remote-refused') && [400, 401, 403, 404, 410].includes(caught.detail.data.status ?? 0)
}

function jsonBody(text: string) {
  const bytes = Buffer.from(text, 'utf8')
  const headers = { accept: LFS_JSON, 'content-type': LFS_JSON, 'content-length': String(bytes.length) }
  return { headers, body: () => bytes }
}

/** The server's own words, which LFS servers give as `{"message": ...}`. */
function messageOf(text: string): string {
  const found = /"message"\s*:\s*"([^"\\]{1,300})"/.exec(text)
  return printable(
    (
      found?.[1] ??
      text
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
    ).slice(0, 300),
  )
}

function isPartOf({ sizeBytes }: ObjectId, { start, end }: ByteRange): boolean {
  return start > 0 || end < sizeBytes
}

function bodyOf(reply: HttpReply, object: ObjectId, range: ByteRange): AsyncIterable<Uint8Array> {
  // Servers that know no end of a range send all that comes after its start.
  if (reply.status === 206) return cut(reply.body, { start: 0, end: range.end - range.start })
  return isPartOf(object, range) ? cut(reply.body, range) : reply.body
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function* counting(chunks: AsyncIterable<Uint8Array>, onBytes: OnBytes): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk
    onBytes(chunk.length)
  }
}

/** What a server sends that knows no ranges, less what was not wanted. */
async function* cut(chunks: AsyncIterable<Uint8Array>, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  let at = 0
  for await (const chunk of chunks) {
    const [from, to] = [Math.max(0, start - at), Math.min(chunk.length, end - at)]
    if (from < to) yield chunk.subarray(from, to)
    at += chunk.length
    if (at >= end) return
  }
}
