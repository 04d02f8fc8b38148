/**
 * The table of runs, kept: read from the index once, brought up to date by what changed when the branch moves or a run
 * logs. There is never more than one, and what the branch has left behind is dropped.
 */
import type { Area } from '../../domain/branch.ts'
import type { Oid } from '../../domain/oid.ts'
import { outlineFacts } from '../../domain/run-outline.ts'
import type { OutlineFacts } from '../../domain/run-outline.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Metric } from '../../domain/metric.ts'
import type { RunId } from '../../domain/run.ts'
import { ulidMs } from '../../base/ulid.ts'
import { CellArena } from '../../domain/table/cell-arena.ts'
import { overRunTable, tableOfChunks } from '../../domain/table/run-table.ts'
import type { RunTable, TableQuestion } from '../../domain/table/run-table.ts'
import { leanChunk, missingParts, withParts } from '../../domain/table/lean-table.ts'
import { joinCells } from '../../domain/table/join-cells.ts'
import { CHUNK_ROWS } from '../../domain/table/row-set.ts'
import { packChunk, tableRun } from '../../domain/table/table-chunk.ts'
import type { ChunkCells, TableChunk, TableFacts, TableRun } from '../../domain/table/table-chunk.ts'
import type { NotedRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { changedRuns, readChangedRuns } from '../../store/catalog/index-changes.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { filterSubject } from '../revisions/field-value.ts'
import { liveRunKeeper } from '../record/live-run-keeper.ts'
import type { LiveRunKeeper } from '../record/live-run-keeper.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow, VersionLabel } from '../revisions/run-row.ts'
import { catalogLabels } from './list-runs.ts'

/** What a list says of a run besides its values. */
export interface KeptHead {
  readonly facts: OutlineFacts
  readonly versions: readonly VersionLabel[]
  readonly isLive: boolean
}

/** The runs as they are now, live ones too. */
export interface KeptRuns {
  readonly table: RunTable
  readonly headOf: (id: RunId) => KeptHead | undefined
}

/** Keeps the table. */
export interface RunKeeper {
  /**
   * Brings the table up to date, with all that a question needs of it.
   *
   * @throws `branch-not-found`, what reading the branch refuses, `filter-invalid`
   */
  readonly open: (question?: TableQuestion) => Promise<KeptRuns>
}

type Labels = ReadonlyMap<RunId, readonly VersionLabel[]>

/** The runs of the branch at its tips. */
interface Sealed {
  readonly tips: { readonly [A in Area]: Oid }
  /** As the index had it. */
  readonly base: RunTable
  readonly facts: ReadonlyMap<RunId, OutlineFacts>
  readonly labels: Labels
  /** What differs from `base`; `undefined` for a run that is gone. */
  readonly over: ReadonlyMap<RunId, Over | undefined>
  readonly table: RunTable
}

interface Over {
  readonly run: TableRun
  readonly facts: OutlineFacts
}

/** With more that differ the table is made anew. */
const LEAST_OVER = 500
/** Of a table with more summaries than this only the last values are kept. */
const MOST_SUMMARIES = 2_000_000
/** So many metrics have all their parts in memory. */
const MOST_PARTS = 64

/** Starts keeping; nothing is read before it is asked. */
export function keepRuns(repository: Repository): RunKeeper {
  const live = liveRunKeeper(repository)
  let sealed: Sealed | undefined
  const refresh = oneAfterAnother(async (): Promise<KeptRuns> => {
    const snapshot = await openSnapshot(repository.context.engine)
    sealed = await sealedAt(snapshot, sealed)
    return withLive(sealed, live, repository.clock.nowMs())
  })
  const parts = new KeptParts()
  return {
    open: async (question) => {
      const kept = await refresh()
      const missing = question === undefined ? [] : missingParts(kept.table, question)
      if (missing.length === 0) return kept
      const snapshot = await openSnapshot(repository.context.engine)
      return { ...kept, table: await parts.bring(snapshot, kept.table, missing) }
    },
  }
}

type MetricsByRun = ReadonlyMap<RunId, Metric>

/** Summaries that a lean table lacks, as they were read last; of one state of the branch, and of few metrics. */
class KeptParts {
  #tip: Oid | undefined
  #known = new Map<MetricKey, Promise<MetricsByRun>>()

  async bring(snapshot: BranchSnapshot, table: RunTable, keys: readonly MetricKey[]): Promise<RunTable> {
    const { records } = snapshot.tips
    if (this.#tip !== records || this.#known.size + keys.length > MOST_PARTS) this.#known = new Map()
    this.#tip = records
    let whole = table
    for (const key of keys) {
      const read = this.#known.get(key) ?? readMetric(snapshot, key)
      this.#known.set(key, read)
      // What could not be read may be readable the next time.
      read.catch(() => this.#known.delete(key))
      whole = withParts(whole, key, await read)
    }
    return whole
  }
}

async function readMetric(snapshot: BranchSnapshot, key: MetricKey): Promise<MetricsByRun> {
  return withCatalog(snapshot, async (catalog) => {
    const found = new Map<RunId, Metric>()
    for await (const outlines of catalog.newestOutlines({ parameters: new Set(), metrics: new Set([key]) })) {
      for (const { id, metrics } of outlines) {
        const metric = metrics.get(key)
        if (metric !== undefined) found.set(id, metric)
      }
    }
    return found
  })
}

/** Who asks while an answer is on its way gets one that began later, together with all who wait. */
function oneAfterAnother<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> = Promise.resolve()
  let waiting: Promise<Result> | undefined
  return () => {
    if (waiting !== undefined) return waiting
    const next = running.then(() => {
      waiting = undefined
      return work()
    })
    waiting = next
    running = next.catch(() => undefined)
    return next
  }
}

async function sealedAt(snapshot: BranchSnapshot, before: Sealed | undefined): Promise<Sealed> {
  if (before === undefined) return openSealed(snapshot)
  const { records, registry } = snapshot.tips
  if (before.tips.records === records && before.tips.registry === registry) return before
  // Whatever is odd about the difference, the branch itself tells.
  const moved = await moveSealed(snapshot, before).catch(() => undefined)
  return moved ?? openSealed(snapshot)
}

/** Reads the whole table, block by block. */
async function openSealed(snapshot: BranchSnapshot): Promise<Sealed> {
  return withCatalog(snapshot, async (catalog) => {
    const labels = await catalogLabels(snapshot, catalog)
    const facts = new Map<RunId, OutlineFacts>()
    const builder = new ChunkBuilder()
    for await (const { facts: found, parameters, metrics } of catalog.columnBlocks()) {
      const rows = found.map((row) => tableFacts(row, labels))
      for (const row of rows) facts.set(row.id, row)
      builder.add({ facts: rows, parameters, metrics })
    }
    const base = tableOfChunks(builder.end())
    return { tips: snapshot.tips, base, facts, labels, over: new Map(), table: base }
  })
}

/** Makes whole chunks of blocks, and lean ones once there are very many summaries. */
class ChunkBuilder {
  #chunks: TableChunk[] = []
  #waiting: ChunkCells[] = []
  readonly #arena = new CellArena()
  #rows = 0
  #summaries = 0

  add(cells: ChunkCells): void {
    if (this.#rows + cells.facts.length > CHUNK_ROWS) this.#pack()
    this.#waiting.push(this.#arena.settle(cells, this.#isLean()))
    this.#rows += cells.facts.length
  }

  end(): readonly TableChunk[] {
    this.#pack()
    return this.#chunks
  }

  #pack(): void {
    if (this.#waiting.length === 0) return
    const cells = joinCells(this.#waiting)
    this.#waiting = []
    this.#rows = 0
    const wasLean = this.#isLean()
    for (const { rows } of cells.metrics.values()) this.#summaries += rows.length
    if (this.#isLean() && !wasLean) this.#chunks = this.#chunks.map(leanChunk)
    this.#chunks.push(packChunk(cells, this.#isLean()))
    this.#arena.reset()
  }

  #isLean(): boolean {
    return this.#summaries > MOST_SUMMARIES
  }
}

/** One object for both, so that a run is in memory once. */
export function tableFacts(facts: OutlineFacts, labels: Labels): OutlineFacts & TableFacts {
  return { ...facts, createdMs: ulidMs(facts.id), isArchived: facts.archived, models: modelsOf(labels.get(facts.id)) }
}

/** Puts what changed over the table; `undefined` when that is much. */
async function moveSealed(snapshot: BranchSnapshot, before: Sealed): Promise<Sealed | undefined> {
  const limit = Math.max(LEAST_OVER, before.base.order.length / 20)
  const changes = await changedRuns(snapshot, before.tips.records, limit)
  if (changes === undefined) return undefined
  const over = new Map(before.over)
  for (const { id } of changes) over.set(id, undefined)
  const records: NotedRun[] = []
  for await (const some of readChangedRuns(snapshot, changes)) records.push(...some)
  const labels = await withCatalog(snapshot, async (catalog) => {
    const now = await catalogLabels(snapshot, catalog)
    records.push(...(await catalog.records(relabelled(before.labels, now))))
    return now
  })
  for (const record of records) over.set(record.run.id, overOf(record, labels))
  if (over.size > limit) return undefined
  const gone = new Set([...over].flatMap(([id, run]) => (run === undefined ? [id] : [])))
  const runs = [...over.values()].flatMap((one) => (one === undefined ? [] : [one.run]))
  return { ...before, tips: snapshot.tips, labels, over, table: overRunTable(before.base, gone, runs) }
}

function overOf({ run, notes }: NotedRun, labels: Labels): Over {
  const row: RunRow = { run, notes, versions: labels.get(run.id) ?? [] }
  return {
    facts: outlineFacts(run, notes),
    run: tableRun({ ...filterSubject(row, 0), id: run.id }, notes.archived, run),
  }
}

/** Runs that lead to versions of other models than they did. */
function relabelled(before: Labels, after: Labels): readonly RunId[] {
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids].filter((id) => modelsOf(before.get(id)).join('\n') !== modelsOf(after.get(id)).join('\n'))
}

function modelsOf(labels: readonly VersionLabel[] | undefined): readonly string[] {
  return labels?.map(({ model }) => model) ?? []
}

async function withLive(sealed: Sealed, keeper: LiveRunKeeper, nowMs: number): Promise<KeptRuns> {
  const live = new Map((await keeper.rows()).map((row) => [row.run.id, row]))
  const runs = [...live.values()].map((row) => {
    return tableRun({ ...filterSubject(row, nowMs), id: row.run.id }, row.notes.archived, row.run)
  })
  return {
    table: overRunTable(sealed.table, new Set(), runs),
    headOf: (id) => {
      const row = live.get(id)
      if (row !== undefined) return { facts: outlineFacts(row.run, row.notes), versions: row.versions, isLive: true }
      const facts = sealed.over.has(id) ? sealed.over.get(id)?.facts : sealed.facts.get(id)
      return facts === undefined ? undefined : { facts, versions: sealed.labels.get(id) ?? [], isLive: false }
    },
  }
}
