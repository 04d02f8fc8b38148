/**
 * Small pieces every document is made of. Counts become integers; measured values stay floats, so `1.0` is not `1`.
 */
import { sortedEntries } from '../../src/base/order.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'

/** A whole number; absent stays absent. */
export function integer(count: number): bigint
export function integer(count: number | undefined): bigint | undefined
export function integer(count: number | undefined): bigint | undefined {
  return count === undefined ? undefined : BigInt(count)
}

/** A list with every item written. */
export function listJson<Item>(items: readonly Item[], write: (item: Item) => Value): readonly Value[] {
  return items.map(write)
}

/** A mapping with every value written, sorted by the bytes of its keys. */
export function mapJson<Key extends string, Item>(map: ReadonlyMap<Key, Item>, write: (item: Item) => Value): ValueMap {
  return new Map(sortedEntries(map).map(([key, item]) => [key, write(item)]))
}

/** Writes something that may be absent. */
export function maybe<Item>(item: Item | undefined, write: (item: Item) => Value): Value | undefined {
  return item === undefined ? undefined : write(item)
}
