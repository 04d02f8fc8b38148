/**
 * What a YAML text may not hold, found from its tokens before any of it is built: aliases cannot expand and nesting
 * cannot exhaust the stack of a parser that never starts.
 */
import { CST, Lexer } from 'yaml'
import { DEPTH_LIMIT } from '../../base/canonical-yaml-read.ts'
import { refuse } from '../../domain/failure.ts'
import { placeAt } from './document-text.ts'

/** Features that mean different things to different readers, by token type. */
const FEATURES: ReadonlyMap<string, string> = new Map([
  ['alias', 'aliases'],
  ['anchor', 'anchors'],
  ['tag', 'tags'],
  ['directive-line', 'directives'],
])

/** Tokens of the lexer that stand for no characters. */
const MARKERS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR])

/**
 * Refuses YAML features that mlv does not accept, and deep nesting.
 *
 * Block nesting is counted by columns, which finds half of it or more; whoever builds the values counts exactly.
 *
 * @throws `document-feature`, `document-too-deep`
 */
export function checkYamlTokens(text: string, file: string): void {
  const nesting: Nesting = { columns: [], flow: 0, lineStart: 0, opensLevel: true }
  let offset = 0
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    const type = isScalar ? 'scalar' : CST.tokenType(token)
    const feature = FEATURES.get(type ?? '')
    if (feature !== undefined) throw refuse('document-feature', { place: placeAt(text, file, offset), feature })
    isScalar = token === CST.SCALAR && !isScalar
    if (isScalar || (type !== 'scalar' && MARKERS.has(token))) continue
    follow(nesting, type, offset)
    // A column counts two levels at most, and the scalar at the end of a line counts as one.
    if (nesting.columns.length + nesting.flow > DEPTH_LIMIT + 1) {
      throw refuse('document-too-deep', { place: placeAt(text, file, offset), limit: DEPTH_LIMIT })
    }
    offset += token.length
  }
}

interface Nesting {
  /** Columns at which block levels start, outermost first. */
  columns: number[]
  /** Open brackets and braces. */
  flow: number
  /** Offset of the current line. */
  lineStart: number
  /** Whether the next token starts a level: the first of its line, or one after a dash or question mark. */
  opensLevel: boolean
}

function follow(nesting: Nesting, type: string | null, offset: number): void {
  if (type === 'newline') {
    nesting.lineStart = offset + 1
    nesting.opensLevel = true
  } else if (type === 'flow-map-start' || type === 'flow-seq-start') {
    nesting.flow += 1
  } else if (type === 'flow-map-end' || type === 'flow-seq-end') {
    nesting.flow = Math.max(0, nesting.flow - 1)
  } else if (nesting.flow === 0 && type !== 'space' && type !== 'comment') {
    openLevel(nesting, type, offset - nesting.lineStart)
  }
}

function openLevel(nesting: Nesting, type: string | null, column: number): void {
  const isIndicator = type === 'seq-item-ind' || type === 'explicit-key-ind'
  if (nesting.opensLevel || isIndicator) {
    while (nesting.columns.length > 0 && (nesting.columns.at(-1) ?? 0) >= column) nesting.columns.pop()
    nesting.columns.push(column)
  }
  nesting.opensLevel = isIndicator
}
