/**
 * What a printed line says of where its run was: a step, an epoch, a time. Lines are anybody's text, so every pattern
 * is short and looks at the beginning of a line alone.
 */
import { instantMs, parseInstant } from '../base/clock.ts'

/** What a line names. */
export interface LineMark {
  readonly unit: 'step' | 'epoch'
  readonly number: number
}

/** Words of programs that train, and how the number follows them: `step 10`, `'step': 10`, `Epoch [3/10]`, `iter=7`. */
const MARK =
  /\b(global[_ ]step|steps?|iter(?:ation)?|epoch)["']?\s{0,4}[:=#]?\s{0,4}[[(]?\s{0,2}(\d{1,12})(?![\d.]*[a-z%])/i
const MOMENT = /(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,6}))?(Z|[+-]\d{2}:?\d{2})?/
const LOOK_CHARACTERS = 400

// Colours and cursor moves of a terminal.
const TERMINAL_CODES = /\u001b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)?|.)/g

/** A line without what it tells a terminal; of one that was overwritten by `\r` only what stood there last. */
export function plainLine(text: string): string {
  return shownPart(text).replace(TERMINAL_CODES, '')
}

/** Of a line that was overwritten by `\r`, what stood there last; colours stay. */
export function shownPart(text: string): string {
  return text.replace(/\r+$/, '').split('\r').at(-1) ?? ''
}

/** The step or epoch a line names first; `undefined` for none. */
export function markOf(line: string): LineMark | undefined {
  const found = MARK.exec(line.slice(0, LOOK_CHARACTERS))
  if (found === null) return undefined
  const [, word = '', digits = ''] = found
  return { unit: word.toLowerCase() === 'epoch' ? 'epoch' : 'step', number: Number(digits) }
}

/** The time a line begins with, in milliseconds since the Unix epoch, read as UTC where no zone is given. */
export function momentOf(line: string): { readonly atMs: number; readonly hasZone: boolean } | undefined {
  const found = MOMENT.exec(line.slice(0, 80))
  if (found === null) return undefined
  const [, day = '', time = '', fraction = '0', zone] = found
  const instant = parseInstant(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  if (instant === undefined) return undefined
  return { atMs: instantMs(instant) - zoneMs(zone ?? 'Z'), hasZone: zone !== undefined }
}

/** How far a zone is ahead of UTC. */
function zoneMs(zone: string): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/**
 * How far the clock that printed a time without a zone is from UTC: whole quarters of an hour, by the first time it
 * printed, which is close to the start of its run.
 */
export function zoneShiftMs(firstMs: number, startedMs: number): number {
  const quarter = 15 * 60_000
  // A program prints its first line after it was started, so the rest of a quarter counts as its delay.
  return Math.floor((firstMs - startedMs + 60_000) / quarter) * quarter
}
