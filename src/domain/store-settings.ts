/**
 * How the settings of a branch change where artifacts are: by one person, and when two clones did it at once.
 */
import type { BranchSettings } from './branch.ts'
import type { Published } from './merge-values.ts'
import { storeAddressText } from './store-address.ts'
import type { StoreAddress } from './store-address.ts'

/** A store to write to from now on. */
export type ChosenStore = { readonly kind: 'lfs' } | StoreAddress

/**
 * Settings that write elsewhere; what was written to before is still read from.
 *
 * @param isCompact makes the store compact; one that is so already stays so. Git LFS never is.
 */
export function settingsUsing(settings: BranchSettings, chosen: ChosenStore, isCompact = false): BranchSettings {
  const { readsLfs, compact, ...rest } = settings
  const wasLfs = settings.store === 'lfs' || readsLfs === true
  if (chosen.kind === 'lfs') return { ...rest, store: 'lfs' }
  return {
    ...rest,
    store: chosen.kind,
    stores: withoutRepeats([chosen, ...settings.stores]),
    // A mirror that is written to is the store.
    mirrors: without(settings.mirrors, [chosen]),
    ...(compact === true || isCompact ? { compact: true as const } : {}),
    ...(wasLfs ? { readsLfs: true as const } : {}),
  }
}

/** Settings with one mirror more; the same when it is there already, or is a store. */
export function settingsWithMirror(settings: BranchSettings, mirror: StoreAddress): BranchSettings {
  if (settings.stores.some((store) => isSame(store, mirror))) return settings
  return { ...settings, mirrors: withoutRepeats([...settings.mirrors, mirror]) }
}

/** Settings with one mirror, or one store that is only read, less. */
export function settingsWithout(settings: BranchSettings, address: StoreAddress): BranchSettings {
  const written = settings.store === 'lfs' ? [] : settings.stores.slice(0, 1)
  return {
    ...settings,
    stores: [...written, ...without(settings.stores.slice(written.length), [address])],
    mirrors: without(settings.mirrors, [address]),
  }
}

/** What came of two changes at once. */
export interface MergedSettings {
  readonly settings: BranchSettings
  /** Where the side that gave way wanted to write; absent when nobody gave way. */
  readonly lost: string | undefined
}

/**
 * Merges two changes of the same settings. Where both chose another store the published one is written to, and the
 * other still read from; additions and removals of mirrors and of stores that are read all count.
 *
 * Law: a side that changed nothing takes what the other says; under `both` the order of the sides does not matter.
 */
export function mergeSettings(
  base: BranchSettings | undefined,
  ours: BranchSettings,
  theirs: BranchSettings,
  published: Published,
): MergedSettings {
  const [our, their, old] = [writtenText(ours), writtenText(theirs), base === undefined ? undefined : writtenText(base)]
  const order = published === 'both' && orderText(ours) < orderText(theirs)
  const takesOurs = our === their ? order : their === old || (our !== old && order)
  const isSplit = our !== their && our !== old && their !== old
  const [winner, loser] = takesOurs ? [ours, theirs] : [theirs, ours]
  const chosen: ChosenStore = winner.store === 'lfs' ? { kind: 'lfs' } : (winner.stores[0] ?? { kind: 'lfs' })
  const stores = mergeLists(base?.stores ?? [], winner.stores, loser.stores)
  const mirrors = mergeLists(base?.mirrors ?? [], winner.mirrors, loser.mirrors)
  const { format, layout, areas, store } = winner
  const used = settingsUsing({ format, layout, areas, store, stores, mirrors }, chosen)
  const isCompact = mergedFlag(base?.compact, winner.compact, loser.compact)
  const readsOld =
    chosen.kind !== 'lfs' && [ours, theirs].some((side) => side.readsLfs === true || side.store === 'lfs')
  const plain = { ...used, mirrors: without(mirrors, used.stores) }
  return {
    settings: {
      ...plain,
      ...(isCompact && chosen.kind !== 'lfs' ? { compact: true as const } : {}),
      ...(readsOld ? { readsLfs: true as const } : {}),
    },
    lost: isSplit ? writtenText(loser) : undefined,
  }
}

/** Where settings write to, as people type it. */
export function writtenText({ store, stores: [first] }: Pick<BranchSettings, 'store' | 'stores'>): string {
  return store === 'lfs' || first === undefined ? 'lfs' : storeAddressText(first)
}

/** An order of the sides that both of them see alike. */
function orderText(settings: BranchSettings): string {
  return [
    writtenText(settings),
    ...settings.stores.map(storeAddressText),
    '',
    ...settings.mirrors.map(storeAddressText),
  ].join('\n')
}

function mergedFlag(base: true | undefined, winner: true | undefined, loser: true | undefined): boolean {
  return (winner === base ? loser : winner) === true
}

/** The winner's order, then what only the other has; what either removed is gone. */
function mergeLists(
  base: readonly StoreAddress[],
  winner: readonly StoreAddress[],
  loser: readonly StoreAddress[],
): readonly StoreAddress[] {
  const removed = [...without(base, winner), ...without(base, loser)]
  return without(withoutRepeats([...winner, ...loser]), removed)
}

function withoutRepeats(addresses: readonly StoreAddress[]): readonly StoreAddress[] {
  return addresses.filter((one, at) => addresses.findIndex((other) => isSame(one, other)) === at)
}

function without(addresses: readonly StoreAddress[], gone: readonly StoreAddress[]): readonly StoreAddress[] {
  return addresses.filter((one) => !gone.some((other) => isSame(one, other)))
}

function isSame(left: StoreAddress, right: StoreAddress): boolean {
  return storeAddressText(left) === storeAddressText(right)
}
