/**
 * The board as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { Board, BoardRow, BoardValue } from '../../src/ops/read/read-board.ts'
import { ruleJson } from './content-json.ts'
import { listJson, mapJson } from './json-members.ts'
import { aliasJson, versionJson } from './model-json.ts'

/** What `mlv board` reports. */
export function boardJson({ alias, commit, asOf, metrics, rows, without }: Board): ValueMap {
  return valueMap({ alias, commit, asOf, metrics, rows: listJson(rows, rowJson), without })
}

function rowJson({ model, alias, version, values }: BoardRow): ValueMap {
  return valueMap({ model, alias: aliasJson(alias), version: versionJson(version), values: mapJson(values, valueJson) })
}

function valueJson({ rule, value, isBest }: BoardValue): ValueMap {
  return valueMap({ rule: ruleJson(rule), value, best: isBest })
}
