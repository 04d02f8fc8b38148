/**
 * DVCLive folders: `metrics.json`, `params.yaml`, and below `plots/` a table a metric, images and other plots.
 */
import { relative, sep } from 'node:path'
import { isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import type { Files } from '../files/files.ts'
import { gatherRecord } from './framework-record.ts'
import type { FrameworkLog, FrameworkRecord, RecordGatherer } from './framework-record.ts'
import { readTable } from './framework-table.ts'
import { readInputText } from '../inputs/input-text.ts'
import { quoteNonFinite } from '../inputs/json-line.ts'
import { metricNumberOf } from '../inputs/metric-number.ts'
import { readParametersBeside } from './parameters-beside.ts'
import { walkFolders } from '../inputs/walk-folders.ts'

/** Where DVCLive keeps the tables of its metrics, below its own folder. */
export const DVCLIVE_TABLES = 'plots/metrics'

/**
 * Reads a folder. Metrics are named as they were logged, `train/loss` for the table `train/loss.tsv`; what the summary
 * holds and no table does is a final value. Images and other plots are kept as artifacts.
 *
 * @throws what the disk refuses
 */
export async function readDvclive(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  const gatherer = gatherRecord()
  const tables = `${log.path}/${DVCLIVE_TABLES}`
  const logged = new Set<string>()
  for (const file of log.files.filter((path) => path.endsWith('.tsv'))) {
    const name = relative(tables, file).replaceAll(sep, '/').slice(0, -'.tsv'.length)
    logged.add(name)
    const layout = { separator: '\t', steps: ['step'], time: 'timestamp', nameOf: () => name }
    await gatherer.attempt(() => readTable(files, file, layout, gatherer))
  }
  await gatherer.attempt(() => readSummary(files, `${log.path}/metrics.json`, logged, gatherer))
  await readParametersBeside(files, `${log.path}/params.yaml`, gatherer)
  await keepPlots(files, log, gatherer)
  return gatherer.record()
}

/** The summary repeats the last value of each table. */
async function readSummary(
  files: Files,
  path: string,
  logged: ReadonlySet<string>,
  gatherer: RecordGatherer,
): Promise<void> {
  const document = readStrictJson(quoteNonFinite(await readInputText(files, path, 'DVCLive summary')), path)
  const take = (name: string, value: Value): void => {
    if (isValueMap(value)) {
      for (const [key, member] of value) take(name === '' ? key : `${name}/${key}`, member)
      return
    }
    const number = metricNumberOf(value)
    if (logged.has(name) || name === 'step') return
    if (number === undefined) gatherer.tell(`${path}: '${name}' is no number, and is left out`)
    else gatherer.value(name, number)
  }
  take('', document)
}

async function keepPlots(files: Files, log: FrameworkLog, gatherer: RecordGatherer): Promise<void> {
  const tables = `${log.path}/${DVCLIVE_TABLES}/`
  await walkFolders(files, `${log.path}/plots`, (file) => {
    if (!file.path.startsWith(tables)) gatherer.keep(file.path)
  })
}
