/**
 * Three-way merge of documents as values: member by member, total, never a conflict marker. What is given up is told.
 *
 * Law: a side that is equal to the base takes what the other says; equal sides merge to themselves; under `both` the
 * order of the sides does not matter.
 */
import { writeCanonicalYaml } from '../base/canonical-yaml.ts'
import { compareText } from '../base/order.ts'
import { isScalar, isValueList, isValueMap } from '../base/value.ts'
import type { Scalar, Value, ValueMap } from '../base/value.ts'

/** Which sides others may have seen. Where both sides changed the same thing the published one stays. */
export type Published = 'theirs' | 'both'

/** What a document's members are. Members that are neither merge as mappings do, or whole. */
export interface MergeShape {
  /** Lists without order or repeats: additions and removals of both sides count. */
  readonly sets: readonly string[]
  /** Mappings that mean something only as a whole. */
  readonly wholes: readonly string[]
}

/** One member that both sides changed, and what of it was given up. */
export interface LostMember {
  /** Dotted. */
  readonly key: string
  readonly kept: Value | undefined
  readonly lost: Value | undefined
}

/** A merged document. */
export interface MergedMap {
  readonly value: ValueMap
  readonly lost: readonly LostMember[]
}

/** Merges two versions of a document; an absent one counts as empty. Keys keep no order. */
export function mergeMaps(
  base: ValueMap | undefined,
  ours: ValueMap,
  theirs: ValueMap,
  rule: { readonly published: Published; readonly shape: MergeShape },
): MergedMap {
  const value = new Map<string, Value>()
  const lost: LostMember[] = []
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const sides = { base: base?.get(key), ours: ours.get(key), theirs: theirs.get(key) }
    const merged = mergeMember(key, sides, rule)
    if (merged.value !== undefined) value.set(key, merged.value)
    lost.push(...merged.lost)
  }
  return { value, lost }
}

/** Tells whether two values are written alike. */
export function isSameValue(left: Value | undefined, right: Value | undefined): boolean {
  return left === right || valueText(left) === valueText(right)
}

interface Sides {
  readonly base: Value | undefined
  readonly ours: Value | undefined
  readonly theirs: Value | undefined
}

interface MergedMember {
  readonly value: Value | undefined
  readonly lost: readonly LostMember[]
}

function mergeMember(
  key: string,
  { base, ours, theirs }: Sides,
  rule: { readonly published: Published; readonly shape: MergeShape },
): MergedMember {
  if (isSameValue(ours, theirs) || isSameValue(ours, base)) return { value: theirs, lost: [] }
  if (isSameValue(theirs, base)) return { value: ours, lost: [] }
  if (rule.shape.sets.includes(key)) return { value: mergeSets({ base, ours, theirs }, rule.published), lost: [] }
  if (isMap(ours) && isMap(theirs) && !rule.shape.wholes.includes(key)) {
    const { value, lost } = mergeMaps(isMap(base) ? base : undefined, ours, theirs, rule)
    return { value, lost: lost.map((member) => ({ ...member, key: `${key}.${member.key}` })) }
  }
  const keepsTheirs = rule.published === 'theirs' || isPreferred(theirs, ours)
  const [kept, lost] = keepsTheirs ? [theirs, ours] : [ours, theirs]
  return { value: kept, lost: [{ key, kept, lost }] }
}

/** Something wins over nothing; of two things the one that is written smaller, so that both sides choose alike. */
function isPreferred(theirs: Value | undefined, ours: Value | undefined): boolean {
  if (theirs === undefined || ours === undefined) return theirs !== undefined
  return compareText(valueText(theirs), valueText(ours)) <= 0
}

/** What either side took out is out, what either side put in is in. Sorted, unless the published side is not. */
function mergeSets({ base, ours, theirs }: Sides, published: Published): readonly Value[] {
  const [before, our, their] = [itemsOf(base), itemsOf(ours), itemsOf(theirs)]
  const kept = [...their].filter(([text]) => our.has(text) || !before.has(text))
  const added = [...our].filter(([text]) => !their.has(text) && !before.has(text))
  const items = new Map([...kept, ...added])
  const isSorted = [their, our].every((side) => isInOrder([...side.keys()]))
  if (published === 'theirs' && !isSorted) return [...items.values()]
  return [...items].sort(([left], [right]) => compareText(left, right)).map(([, item]) => item)
}

function isInOrder(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || compareText(texts[index - 1] ?? '', text) < 0)
}

/** The items of a list by the text they are compared by. */
function itemsOf(value: Value | undefined): ReadonlyMap<string, Value> {
  if (value === undefined || !isValueList(value)) return new Map()
  return new Map(value.map((item) => [isScalar(item) ? scalarKey(item) : valueText(item), item]))
}

function scalarKey(item: Scalar): string {
  return typeof item === 'string' ? item : valueText(item)
}

function valueText(value: Value | undefined): string {
  return value === undefined ? '' : writeCanonicalYaml(new Map([['value', value]]))
}

function isMap(value: Value | undefined): value is ValueMap {
  return value !== undefined && isValueMap(value)
}
