/**
 * Reports of bundles and of the cache, small and whole.
 */
import { present } from '../../src/base/assert.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { BundleReport } from '../../src/ops/share/bundle-branch.ts'
import type { CacheReport } from '../../src/ops/care/manage-cache.ts'
import type { UnbundleReport } from '../../src/ops/share/unbundle-branch.ts'
import { PULL } from './sample-sharing.ts'

const MLV = parseRefName('refs/heads/mlv')
const CODE = parseRefName('refs/mlv/code')

/** What `mlv bundle --since` wrote. */
export const BUNDLE: BundleReport = {
  file: '/media/stick/back.mlv',
  sizeBytes: 3_014_656,
  refs: [
    { ref: MLV, commit: oid('3'), operations: 2 },
    { ref: CODE, commit: oid('4'), operations: 1 },
  ],
  prerequisites: [oid('2')],
  artifacts: { count: 1, sizeBytes: 3_000_000, absent: 1 },
  code: 1,
}

/** What `mlv unbundle` took in beside two operations of its own. */
export const UNBUNDLE: UnbundleReport = {
  file: '/media/stick/back.mlv',
  folder: '/home/ada/churn',
  isNew: false,
  fetched: [{ ref: MLV, from: oid('2'), to: oid('3'), operations: 2 }],
  takenIn: [],
  replayed: 2,
  notices: PULL.notices.slice(0, 1),
  artifacts: { moved: 1, movedBytes: 3_000_000, present: 0 },
}

/** What `mlv cache clear` left. */
export const CACHE: CacheReport = {
  settings: { folder: '/var/cache/mlv', limitBytes: 50_000_000_000, source: 'mlv.cache' },
  objects: 12,
  sizeBytes: 8_100_000,
  removed: [
    {
      sha256: '360f84035942243c6a36537ae2f8673485e6c04455a0a85a0db19690f2541480',
      sizeBytes: 1_500_000,
      reason: 'cleared',
    },
  ],
}

function oid(digit: string): Oid {
  return present(parseOid(digit.repeat(40)), 'an object name')
}
