/**
 * The words of a filter: cut once from left to right, each with the column it starts at.
 */
import { hiddenCharacterAt } from '../base/printable.ts'
import { refuse } from './failure.ts'
import type { Failure } from './failure.ts'

/** One piece of a term; quoted pieces are taken literally. */
export interface Piece {
  readonly text: string
  readonly isQuoted: boolean
}

/** One word of a filter; columns count UTF-16 units from 1. */
export type Token =
  | { readonly kind: 'mark'; readonly text: string; readonly column: number }
  /** A run of bare and quoted pieces without space between: `metric."val/loss".min`, `1e-3`, `and`. */
  | { readonly kind: 'term'; readonly pieces: readonly Piece[]; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly text: ''; readonly column: number }

const LIMIT_LENGTH = 65_536
// Sticky, so that each matches only where the last word ended.
const SPACE = /\s*/y
const MARK = /!=|<=|>=|[=<>~(),]/y
const BARE = /[^\s=<>~(),"'!]+/y
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy

/**
 * Cuts a filter into words; the last one is the end.
 *
 * @throws `filter-invalid` for a quote without its end, a hidden character, and more than 65,536 characters.
 */
export function tokensOf(filter: string): readonly Token[] {
  checkText(filter)
  const tokens: Token[] = []
  let at = skipSpace(filter, 0)
  while (at < filter.length) {
    const token = markAt(filter, at) ?? termAt(filter, at)
    tokens.push(token)
    at = skipSpace(filter, at + token.text.length)
  }
  return [...tokens, { kind: 'end', text: '', column: filter.length + 1 }]
}

/** The refusal of a filter, pointing at a column. */
export function filterInvalid(filter: string, column: number, problem: string): Failure {
  return refuse('filter-invalid', { filter, column, problem })
}

function checkText(filter: string): void {
  if (filter.length > LIMIT_LENGTH) {
    throw filterInvalid(filter, LIMIT_LENGTH + 1, `a filter has at most ${LIMIT_LENGTH} characters`)
  }
  const hidden = hiddenCharacterAt(filter.replace(/[\t\r\n]/g, ' '))
  if (hidden !== undefined) throw filterInvalid(filter, hidden + 1, 'there is a hidden character')
}

function skipSpace(filter: string, at: number): number {
  return at + matchAt(SPACE, filter, at).length
}

function markAt(filter: string, at: number): Token | undefined {
  const text = matchAt(MARK, filter, at)
  return text === '' ? undefined : { kind: 'mark', text, column: at + 1 }
}

function termAt(filter: string, at: number): Token {
  const pieces: Piece[] = []
  let end = at
  for (let piece = pieceAt(filter, end); piece !== undefined; piece = pieceAt(filter, end)) {
    pieces.push(piece.piece)
    end = piece.end
  }
  if (pieces.length === 0) throw filterInvalid(filter, at + 1, unreadable(filter.charAt(at)))
  return { kind: 'term', pieces, text: filter.slice(at, end), column: at + 1 }
}

function unreadable(character: string): string {
  return character === '!' ? "'!' is no operator; write 'not' or '!='" : 'a quote is not closed'
}

function pieceAt(filter: string, at: number): { readonly piece: Piece; readonly end: number } | undefined {
  const bare = matchAt(BARE, filter, at)
  if (bare !== '') return { piece: { text: bare, isQuoted: false }, end: at + bare.length }
  const quote = matchAt(QUOTED, filter, at)
  if (quote === '') return undefined
  const text = quote.slice(1, -1).replace(/\\(.)/gs, '$1')
  return { piece: { text, isQuoted: true }, end: at + quote.length }
}

function matchAt(pattern: RegExp, filter: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(filter)?.[0] ?? ''
}
