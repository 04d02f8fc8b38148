/**
 * The parameter file that a logger leaves beside its metrics: Lightning's `hparams.yaml`, DVCLive's `params.yaml`.
 */
import type { Files } from '../files/files.ts'
import type { RecordGatherer } from './framework-record.ts'
import { readParameters } from '../inputs/parameters-file.ts'

/**
 * Reads the file when it is there. One that cannot be read as data, such as with Python objects in it, is told and kept
 * as an artifact: nothing is unpickled.
 *
 * @throws what the disk refuses
 */
export async function readParametersBeside(files: Files, path: string, gatherer: RecordGatherer): Promise<void> {
  if ((await files.stat(path))?.kind !== 'file') return
  const isRead = await gatherer.attempt(async () => {
    for (const [key, value] of await readParameters(files, path)) gatherer.parameter(key, value)
  })
  if (!isRead) gatherer.keep(path)
}
