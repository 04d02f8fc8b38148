/**
 * What `mlv store` shows and did, as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { StoreChange } from '../../src/ops/share/change-store.ts'
import type { StoreCopy } from '../../src/ops/share/copy-store.ts'
import type { StoredTotals, StoreReport, StoreUserChange } from '../../src/ops/share/show-store.ts'
import { integer, listJson, maybe } from './json-members.ts'
import { settingsJson } from './settings-json.ts'

/** The store of the branch. */
export function storeJson({ settings, address, inside }: StoreReport): ValueMap {
  return valueMap({
    settings: settingsJson(settings),
    address,
    inside: maybe(inside, ({ objects, setAside, users, isListComplete }) =>
      valueMap({
        objects: totalsJson(objects),
        setAside: totalsJson(setAside),
        repositories: listJson(users, ({ url, trusted }) => valueMap({ url, trusted })),
        listComplete: isListComplete,
      }),
    ),
  })
}

function totalsJson({ count, sizeBytes, isMore }: StoredTotals): ValueMap {
  return valueMap({ count: integer(count), sizeBytes: integer(sizeBytes), more: isMore })
}

/** A change of the settings. */
export function storeChangeJson({ settings, operation }: StoreChange): ValueMap {
  return valueMap({ settings: settingsJson(settings), operation })
}

/** What was copied where. */
export function storeCopyJson(copies: readonly StoreCopy[]): ValueMap {
  return valueMap({
    copies: listJson(copies, ({ store, moved, present, absent }) =>
      valueMap({
        store,
        moved: valueMap({ count: integer(moved.count), sizeBytes: integer(moved.sizeBytes) }),
        present: integer(present),
        absent: integer(absent),
      }),
    ),
  })
}

/** A repository of the list. */
export function storeUserJson(action: 'trust' | 'forget', { url, changed }: StoreUserChange): ValueMap {
  return valueMap({ action, url, changed })
}
