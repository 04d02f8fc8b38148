/**
 * Refusals as a page, for a person whose browser asked. Static text, without style; nothing is loaded but the script
 * that leads a browser on that was let in before.
 */
import type { OutgoingHttpHeaders } from 'node:http'
import { markupText } from '../base/markup-text.ts'
import { leadOn } from './lead-on.ts'
import type { RefusalAnswer } from './refusal.ts'

const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What the page may load and do: nothing, but for the script that leads on. */
export function refusalPageHeaders({ leadTo }: Pick<RefusalAnswer, 'leadTo'>): OutgoingHttpHeaders {
  return { 'content-security-policy': leadTo === undefined ? NOTHING : `${NOTHING}; script-src 'self'` }
}

/** Whether an answer is for a person: browsers ask for pages by this type, programs and scripts of a page do not. */
export function wantsPage(method: string | undefined, accept: string | undefined): boolean {
  return method === 'GET' && /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(accept ?? '')
}

/** Writes a refusal as a page. With a place to lead to, a browser goes there by itself. */
export function refusalPage({ body, leadTo }: Pick<RefusalAnswer, 'body' | 'leadTo'>): string {
  const { what, why, next } = body.error
  const lead = leadTo === undefined ? [] : [leadOn(leadTo)]
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    ...lead,
    '<title>mlv</title>',
    `<h1>${markupText(what)}</h1>`,
    `<p>why: ${markupText(why)}</p>`,
    ...(next === null ? [] : [`<p>next: ${markupText(next)}</p>`]),
    '</html>\n',
  ].join('\n')
}
