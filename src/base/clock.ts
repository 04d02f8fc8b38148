/**
 * Time and chance as arguments. Nothing below the command line reads the real clock or the real random source.
 */
import type { Brand } from './brand.ts'

/** An RFC 3339 instant in UTC with milliseconds: `2026-11-20T09:30:00.000Z`. Text order is time order. */
export type Instant = Brand<string, 'Instant'>

/** Tells the time. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC; may go backwards. */
  readonly nowMs: () => number
  /** Monotonic milliseconds, for durations only. */
  readonly elapsedMs: () => number
}

/** A source of random bytes. */
export interface Entropy {
  readonly randomBytes: (count: number) => Uint8Array
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** Reads an instant; `undefined` for anything but RFC 3339 UTC with exactly three decimals and a real date. */
export function parseInstant(text: string): Instant | undefined {
  if (!INSTANT.test(text)) return undefined
  const [year, month] = [twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5)]
  const [day, hour] = [twoDigits(text, 8), twoDigits(text, 11)]
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  return isDate && hour <= 23 && twoDigits(text, 14) <= 59 && twoDigits(text, 17) <= 59 ? (text as Instant) : undefined
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}

/** Days of a month of the Gregorian calendar, which RFC 3339 counts in for every year. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Writes milliseconds since the Unix epoch as an instant. */
export function instantOf(ms: number): Instant {
  return new Date(ms).toISOString() as Instant
}

/** Reads a date as HTTP headers write it (RFC 9110, 5.6.7), in milliseconds since the Unix epoch. */
export function parseHttpDate(text: string): number | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** Milliseconds since the Unix epoch of an instant. */
export function instantMs(instant: Instant): number {
  return Date.parse(instant)
}
