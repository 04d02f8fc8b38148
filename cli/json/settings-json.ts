/**
 * The settings of the branch as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { BranchSettings } from '../../src/domain/branch.ts'
import { storeAddressText } from '../../src/domain/store-address.ts'
import { integer } from './json-members.ts'

/** Format, layout, the ref of each area, and where artifacts are. */
export function settingsJson({
  format,
  layout,
  areas,
  store,
  stores,
  mirrors,
  compact,
  readsLfs,
}: BranchSettings): ValueMap {
  return valueMap({
    format: integer(format),
    layout,
    areas: valueMap({ ...areas }),
    store,
    stores: stores.map(storeAddressText),
    mirrors: mirrors.map(storeAddressText),
    ...(compact === true ? { compact } : {}),
    ...(readsLfs === true ? { readsLfs } : {}),
  })
}
