/**
 * Numbers, times and sizes as people read them.
 */
import { instantMs, nowMs } from '../browser.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A number with up to five digits that matter: `0.8214`, `1.3e-5`, `12,000`. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return value.toLocaleString('en-GB')
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return shortExponent(value.toExponential(3))
  return size >= 100 ? value.toFixed(2) : Number(value.toPrecision(4)).toString()
}

/**
 * The value of a metric, the same wherever it stands: whole as it is, else with four digits that matter, so that a
 * column of them can be read downwards: `0.9000`.
 */
export function metricText(value: number): string {
  const size = Math.abs(value)
  const isPlain = Number.isFinite(value) && !Number.isInteger(value) && size >= 1e-3 && size < 1e4
  return isPlain ? value.toPrecision(4) : numberText(value)
}

/** `1.300e-5` without digits that say nothing. */
function shortExponent(text: string): string {
  return text.replace(/\.?0+e/, 'e').replace('e+', 'e')
}

/** Bytes, as `3 B`, `1.2 MB`. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(Math.floor(Math.log10(sizeBytes) / 3), units.length)
  const amount = sizeBytes / 1000 ** power
  return `${amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${units[power - 1] ?? 'kB'}`
}

/** A stretch of time, as `340 ms`, `12.4 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function elapsedText(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${Math.round(elapsedMs)} ms`
  if (elapsedMs < MINUTE_MS) return `${(elapsedMs / 1000).toFixed(1)} s`
  if (elapsedMs < HOUR_MS) return `${Math.floor(elapsedMs / MINUTE_MS)} min ${pad((elapsedMs % MINUTE_MS) / 1000)} s`
  if (elapsedMs < DAY_MS) return `${Math.floor(elapsedMs / HOUR_MS)} h ${pad((elapsedMs % HOUR_MS) / MINUTE_MS)} min`
  return `${Math.floor(elapsedMs / DAY_MS)} d ${Math.floor((elapsedMs % DAY_MS) / HOUR_MS)} h`
}

/** How long ago something was, as `just now`, `5 min ago`, `3 d ago`; the date when that is longer than a month. */
export function agoText(at: string): string {
  const ago = nowMs() - instantMs(at)
  if (Number.isNaN(ago)) return at
  if (ago < MINUTE_MS) return 'just now'
  if (ago < HOUR_MS) return `${Math.floor(ago / MINUTE_MS)} min ago`
  if (ago < DAY_MS) return `${Math.floor(ago / HOUR_MS)} h ago`
  return ago < 30 * DAY_MS ? `${Math.floor(ago / DAY_MS)} d ago` : at.slice(0, 10)
}

/** A moment in full, as `2026-11-20 09:28:00 UTC`. */
export function momentText(at: string): string {
  return at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')
}

/** A change beside what it was, as `+0.012 (+1.4%)`. */
export function changeText(from: number, to: number): string {
  const change = to - from
  const sign = change > 0 ? '+' : ''
  const share = from === 0 || !Number.isFinite(from) ? '' : ` (${sign}${((100 * change) / Math.abs(from)).toFixed(1)}%)`
  return `${sign}${numberText(change)}${share}`
}

/** The first characters of an id, enough to tell runs of one repository apart. */
export function shortId(id: string): string {
  return id.slice(0, 12)
}

/** The first characters of a commit or digest. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8)
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}
