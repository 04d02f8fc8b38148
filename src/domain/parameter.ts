/**
 * Parameters: the typed inputs of a run. Nested mappings become dotted keys; lists of scalars stay lists.
 */
import type { Scalar } from '../base/value.ts'
import type { ParameterKey } from './key.ts'

/** A scalar, or a list of scalars. Integers are `bigint` and keep every digit; floats are `number`. */
export type ParameterValue = Scalar | readonly Scalar[]

/** The parameters of a run by dotted key. */
export type Parameters = ReadonlyMap<ParameterKey, ParameterValue>
