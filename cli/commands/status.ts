/**
 * `mlv status`: where this clone stands, and what is left to do.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { OpenRequest } from '../../src/ops/read/list-requests.ts'
import { readStatus } from '../../src/ops/read/read-status.ts'
import type { AreaStatus, StatusReport } from '../../src/ops/read/read-status.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { statusText } from '../format/status-text.ts'
import { settingsJson } from '../json/settings-json.ts'
import { integer, listJson, maybe } from '../json/json-members.ts'
import { referenceJson } from '../json/model-json.ts'

/** The command. */
export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Show where this clone stands',
  details: ['Branches and how far they are from the remote, runs that wait to be recorded, code that is not here.'],
  arguments: {},
  options: {},
  examples: [
    { line: 'mlv status', does: 'what is here, and what is left to do' },
    { line: 'mlv status --json', does: 'the same for a script' },
  ],
  run: async ({ output, withRepository }) => {
    const report = await withRepository(readStatus)
    output.answer(
      () => statusJson(report),
      () => statusText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function statusJson(report: StatusReport): ValueMap {
  const { initialized, settings, areas, runs, models, pending, missingCode } = report
  return valueMap({
    initialized,
    settings: maybe(settings, settingsJson),
    areas: listJson(areas, areaJson),
    runs: integer(runs),
    models: integer(models),
    pending: listJson(pending, (entry) => valueMap({ ...entry })),
    missingCode,
    requests: listJson(report.requests, requestJson),
    engine: report.engine,
    storeBytes: integer(report.storeBytes),
    storeObjects: integer(report.storeObjects),
  })
}

function requestJson({ branch, model, alias, version, by, isOutdated }: OpenRequest): ValueMap {
  return valueMap({ branch, model, alias, version: referenceJson(version), by, outdated: isOutdated })
}

function areaJson({ ref, tip, upstream }: AreaStatus): ValueMap {
  const upstreamJson = maybe(upstream, (remote) =>
    valueMap({ ref: remote.ref, ahead: integer(remote.ahead), behind: integer(remote.behind) }),
  )
  return valueMap({ ref, tip, upstream: upstreamJson })
}
