/**
 * Where claims stand in a document, and the document with other values in their places.
 *
 * A claim is filled, `<!-- mlv: churn@v12#auc -->0.931<!-- /mlv -->`, or open, `{{churn@v12#auc}}`. In Markdown, code
 * is left alone, as are other comments. Documents are bytes: texts here hold one character a byte (Latin-1), so what
 * is no claim passes unchanged, whatever its encoding.
 *
 * Laws: a rendered document holds its claims again, and rendering it again with the same values changes nothing.
 */

/** One claim as it stands in a document. Places count bytes from 0, lines and columns from 1. */
export interface FoundClaim {
  readonly shape: 'filled' | 'open'
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
  /** What is claimed, decoded; not yet read. */
  readonly body: string
  /** What stands between the markers, decoded, without the space around it; absent for an open claim. */
  readonly claimed?: string
  /** Where that stands, space included; the whole claim for an open one. */
  readonly valueStart: number
  readonly valueEnd: number
  /** Why it cannot be read at all, such as an end that is missing. */
  readonly problem?: string
}

/** What kind of document it is. */
export interface DocumentKind {
  /** Code between backticks and in fences is no place for claims. */
  readonly isMarkdown: boolean
  /** Looks into code all the same. */
  readonly includesCode: boolean
}

const BEGIN = /<!--[ \t]*mlv:/y
const END = /<!--[ \t]*\/mlv[ \t]*-->/y
const OPEN = /\{\{[ \t]*([^{}\r\n]*?)[ \t]*\}\}/y
// Not `${{ x }}` of GitHub Actions nor `{{#if}}` of Handlebars: a revision stands before the sign.
const CLAIM_LIKE = /^[^#\s"]+#\S/
const TOKEN = /\n|\\[^\n]|`+|\{\{|<!--/g
const FENCE = /[ \t]*((?:>[ \t]*)*)(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)/y

/** Finds the claims of a document, in order; they never overlap. */
export function scanClaims(text: string, kind: DocumentKind): readonly FoundClaim[] {
  const hasCode = kind.isMarkdown && !kind.includesCode
  const found: FoundClaim[] = []
  let at = hasCode ? (fenceAt(text, 0) ?? 0) : 0
  for (;;) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token === null) return withLines(text, found)
    const [word] = token
    const start = token.index
    at = start + word.length
    if (word === '\n') at = hasCode ? (fenceAt(text, at) ?? at) : at
    else if (word.startsWith('`')) at = hasCode ? codeSpanEnd(text, start, word.length) : at
    else if (word.startsWith('\\')) at = kind.isMarkdown ? at : start + 1
    else {
      const claim = word === '{{' ? openClaim(text, start) : filledClaim(text, start)
      if (claim !== undefined) found.push(claim)
      // Another comment is passed over whole: a claim in it would end it.
      at = claim?.end ?? (word === '{{' ? start + 1 : commentEnd(text, start))
    }
  }
}

/** The new words of one claim, with one character a byte; `undefined` leaves it as it stands. */
export type WriteClaim = (
  claim: FoundClaim,
  place: number,
) => { readonly body: string; readonly value: string } | undefined

/**
 * The document with values written in. Open claims become filled ones, in a template bare values. A filled claim that
 * says the same but for the space around it is not touched.
 */
export function renderClaims(
  text: string,
  claims: readonly FoundClaim[],
  write: WriteClaim,
  options: { readonly isTemplate: boolean },
): string {
  const parts: string[] = []
  let at = 0
  for (const [place, claim] of claims.entries()) {
    const words = write(claim, place)
    if (words === undefined) continue
    const { shape, start, end, valueStart, valueEnd } = claim
    if (shape === 'filled') {
      const standing = text.slice(valueStart, valueEnd)
      parts.push(text.slice(at, valueStart), trimmed(standing) === words.value ? standing : words.value)
      at = valueEnd
    } else {
      const filled = `<!-- mlv: ${words.body} -->${words.value}<!-- /mlv -->`
      parts.push(text.slice(at, start), options.isTemplate ? words.value : filled)
      at = end
    }
  }
  return [...parts, text.slice(at)].join('')
}

/** Bytes with one character each. */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** The UTF-8 of a text with one character a byte. */
export function encodedText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

type Unplaced = Omit<FoundClaim, 'line' | 'column'>

function openClaim(text: string, start: number): FoundClaim | undefined {
  const found = matchAt(OPEN, text, start)
  const body = found?.[1] ?? ''
  if (found === undefined || !CLAIM_LIKE.test(body) || '$\\{'.includes(text[start - 1] ?? ' ')) return undefined
  const end = start + found[0].length
  return placed({ shape: 'open', start, end, body: decoded(body), valueStart: start, valueEnd: end })
}

function filledClaim(text: string, start: number): FoundClaim | undefined {
  const begin = matchAt(BEGIN, text, start)
  if (begin === undefined) return undefined
  const bodyStart = start + begin[0].length
  const lineEnd = indexOr(text.length, text.indexOf('\n', bodyStart))
  const bodyEnd = indexOr(lineEnd, text.indexOf('-->', bodyStart))
  const body = decoded(trimmed(text.slice(bodyStart, Math.min(bodyEnd, lineEnd))))
  const common = { shape: 'filled' as const, start, body }
  if (bodyEnd >= lineEnd) {
    const place = { end: lineEnd, valueStart: lineEnd, valueEnd: lineEnd }
    return placed({ ...common, ...place, problem: "it has no '-->' on its line" })
  }
  const valueStart = bodyEnd + '-->'.length
  const valueEnd = indexOr(text.length, text.indexOf('<!--', valueStart))
  const end = matchAt(END, text, valueEnd)
  if (end === undefined) {
    const place = { end: valueStart, valueStart, valueEnd: valueStart }
    return placed({ ...common, ...place, problem: "it does not end with '<!-- /mlv -->'" })
  }
  const claimed = decoded(trimmed(text.slice(valueStart, valueEnd)))
  return placed({ ...common, claimed, end: valueEnd + end[0].length, valueStart, valueEnd })
}

function placed(claim: Unplaced): FoundClaim {
  return { ...claim, line: 1, column: 1 }
}

/** Lines and columns are counted once for all claims; a column counts bytes. */
function withLines(text: string, claims: readonly FoundClaim[]): readonly FoundClaim[] {
  let [line, lineStart, at] = [1, 0, 0]
  return claims.map((claim) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < claim.start; next = text.indexOf('\n', at)) {
      line += 1
      at = lineStart = next + 1
    }
    return { ...claim, line, column: claim.start - lineStart + 1 }
  })
}

/** Where a fenced block that begins on this line ends; `undefined` when none does (CommonMark 0.31, section 4.5). */
function fenceAt(text: string, lineStart: number): number | undefined {
  const [opened, quote = '', fence = '', info = ''] = matchAt(FENCE, text, lineStart) ?? []
  if (opened === undefined || (fence.startsWith('`') && info.includes('`'))) return undefined
  const close = new RegExp(`^[ \\t>]*${fence.charAt(0)}{${fence.length},}[ \\t\\r]*$`)
  let at = lineStart + opened.length
  while (at < text.length) {
    const start = at + 1
    const end = indexOr(text.length, text.indexOf('\n', start))
    const line = text.slice(start, end)
    // A block in a quote ends with the quote.
    if (quote !== '' && !/^[ \t]*>/.test(line)) return at
    at = end
    if (close.test(line)) return at
  }
  return text.length
}

/** Past the code span that a run of backticks begins; past the run when nothing closes it in its paragraph. */
function codeSpanEnd(text: string, start: number, length: number): number {
  const runs = /`+|\n[ \t]*\r?\n/g
  runs.lastIndex = start + length
  for (let next = runs.exec(text); next !== null && next[0].startsWith('`'); next = runs.exec(text)) {
    if (next[0].length === length) return next.index + length
  }
  return start + length
}

function commentEnd(text: string, start: number): number {
  const end = text.indexOf('-->', start)
  return end < 0 ? start + '<!--'.length : end + '-->'.length
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function indexOr(fallback: number, index: number): number {
  return index < 0 ? fallback : index
}

/** White space of ASCII only: a byte of a longer character may look like a space of Latin-1. */
function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '')
}

function decoded(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
