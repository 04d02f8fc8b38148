/**
 * Values of the wire as numbers and texts.
 */
import type { WireCell, WireNumber } from '../../server/wire.ts'
import { numberText } from './number-text.ts'

/** The number that JSON could not write. */
export function numberOf(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value)
}

/** A number for people. */
export function wireNumberText(value: WireNumber): string {
  return numberText(numberOf(value))
}

/** The number of a cell; `undefined` when it holds none. */
export function cellNumber(cell: WireCell | null | undefined): number | undefined {
  return cell?.number == null ? undefined : numberOf(cell.number)
}

/** A cell for people: numbers rounded, texts as they are. */
export function cellText(cell: WireCell): string {
  const number = cellNumber(cell)
  return number === undefined || cell.text.length <= 7 ? cell.text : numberText(number)
}

/** What a run is called: its name, else its message, else its id. */
export function runTitle(run: { readonly name: string | null; readonly message: string | null; readonly id: string }) {
  return run.name ?? run.message?.split('\n')[0] ?? run.id.slice(0, 12)
}
