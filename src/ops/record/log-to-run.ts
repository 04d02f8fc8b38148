/**
 * Logs into a run from outside its program: a line in its folder, as any process of the run would write it.
 */
import { basename, join, resolve } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { LogEntry } from '../../domain/log-entry.ts'
import { logLine } from '../../domain/log-line.ts'
import { parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import type { Files } from '../../store/files/files.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { isJournalFolder, journalFolder, listJournals } from '../../store/journal/journal.ts'
import { appendLines } from '../../store/logs/append-log.ts'
import type { Repository } from '../repository/repository.ts'

/** A run that takes lines. */
export interface OpenLog {
  /** Absent when the folder is not named after a run. */
  readonly run: RunId | undefined
  /** The folder that `MLV_RUN_DIR` names. */
  readonly folder: string
}

/** What was logged, and where. */
export interface LogReport extends OpenLog {
  readonly lines: number
}

/** The run that this process is part of, by `MLV_RUN_DIR`. @throws `run-not-live` */
export async function logOfVariables(
  variables: Readonly<Record<string, string | undefined>>,
  files: Files = nodeFiles,
): Promise<OpenLog> {
  const folder = variables['MLV_RUN_DIR'] ?? ''
  if (folder === '') throw refuse('run-not-live', { problem: "MLV_RUN_DIR is not set, so no 'mlv run' started this" })
  // A line that was taken must be found at sealing: any other folder would swallow it.
  if (!(await isJournalFolder(files, folder))) {
    throw refuse('run-not-live', { text: folder, problem: 'the run has ended, and its folder went with it' })
  }
  return { run: parseRunId(basename(folder)), folder }
}

/**
 * The run with this id, or the only one whose id starts with this text, among those that are being written. `@` is the
 * one that was started last.
 *
 * @throws `run-not-live`, `revision-ambiguous`
 */
export async function logOfRun(repository: Repository, text: string): Promise<OpenLog> {
  const open = await listJournals(repository.journals)
  const matches =
    text === '@' ? open.slice(-1) : open.filter((run) => text !== '' && run.startsWith(text.toLowerCase()))
  if (matches.length > 1) throw refuse('revision-ambiguous', { text, matches })
  const [run] = matches
  if (run !== undefined) return { run, folder: journalFolder(repository.journals, run) }
  const others =
    open.length === 0 ? 'no run is being written' : `of those being written, the last is ${open.at(-1) ?? ''}`
  throw refuse('run-not-live', { text, problem: others })
}

/**
 * Appends entries with one write. They survive the death of this process; whoever writes the run makes them durable.
 *
 * @throws the disk's refusals
 */
export async function logToRun(
  log: OpenLog,
  entries: readonly LogEntry[],
  files: Files = nodeFiles,
): Promise<LogReport> {
  await appendLines(files, join(log.folder, 'log.jsonl'), entries.map(logLine).join(''))
  return { ...log, lines: entries.length }
}

/** The file or folder to log, as an absolute path: the run may have been started elsewhere. @throws `file-not-found` */
export async function loggedPath(folder: string, path: string, files: Files = nodeFiles): Promise<string> {
  const absolute = resolve(folder, path)
  if ((await files.stat(absolute)) === undefined) throw refuse('file-not-found', { file: path, wanted: 'artifact' })
  return absolute
}
