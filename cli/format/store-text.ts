/**
 * What `mlv store` shows and did, for people.
 */
import { storeAddressText } from '../../src/domain/store-address.ts'
import type { StoreChange } from '../../src/ops/share/change-store.ts'
import type { StoreCopy } from '../../src/ops/share/copy-store.ts'
import type { StoredTotals, StoreReport, StoreUser, StoreUserChange } from '../../src/ops/share/show-store.ts'
import { bytesText, countText } from './bytes.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'

type Settings = StoreReport['settings']

/** The store of the branch. */
export function storeText({ settings, address, inside }: StoreReport): readonly Line[] {
  const more = inside === undefined ? [] : insideRows(inside)
  return alignedRows([[styled('faint', 'store'), styled('strong', address)], ...settingsRows(settings), ...more])
}

function settingsRows(settings: Settings): readonly (readonly Span[])[] {
  const read = [
    ...settings.stores.slice(settings.store === 'lfs' ? 0 : 1).map(storeAddressText),
    ...(settings.readsLfs === true ? ['lfs'] : []),
  ]
  return [
    ...(settings.compact === true ? [[styled('faint', 'form'), 'compact']] : []),
    ...read.map((text): readonly Span[] => [styled('faint', 'reads too'), text]),
    ...settings.mirrors.map((mirror): readonly Span[] => [styled('faint', 'mirror'), storeAddressText(mirror)]),
  ]
}

function insideRows(inside: NonNullable<StoreReport['inside']>): readonly (readonly Span[])[] {
  const { objects, setAside, users } = inside
  return [
    [styled('faint', 'holds'), totalsText(objects)],
    ...(setAside.count === 0 ? [] : [[styled('faint', 'set aside'), totalsText(setAside)]]),
    ...users.map(userRow),
    ...unlistedRows(inside),
  ]
}

const UNLISTED = 'perhaps others: it held objects before it kept a list'
const UNUSED = 'nobody yet'

/** A place that nobody pushed to has no list either, and nothing that anybody could have put there. */
function unlistedRows(inside: NonNullable<StoreReport['inside']>): readonly (readonly Span[])[] {
  if (inside.isListComplete) return []
  const isEmpty = inside.objects.count === 0 && inside.setAside.count === 0 && inside.users.length === 0
  return [[styled('faint', 'used by'), isEmpty ? styled('faint', UNUSED) : styled('warning', UNLISTED)]]
}

function userRow({ url, trusted }: StoreUser): readonly Span[] {
  if (url === undefined) return [styled('faint', 'used by'), styled('warning', 'an entry that is damaged')]
  const words = trusted ? url : `${url} (not trusted here)`
  return [styled('faint', 'used by'), words]
}

function totalsText({ count, sizeBytes, isMore }: StoredTotals): string {
  return `${isMore ? 'more than ' : ''}${countText(count, 'object')}, ${bytesText(sizeBytes)}`
}

/** A change of the settings. */
export function storeChangeText({ settings, operation }: StoreChange): readonly Line[] {
  const first = settings.stores[0]
  const written = settings.store === 'lfs' || first === undefined ? 'lfs' : storeAddressText(first)
  const done: Line = [operation === undefined ? 'it was so already' : 'changed the branch']
  const rows = alignedRows([[styled('faint', 'store'), styled('strong', written)], ...settingsRows(settings)])
  const next = operation === undefined ? [] : [[styled('faint', "next: 'mlv push', so that others use it too")]]
  return [done, ...rows, ...next]
}

/** What was copied where. */
export function storeCopyText(copies: readonly StoreCopy[]): readonly Line[] {
  return copies.flatMap(({ store, moved, present, absent }): readonly Line[] => [
    [
      styled('strong', store),
      `: copied ${countText(moved.count, 'object')}, ${bytesText(moved.sizeBytes)}; ${present} were there`,
    ],
    ...(absent === 0 ? [] : [[styled('warning', `  ${countText(absent, 'object')} that nobody has`)]]),
  ])
}

/** A repository of the list. */
export function storeUserText(action: 'trust' | 'forget', { url, changed }: StoreUserChange): readonly Line[] {
  if (action === 'trust') return [[changed ? 'trusted ' : 'trusted already: ', styled('strong', url)]]
  return [[changed ? 'took off the list: ' : 'not in the list: ', styled('strong', url)]]
}
