/**
 * `GET /api/run/:id/file?path=`: a recorded file, streamed. It never runs and is never shown in place: it is saved, or
 * drawn by the page that asked for an image.
 */
import { openRunFile } from '../../ops/read/open-run-file.ts'
import type { OpenRunFile } from '../../ops/read/open-run-file.ts'
import type { StreamHandler } from '../context.ts'
import { badRequest, ServerRefusal } from '../refusal.ts'
import { COMMON_HEADERS, fileHeaders, sendChunks } from '../respond.ts'

/** What an image begins with; anything else is bytes, whatever its name says. */
const IMAGES: readonly (readonly [type: string, offset: number, start: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
]
const LOOK_BYTES = 16

/** Streams a file, or the part that `Range` names. */
export const fileHandler: StreamHandler = async ({ repository }, question, response) => {
  const { parts, query, range, ifRange } = question
  const path = query.one('path')
  if (path === undefined) throw badRequest("'path' is missing")
  const found = await openRunFile(repository, parts[0] ?? '', path)
  const { sha256, sizeBytes } = found.file
  const tag = `"${sha256}"`
  const part = ifRange === undefined || ifRange === tag ? rangeOf(range, sizeBytes) : undefined
  const { start, end } = part ?? { start: 0, end: sizeBytes }
  response.writeHead(part === undefined ? 200 : 206, {
    ...COMMON_HEADERS,
    ...fileHeaders(path.slice(path.lastIndexOf('/') + 1), await typeOf(found)),
    'accept-ranges': 'bytes',
    'content-length': end - start,
    etag: tag,
    ...(part === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
  })
  await sendChunks(response, found.read(start, end))
}

/** The type of an image as its first bytes tell it; of anything else that it is bytes. */
export async function typeOf({ file, read }: OpenRunFile): Promise<string> {
  for await (const chunk of read(0, Math.min(LOOK_BYTES, file.sizeBytes))) {
    const start = Buffer.from(chunk).toString('latin1')
    const found = IMAGES.find(([, offset, magic]) => start.startsWith(magic, offset))
    if (found !== undefined) return found[0]
  }
  return 'application/octet-stream'
}

/**
 * The part that a `Range` header names (RFC 9110, 14.1.2), `end` not included; `undefined` for the whole: without one,
 * and for several parts at once or another unit, which a server may ignore.
 *
 * @throws a refusal for a part that the file does not have
 */
export function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, first = '', last = ''] = found ?? []
  if (found === null || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  if (start < end) return { start, end }
  const what = 'the file has no such part'
  throw new ServerRefusal(416, 'server-range', { what, why: `it has ${sizeBytes} bytes` })
}
