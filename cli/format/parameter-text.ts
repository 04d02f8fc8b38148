/**
 * Parameter values as they would be typed: what reads as a number is one.
 */
import type { Scalar } from '../../src/base/value.ts'
import { jsonFloat } from '../../src/base/json-text.ts'
import { Failure } from '../../src/domain/failure.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import { parseParameterText } from '../../src/domain/parameter-text.ts'

/** Writes a value on one line; floats keep a dot, texts that would read as something else are quoted. */
export function parameterValueText(value: ParameterValue): string {
  return isList(value) ? `[${value.map(scalarText).join(', ')}]` : scalarText(value)
}

function scalarText(value: Scalar): string {
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? jsonFloat(value) : String(value)
  return String(value)
}

function isPlain(text: string): boolean {
  try {
    return parseParameterText(text) === text
  } catch (caught) {
    // A number out of range: as text it must be in quotes.
    if (caught instanceof Failure) return false
    throw caught
  }
}

function isList(value: ParameterValue): value is readonly Scalar[] {
  return Array.isArray(value)
}
