/**
 * Moments and durations for people. Programs get RFC 3339.
 */
import { countText } from './bytes.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LAST_RELATIVE = 14 * DAY

/** How long ago a moment was, up to two weeks; before that and in the future its date in UTC. */
export function agoText(atMs: number, nowMs: number): string {
  const ago = nowMs - atMs
  if (ago < 0 || ago > LAST_RELATIVE) return new Date(atMs).toISOString().slice(0, 10)
  if (ago < MINUTE) return 'just now'
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`
  if (ago < DAY) return `${Math.floor(ago / HOUR)} h ago`
  return `${countText(Math.floor(ago / DAY), 'day')} ago`
}

/** A moment in UTC to the minute: `2026-11-20 09:30 UTC`. */
export function momentText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A duration with its two largest units: `830 ms`, `4.2 s`, `3 min 4 s`, `2 h 5 min`, `3 d 2 h`. */
export function durationText(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}
