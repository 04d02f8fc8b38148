/**
 * What becomes of each thing in a store: pure, so that the law can be tested alone.
 *
 * Law: nothing is set aside that a record names or that an object needs which is named or young; and nothing that was
 * not seen unnamed a week before.
 */
import type { PlacedKey, PlaceKey } from '../keyed-place.ts'
import { keyOfTrash, thingAt } from './care-keys.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** What is younger stays: the record that names it may be on its way. */
export const YOUNG_DAYS = 14
/** How long something has been seen unnamed before it is set aside. */
export const MARKED_DAYS = 7
/** How long what was set aside can be put back. */
export const TRASH_DAYS = 14

/** What becomes of one thing. */
export type SweepFate =
  /** Named, or needed by what is named or young. */
  | 'keep'
  /** Unnamed and young, or needed by what is. */
  | 'young'
  /** Unnamed and old: seen so, and nothing else yet. */
  | 'mark'
  /** Seen unnamed a week ago, and unnamed now. */
  | 'trash'
  /** Set aside, and in its time. */
  | 'wait'
  /** Set aside, and needed after all. */
  | 'restore'
  /** Set aside, and its time is over. */
  | 'remove'

/** One thing and its fate. */
export interface FatedKey extends PlacedKey {
  /** As the store has it: below `trash/` for what was set aside. */
  readonly key: PlaceKey
  readonly fate: SweepFate
}

/** What is known. */
export interface SweepFacts {
  /** Everything in the store, what was set aside included. */
  readonly keys: readonly PlacedKey[]
  /** Keys that records need. */
  readonly needed: ReadonlySet<PlaceKey>
  /** Keys that young objects need. */
  readonly behindYoung: ReadonlySet<PlaceKey>
  /** Keys that were seen unnamed, and when. */
  readonly marks: readonly { readonly keys: ReadonlySet<PlaceKey>; readonly modifiedMs: number }[]
  /** The time of the store. */
  readonly nowMs: number
}

/** Decides. Keys that are no objects are left out. */
export function planSweep(facts: SweepFacts): readonly FatedKey[] {
  const old = facts.marks.filter(({ modifiedMs }) => isOlder(modifiedMs, MARKED_DAYS, facts.nowMs))
  const there = new Set(facts.keys.map(({ key }) => key))
  // What was touched after it was marked was in use again: it is to be marked anew.
  const isMarked = (one: PlacedKey): boolean => {
    return old.some(({ keys, modifiedMs }) => keys.has(one.key) && modifiedMs > one.modifiedMs)
  }
  return facts.keys.flatMap((one): readonly FatedKey[] => {
    const set = keyOfTrash(one.key)
    if (thingAt(set ?? one.key) === undefined) return []
    const fate =
      set === undefined ? fateHere(facts, one, isMarked) : fateSet(facts, one, { set, isBack: there.has(set) })
    return [{ ...one, fate }]
  })
}

function fateHere(facts: SweepFacts, one: PlacedKey, isMarked: (one: PlacedKey) => boolean): SweepFate {
  if (facts.needed.has(one.key)) return 'keep'
  if (facts.behindYoung.has(one.key) || isYoung(one, facts.nowMs)) return 'young'
  return isMarked(one) ? 'trash' : 'mark'
}

function fateSet(
  { needed, behindYoung, nowMs }: SweepFacts,
  { modifiedMs }: PlacedKey,
  { set, isBack }: { readonly set: PlaceKey; readonly isBack: boolean },
): SweepFate {
  if (!isBack && (needed.has(set) || behindYoung.has(set))) return 'restore'
  return isOlder(modifiedMs, TRASH_DAYS, nowMs) ? 'remove' : 'wait'
}

/** Tells whether a thing is so young that a record may be on its way to name it. */
export function isYoung({ modifiedMs }: Pick<PlacedKey, 'modifiedMs'>, nowMs: number): boolean {
  return !isOlder(modifiedMs, YOUNG_DAYS, nowMs)
}

function isOlder(modifiedMs: number, days: number, nowMs: number): boolean {
  return nowMs - modifiedMs >= days * DAY_MS
}
