/**
 * The star beside the best value of a metric.
 */
import type { Goal } from '../../src/domain/metric.ts'
import { styled } from './line.ts'
import type { Span } from './line.ts'
import { numberText } from './number.ts'

const BEST = '★'

/** The best of several values; absent without a goal, and where none is better than the others. */
export function bestValue(values: readonly number[], goal: Goal): number | undefined {
  const finite = values.filter(Number.isFinite)
  if (goal === 'none' || new Set(finite).size < 2) return undefined
  return finite.reduce((best, value) => (goal === 'max' ? Math.max(best, value) : Math.min(best, value)))
}

/** A value for a person, marked when it is the best; others leave the place of the star free. */
export function markedNumber(value: number, best: number | undefined): Span {
  if (best === undefined) return numberText(value)
  return value === best ? styled('good', `${numberText(value)}${BEST}`) : `${numberText(value)} `
}
