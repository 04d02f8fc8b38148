/**
 * Small curves for lists: of a few runs and a few metrics, from the least data that is enough. What the branch keeps of
 * a series is enough whatever its length, so nothing is ever brought from elsewhere for one.
 */
import { join } from 'node:path'
import { Failure } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { RunId } from '../../domain/run.ts'
import { seriesSparkline, sketchOf, sparklineOf } from '../../domain/series-sketch.ts'
import type { SketchBlock, Sparkline } from '../../domain/series-sketch.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import { runFolder, treePath } from '../../domain/tree-path.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeSeriesPart } from '../../store/documents/series-part.ts'
import { journalFolder, readJournal } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import { foldJournal } from '../record/fold-journal.ts'
import { followRun } from '../record/follow-run.ts'
import type { RunFollower } from '../record/follow-run.ts'
import type { Repository } from '../repository/repository.ts'

/** Which curves, and how long. */
export interface SparklineQuestion {
  readonly runs: readonly RunId[]
  readonly metrics: readonly MetricKey[]
  /** Values of each curve at most; at least 1. */
  readonly points: number
}

/** Curves by run and metric. */
export type Sparklines = ReadonlyMap<RunId, ReadonlyMap<MetricKey, Sparkline>>

/** Curves in blocks, by metric. */
export type Curves = ReadonlyMap<MetricKey, readonly SketchBlock[]>

/** Reads sparklines again and again; of live runs what was added since the time before. */
export interface SparklineKeeper {
  /**
   * Reads sparklines, of live runs as far as they are. Runs that are not here, metrics that a run logged once or never,
   * and series that cannot be read are left out.
   *
   * @throws `branch-not-found`, the disk's refusals
   */
  readonly read: (question: SparklineQuestion) => Promise<Sparklines>
}

/** Live runs that are remembered. */
const LIMIT_FOLLOWED = 100

/** Starts without runs. */
export function keepSparklines(repository: Repository): SparklineKeeper {
  const followed = new Map<RunId, Followed>()
  const journaled = async (run: RunId): Promise<Journaled | undefined> => {
    const content = await journalOf(repository, run)
    if (content === undefined) {
      followed.delete(run)
      return undefined
    }
    const one = followed.get(run) ?? { follower: followRun(repository, run), looked: Promise.resolve() }
    followed.set(run, one)
    for (const oldest of followed.keys()) if (followed.size > LIMIT_FOLLOWED) followed.delete(oldest)
    // One look after the other: two at once would read the same lines twice.
    one.looked = one.looked.catch(() => undefined).then(() => one.follower.look().then(() => undefined))
    await one.looked
    return { folded: foldJournal(content.events)?.series ?? new Map(), follower: one.follower }
  }
  return {
    read: async ({ runs, metrics, points }) => {
      const live = new Map<RunId, ReadonlyMap<MetricKey, Sparkline>>()
      for (const run of runs) {
        const found = await journaled(run)
        if (found !== undefined) live.set(run, drawn(journaledCurves(found, metrics), points))
      }
      const snapshot = await openSnapshot(repository.context.engine)
      const asked = runs.filter((run) => !live.has(run)).map((run) => ({ run, metrics }))
      const sealed = await readSealedSeries(snapshot, asked)
      const found = runs.map((run) => [run, live.get(run) ?? drawnWhole(sealed.get(run), points)] as const)
      return new Map(found.filter(([, lines]) => lines.size > 0))
    },
  }
}

/** Reads sparklines once. @throws as `SparklineKeeper.read` */
export async function readSparklines(repository: Repository, question: SparklineQuestion): Promise<Sparklines> {
  return keepSparklines(repository).read(question)
}

interface Followed {
  readonly follower: RunFollower
  looked: Promise<void>
}

/** What a run that is not on the branch yet has logged, in its journal and in its logs. */
interface Journaled {
  readonly folded: SeriesSet
  readonly follower: RunFollower
}

/** One run, and the metrics of it that are wanted. */
interface Asked {
  readonly run: RunId
  readonly metrics: readonly MetricKey[]
}

/** Reads curves of sealed runs from one `series.json` each, all of them asked of git at once. */
export async function readSealedCurves(
  snapshot: BranchSnapshot,
  asked: readonly Asked[],
): Promise<ReadonlyMap<RunId, Curves>> {
  const found = await readSealedSeries(snapshot, asked)
  return new Map([...found].map(([run, set]) => [run, new Map([...set].map(([key, one]) => [key, blocksOf(one)]))]))
}

async function readSealedSeries(
  snapshot: BranchSnapshot,
  asked: readonly Asked[],
): Promise<ReadonlyMap<RunId, SeriesSet>> {
  const read = asked.map(async (one) => [one.run, await seriesOf(snapshot, one)] as const)
  return new Map(await Promise.all(read))
}

async function seriesOf({ engine, tips }: BranchSnapshot, { run, metrics }: Asked): Promise<SeriesSet> {
  const path = treePath(runFolder(run), 'series.json')
  try {
    const bytes = await (engine.readAt?.(tips.records, path) ?? readPath(engine, tips.records, path))
    return bytes === undefined ? new Map() : decodeSeriesPart(bytes, path, metrics)
  } catch (caught) {
    // A list is shown without a curve that is damaged; `mlv fsck` tells of it.
    if (caught instanceof Failure) return new Map()
    throw caught
  }
}

/** `undefined` for a run that is on the branch. */
async function journalOf({ journals, files }: Repository, run: RunId): Promise<JournalContent | undefined> {
  const isThere = (await files.stat(join(journalFolder(journals, run), 'events'))) !== undefined
  return isThere ? readJournal(journals, run) : undefined
}

function journaledCurves({ folded, follower }: Journaled, metrics: readonly MetricKey[]): Curves {
  return new Map(
    metrics.flatMap((key) => {
      const points = folded.get(key)
      const early = points === undefined ? [] : blocksOf(points)
      const blocks = [...early, ...(follower.curves.get(key)?.blocks() ?? [])]
      return blocks.length === 0 ? [] : [[key, blocks] as const]
    }),
  )
}

function blocksOf(series: Series): readonly SketchBlock[] {
  return sketchOf(series).blocks()
}

function drawnWhole(set: SeriesSet | undefined, points: number): ReadonlyMap<MetricKey, Sparkline> {
  const long = [...(set ?? [])].filter(([, { values }]) => values.length > 1)
  return new Map(long.map(([key, series]) => [key, seriesSparkline(series, points)]))
}

/** One value is no curve. */
function drawn(curves: Curves, points: number): ReadonlyMap<MetricKey, Sparkline> {
  const long = [...curves].filter(([, blocks]) => blocks.length > 1 || (blocks[0]?.count ?? 0) > 1)
  return new Map(long.map(([key, blocks]) => [key, sparklineOf(blocks, points)]))
}
