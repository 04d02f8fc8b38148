/**
 * `mlv ls --watch`: the list again and again, until the keyboard interrupts it.
 */
import { listRuns } from '../src/ops/read/list-runs.ts'
import type { ListRunsOptions } from '../src/ops/read/list-runs.ts'
import type { Repository } from '../src/ops/repository/repository.ts'
import type { RunRow } from '../src/ops/revisions/run-row.ts'
import { watchRepository } from '../src/ops/record/watch-repository.ts'
import type { RepositoryNews } from '../src/ops/record/watch-repository.ts'
import { sheetRows } from './format/columns.ts'
import type { Table } from './format/columns.ts'
import type { ShownCurves } from './format/run-table.ts'
import type { Output } from './output.ts'
import { pause } from './pause.ts'

const LOOK_EVERY_MS = 1_000

/** Ages are told anew after so long, whatever happens. */
const LIST_EVERY_MS = 10_000
/** Titles, and the line the cursor is left on. */
const OTHER_LINES = 2

/** What to watch, and how rows are shown. */
export interface Watch {
  readonly query: ListRunsOptions
  readonly curves: (rows: readonly RunRow[]) => Promise<ShownCurves | undefined>
  readonly table: (rows: readonly RunRow[], curves: ShownCurves | undefined) => Table
}

/**
 * Watches the runs, live ones too. A terminal is drawn anew, with as many runs as it has room for; elsewhere the titles
 * come once, and then each row that is new or no longer what it was. Never returns.
 */
export async function watchRuns(
  output: Output,
  repository: Repository,
  { query, curves, table }: Watch,
): Promise<never> {
  const watch = watchRepository(repository)
  const room = output.height === undefined ? {} : { limit: Math.max(1, output.height - OTHER_LINES) }
  const print = rowPrinter(output, table)
  let before: RepositoryNews | undefined
  let listedMs = -Infinity
  for (;;) {
    const news = await watch.look()
    const isOld = repository.clock.elapsedMs() - listedMs >= LIST_EVERY_MS
    // While runs are live they are listed at every look: what they log is in their rows.
    if (isOld || news.live.length > 0 || !isSamePlace(before, news)) {
      const rows = await listRuns(repository, { ...room, ...query, live: true })
      listedMs = repository.clock.elapsedMs()
      if (output.isTerminal) {
        const drawn = table(rows, await curves(rows))
        output.clear()
        printTable(output, drawn)
      } else print(rows, await curves(rows))
    }
    before = news
    await pause(LOOK_EVERY_MS)
  }
}

/** Whether nothing was recorded, started or ended in between. */
function isSamePlace(before: RepositoryNews | undefined, now: RepositoryNews): boolean {
  return before?.tip === now.tip && before?.live.join() === now.live.join()
}

/** Prints rows that are new or changed; titles when they are not those that were printed last. */
function rowPrinter(
  output: Output,
  table: Watch['table'],
): (rows: readonly RunRow[], curves: ShownCurves | undefined) => void {
  let titles: string | undefined
  const printed = new Map<string, string>()
  return (rows, curves) => {
    const changed = rows.filter((row) => {
      const text = sheetRows(table([row], curves)).at(1) ?? ''
      const isSame = printed.get(row.run.id) === text
      printed.set(row.run.id, text)
      return !isSame
    })
    // Columns follow from the rows, and a new metric is a new column.
    const all = table(rows, curves)
    const [head] = sheetRows({ ...all, rows: [] })
    if (changed.length > 0) output.sheet(rowsOf(all, rows, changed), head !== titles)
    titles = head
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
