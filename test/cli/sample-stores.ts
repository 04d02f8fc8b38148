/**
 * Reports of stores and of what is done about them, small and whole.
 */
import { parseRefName } from '../../src/domain/ref-name.ts'
import { parseStoreAddress } from '../../src/domain/store-address.ts'
import type { StoreChange } from '../../src/ops/share/change-store.ts'
import type { RemoteGarbageReport } from '../../src/ops/care/collect-remote-garbage.ts'
import type { StoreCopy } from '../../src/ops/share/copy-store.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import type { StoreReport } from '../../src/ops/share/show-store.ts'
import { trashKey } from '../../src/remote/care/care-keys.ts'
import { packKey, wholeKey } from '../../src/remote/compact/compact-keys.ts'
import { sha256Of } from '../../src/base/digest.ts'
import type { Sha256 } from '../../src/base/digest.ts'
import { sampleUlid } from '../support/sample.ts'

const MLV = parseRefName('refs/heads/mlv')

const SETTINGS: StoreReport['settings'] = {
  format: 1,
  layout: 'single',
  areas: { registry: MLV, records: MLV },
  store: 's3',
  stores: [parseStoreAddress('s3://models/churn?region=eu-central-1'), parseStoreAddress('dir:/mnt/team/models')],
  mirrors: [parseStoreAddress('dir:/mnt/backup/models')],
  readsLfs: true,
}

/** What `mlv store` shows of a bucket that two repositories use. */
export const STORE: StoreReport = {
  settings: SETTINGS,
  address: 's3://models/churn?region=eu-central-1',
  inside: {
    objects: { count: 10_000, sizeBytes: 81_000_000_000, isMore: true },
    setAside: { count: 2, sizeBytes: 1_500_000, isMore: false },
    users: [
      { url: 'git@git.example:team/churn.git', trusted: true },
      { url: 'https://git.example/team/ranking.git', trusted: false },
      { url: undefined, trusted: false },
    ],
    isListComplete: false,
  },
}

/** What `mlv store use` changed. */
export const STORE_CHANGE: StoreChange = { settings: SETTINGS, operation: operationIdOf(sampleUlid(70)) }

/** What `mlv store copy` did. */
export const STORE_COPIES: readonly StoreCopy[] = [
  { store: 'dir:/mnt/backup/models', moved: { count: 12, sizeBytes: 8_100_000 }, present: 30, absent: 1 },
]

/** What `mlv gc --remote` would do. */
export const REMOTE_GARBAGE: RemoteGarbageReport = {
  kind: 'place',
  store: 's3://models/churn?region=eu-central-1',
  isDryRun: true,
  repositories: ['git@git.example:team/churn.git', 'https://git.example/team/ranking.git'],
  objects: [
    { key: wholeKey(digest('weights')), sizeBytes: 8_100_000, modifiedMs: 0, fate: 'keep' },
    { key: wholeKey(digest('left')), sizeBytes: 1_500_000, modifiedMs: 0, fate: 'mark' },
    { key: trashKey(packKey(digest('pack'))), sizeBytes: 64_000_000, modifiedMs: 0, fate: 'wait' },
  ],
  markedUntilMs: Date.UTC(2026, 10, 28, 9, 30),
}

/** What `mlv gc --remote` can tell of a Git LFS server. */
export const LFS_GARBAGE: RemoteGarbageReport = {
  kind: 'lfs',
  remote: 'origin',
  url: 'https://gitlab.example/team/churn.git',
  objects: [{ sha256: digest('left'), sizeBytes: 1_500_000 }],
}

function digest(text: string): Sha256 {
  return sha256Of(Buffer.from(text))
}
