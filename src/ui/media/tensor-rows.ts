/**
 * Tensors of a file, alone or beside those of another file: searched, sorted, compared.
 */
import type { WireTensor } from '../../server/wire.ts'

/** How a tensor stands beside the other side; `alone` without one. */
export type TensorState = 'alone' | 'changed' | 'equal' | 'here' | 'there' | 'unknown'

/** One tensor of one or two files. */
export interface TensorRow {
  readonly name: string
  readonly state: TensorState
  /** Of this file where it has the tensor, else of the other. */
  readonly shown: WireTensor
  /** Of the other side, where type or shape differ. */
  readonly was: WireTensor | undefined
}

const STATE_ORDER: readonly TensorState[] = ['changed', 'here', 'there', 'unknown', 'equal', 'alone']

/** Words for people. */
export const STATE_WORDS: Readonly<Record<TensorState, string>> = {
  alone: '',
  changed: 'changed',
  equal: 'equal',
  here: 'only here',
  there: 'only there',
  unknown: 'not known',
}

/** Pairs tensors by name; what differs comes first, else in the order of the file. */
export function tensorRows(
  here: readonly WireTensor[],
  there: readonly WireTensor[] | undefined,
): readonly TensorRow[] {
  if (there === undefined) return here.map((shown) => ({ name: shown.name, state: 'alone', shown, was: undefined }))
  const others = new Map(there.map((tensor) => [tensor.name, tensor]))
  const names = new Set(here.map(({ name }) => name))
  const rows: TensorRow[] = here.map((shown) => {
    const was = others.get(shown.name)
    return { name: shown.name, state: was === undefined ? 'here' : stateOf(shown, was), shown, was }
  })
  for (const shown of there)
    if (!names.has(shown.name)) rows.push({ name: shown.name, state: 'there', shown, was: undefined })
  return rows.sort((left, right) => STATE_ORDER.indexOf(left.state) - STATE_ORDER.indexOf(right.state))
}

/** Whether two tensors differ in what is kept besides their numbers. */
export function hasOtherShape(left: WireTensor, right: WireTensor): boolean {
  return left.dtype !== right.dtype || left.shape.join() !== right.shape.join()
}

function stateOf(left: WireTensor, right: WireTensor): TensorState {
  if (hasOtherShape(left, right)) return 'changed'
  if (left.sha256 === null || right.sha256 === null) return 'unknown'
  return left.sha256 === right.sha256 ? 'equal' : 'changed'
}

/** Sorted by a column, `-` before it for the greatest first; as they come when empty. */
export function sortedTensors(rows: readonly TensorRow[], sort: string): readonly TensorRow[] {
  const sign = sort.startsWith('-') ? -1 : 1
  switch (sort.replace(/^-/, '')) {
    case 'name':
      return rows.toSorted((left, right) => sign * left.name.localeCompare(right.name, 'en', { numeric: true }))
    case 'dtype':
      return rows.toSorted((left, right) => sign * left.shown.dtype.localeCompare(right.shown.dtype))
    case 'shape':
    case 'parameters':
      return rows.toSorted((left, right) => sign * (left.shown.parameters - right.shown.parameters))
    case 'bytes':
      return rows.toSorted((left, right) => sign * (left.shown.sizeBytes - right.shown.sizeBytes))
    case 'state':
      return rows.toSorted((left, right) => sign * (STATE_ORDER.indexOf(left.state) - STATE_ORDER.indexOf(right.state)))
    default:
      return rows
  }
}

/** `768 × 768`; `scalar` without dimensions. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ')
}
