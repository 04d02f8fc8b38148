/**
 * How answers are written: the headers every one has, JSON, and streams that wait for a slow reader.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** What a page may load and do: its own script and styles, and nothing from anywhere else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What a recorded file may do when somebody opens it on its own: nothing. */
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

/** Headers of every answer, whatever it is. Without any `Access-Control-*`, no other site may read one. */
export const COMMON_HEADERS: OutgoingHttpHeaders = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Headers of a recorded file: saved by whoever opens it, and harmless where a browser shows it all the same. */
export function fileHeaders(name: string, contentType: string): OutgoingHttpHeaders {
  const ascii = name.replace(/[^\w.-]/g, '_')
  return {
    'content-security-policy': FILE_POLICY,
    'content-type': contentType,
    'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  }
}

/** Answers with a whole body. */
export function sendText(
  response: ServerResponse,
  status: number,
  {
    type,
    text,
    headers = {},
  }: { readonly type: string; readonly text: string; readonly headers?: OutgoingHttpHeaders },
): void {
  const body = Buffer.from(text, 'utf8')
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': type, 'content-length': body.length, ...headers })
  response.end(body)
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: object,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(response, status, { type: 'application/json; charset=utf-8', text: JSON.stringify(value), headers })
}

/** Sends bytes as fast as they are read, and takes no more from their source than that. */
export async function sendChunks(response: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

/** Kept when the reader took what was sent, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}
