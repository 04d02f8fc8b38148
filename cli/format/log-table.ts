/**
 * The history of the branch as a table.
 */
import { instantMs } from '../../src/base/clock.ts'
import type { LogEntry } from '../../src/ops/read/read-log.ts'
import { column } from './columns.ts'
import type { Table } from './columns.ts'
import { styled } from './line.ts'
import type { Reader } from './run-table.ts'
import { shortId, shortOid } from './short-id.ts'
import { agoText } from './time.ts'

/** The table of `mlv log`: operation (or commit, when it was made with plain git), when, who, what. */
export function logTable(entries: readonly LogEntry[], reader: Reader): Table {
  return reader.isPerson ? tableForPerson(entries, reader.nowMs) : tableForProgram(entries)
}

function tableForPerson(entries: readonly LogEntry[], nowMs: number): Table {
  return {
    columns: [column('operation'), column('when'), column('by'), { ...column('what'), whenNarrow: 'cut' }],
    rows: entries.map(({ operation, commit, at, by, subject }) => [
      styled('subject', operation === undefined ? shortOid(commit) : shortId(operation.id)),
      agoText(instantMs(at), nowMs),
      by.replace(/ <.*$/, ''),
      subject,
    ]),
  }
}

function tableForProgram(entries: readonly LogEntry[]): Table {
  return {
    columns: ['operation', 'commit', 'at', 'by', 'kind', 'subject'].map((title) => column(title)),
    rows: entries.map(({ operation, commit, at, by, subject }) => [
      operation?.id ?? '',
      commit,
      at,
      by,
      operation?.kind ?? 'foreign',
      subject,
    ]),
  }
}
