/**
 * Sharing as JSON: one document for fetch, pull, push and sync.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { VersionReference } from '../../src/domain/alias.ts'
import type { MergeNotice } from '../../src/domain/merge-notice.ts'
import type { AreaMove, ShareReport } from '../../src/ops/repository/share-state.ts'
import { integer, listJson, maybe } from './json-members.ts'

/** The report as JSON. */
export function shareJson(report: ShareReport): ValueMap {
  const { remote, fetched, replayed, notices, pushed, refused, artifacts, code, tries } = report
  return valueMap({
    remote,
    fetched: listJson(fetched, moveJson),
    replayed: integer(replayed),
    notices: listJson(notices, noticeJson),
    pushed: listJson(pushed, moveJson),
    refused: listJson(refused, ({ ref, problem }) => valueMap({ ref, problem })),
    artifacts: valueMap({
      moved: integer(artifacts.moved),
      movedBytes: integer(artifacts.movedBytes),
      present: integer(artifacts.present),
      absent: integer(artifacts.absent),
    }),
    code: integer(code),
    tries: integer(tries),
  })
}

/** A ref that moved. */
export function moveJson({ ref, from, to, operations }: AreaMove): ValueMap {
  return valueMap({ ref, from, to, operations: integer(operations) })
}

/** What a merge decided. */
export function noticeJson(notice: MergeNotice): ValueMap {
  switch (notice.kind) {
    case 'renumbered': {
      const { kind, model, uid, from, to } = notice
      return valueMap({ kind, model, uid, from: integer(from), to: integer(to) })
    }
    case 'alias-lost': {
      const { kind, model, alias, kept, lost, because, operation } = notice
      const versions = { kept: maybe(kept, referenceJson), lost: maybe(lost, referenceJson) }
      return valueMap({ kind, model, alias, ...versions, because, operation })
    }
    case 'retirement-lost': {
      const { kind, model, version, alias } = notice
      return valueMap({ kind, model, version: referenceJson(version), alias })
    }
    case 'member-lost':
    case 'file-lost':
    case 'run-apart':
    case 'store-moved':
    case 'record-kept':
      return valueMap({ ...notice })
  }
}

function referenceJson({ number, uid }: VersionReference): ValueMap {
  return valueMap({ number: integer(number), uid })
}
