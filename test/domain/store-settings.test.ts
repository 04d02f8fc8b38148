/**
 * Two clones that change the stores of a branch at once end alike, and lose no place that anything is in.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BranchSettings } from '../../src/domain/branch.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { parseStoreAddress, storeAddressText } from '../../src/domain/store-address.ts'
import {
  mergeSettings,
  settingsUsing,
  settingsWithMirror,
  settingsWithout,
  writtenText,
} from '../../src/domain/store-settings.ts'
import { decodeSettings, encodeSettings } from '../../src/store/documents/settings-manifest.ts'

const ref = parseRefName('refs/heads/mlv')
const LFS: BranchSettings = {
  format: 1,
  layout: 'single',
  areas: { registry: ref, records: ref },
  store: 'lfs',
  stores: [],
  mirrors: [],
}
const [A, B, C] = ['dir:/a', 's3://bucket/b', 'dir:/c'].map(parseStoreAddress) as [
  ReturnType<typeof parseStoreAddress>,
  ReturnType<typeof parseStoreAddress>,
  ReturnType<typeof parseStoreAddress>,
]

type Change = (settings: BranchSettings) => BranchSettings

const changes: fc.Arbitrary<Change> = fc
  .tuple(fc.constantFrom('use', 'add', 'remove'), fc.constantFrom(A, B, C, { kind: 'lfs' as const }))
  .map(([kind, place]): Change => {
    if (kind === 'use') return (settings) => settingsUsing(settings, place)
    if (place.kind === 'lfs') return (settings) => settings
    return (settings) => (kind === 'add' ? settingsWithMirror(settings, place) : settingsWithout(settings, place))
  })
const histories = fc.array(changes, { maxLength: 4 })

function after(settings: BranchSettings, history: readonly Change[]): BranchSettings {
  return history.reduce((so, change) => change(so), settings)
}

test('a store that was written to is read from on, Git LFS too', () => {
  const first = settingsUsing(LFS, A)
  expect(first).toMatchObject({ store: 'dir', stores: [A], readsLfs: true })
  expect(settingsUsing(first, B)).toMatchObject({ store: 's3', stores: [B, A], readsLfs: true })
  expect(settingsUsing(settingsUsing(first, B), A)).toMatchObject({ store: 'dir', stores: [A, B] })
  const back = settingsUsing(first, { kind: 'lfs' })
  expect(back).toMatchObject({ store: 'lfs', stores: [A] })
  expect(back.readsLfs).toBeUndefined()
})

test('a mirror that is written to is one no more, and what is written to cannot be taken away', () => {
  const mirrored = settingsWithMirror(settingsUsing(LFS, A), B)
  expect(mirrored.mirrors).toEqual([B])
  expect(settingsUsing(mirrored, B)).toMatchObject({ stores: [B, A], mirrors: [] })
  expect(settingsWithout(mirrored, A)).toEqual(mirrored)
  expect(settingsWithout(mirrored, B).mirrors).toEqual([])
  expect(settingsWithMirror(mirrored, A)).toEqual(mirrored)
})

test('what any history of changes leads to reads back as it was written', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const settings = after(LFS, history)
      expect(decodeSettings(encodeSettings(settings), 'mlv.json')).toEqual(settings)
    }),
  )
})

test('the published side is written to, and the other is told and still read from', () => {
  const base = settingsUsing(LFS, A)
  const merged = mergeSettings(base, settingsUsing(base, C), settingsUsing(base, B), 'theirs')
  expect(merged.lost).toBe('dir:/c')
  expect(merged.settings).toMatchObject({ store: 's3', stores: [B, A, C] })
  const mirrors = mergeSettings(base, settingsWithMirror(base, B), settingsWithMirror(base, C), 'theirs')
  expect(mirrors).toMatchObject({ lost: undefined, settings: { store: 'dir', stores: [A], mirrors: [C, B] } })
})

test('a side that changed nothing takes what the other says, and equal sides stay', () => {
  fc.assert(
    fc.property(histories, histories, (before, history) => {
      const base = after(LFS, before)
      const changed = after(base, history)
      for (const published of ['theirs', 'both'] as const) {
        expect(mergeSettings(base, changed, base, published).settings).toEqual(changed)
        expect(mergeSettings(base, base, changed, published).settings).toEqual(changed)
        expect(mergeSettings(base, changed, changed, published)).toEqual({ settings: changed, lost: undefined })
      }
    }),
  )
})

test('sides that are both published merge alike in either order', () => {
  fc.assert(
    fc.property(histories, histories, histories, (before, left, right) => {
      const base = after(LFS, before)
      const [ours, theirs] = [after(base, left), after(base, right)]
      const [one, other] = [
        mergeSettings(base, ours, theirs, 'both').settings,
        mergeSettings(base, theirs, ours, 'both').settings,
      ]
      expect(one).toEqual(other)
    }),
  )
})

test('no place that either side writes to is lost, and Git LFS is read where anything was in it', () => {
  fc.assert(
    fc.property(histories, histories, (left, right) => {
      const [ours, theirs] = [after(LFS, left), after(LFS, right)]
      const { settings } = mergeSettings(LFS, ours, theirs, 'theirs')
      const readable = [...settings.stores.map(storeAddressText), ...settings.mirrors.map(storeAddressText)]
      for (const side of [ours, theirs]) {
        const written = writtenText(side)
        if (written === 'lfs') expect(settings.store === 'lfs' || settings.readsLfs).toBe(true)
        else expect(readable).toContain(written)
      }
    }),
  )
})
