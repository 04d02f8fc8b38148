/**
 * The table of very many runs for a program: what it holds of a run is less, and what it says is the same.
 */
import { expect, test } from 'vitest'
import { sheetRows } from '../../../cli/format/columns.ts'
import { runSheet } from '../../../cli/format/run-sheet.ts'
import { runTable } from '../../../cli/format/run-table.ts'
import { runIdOf } from '../../../src/domain/run.ts'
import type { RunRow } from '../../../src/ops/revisions/run-row.ts'
import { metricsOf, sampleUlid } from '../../support/sample.ts'
import * as reports from '../sample-reports.ts'

const NOW_MS = Date.UTC(2026, 10, 21)

test('rows whose metrics and goals differ are the rows of the table of all', () => {
  const [first] = reports.ROWS
  expect(first).toBeDefined()
  if (first === undefined) return
  const rows: readonly RunRow[] = Array.from({ length: 2500 }, (_, index) => {
    const goal = index === 900 ? 'max' : 'none'
    const own = metricsOf({ [`m${index % 5}`]: index / 7, 'a,b': NaN, ...(index > 2000 ? { late: -0 } : {}) }, goal)
    const message = index % 3 === 0 ? { message: 'a\tb, c' } : {}
    return { ...first, run: { ...first.run, ...message, id: runIdOf(sampleUlid(index)), metrics: own } }
  })
  for (const all of [rows, reports.ROWS, [], rows.slice(0, 1024)]) {
    const sheet = runSheet(NOW_MS)
    sheet.add(all.slice(0, 700))
    sheet.add(all.slice(700))
    const tables = [...sheet.tables()]
    expect(tables.length).toBe(Math.max(1, Math.ceil(all.length / 1024)))
    const said = tables.flatMap((table, at) => sheetRows(table).slice(at === 0 ? 0 : 1))
    expect(said).toEqual(sheetRows(runTable(all, { isPerson: false, nowMs: NOW_MS })))
  }
})
