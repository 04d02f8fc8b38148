/**
 * `mlv ls --watch`: the list again and again, until the keyboard interrupts it.
 */
import { listRuns } from '../src/ops/read/list-runs.ts'
import type { ListRunsOptions } from '../src/ops/read/list-runs.ts'
import type { Repository } from '../src/ops/repository/repository.ts'
import type { RunRow } from '../src/ops/revisions/run-row.ts'
import { sheetRows } from './format/columns.ts'
import type { Table } from './format/columns.ts'
import type { Output } from './output.ts'
import { pause } from './pause.ts'

const LOOK_EVERY_MS = 1_000

/** What to watch, and how a row is shown. */
export interface Watch {
  readonly query: ListRunsOptions
  readonly table: (rows: readonly RunRow[]) => Table
}

/**
 * Watches the runs, live ones too. A terminal is drawn anew; elsewhere the titles come once, and then each row that is
 * new or no longer what it was. Never returns.
 */
export async function watchRuns(output: Output, repository: Repository, { query, table }: Watch): Promise<never> {
  let titles: string | undefined
  const printed = new Map<string, string>()
  for (;;) {
    const rows = await listRuns(repository, { ...query, live: true })
    if (output.isTerminal) {
      output.clear()
      printTable(output, table(rows))
    } else {
      const changed = rows.filter((row) => {
        const text = sheetRows(table([row])).at(1) ?? ''
        const isSame = printed.get(row.run.id) === text
        printed.set(row.run.id, text)
        return !isSame
      })
      // Columns follow from the rows, and a new metric is a new column.
      const all = table(rows)
      const [head] = sheetRows({ ...all, rows: [] })
      if (changed.length > 0) output.sheet(rowsOf(all, rows, changed), head !== titles)
      titles = head
    }
    await pause(LOOK_EVERY_MS)
  }
}

function printTable(output: Output, table: Table): void {
  output.answerTable(
    () => new Map(),
    () => table,
  )
}

function rowsOf(all: Table, rows: readonly RunRow[], changed: readonly RunRow[]): Table {
  return { ...all, rows: all.rows.filter((_, index) => changed.some((row) => row === rows[index])) }
}
