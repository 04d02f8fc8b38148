/**
 * Reports of sharing, small and whole: two clones met, one lost a promotion and its version took another number.
 */
import { present } from '../../src/base/assert.ts'
import { parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import type { VersionNumber } from '../../src/domain/model-version.ts'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { runIdOf } from '../../src/domain/run.ts'
import type { CloneReport } from '../../src/ops/share/clone-branch.ts'
import type { AreaMove, ShareReport } from '../../src/ops/repository/share-state.ts'
import { sampleUlid } from '../support/sample.ts'
import { INIT } from './sample-reports.ts'

const MODEL = parseModelName('churn')
const PRODUCTION = parseAliasName('production')
const MLV = parseRefName('refs/heads/mlv')
const FETCHED: AreaMove = { ref: MLV, from: oid('1'), to: oid('2'), operations: 2 }
const PUSHED: AreaMove = { ref: MLV, from: oid('2'), to: oid('3'), operations: 3 }
const NOTHING = { fetched: [], replayed: 0, notices: [], pushed: [], refused: [], code: 0, tries: 0 }
const NO_ARTIFACTS = { moved: 0, movedBytes: 0, present: 0, absent: 0 }

/** What `mlv fetch` found. */
export const FETCH: ShareReport = { ...NOTHING, remote: 'origin', fetched: [FETCHED], artifacts: NO_ARTIFACTS }

/** What `mlv pull` decided, with every kind of notice. */
export const PULL: ShareReport = {
  ...FETCH,
  replayed: 3,
  notices: [
    { kind: 'renumbered', model: MODEL, uid: versionUidOf(sampleUlid(7)), from: number(3), to: number(4) },
    {
      kind: 'alias-lost',
      model: MODEL,
      alias: PRODUCTION,
      kept: { number: number(3), uid: versionUidOf(sampleUlid(8)) },
      lost: { number: number(4), uid: versionUidOf(sampleUlid(7)) },
      because: 'moved',
      operation: operationIdOf(sampleUlid(9)),
    },
    {
      kind: 'retirement-lost',
      model: MODEL,
      version: { number: number(3), uid: versionUidOf(sampleUlid(8)) },
      alias: PRODUCTION,
    },
    { kind: 'member-lost', path: 'models/churn/model.yaml', key: 'description', kept: 'theirs', lost: 'ours' },
    { kind: 'file-lost', path: 'CODEOWNERS', savedAs: 'CODEOWNERS.orig-4f2a91c0' },
    { kind: 'run-apart', run: runIdOf(sampleUlid(2)), savedAs: 'runs/2026-11/20/0/0/x/alternates/4f2a91c0' },
    { kind: 'store-moved', from: 'lfs', to: 's3://models/churn' },
    { kind: 'record-kept', path: 'models/churn/versions/1' },
  ],
}

/** What `mlv push` sent at its second try; the registry is protected. */
export const PUSH: ShareReport = {
  ...NOTHING,
  remote: 'origin',
  fetched: [FETCHED],
  replayed: 3,
  pushed: [PUSHED],
  refused: [{ ref: parseRefName('refs/heads/mlv-registry'), problem: 'protected branch hook declined' }],
  artifacts: { moved: 1, movedBytes: 40_000, present: 2, absent: 0 },
  code: 1,
  tries: 2,
}

/** A clone of a team's records. */
export const CLONE: CloneReport = {
  folder: '/home/ada/churn',
  settings: INIT.settings,
  fetched: [{ ref: MLV, from: undefined, to: oid('2'), operations: 5 }],
  runs: 12,
  models: 1,
}

function oid(digit: string): Oid {
  return present(parseOid(digit.repeat(40)), 'an object name')
}

function number(value: number): VersionNumber {
  return present(parseVersionNumber(String(value)), 'a version number')
}
