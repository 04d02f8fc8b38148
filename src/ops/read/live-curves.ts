/**
 * The curves of a run that is not recorded yet: what its processes appended since the last look is read and added to
 * the pyramids, and nothing is read twice.
 */
import { join } from 'node:path'
import { compareText } from '../../base/order.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { RunId } from '../../domain/run.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import { followLog } from '../../store/logs/follow-log.ts'
import type { FollowedLog } from '../../store/logs/follow-log.ts'
import { LOG_FILES } from '../record/tail-run.ts'
import type { Repository } from '../repository/repository.ts'
import { memoryCurve, memoryPyramids } from './curve.ts'
import type { Curve, MemoryPyramids } from './curve.ts'

/** Curves that grow. */
export interface LiveCurves {
  /** Reads what was added since; `journaled` are the points that the journal itself has. @throws the disk's refusals */
  readonly look: (journaled: SeriesSet) => Promise<void>
  /** `undefined` for a metric without points. */
  readonly find: (key: MetricKey) => Curve | undefined
  /** Metrics of more than one point, in no order. */
  readonly keys: () => readonly MetricKey[]
  /** Points in all. */
  readonly size: () => number
}

/** One place that points come from. Files come in the order of their names, as in the record of the run. */
interface Source {
  readonly pyramids: Map<MetricKey, MemoryPyramids>
  series: SeriesSet
}

/** Starts following a run. */
export function followCurves(repository: Repository, run: RunId, startedAtMs: number): LiveCurves {
  const folder = journalFolder(repository.journals, run)
  const journal: Source = { pyramids: new Map(), series: new Map() }
  const logs = new Map<string, Source & { readonly log: FollowedLog }>()
  const look = async (journaled: SeriesSet): Promise<void> => {
    journal.series = journaled
    for (const { name, kind } of await repository.files.readFolder(folder)) {
      if (kind !== 'file' || !LOG_FILES.test(name)) continue
      const log = followLog(repository.files, join(folder, name))
      const source = logs.get(name) ?? { log, pyramids: new Map(), series: new Map() }
      logs.set(name, source)
      if (await source.log.look()) source.pyramids.clear()
      source.series = source.log.series()
    }
  }
  const sources = (): readonly Source[] => [
    journal,
    ...[...logs].sort(([left], [right]) => compareText(left, right)).map(([, source]) => source),
  ]
  let looking: Promise<void> = Promise.resolve()
  return {
    // One after the other: two looks at once would read the same lines.
    look: (journaled) => (looking = looking.catch(() => undefined).then(() => look(journaled))),
    find: (key) => {
      const parts = sources().flatMap(({ pyramids, series }) => {
        const points = series.get(key)
        if (points === undefined) return []
        const known = pyramids.get(key) ?? memoryPyramids(startedAtMs)
        pyramids.set(key, known)
        known.take(points)
        return [known]
      })
      return parts.length === 0 ? undefined : memoryCurve(parts)
    },
    keys: () => {
      const counts = new Map<MetricKey, number>()
      for (const { series } of sources()) {
        for (const [key, { values }] of series) counts.set(key, (counts.get(key) ?? 0) + values.length)
      }
      return [...counts].flatMap(([key, count]) => (count > 1 ? [key] : []))
    },
    size: () => sources().reduce((sum, { series }) => sum + pointsIn(series), 0),
  }
}

/** Points of all series. */
export function pointsIn(series: SeriesSet): number {
  let count = 0
  for (const { values } of series.values()) count += values.length
  return count
}
