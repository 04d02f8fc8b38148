/**
 * What the processes of a run have logged into its folder: `log.jsonl` and every `log-<anything>.jsonl`.
 *
 * Files are taken in the order of their names and lines in the order of a file, so the same files are always the same
 * logs. Points of one metric from several files, one a rank, become one series.
 */
import { join } from 'node:path'
import type { ParameterKey } from '../../domain/key.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import type { RunId } from '../../domain/run.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import { openLogColumns } from '../../store/logs/log-columns.ts'
import { openLogReader } from '../../store/logs/log-file.ts'
import type { PlacedEntry } from '../../store/logs/log-file.ts'
import { openTold } from '../../store/logs/told-problems.ts'
import type { Repository } from '../repository/repository.ts'

/** An artifact, image, table or text that was logged, with the line that said so. */
export interface LoggedFile {
  readonly entry: Exclude<PlacedEntry['entry'], { readonly kind: 'parameters' | 'tag' }>
  /** `log.jsonl:12`. */
  readonly place: string
}

/** All that was logged. */
export interface RunLogs {
  readonly parameters: Parameters
  readonly series: SeriesSet
  /** In the order they were logged, without repeats. */
  readonly tags: readonly string[]
  /** In the order they were logged. */
  readonly files: readonly LoggedFile[]
  /** What was skipped, cut or left out, one phrase each with file and line. */
  readonly told: readonly string[]
}

/** The logs of a run that logged nothing. */
export const NO_LOGS: RunLogs = { parameters: new Map(), series: new Map(), tags: [], files: [], told: [] }

const LOG_FILE = /^log(?:-[^/]*)?\.jsonl$/

/**
 * Reads the logs of a run that is in its journal, running or not. Nothing in a log is refused: what cannot be
 * understood is told.
 *
 * @throws `disk-failed`, `permission-denied`, `too-many-open-files`
 */
export async function readRunLogs(repository: Repository, run: RunId): Promise<RunLogs> {
  const { files } = repository
  const folder = journalFolder(repository.journals, run)
  const entries = await files.readFolder(folder)
  const names = entries.filter(({ name, kind }) => kind === 'file' && LOG_FILE.test(name)).map(({ name }) => name)
  if (names.length === 0) return NO_LOGS
  const columns = openLogColumns()
  const told = openTold()
  const gathered = { parameters: new Map<ParameterKey, ParameterValue>(), tags: new Set<string>() }
  const logged: LoggedFile[] = []
  const other = (placed: PlacedEntry): void => {
    const { entry, place } = placed
    if (entry.kind === 'tag') gathered.tags.add(entry.tag)
    else if (entry.kind !== 'parameters') logged.push({ entry, place })
    else for (const [key, value] of entry.values) gathered.parameters.set(key, value)
  }
  const reader = openLogReader(files, columns, { other, told })
  for (const name of names) await reader.read(join(folder, name))
  return {
    parameters: gathered.parameters,
    series: columns.series(),
    tags: [...gathered.tags],
    files: logged,
    told: told.told(),
  }
}
