/**
 * Values of claims as text: numbers by the format of the claim, all their digits without one.
 */
import { isValueList } from '../base/value.ts'
import type { ClaimFormat } from './claim.ts'
import { formatParameterText } from './parameter-text.ts'
import type { ParameterValue } from './parameter.ts'

/** What is recorded for a claim: a number that was measured, or anything else as a parameter holds it. */
export type ClaimedValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'parameter'; readonly value: ParameterValue }
  | { readonly kind: 'text'; readonly value: string }

/** A value in words; `isText` when others chose the characters, so that a document must keep them from acting. */
export interface ClaimedText {
  readonly text: string
  readonly isText: boolean
}

/** Writes a value; `undefined` when the format is for another kind of value. */
export function claimedText(claimed: ClaimedValue, format: ClaimFormat | undefined): ClaimedText | undefined {
  if (claimed.kind === 'text') return textual(claimed.value, format)
  const { value } = claimed
  if (typeof value === 'number') return numeric(numberIn(value, format))
  if (typeof value === 'bigint') {
    if (format === undefined) return { text: String(value), isText: false }
    return numeric(numberIn(Number(value), format))
  }
  if (isValueList(value)) return textual(`[${value.map((item) => formatParameterText(item)).join(', ')}]`, format)
  return typeof value === 'string' ? textual(value, format) : textual(String(value), format)
}

function numeric(text: string | undefined): ClaimedText | undefined {
  return text === undefined ? undefined : { text, isText: false }
}

function textual(text: string, format: ClaimFormat | undefined): ClaimedText | undefined {
  if (format === undefined) return { text, isText: true }
  if (format.kind !== 's') return undefined
  return { text: Array.from(text).slice(0, format.digits).join(''), isText: true }
}

function numberIn(value: number, format: ClaimFormat | undefined): string | undefined {
  if (format?.kind === 's') return undefined
  if (format === undefined || !Number.isFinite(value)) return Object.is(value, -0) ? '0' : String(value)
  const { kind, digits } = format
  switch (kind) {
    case 'f':
      return value.toFixed(digits)
    case 'e':
      return value.toExponential(digits)
    case 'g':
      return String(Number(value.toPrecision(digits)))
    case '%':
      return `${digits === undefined ? shortPercent(value) : (value * 100).toFixed(digits)}%`
  }
}

/** 0.07 * 100 is 7.000000000000001 in binary, which nobody means. */
function shortPercent(value: number): string {
  return String(Number((value * 100).toPrecision(15)))
}
