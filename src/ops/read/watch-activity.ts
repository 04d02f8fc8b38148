/**
 * What goes on in a repository, for a person who looks on: runs that are being written, with their curves, rates and
 * last words, runs that were left behind, and the newest that ended. Each look reads what is new.
 */
import { join } from 'node:path'
import { instantMs } from '../../base/clock.ts'
import { isSystemMetric } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, MetricRule } from '../../domain/metric.ts'
import { elapsedMsOf } from '../../domain/run-outline.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { sketchOf } from '../../domain/series-sketch.ts'
import type { SketchBlock } from '../../domain/series-sketch.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { journalFolder, listJournals, readJournal } from '../../store/journal/journal.ts'
import { foldJournal } from '../record/fold-journal.ts'
import type { FoldedJournal } from '../record/fold-journal.ts'
import { followRun } from '../record/follow-run.ts'
import type { RunFollower } from '../record/follow-run.ts'
import { watchRepository } from '../record/watch-repository.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow } from '../revisions/run-row.ts'
import { listRuns } from './list-runs.ts'
import { readSealedCurves } from './read-sparklines.ts'
import type { Curves } from './read-sparklines.ts'

/** One run. */
export interface ActivityRow {
  /** What is known so far. */
  readonly row: RunRow
  /** `interrupted`: nobody writes it any more, and it is not recorded yet. */
  readonly state: SealedRun['status'] | 'running' | 'interrupted'
  /** Milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  /** Absent where nobody saw its end. */
  readonly elapsedMs: number | undefined
  /** The greatest step of a metric that is not the machine's; absent before the first. */
  readonly step: number | undefined
  /** Of a running one, by the times of its points; absent where they have none. */
  readonly stepsPerSecond: number | undefined
  /** By metric, samples of the machine among them; metrics with one value too while it runs. */
  readonly curves: Curves
  /** What it printed last, while it ran and was looked at. */
  readonly lastLine: string | undefined
}

/** All of it at one moment: running ones, interrupted ones, ended ones, each the newest first. */
export interface Activity {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number
  readonly rows: readonly ActivityRow[]
}

/** Looks again and again. */
export interface ActivityWatch {
  /** @throws `branch-not-found`, the disk's refusals */
  readonly look: () => Promise<Activity>
}

/** Curves of an ended run that are read. */
const MOST_METRICS = 64

/** Starts watching. @param ended how many runs that ended are shown */
export function watchActivity(repository: Repository, { ended }: { readonly ended: number }): ActivityWatch {
  const watch = watchRepository(repository)
  const written = new Map<RunId, WrittenRun>()
  const lastLines = new Map<RunId, string>()
  const known = new Map<RunId, Curves>()
  let [tip, rows]: [string | undefined, readonly RunRow[] | undefined] = [undefined, undefined]
  const listEnded = async (now: string | undefined): Promise<readonly RunRow[]> => {
    if (rows !== undefined && now === tip) return rows
    tip = now
    rows = await listRuns(repository, { limit: ended })
    await readNewCurves(repository, rows, known)
    return rows
  }
  return {
    look: async () => {
      const news = await watch.look()
      const journaled = await listJournals(repository.journals)
      for (const run of written.keys()) if (!journaled.includes(run)) written.delete(run)
      const atMs = repository.clock.nowMs()
      const now: ActivityRow[] = []
      for (const run of journaled.toReversed()) {
        const one = written.get(run) ?? new WrittenRun(repository, run)
        written.set(run, one)
        const row = await one.look(news.live.includes(run), atMs)
        if (row?.lastLine !== undefined) lastLines.set(run, row.lastLine)
        if (row !== undefined) now.push(row)
      }
      const sealed = (await listEnded(news.tip)).filter(({ run }) => !journaled.includes(run.id))
      return {
        atMs,
        rows: [
          ...now.filter(({ state }) => state === 'running'),
          ...now.filter(({ state }) => state !== 'running'),
          ...sealed.map((row) => endedRow(row, known.get(row.run.id) ?? new Map(), lastLines.get(row.run.id))),
        ],
      }
    },
  }
}

/** Lives as long as its run is not on the branch. */
class WrittenRun {
  readonly #repository: Repository
  readonly #run: RunId
  readonly #follower: RunFollower
  #journalBytes = -1
  #folded: FoldedJournal | undefined

  constructor(repository: Repository, run: RunId) {
    this.#repository = repository
    this.#run = run
    this.#follower = followRun(repository, run)
  }

  /** `undefined` for a journal that breaks off before it says what its run is. */
  async look(isLive: boolean, atMs: number): Promise<ActivityRow | undefined> {
    await this.#follower.look()
    const folded = await this.#fold()
    if (folded === undefined) return undefined
    const { run, notes, rules } = folded.record
    const curves = this.#curves(folded)
    const logged = [...curves].map(([key, blocks]): readonly [MetricKey, Metric] => {
      return [key, metricOf(run.metrics.get(key) ?? rules?.get(key) ?? UNDECLARED_RULE, blocks)]
    })
    const row: RunRow = {
      run: {
        ...run,
        parameters: new Map([...run.parameters, ...this.#follower.parameters]),
        metrics: new Map([...run.metrics, ...logged]),
      },
      notes,
      versions: [],
      ...(isLive ? { isLive } : {}),
    }
    const startedAtMs = instantMs(run.startedAt)
    return {
      row,
      state: isLive ? 'running' : 'interrupted',
      startedAtMs,
      elapsedMs: isLive ? Math.max(0, atMs - startedAtMs) : undefined,
      step: greatestStep(curves),
      stepsPerSecond: isLive ? rateOf(curves) : undefined,
      curves,
      lastLine: this.#follower.lastLine(),
    }
  }

  /** A journal is read when it has grown. */
  async #fold(): Promise<FoldedJournal | undefined> {
    const { files, journals } = this.#repository
    const sizeBytes = (await files.stat(join(journalFolder(journals, this.#run), 'events')))?.sizeBytes ?? 0
    if (sizeBytes === this.#journalBytes) return this.#folded
    const content = await readJournal(journals, this.#run).catch(() => undefined)
    this.#folded = content === undefined ? undefined : foldJournal(content.events)
    this.#journalBytes = sizeBytes
    return this.#folded
  }

  #curves(folded: FoldedJournal): Curves {
    const curves = new Map([...folded.series].map(([key, series]) => [key, sketchOf(series).blocks()]))
    for (const [key, sketch] of this.#follower.curves) {
      curves.set(key, [...(curves.get(key) ?? []), ...sketch.blocks()])
    }
    return new Map([...curves].filter(([, blocks]) => blocks.length > 0))
  }
}

function endedRow(row: RunRow, curves: Curves, lastLine: string | undefined): ActivityRow {
  return {
    row,
    state: row.run.status,
    startedAtMs: instantMs(row.run.startedAt),
    elapsedMs: elapsedMsOf(row.run),
    step: greatestStep(curves),
    stepsPerSecond: undefined,
    curves,
    lastLine,
  }
}

/** Sealed runs never change: each is read once. */
async function readNewCurves(
  repository: Repository,
  rows: readonly RunRow[],
  known: Map<RunId, Curves>,
): Promise<void> {
  const asked = rows
    .filter(({ run }) => !known.has(run.id))
    .map(({ run }) => ({
      run: run.id,
      metrics: [...run.metrics]
        .flatMap(([key, { summary }]) => (summary.count > 1 ? [key] : []))
        .slice(0, MOST_METRICS),
    }))
  const snapshot = await openSnapshot(repository.context.engine)
  for (const [run, curves] of await readSealedCurves(snapshot, asked)) known.set(run, curves)
  const shown = new Set(rows.map(({ run }) => run.id))
  for (const run of known.keys()) if (!shown.has(run)) known.delete(run)
}

/** The metric as its blocks have it: the last point is the one that came last. */
function metricOf(rule: MetricRule, blocks: readonly SketchBlock[]): Metric {
  const finite = blocks.filter((block) => block.finite > 0)
  const min = finite.reduce((least, block) => Math.min(least, block.min), Infinity)
  const max = finite.reduce((most, block) => Math.max(most, block.max), -Infinity)
  const [low, high] = finite.length === 0 ? [NaN, NaN] : [min, max]
  const best = rule.goal === 'none' ? {} : { best: { value: rule.goal === 'min' ? low : high } }
  const count = blocks.reduce((sum, block) => sum + block.count, 0)
  const { goal, tolerance, unit } = rule
  const summary = { last: blocks.at(-1)?.last ?? NaN, min: low, max: high, ...best, count }
  return { goal, tolerance, ...(unit === undefined ? {} : { unit }), summary }
}

function greatestStep(curves: Curves): number | undefined {
  return fastest(curves)?.at(-1)?.lastStep
}

/** Over the last quarter of the metric that has come furthest. */
function rateOf(curves: Curves): number | undefined {
  const blocks = fastest(curves) ?? []
  const [start, end] = [blocks[Math.floor((3 * (blocks.length - 1)) / 4)], blocks.at(-1)]
  if (start === undefined || end === undefined) return undefined
  const [steps, seconds] = [end.lastStep - start.lastStep, (end.lastAtMs - start.lastAtMs) / 1000]
  return steps > 0 && seconds > 0 ? steps / seconds : undefined
}

function fastest(curves: Curves): readonly SketchBlock[] | undefined {
  const own = [...curves].filter(([key]) => !isSystemMetric(key)).map(([, blocks]) => blocks)
  return own.reduce<readonly SketchBlock[] | undefined>((most, blocks) => {
    return (blocks.at(-1)?.lastStep ?? -Infinity) > (most?.at(-1)?.lastStep ?? -Infinity) ? blocks : most
  }, undefined)
}
