/**
 * Operations and the log of them as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { Operation } from '../../src/domain/operation.ts'
import type { LogEntry } from '../../src/ops/read/read-log.ts'
import { maybe } from './json-members.ts'
import { referenceJson } from './model-json.ts'

/** One entry of the log; without `operation` when it was made with plain git. */
export function logEntryJson({ commit, at, by, subject, operation }: LogEntry): ValueMap {
  return valueMap({ commit, at, by, subject, operation: maybe(operation, operationJson) })
}

function operationJson({ id, kind, subject, body, model, runs, version, reverts }: Operation): ValueMap {
  return valueMap({ id, kind, subject, body, model, runs, version: maybe(version, referenceJson), reverts })
}
