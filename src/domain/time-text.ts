/**
 * Times as training scripts write them: epoch seconds, epoch milliseconds, or ISO 8601 text.
 */
import { instantMs, parseInstant } from '../base/clock.ts'

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/

// 1973 to 5138 in seconds, and the same years in milliseconds: the two ranges do not meet.
const SECONDS_FROM = 1e8
const MILLISECONDS_FROM = 1e11
const MILLISECONDS_UNTIL = 1e14

/**
 * Reads a wall-clock time as milliseconds since the Unix epoch; text without a zone is UTC.
 *
 * `undefined` for anything else, such as a duration in a column that is called `time`.
 */
export function parseTime(value: number | string): number | undefined {
  if (typeof value === 'string') return parseIsoTime(value)
  if (value >= SECONDS_FROM && value < MILLISECONDS_FROM) return Math.round(value * 1000)
  if (value >= MILLISECONDS_FROM && value < MILLISECONDS_UNTIL) return Math.round(value)
  return undefined
}

function parseIsoTime(text: string): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, day = '', minutes = '', seconds = '00', fraction = '', zone = 'Z'] = match
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const instant = parseInstant(`${day}T${minutes}:${seconds}.${milliseconds}Z`)
  return instant === undefined ? undefined : instantMs(instant) - offsetMs(zone)
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
}
