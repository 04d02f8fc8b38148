/**
 * What the named series files and folders hold: plain tables of points, and the logs of training frameworks, which also
 * bring parameters, final values and files.
 */
import { relative, sep } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Parameters } from '../../domain/parameter.ts'
import { joinSeriesSets } from '../../domain/series.ts'
import type { SeriesSet } from '../../domain/series.ts'
import type { Files } from '../../store/files/files.ts'
import { frameworkLogsAt, readFrameworkLogs } from '../../store/readers/framework-logs.ts'
import type { FrameworkRecord } from '../../store/readers/framework-logs.ts'
import { readSeries } from '../../store/inputs/series-file.ts'

/** Everything the named files and folders said. */
export interface GatheredSeries {
  readonly series: SeriesSet
  readonly parameters: Parameters
  readonly values: ReadonlyMap<MetricKey, number>
  /** Absolute paths of files to keep as artifacts; all below the root. */
  readonly keep: readonly string[]
  /** What could not be read, one sentence each. */
  readonly told: readonly string[]
}

/**
 * Reads files and folders in the order they were named.
 *
 * @param root absolute; artifacts are kept from below it only
 * @throws `usage-invalid` for a folder without a log, and every refusal of `readSeries`
 */
export async function gatherSeries(files: Files, paths: readonly string[], root: string): Promise<GatheredSeries> {
  const records: FrameworkRecord[] = []
  for (const path of paths) records.push(await readPath(files, path))
  const kept = records.flatMap((record) => record.files)
  const outside = kept.filter((file) => !isBelow(root, file))
  return {
    series: joinSeriesSets(records.map((record) => record.series)),
    parameters: new Map(records.flatMap((record) => [...record.parameters])),
    values: new Map(records.flatMap((record) => [...record.values])),
    keep: kept.filter((file) => isBelow(root, file)),
    told: [
      ...records.flatMap((record) => record.told),
      ...outside.map((file) => `${file} is not below ${root}, so it is read but not kept`),
    ],
  }
}

async function readPath(files: Files, path: string): Promise<FrameworkRecord> {
  const logs = await frameworkLogsAt(files, path)
  if (logs.length > 0) return await readFrameworkLogs(files, logs)
  if ((await files.stat(path))?.kind !== 'folder') {
    return { series: await readSeries(files, path), parameters: new Map(), values: new Map(), files: [], told: [] }
  }
  throw refuse('usage-invalid', { problem: `series folder '${path}' holds no log of a training framework` })
}

function isBelow(root: string, file: string): boolean {
  const below = relative(root, file)
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`)
}
