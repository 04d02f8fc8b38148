/**
 * Values of many rows of which many are the same: each is kept once. Text is the same by its letters, anything else
 * only when it is the very same object, which it is where a reader remembers what it read.
 */

/** The values, and for each row which one it has, counted from 1; 0 for none. */
export interface Dictionary<Value> {
  readonly values: readonly Value[]
  readonly places: Uint16Array
}

/** A dictionary as its rows come in. */
export interface DictionaryBuilder<Value> {
  /** Sets the value of a row; `undefined` is no value. Rows ascend. */
  readonly set: (row: number, value: Value | undefined) => void
  /** The dictionary of so many rows. */
  readonly build: (count: number) => Dictionary<Value>
}

/** Begins a dictionary. */
export function dictionaryBuilder<Value>(): DictionaryBuilder<Value> {
  const known = new Map<Value, number>()
  const places: number[] = []
  let before: Value | undefined
  let placeBefore = 0
  return {
    set: (row, value) => {
      if (value === undefined) return
      // Most rows have what the row before has.
      if (value !== before) {
        placeBefore = known.get(value) ?? known.size + 1
        if (placeBefore > known.size) known.set(value, placeBefore)
        before = value
      }
      while (places.length < row) places.push(0)
      places.push(placeBefore)
    },
    build: (count) => {
      const all = new Uint16Array(count)
      all.set(places)
      return { values: [...known.keys()], places: all }
    },
  }
}

/** The value of a row. */
export function valueIn<Value>({ values, places }: Dictionary<Value>, row: number): Value | undefined {
  return values[(places[row] ?? 0) - 1]
}
