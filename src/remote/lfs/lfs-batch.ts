/**
 * The batch request of Git LFS (its docs/api/batch.md): which objects the server wants, or has, and where.
 *
 * What the server answers is as little believed as any other input: an object that was not asked for, a size that
 * differs or a header that could break out of its line is refused before anything is sent.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { printable } from '../../base/printable.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import {
  countValue,
  fieldsOf,
  integerValue,
  listOf,
  mapOf,
  optional,
  required,
  textValue,
} from '../../store/documents/decode.ts'
import type { Decoder, Fields } from '../../store/documents/decode.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import type { Namer } from '../network-guard.ts'
import type { ObjectId } from '../object-store.ts'

/** The media type of every request and answer. */
export const LFS_JSON = 'application/vnd.git-lfs+json'

/** How many objects one request asks for, as git-lfs itself does. */
export const BATCH_OBJECTS = 100

/** A request the server told us to make. */
export interface LfsAction {
  readonly url: URL
  readonly namedBy: Namer
  readonly headers: Readonly<Record<string, string>>
}

/** What the server says of one object. */
export type LfsAnswer =
  /** There is nothing to do: on upload it has the object, on download it named no place. */
  | { readonly kind: 'nothing'; readonly object: ObjectId }
  | { readonly kind: 'transfer'; readonly object: ObjectId; readonly action: LfsAction; readonly verify?: LfsAction }
  | { readonly kind: 'refused'; readonly object: ObjectId; readonly status: number; readonly problem: string }

/** Who answered a batch request. */
export interface LfsServer {
  readonly label: string
  readonly url: URL
  readonly namer: Namer
}

/** The body of a batch request. */
export function batchRequest(operation: 'upload' | 'download', objects: readonly ObjectId[], ref: string): string {
  return JSON.stringify({
    operation,
    transfers: ['basic'],
    ref: { name: ref },
    objects: objects.map(({ sha256, sizeBytes }) => ({ oid: sha256, size: sizeBytes })),
    hash_algo: 'sha256',
  })
}

/**
 * Reads the answer to a batch request, in the order that was asked.
 *
 * @throws `lfs-response-invalid`
 */
export function parseBatch(
  text: string,
  operation: 'upload' | 'download',
  asked: readonly ObjectId[],
  server: LfsServer,
): readonly LfsAnswer[] {
  try {
    const fields = fieldsOf(readStrictJson(text, 'the answer'), { file: 'the answer' })
    const transfer = optional(fields, 'transfer', textValue)
    if (transfer !== undefined && transfer !== 'basic')
      throw invalid(server.label, `it chose the transfer ${printable(transfer)}`)
    const wanted = new Map(asked.map((object) => [object.sha256, object]))
    const answers = new Map<Sha256, LfsAnswer>()
    for (const answer of required(fields, 'objects', listOf(answerOf(operation, wanted, server)))) {
      if (answers.has(answer.object.sha256)) throw invalid(server.label, 'it answers for an object twice')
      answers.set(answer.object.sha256, answer)
    }
    return asked.map((object) => answers.get(object.sha256) ?? unanswered(object))
  } catch (caught) {
    if (!(caught instanceof Failure) || caught.code === 'lfs-response-invalid') throw caught
    throw invalid(server.label, caught.message, caught)
  }
}

function unanswered(object: ObjectId): LfsAnswer {
  return { kind: 'refused', object, status: 404, problem: 'the server did not answer for it' }
}

function answerOf(
  operation: 'upload' | 'download',
  wanted: ReadonlyMap<Sha256, ObjectId>,
  server: LfsServer,
): Decoder<LfsAnswer> {
  return (value, spot) => {
    const fields = fieldsOf(value, spot)
    const sha256 = parseSha256(required(fields, 'oid', textValue))
    const object = sha256 === undefined ? undefined : wanted.get(sha256)
    if (object === undefined) throw invalid(server.label, 'it answers for an object that was not asked for')
    const refused = optional(fields, 'error', errorOf(object))
    if (refused !== undefined) return refused
    if (required(fields, 'size', countValue) !== object.sizeBytes) {
      throw invalid(server.label, `it says ${object.sha256} has another size`)
    }
    const actions = optional(fields, 'actions', fieldsOf)
    const action = actions && optional(actions, operation, actionOf(server))
    if (actions === undefined || action === undefined) return { kind: 'nothing', object }
    const verify = optional(actions, 'verify', actionOf(server))
    return { kind: 'transfer', object, action, ...(verify === undefined ? {} : { verify }) }
  }
}

function errorOf(object: ObjectId): Decoder<LfsAnswer> {
  return (value, spot) => {
    const fields = fieldsOf(value, spot)
    const status = required(fields, 'code', countValue)
    return { kind: 'refused', object, status, problem: printable(required(fields, 'message', textValue).slice(0, 300)) }
  }
}

function actionOf(server: LfsServer): Decoder<LfsAction> {
  return (value, spot) => {
    const fields = fieldsOf(value, spot)
    const href = required(fields, 'href', textValue)
    checkLifetime(fields, server.label)
    const headers =
      optional(
        fields,
        'header',
        mapOf((name) => name, textValue),
      ) ?? new Map<string, string>()
    return { url: placeNamedBy(href, server), namedBy: server.namer, headers: headersNamedBy(headers, server.label) }
  }
}

/** A time that has passed means a wrong clock or a lie; either way the transfer would fail. */
function checkLifetime(fields: Fields, label: string): void {
  const seconds = optional(fields, 'expires_in', integerValue)
  if (seconds !== undefined && seconds < 0) throw invalid(label, 'it names a place that has expired')
}

/**
 * The URL a server names, from its own URL where that is known.
 *
 * @throws `lfs-response-invalid` for what is no HTTP, and for http behind https
 */
export function placeNamedBy(href: string, server: { readonly label: string; readonly url: URL | undefined }): URL {
  const base = server.url?.href
  if (/[\0-\x20]/.test(href) || !URL.canParse(href, base)) {
    throw invalid(server.label, 'it names a place that is no URL')
  }
  const url = new URL(href, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(server.label, 'it names a place that is not HTTP')
  if (server.url?.protocol === 'https:' && url.protocol === 'http:') {
    throw invalid(server.label, 'it leads from https to http')
  }
  return url
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
/** RFC 9110, 5.5: no control characters, and nothing outside of one byte. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,16384}$/
const MOST_HEADERS = 100
/** What the transfer itself says, and what is of the connection: a server has no business in them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'range',
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers a server wants to be sent, less those it has no business in. @throws `lfs-response-invalid` */
export function headersNamedBy(headers: ReadonlyMap<string, string>, label: string): Readonly<Record<string, string>> {
  if (headers.size > MOST_HEADERS) throw invalid(label, `it sets more than ${MOST_HEADERS} headers`)
  const kept: [string, string][] = []
  for (const [name, value] of headers) {
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      throw invalid(label, 'it sets a header that is no header')
    }
    if (!OWN_HEADERS.has(name.toLowerCase())) kept.push([name, value])
  }
  return Object.fromEntries(kept)
}

function invalid(label: string, problem: string, cause?: unknown): Failure {
  return refuse('lfs-response-invalid', { server: label, problem }, cause)
}
