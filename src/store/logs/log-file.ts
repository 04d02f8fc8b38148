/**
 * One log file of a run: metric lines by the quick path, all else with care. A bad line is told and skipped; nothing
 * that a program wrote into its log keeps the run from being sealed.
 */
import { basename } from 'node:path'
import { isUtf8 } from 'node:buffer'
import { Failure, isFailure, refuse } from '../../domain/failure.ts'
import { parseLogEntry } from '../../domain/log-entry.ts'
import type { LogEntry, ParsedLogLine } from '../../domain/log-entry.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import type { Files } from '../files/files.ts'
import { addPoint } from './log-columns.ts'
import type { LogColumns } from './log-columns.ts'
import { LOG_LINE_LIMIT_BYTES, readLogLines } from './log-lines.ts'
import type { LogLineTaker } from './log-lines.ts'
import { quickLineReader } from './quick-line.ts'
import type { ToldProblems } from './told-problems.ts'

/** What is not a point, with the line that said it. */
export interface PlacedEntry {
  readonly entry: Exclude<LogEntry, { readonly kind: 'points' }>
  /** `log.jsonl:12`. */
  readonly place: string
}

/** Takes in log files one after the other. */
export interface LogReader {
  /**
   * Reads one file, absolute path, to its last whole line. @throws the disk's refusals
   *
   * @param start where to read on, as an earlier reading of the same file returned it; its lines are counted from there
   * @returns where to read on
   */
  readonly read: (path: string, start?: number) => Promise<number>
}

/** Where a line is. */
interface LinePlace {
  readonly file: string
  readonly line: number
}

/** A line after a torn one is looked for at this many places. */
const LIMIT_TRIES = 64

/** Starts reading into columns; entries that are no points go to `other` in order. */
export function openLogReader(
  files: Files,
  columns: LogColumns,
  into: { readonly other: (placed: PlacedEntry) => void; readonly told: ToldProblems },
): LogReader {
  const isTaken = quickLineReader(columns)
  const takeCarefully = (bytes: Buffer, place: LinePlace): void => {
    const parsed = readWithCare(bytes, place, into.told)
    if (parsed === undefined) return
    const { entry, ignored } = parsed
    for (const member of ignored) into.told.tellOnce(`${place.file}: '${member}' is not understood and is left out`)
    if (entry.kind !== 'points') into.other({ entry, place: `${place.file}:${place.line}` })
    else for (const [key, value] of entry.values) addPoint(columns.of(key), value, entry.step, entry.atMs)
  }
  return {
    read: async (path, from = 0) => {
      const file = basename(path)
      if (from === 0) columns.startFile()
      const taker: LogLineTaker = {
        take: (bytes, start, end, line) => {
          if (isTaken(bytes, start, end)) return
          const place = { file, line }
          tryLine(into.told, place, () => takeCarefully(bytes.subarray(start, end), place))
        },
        skip: (line) => into.told.tell(`${file}:${line}: skipped, a line has at most ${LOG_LINE_LIMIT_BYTES} bytes`),
      }
      const { lines, tornBytes, position } = await readLogLines(files, path, taker, from)
      if (tornBytes > 0) into.told.tell(`${file}:${lines + 1}: cut, the line was never finished (${tornBytes} bytes)`)
      return position
    },
  }
}

function tryLine(told: ToldProblems, { file, line }: LinePlace, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    told.tell(`${file}:${line}: skipped, ${problemOf(error)}`)
  }
}

/** The refusal without its place, which is told already. */
function problemOf({ detail, message }: Failure): string {
  return detail.code === 'document-malformed' ? detail.data.problem : message
}

/** A line that begins in the middle of another was written after one that a kill had cut: it is whole itself. */
function readWithCare(bytes: Buffer, place: LinePlace, told: ToldProblems): ParsedLogLine | undefined {
  if (!isUtf8(bytes)) throw refuse('document-malformed', { place, problem: 'it is not UTF-8 text' })
  const text = bytes.toString('utf8')
  if (text.trim() === '') return undefined
  try {
    return parseLine(text, place)
  } catch (error) {
    const inside = isFailure(error, 'document-malformed') ? lineInside(text, place) : undefined
    if (inside === undefined) throw error
    told.tell(`${place.file}:${place.line}: its first bytes are cut, they are of a line that was never finished`)
    return inside
  }
}

function lineInside(text: string, place: LinePlace): ParsedLogLine | undefined {
  let start = 0
  for (let tries = 0; tries < LIMIT_TRIES; tries += 1) {
    start = text.indexOf('{"', start + 1)
    if (start === -1) return undefined
    try {
      return parseLine(text.slice(start), place)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
  return undefined
}

function parseLine(text: string, place: LinePlace): ParsedLogLine {
  return parseLogEntry(readStrictJson(text, place.file, { nonFinite: true }), place)
}
