/**
 * Filters as data: which runs to take. Written by `parseFilter`, applied by `matches`, both in query.ts.
 */
import type { MetricKey, ParameterKey } from './key.ts'
import type { ParameterValue } from './parameter.ts'

/** A condition on a run. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'has'; readonly field: Field }
  | {
      readonly kind: 'compare'
      readonly field: Field
      readonly operator: ComparisonOperator
      readonly operand: Operand
    }
  | { readonly kind: 'in'; readonly field: Field; readonly operands: readonly Operand[] }

/** `~` is "contains this text". */
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~'

/** Parts of a metric's summary that a filter can name; `last` when it names none. */
export type SummaryPart = 'last' | 'min' | 'max' | 'best' | 'count'

/** Fields that hold one text at most. */
export type TextFieldName = 'status' | 'experiment' | 'id' | 'name' | 'branch' | 'group'

/** What a filter or a sort can name. */
export type Field =
  | { readonly kind: 'metric'; readonly key: MetricKey; readonly part: SummaryPart }
  | { readonly kind: 'param'; readonly key: ParameterKey }
  | { readonly kind: 'text'; readonly name: TextFieldName }
  | { readonly kind: 'set'; readonly name: 'tag' | 'model' }
  | { readonly kind: 'created' }
  | { readonly kind: 'elapsed' }

/** What a field is compared with. */
export type Operand =
  /** A number; of `elapsed` milliseconds. */
  | { readonly kind: 'number'; readonly number: bigint | number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'constant'; readonly constant: boolean | null }
  /** A stretch of time, a day for a date: milliseconds since the Unix epoch, `untilMs` not included. */
  | { readonly kind: 'time'; readonly fromMs: number; readonly untilMs: number }
  /** A moment before now. */
  | { readonly kind: 'ago'; readonly agoMs: number }

/** One value of a field. Of `created` milliseconds since the Unix epoch, of `elapsed` milliseconds. */
export type FieldValue = bigint | number | string | boolean | null

/** Values of a run by key, wherever they are kept. */
export interface FilterValues<Key, Value> {
  readonly get: (key: Key) => Value | undefined
}

/** The parts of a metric's summary. */
export interface SummaryValues {
  readonly last: number
  readonly min: number
  readonly max: number
  readonly count: number
  readonly best?: { readonly value: number } | undefined
}

/** What a filter asks about: a run as far as it is known. */
export interface FilterSubject {
  readonly id: string
  readonly status: string
  readonly experiment: string
  readonly name?: string | undefined
  /** The branch of the code; absent when detached or without code. */
  readonly branch?: string | undefined
  /** The sweep or other group it is part of; absent for none. */
  readonly group?: string | undefined
  /** Milliseconds since the Unix epoch, UTC. */
  readonly createdMs: number
  /** Absent while that cannot be told. */
  readonly elapsedMs?: number | undefined
  readonly tags: readonly string[]
  /** Names of the models this run made a version of. */
  readonly models: readonly string[]
  readonly parameters: FilterValues<ParameterKey, ParameterValue>
  readonly metrics: FilterValues<MetricKey, { readonly summary: SummaryValues }>
  /** The moment that `-7d` counts back from, milliseconds since the Unix epoch, UTC. */
  readonly nowMs: number
}
