/**
 * Lightning's CSVLogger: `metrics.csv` with a row a call of `log`, and `hparams.yaml` beside it.
 */
import { dirname } from 'node:path'
import type { Files } from '../files/files.ts'
import { gatherRecord } from './framework-record.ts'
import type { FrameworkLog, FrameworkRecord } from './framework-record.ts'
import { readTable } from './framework-table.ts'
import { readParametersBeside } from './parameters-beside.ts'

/**
 * Reads a folder of the logger. `epoch` is a metric like any other, since `step` counts.
 *
 * @throws what the disk refuses
 */
export async function readLightningCsv(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  const gatherer = gatherRecord()
  const layout = { separator: ',', steps: ['step', 'epoch'], nameOf: (column: string) => column }
  for (const file of log.files) {
    await gatherer.attempt(() => readTable(files, file, layout, gatherer))
    await readParametersBeside(files, `${dirname(file)}/hparams.yaml`, gatherer)
  }
  return gatherer.record()
}
