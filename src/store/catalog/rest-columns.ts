/**
 * What is left of records beside their parameters and metrics, field by field: most fields of most runs are those of
 * the run before.
 */
import { deserialize, serialize } from 'node:v8'
import type { Metrics } from '../../domain/metric.ts'
import type { Parameters } from '../../domain/parameter.ts'
import type { RunNotes } from '../../domain/run.ts'
import { NO_NOTES } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import { dictionaryBuilder, valueIn } from './dictionary.ts'
import type { Dictionary, DictionaryBuilder } from './dictionary.ts'

/** Parameters and metrics of a run whose file has them in another order than mlv writes. */
export interface OddValues {
  readonly parameters: Parameters
  readonly metrics: Metrics
}

interface RestColumns {
  readonly fields: readonly (readonly [string, Dictionary<unknown>])[]
  readonly notes: Dictionary<RunNotes>
  readonly odd: ReadonlyMap<number, OddValues>
}

/** What is left of records, opened. */
export interface Rests {
  /** The fields of a run but for its values. */
  readonly fieldsAt: (row: number) => Readonly<Record<string, unknown>>
  readonly notesAt: (row: number) => RunNotes
  /** The values of a run that its columns do not have in the order of its file. */
  readonly oddAt: (row: number) => OddValues | undefined
}

/** What is left of records as they come in, row by row. */
export interface RestsBuilder {
  /** Adds a record; `isOdd` when its values are not in the order of their keys. */
  readonly add: (row: number, record: NotedRun, isOdd: boolean) => void
  readonly encode: (count: number) => Uint8Array
}

/** Begins what is left of records. */
export function restsBuilder(): RestsBuilder {
  const fields = new Map<string, DictionaryBuilder<unknown>>()
  const notes = dictionaryBuilder<RunNotes>()
  const odd = new Map<number, OddValues>()
  return {
    add: (row, { run, notes: said }, isOdd) => {
      const { parameters, metrics } = run
      if (isOdd) odd.set(row, { parameters, metrics })
      const values = run as unknown as Readonly<Record<string, unknown>>
      for (const name of Object.keys(run)) {
        if (name === 'parameters' || name === 'metrics') continue
        const value = values[name]
        let column = fields.get(name)
        if (column === undefined) {
          column = dictionaryBuilder<unknown>()
          fields.set(name, column)
        }
        column.set(row, value)
      }
      notes.set(row, said === NO_NOTES ? undefined : said)
    },
    encode: (count) => {
      const columns: RestColumns = {
        fields: [...fields].map(([name, column]) => [name, column.build(count)]),
        notes: notes.build(count),
        odd,
      }
      return serialize(columns)
    },
  }
}

/** Opens what is left of records. */
export function openRests(bytes: Uint8Array): Rests {
  const { fields, notes, odd } = deserialize(bytes) as RestColumns
  return {
    fieldsAt: (row) => {
      const found: Record<string, unknown> = {}
      for (const [name, column] of fields) {
        const value = valueIn(column, row)
        if (value !== undefined) found[name] = value
      }
      return found
    },
    notesAt: (row) => valueIn(notes, row) ?? NO_NOTES,
    oddAt: (row) => odd.get(row),
  }
}
