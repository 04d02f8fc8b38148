/**
 * How far git says it is: the lines it writes for people while it moves objects, read as numbers.
 */
import { printable } from '../base/printable.ts'

/** One step of git's work. */
export interface GitProgress {
  /** As git calls it: `Writing objects`, `Receiving objects`, `Resolving deltas`. */
  readonly phase: string
  readonly done: number
  /** Absent while git is still counting. */
  readonly total: number | undefined
  /** Bytes moved so far; absent for steps that move none. */
  readonly bytes: number | undefined
  readonly bytesPerSecond: number | undefined
}

const COUNTED = /^(?:remote: )?([A-Z][A-Za-z ]+?): +\d+% \((\d+)\/(\d+)\)(?:, ([\d.]+) (bytes|KiB|MiB|GiB))?/
const COUNTING = /^(?:remote: )?([A-Z][A-Za-z ]+?): (\d+)(?:, done\.)?$/
const RATE = /\| ([\d.]+) (bytes|KiB|MiB|GiB)\/s/
const UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** Reads one line; `undefined` for one that is about something else. */
export function parseProgress(line: string): GitProgress | undefined {
  const counted = COUNTED.exec(line)
  if (counted !== null) {
    const [, phase = '', done, total, bytes, unit] = counted
    const [, rate, rateUnit] = RATE.exec(line) ?? []
    return {
      phase,
      done: Number(done),
      total: Number(total),
      bytes: sizeOf(bytes, unit),
      bytesPerSecond: sizeOf(rate, rateUnit),
    }
  }
  const counting = COUNTING.exec(line)
  if (counting === null) return undefined
  const [, phase = '', done] = counting
  return { phase, done: Number(done), total: undefined, bytes: undefined, bytesPerSecond: undefined }
}

/** Splits a stream of text into lines that end in a newline or a carriage return. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split(/[\r\n]/)
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE)
    for (const line of lines) if (line !== '') onLine(line)
  }
}

/** What a remote says is shown, never obeyed, and never longer than a screen. */
const LONGEST_LINE = 4096
const LONGEST_WORDS = 600

/** What went wrong by git's and the remote's own words: one line, safe to show, without credentials of addresses. */
export function remoteWords(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && parseProgress(line) === undefined && !NOISE.test(line))
  const told = lines.filter((line) => /^(?:remote: |fatal: |error: )/.test(line))
  const words = (told.length === 0 ? lines : told).map((line) => line.replace(/^(?:fatal|error|remote): */, ''))
  const text = printable(words.filter((word) => word !== '').join('; '))
  return withoutCredentials(text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text)
}

/** Addresses lose the user and password in them. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s']*@/gi, '$1')
}

/** What git adds to every failed push. */
const NOISE = /^(?:To |From |hint:|error: failed to push some refs|Everything up-to-date|Done$)/

function sizeOf(number: string | undefined, unit: string | undefined): number | undefined {
  const factor = unit === undefined ? undefined : UNITS[unit]
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor)
}
