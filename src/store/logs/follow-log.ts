/**
 * The points of a log file that is being written: each look reads what was appended since the look before, and nothing
 * twice.
 */
import type { SeriesSet } from '../../domain/series.ts'
import type { Files } from '../files/files.ts'
import { openLogColumns } from './log-columns.ts'
import { openLogReader } from './log-file.ts'
import type { LogReader } from './log-file.ts'
import { openTold } from './told-problems.ts'

/** A file that grows. */
export interface FollowedLog {
  /** Reads on to the last whole line; true when the file was begun anew. @throws the disk's refusals */
  readonly look: () => Promise<boolean>
  /** All points so far, as `readRunLogs` has those of one file; not to be used after the next look. */
  readonly series: () => SeriesSet
}

/** Follows one file, absolute path. */
export function followLog(files: Files, path: string): FollowedLog {
  let { columns, reader } = begin(files)
  let position = 0
  return {
    look: async () => {
      const sizeBytes = (await files.stat(path))?.sizeBytes ?? 0
      if (sizeBytes === position) return false
      const isAnew = sizeBytes < position
      if (isAnew) {
        ;({ columns, reader } = begin(files))
        position = 0
      }
      position = await reader.read(path, position)
      return isAnew
    },
    series: () => columns.series(),
  }
}

function begin(files: Files): { readonly columns: ReturnType<typeof openLogColumns>; readonly reader: LogReader } {
  const columns = openLogColumns()
  // What cannot be understood is told when the run ends; what is no point is not asked for here.
  return { columns, reader: openLogReader(files, columns, { other: () => undefined, told: openTold() }) }
}
