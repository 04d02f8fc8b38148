/**
 * Refusals as a page, for a person whose browser asked. Static text: no script, no style, nothing that is loaded.
 */
import type { OutgoingHttpHeaders } from 'node:http'
import { printable } from '../base/printable.ts'
import type { RefusalAnswer } from './refusal.ts'

/** What the page may load and do: nothing. */
export const REFUSAL_PAGE_HEADERS: OutgoingHttpHeaders = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** Whether an answer is for a person: browsers ask for pages by this type, programs and scripts of a page do not. */
export function wantsPage(method: string | undefined, accept: string | undefined): boolean {
  return method === 'GET' && /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(accept ?? '')
}

/** Writes a refusal as a page. With a place to lead to, a browser goes there by itself. */
export function refusalPage({ body, leadTo }: Pick<RefusalAnswer, 'body' | 'leadTo'>): string {
  const { what, why, next } = body.error
  const lead = leadTo === undefined ? [] : [`<meta http-equiv="refresh" content="0;url=${markup(leadTo)}">`]
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    ...lead,
    '<title>mlv</title>',
    `<h1>${markup(what)}</h1>`,
    `<p>why: ${markup(why)}</p>`,
    ...(next === null ? [] : [`<p>next: ${markup(next)}</p>`]),
    '</html>\n',
  ].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for element content and quoted attributes, where nothing in it is markup. */
function markup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
