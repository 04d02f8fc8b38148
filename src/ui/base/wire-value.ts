/**
 * Values of the wire as numbers and texts.
 */
import type { WireCell, WireNumber } from '../../server/wire.ts'
import { metricText, numberText } from './number-text.ts'

/** The number that JSON could not write. */
export function numberOf(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value)
}

/** The value of a metric for people. */
export function wireMetricText(value: WireNumber): string {
  return metricText(numberOf(value))
}

/** Any other number for people, such as a bound that somebody wrote. */
export function wireNumberText(value: WireNumber): string {
  return numberText(numberOf(value))
}

/** The number of a cell; `undefined` when it holds none. */
export function cellNumber(cell: WireCell | null | undefined): number | undefined {
  return cell?.number == null ? undefined : numberOf(cell.number)
}

/** A cell of a field for people: metrics as they are written everywhere, other numbers rounded, texts as they are. */
export function cellText(cell: WireCell, field: string): string {
  const number = cellNumber(cell)
  if (number === undefined) return cell.text
  if (field.startsWith('metric.')) return metricText(number)
  return cell.text.length <= 7 ? cell.text : numberText(number)
}

/** What a run is called: its name, else its message, else its id. */
export function runTitle(run: { readonly name: string | null; readonly message: string | null; readonly id: string }) {
  return run.name ?? run.message?.split('\n')[0] ?? run.id.slice(0, 12)
}
