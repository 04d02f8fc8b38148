/**
 * The page of a site: the page of `mlv ui` with the script that answers beside it, and the policy a server would send.
 */
import { sha256Of } from '../../base/digest.ts'

/** The files of the pages, as they were built. */
export interface SiteAssets {
  readonly 'index.html': string
  readonly 'app.css': string
  readonly 'app.js': string
  /** Answers instead of a server. */
  readonly 'site.js': string
}

/** What a page of a site may load: what is beside it, and nothing from anywhere else. `file:` is that of a disk. */
function policy(script: string, style: string): string {
  const rules = [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${style}`,
    "img-src 'self' data: blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}" />\n    ${GENERATOR}`
}

const GENERATOR = '<meta name="generator" content="mlv site" />'
const STYLE = '<link rel="stylesheet" href="app.css" />'
const SCRIPT = '<script src="app.js" defer></script>'
const HEAD = '<meta charset="utf-8" />'
const BODY_END = '</body>'

/** The page of a site that is a folder. */
export function folderPage({ 'index.html': page }: SiteAssets): string {
  const withPolicy = replaced(page, HEAD, `${HEAD}\n    ${policy("'self'", "'self'")}`)
  return replaced(withPolicy, SCRIPT, `<script src="site.js" defer></script>\n    ${SCRIPT}`)
}

/** The page of a site that is one file, up to its documents and from there on. */
export function filePage(assets: SiteAssets): { readonly start: string; readonly end: string } {
  const style = withoutEnd(assets['app.css'], 'style')
  const scripts = [assets['site.js'], assets['app.js']].map((script) => withoutEnd(script, 'script'))
  const hashes = scripts.map(hashOf).join(' ')
  const page = replaced(replaced(assets['index.html'], SCRIPT, ''), STYLE, `<style>${style}</style>`)
  const whole = replaced(page, HEAD, `${HEAD}\n    ${policy(hashes, hashOf(style))}`)
  const [start = '', end = ''] = whole.split(BODY_END)
  return {
    start,
    end: `${scripts.map((script) => `<script data-one-file>${script}</script>\n`).join('')}${BODY_END}${end}`,
  }
}

/** A document as part of a page; `text` is that of `documentText`, which holds no tag. */
export function documentElement(name: string, text: string): string {
  return `<script type="application/json" id="data/${name}">${text}</script>\n`
}

/** A document as a script. */
export function documentScript(name: string, text: string): string {
  // In a script, unlike in JSON, a member of this name would become the prototype. Quotes within texts are escaped.
  return `mlvData(${JSON.stringify(name)},${text.replaceAll('"__proto__":', '["__proto__"]:')})\n`
}

/** Whether a file begins as a site of one file does. */
export function isSitePage(start: string): boolean {
  return start.includes(GENERATOR)
}

function hashOf(text: string): string {
  return `'sha256-${Buffer.from(sha256Of(text), 'hex').toString('base64')}'`
}

function replaced(text: string, part: string, by: string): string {
  if (text.split(part).length !== 2) throw new Error(`the page has not one ${part}; build mlv again`)
  return text.replace(part, () => by)
}

/** What would end the element it stands in cannot stand in it. */
function withoutEnd(text: string, element: 'script' | 'style'): string {
  if (new RegExp(`</${element}|<!--`, 'i').test(text))
    throw new Error(`the ${element} of the pages cannot stand in one`)
  return text
}
