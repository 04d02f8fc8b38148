/**
 * How questions reach whoever answers them: the server of these pages or, in a site of files, the script beside them.
 */
import { loadDocument } from './site-documents.ts'

/** Asks an address below the page. @throws what `fetch` throws when nobody answers, or the signal ends it */
export async function reachAddress(address: string, init: RequestInit): Promise<Response> {
  const { mlvAnswer } = globalThis
  if (mlvAnswer === undefined) return fetch(address, init)
  const { status, type, body } = await mlvAnswer(address, loadDocument)
  init.signal?.throwIfAborted()
  return new Response(body, { status, headers: { 'content-type': type } })
}

/** Whether the page is one of a site of files, so that addresses lead nowhere by themselves. */
export function isSite(): boolean {
  return globalThis.mlvAnswer !== undefined
}
