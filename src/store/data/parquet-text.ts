/**
 * Values of Parquet as text: every digit of integers and decimals, every tick of times.
 */
import { decimalOfFloat32 } from '../../base/float32.ts'
import { jsonFloat } from '../../base/json-text.ts'
import type { ByteValues, RawValues } from './parquet-encodings.ts'
import { PHYSICAL } from './parquet-encodings.ts'
import { damaged } from './parquet-problem.ts'
import { parquetMeaning } from './parquet-type.ts'
import type { ParquetElement } from './parquet-type.ts'
import { cutCell, LIMIT_CELL_CHARACTERS } from './table-cells.ts'

/** How the values of a column are shown. */
export interface ValueFormat {
  /** The text of a value that is there, cut where it is very long. */
  readonly textAt: (values: RawValues, index: number) => string
  /** Texts of finite values are numbers, or truth values: in a list they have no quotes. */
  readonly isBare: boolean
}

/** Chooses how the values of a column are shown. */
export function valueFormat(element: ParquetElement): ValueFormat {
  const meaning = parquetMeaning(element)
  switch (meaning.kind) {
    case 'decimal':
      return format(true, (values, index) => decimalText(integerAt(values, index), meaning.scale))
    case 'date':
      return format(false, (values, index) => dateText(Number(integerAt(values, index))))
    case 'time':
      return format(false, (values, index) => clockText(integerAt(values, index), meaning.digits))
    case 'timestamp':
      return format(false, (values, index) => {
        return timestampText(integerAt(values, index), meaning.digits) + (meaning.isUtc ? 'Z' : '')
      })
    case 'unsigned':
      return format(true, (values, index) => String(BigInt.asUintN(meaning.bits, integerAt(values, index))))
    case 'text':
      return format(false, (values, index) => utf8(bytesAt(values, index)))
    case 'uuid':
      return format(false, (values, index) => uuidText(bytesAt(values, index)))
    case 'float16':
      return format(true, (values, index) => floatText(float16(bytesAt(values, index))))
    case 'interval':
      return format(false, (values, index) => intervalText(bytesAt(values, index)))
    case 'bytes':
      return format(false, (values, index) => hexText(bytesAt(values, index)))
    case 'plain':
      return plainFormat(element)
  }
}

function plainFormat({ physical }: ParquetElement): ValueFormat {
  if (physical === PHYSICAL.int96) {
    return format(false, (values, index) => int96Text(bytesAt(values, index)))
  }
  if (physical === PHYSICAL.bytes || physical === PHYSICAL.fixed) {
    // Older writers did not say which bytes are text.
    return format(false, (values, index) => readableText(bytesAt(values, index)) ?? hexText(bytesAt(values, index)))
  }
  return format(true, (values, index) => {
    if (values.kind === 'booleans') return values.values[index] === 1 ? 'true' : 'false'
    if (values.kind === 'integers') return String(values.values[index])
    if (values.kind === 'bytes') return hexText(bytesAt(values, index))
    const value = values.values[index] ?? NaN
    return floatText(values.values instanceof Float32Array ? decimalOfFloat32(value) : value)
  })
}

function format(isBare: boolean, textAt: ValueFormat['textAt']): ValueFormat {
  return { isBare, textAt }
}

/** Of decimals with more digits than anybody has; longer ones take long to write. */
const LIMIT_NUMBER_BYTES = 64

function integerAt(values: RawValues, index: number): bigint {
  if (values.kind === 'integers') return BigInt(values.values[index] ?? 0)
  if (values.kind !== 'bytes') throw damaged('a whole number is written as another type')
  const bytes = bytesAt(values, index)
  if (bytes.length > LIMIT_NUMBER_BYTES) throw damaged('a number has too many bytes')
  const hex = Buffer.from(bytes).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`))
}

function bytesAt(values: RawValues, index: number): Uint8Array {
  if (values.kind !== 'bytes') throw damaged('a text is written as another type')
  const { bytes, starts, ends }: ByteValues = values
  return bytes.subarray(starts[index], ends[index])
}

function floatText(value: number): string {
  return Number.isFinite(value) ? jsonFloat(value) : String(value)
}

/** More digits behind the point than anybody has are written as an exponent. */
const LIMIT_SCALE = 1000

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0 || scale > LIMIT_SCALE) return scale === 0 ? String(unscaled) : `${unscaled}e${-scale}`
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const DAY_SECONDS = 86_400n

/** Days since 1970 as a date. Source: H. Hinnant, chrono-compatible low-level date algorithms. */
function dateText(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${yearText(year)}-${twoDigits(month)}-${twoDigits(day)}`
}

/** Four digits, or a sign and at least six as ISO 8601 has them. */
function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0')
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`
}

/** `digits` says what is counted: 3 for milliseconds, 6 for microseconds, 9 for nanoseconds. */
function timestampText(ticks: bigint, digits: number): string {
  const perDay = DAY_SECONDS * 10n ** BigInt(digits)
  const ofDay = ((ticks % perDay) + perDay) % perDay
  return `${dateText(Number((ticks - ofDay) / perDay))}T${clockText(ofDay, digits)}`
}

function clockText(ticks: bigint, digits: number): string {
  if (ticks < 0n) return String(ticks)
  const perSecond = 10n ** BigInt(digits)
  const seconds = Number(ticks / perSecond)
  const rest = ticks % perSecond
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(digits, '0')}`
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${parts.map(twoDigits).join(':')}${fraction}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

/** Nanoseconds of a day, then the number of that day from the year -4713 on: what Hive and Impala wrote. */
function int96Text(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const days = BigInt(view.getInt32(8, true) - 2_440_588)
  return timestampText(days * DAY_SECONDS * 10n ** 9n + view.getBigUint64(0, true), 9)
}

/** As many bytes as the characters that are shown can take. */
const MOST_BYTES = LIMIT_CELL_CHARACTERS * 4 + 4

function utf8(bytes: Uint8Array): string {
  return cutCell(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, MOST_BYTES)))
}

function readableText(bytes: Uint8Array): string | undefined {
  const isCut = bytes.length > MOST_BYTES
  try {
    const text = new TextDecoder('utf-8', { fatal: !isCut, ignoreBOM: true }).decode(bytes.subarray(0, MOST_BYTES))
    return /[\0-\x08\x0e-\x1f\x7f\ufffd]/.test(text) ? undefined : cutCell(text)
  } catch {
    // A decoder says that bytes are no UTF-8 by an error without a class.
    return undefined
  }
}

function hexText(bytes: Uint8Array): string {
  return cutCell(`0x${Buffer.from(bytes.subarray(0, LIMIT_CELL_CHARACTERS)).toString('hex')}`)
}

function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function float16(bytes: Uint8Array): number {
  const bits = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)
  const sign = bits >> 15 === 1 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024)
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

function intervalText(bytes: Uint8Array): string {
  if (bytes.length !== 12) return hexText(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [months, days, ms] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]
  return `${months} months ${days} days ${ms} ms`
}
