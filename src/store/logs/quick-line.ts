/**
 * The quick path for lines of metrics: they are read from their bytes, without a string or an object for any of them.
 *
 * Law: a line is taken exactly as the careful path would take it, or not at all; then the careful path has it.
 */
import { Failure } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import { parseTime } from '../../domain/time-text.ts'
import { addPoint } from './log-columns.ts'
import type { LogColumns, MetricColumn } from './log-columns.ts'
import { numberScanner } from './quick-number.ts'

/** Takes the line from `start` to `end`, its newline left out; false when it is for the careful path. */
export type QuickLineReader = (bytes: Buffer, start: number, end: number) => boolean

const QUOTE = 34
const COMMA = 44
const COLON = 58
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125
const SPACE = 32
const TAB = 9

/** What a member of a line is; each at most once, so each is a bit. */
const METRIC = 1
const METRICS = 2
const VALUE = 4
const STEP = 8
const TIME = 16

/** The names of the bits, in their order. */
const MEMBERS = ['metric', 'metrics', 'value', 'step', 'time', 'rank'].map((name) => Buffer.from(name))

/** Starts reading into columns. */
export function quickLineReader(columns: ColumnFinder): QuickLineReader {
  const reader = new QuickLines(columns)
  return (bytes, start, end) => reader.take(bytes, start, end)
}

/** Finds the column of a metric; refuses one that has no room. */
type ColumnFinder = Pick<LogColumns, 'of'>

/** A column and the bytes of its name. */
interface NamedColumn {
  readonly name: Buffer
  readonly column: MetricColumn
  /** The last line that named it. */
  line: number
}

/** Lives as long as a run's logs are read: knows the columns by the bytes of their names. */
class QuickLines {
  readonly #columns: ColumnFinder
  readonly #byHash = new Map<number, NamedColumn>()
  readonly #numbers = numberScanner()
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  // The line at hand.
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0
  #seen = 0
  #line = 0
  /** What a line of many metrics holds: the first `count` of these; they grow to the longest line. */
  #count = 0
  #found: NamedColumn[] = []
  #values: number[] = []
  #named: NamedColumn | undefined
  #value = NaN
  #step = NaN
  #time = NaN

  constructor(columns: ColumnFinder) {
    this.#columns = columns
  }

  take(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#line += 1
    this.#seen = 0
    this.#count = 0
    if (!this.#readMembers()) return false
    const seen = this.#seen & (METRIC | METRICS | VALUE)
    if (seen !== METRICS && seen !== (METRIC | VALUE)) return false
    const step = (this.#seen & STEP) === 0 ? undefined : this.#step
    const atMs = (this.#seen & TIME) === 0 ? undefined : parseTime(this.#time)
    if ((this.#seen & TIME) !== 0 && atMs === undefined) return false
    if (this.#named !== undefined && seen !== METRICS) addPoint(this.#named.column, this.#value, step, atMs)
    for (let index = 0; index < this.#count; index += 1) {
      const named = this.#found[index]
      if (named !== undefined) addPoint(named.column, this.#values[index] ?? NaN, step, atMs)
    }
    return true
  }

  #readMembers(): boolean {
    if (!this.#accept(OPEN)) return false
    do {
      const member = this.#readMemberName()
      if (member === 0 || (this.#seen & member) !== 0 || !this.#accept(COLON)) return false
      this.#seen |= member
      if (!this.#readMember(member)) return false
    } while (this.#accept(COMMA))
    return this.#accept(CLOSE) && this.#isAtEnd()
  }

  #readMember(member: number): boolean {
    if (member === METRICS) return this.#readMetrics()
    if (member === METRIC) {
      this.#skipSpace()
      this.#named = this.#readColumn()
      return this.#named !== undefined
    }
    if (!this.#readNumber()) return false
    const number = this.#numbers.value
    if (member === VALUE) this.#value = number
    else if (member === TIME) this.#time = number
    else if (member === STEP) {
      this.#step = number + 0
      return Number.isSafeInteger(number)
    }
    return true
  }

  #readMetrics(): boolean {
    if (!this.#accept(OPEN)) return false
    if (this.#accept(CLOSE)) return true
    do {
      this.#skipSpace()
      const named = this.#readColumn()
      if (named === undefined || named.line === this.#line) return false
      named.line = this.#line
      if (!this.#accept(COLON) || !this.#readNumber()) return false
      this.#found[this.#count] = named
      this.#values[this.#count] = this.#numbers.value
      this.#count += 1
    } while (this.#accept(COMMA))
    return this.#accept(CLOSE)
  }

  #readNumber(): boolean {
    this.#skipSpace()
    const next = this.#numbers.scan(this.#bytes, this.#at, this.#end)
    if (next === -1) return false
    this.#at = next
    return true
  }

  #readMemberName(): number {
    this.#skipSpace()
    const start = this.#at + 1
    if (this.#stringHash() === undefined) return 0
    const length = this.#at - 1 - start
    // By index: this is done five times a line, and an iterator costs more than the comparison.
    for (let index = 0; index < MEMBERS.length; index += 1) {
      const name = MEMBERS[index]
      if (name?.length === length && this.#isAt(start, name)) return 1 << index
    }
    return 0
  }

  #readColumn(): NamedColumn | undefined {
    const start = this.#at + 1
    const hash = this.#stringHash()
    if (hash === undefined) return undefined
    const end = this.#at - 1
    const known = this.#byHash.get(hash)
    if (known?.name.length === end - start && this.#isAt(start, known.name)) return known
    return this.#newColumn(hash, start, end)
  }

  #newColumn(hash: number, start: number, end: number): NamedColumn | undefined {
    try {
      // The bytes at hand are overwritten by the next ones.
      const name = Buffer.from(this.#bytes.subarray(start, end))
      const column = this.#columns.of(parseMetricKey(this.#decoder.decode(name)))
      const named = { name, column, line: 0 }
      this.#byHash.set(hash, named)
      return named
    } catch (error) {
      // Not UTF-8, or no name of a metric: the careful path says so.
      if (error instanceof Failure || error instanceof TypeError) return undefined
      throw error
    }
  }

  /** Reads a string without escapes, and hashes its bytes (FNV-1a); `undefined` for any other. */
  #stringHash(): number | undefined {
    const bytes = this.#bytes
    let at = this.#at
    if (bytes[at] !== QUOTE) return undefined
    let hash = 0x811c9dc5
    for (at += 1; at < this.#end; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE) {
        this.#at = at + 1
        return hash
      }
      if (byte === BACKSLASH || byte < SPACE) return undefined
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    return undefined
  }

  #isAt(start: number, name: Buffer): boolean {
    for (let index = 0; index < name.length; index += 1) if (this.#bytes[start + index] !== name[index]) return false
    return true
  }

  #accept(byte: number): boolean {
    this.#skipSpace()
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false
    this.#at += 1
    return true
  }

  #isAtEnd(): boolean {
    this.#skipSpace()
    return this.#at === this.#end
  }

  #skipSpace(): void {
    while (this.#at < this.#end && (this.#bytes[this.#at] === SPACE || this.#bytes[this.#at] === TAB)) this.#at += 1
  }
}
