/**
 * A live run in the hands of a program: what it logs goes into the run's own log file, line by line, as any other
 * process of the run would write it.
 */
import { join, resolve } from 'node:path'
import { present } from '../../base/assert.ts'
import { instantOf } from '../../base/clock.ts'
import type { Value } from '../../base/value.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import { checkKey, parseMetricKey } from '../../domain/key.ts'
import { logLine } from '../../domain/log-line.ts'
import type { LogEntry, LogMoment } from '../../domain/log-entry.ts'
import { flattenParameters } from '../../domain/parameter-flatten.ts'
import { parseTag } from '../../domain/run.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import type { Journal } from '../../store/journal/journal.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import { openLogAppender } from '../../store/logs/append-log.ts'
import type { LogAppender } from '../../store/logs/append-log.ts'
import { completeRecord } from './complete-record.ts'
import { foldJournal } from './fold-journal.ts'
import type { Repository } from '../repository/repository.ts'
import { sealRun } from './seal-run.ts'

/** Where in the training something was logged. */
export interface LoggedAt {
  /** An integer within ±2^53. */
  readonly step?: number
}

/** A table that is logged row by row. Cells are any values; an integer is a `bigint`, as in parameters. */
export interface TableRows {
  readonly columns: readonly string[]
  /** As many cells a row as there are columns. */
  readonly rows: readonly (readonly Value[])[]
}

/**
 * A running run. Calls are durable when they return, and any number of them may be under way at once; `finish` and
 * `fail` wait for none but those that were made before.
 *
 * Files are named by absolute paths, or relative to the folder the repository was opened from, and are read when the
 * run ends: a file that is written again until then needs a name of its own for each time it is logged.
 */
export interface RunHandle {
  readonly id: RunId
  /** Where processes of this run log to: give it to them as `MLV_RUN_DIR`. */
  readonly folder: string
  /** Adds parameters; a key logged again takes the later value. */
  readonly logParameters: (parameters: Value) => Promise<void>
  /** Adds a point. `step` counts up from 0 when absent. NaN and infinities are kept. */
  readonly logMetric: (key: string, value: number, options?: LoggedAt) => Promise<void>
  /** Adds a file, or a folder with all below it. Without a name it is called as seen from the top of the worktree. */
  readonly logArtifact: (path: string, options?: { readonly name?: string }) => Promise<void>
  /** Adds an image as `images/<key>/<step>.<extension>`. */
  readonly logImage: (key: string, path: string, options?: LoggedAt & { readonly caption?: string }) => Promise<void>
  /**
   * Adds a table: a file as `tables/<key>.<extension>`, or rows, which add up over calls, as `tables/<key>.jsonl`.
   * `rowKey` names the column by which rows of two runs are compared.
   */
  readonly logTable: (
    key: string,
    table: TableRows | { readonly path: string },
    options?: LoggedAt & { readonly rowKey?: string },
  ) => Promise<void>
  /** Adds a text to `texts/<key>.jsonl`. */
  readonly logText: (key: string, value: string, options?: LoggedAt) => Promise<void>
  readonly addTags: (tags: readonly string[]) => Promise<void>
  /** Seals the run as finished. */
  readonly finish: () => Promise<SealedRun>
  /** Seals the run as failed. */
  readonly fail: (exitCode: number) => Promise<SealedRun>
}

/** A handle at work. */
interface Live {
  readonly repository: Repository
  readonly journal: Journal
  readonly log: LogAppender
  /** What the journal said so far. */
  readonly events: readonly JournalEvent[]
}

type End = Pick<Extract<JournalEvent, { kind: 'end' }>, 'status' | 'exitCode'>

/** Takes over a journal that has its first event. @throws the disk's refusals */
export async function openRunHandle(
  repository: Repository,
  id: RunId,
  journal: Journal,
  first: JournalEvent,
): Promise<RunHandle> {
  const folder = journalFolder(repository.journals, id)
  const log = await openLogAppender(repository.files, join(folder, 'log.jsonl'))
  const live = { repository, journal, log, events: [first] }
  return {
    id,
    folder,
    ...loggersOf(repository, (entry) => log.append(logLine(entry))),
    addTags: async (tags) => {
      const lines = tags.map((tag) => logLine({ kind: 'tag', tag: parseTag(tag) }))
      if (lines.length > 0) await log.append(lines.join(''))
    },
    finish: () => seal(live, { status: 'finished' }),
    fail: (exitCode) => seal(live, { status: 'failed', exitCode }),
  }
}

type Loggers = Pick<RunHandle, 'logParameters' | 'logMetric' | 'logArtifact' | 'logImage' | 'logTable' | 'logText'>

function loggersOf(repository: Repository, log: (entry: LogEntry) => Promise<void>): Loggers {
  const steps = new Map<string, number>()
  const now = (step: number | undefined): LogMoment => ({
    ...(step === undefined ? {} : { step: checkedStep(step) }),
    atMs: repository.clock.nowMs(),
  })
  const found = (path: string): Promise<string> => existing(repository, path)
  return {
    logParameters: async (parameters) =>
      log({ kind: 'parameters', values: flattenParameters(parameters, 'parameters') }),
    logMetric: async (key, value, options) => {
      const metric = parseMetricKey(key)
      const moment = now(options?.step ?? (steps.get(key) ?? -1) + 1)
      if (moment.step !== undefined) steps.set(key, moment.step)
      await log({ kind: 'points', values: [[metric, value]], ...moment })
    },
    logArtifact: async (path, { name } = {}) => {
      const named = name === undefined ? {} : { name: parseArtifactPath(name) }
      await log({ kind: 'artifact', path: await found(path), ...named })
    },
    logImage: async (key, path, { step, caption } = {}) => {
      const captioned = caption === undefined ? {} : { caption }
      await log({ kind: 'image', key: mediaKey('image', key), path: await found(path), ...captioned, ...now(step) })
    },
    logTable: async (key, table, { step, rowKey } = {}) => {
      const content = 'path' in table ? { kind: 'file' as const, path: await found(table.path) } : rowsOf(table)
      const keyed = rowKey === undefined ? {} : { rowKey }
      await log({ kind: 'table', key: mediaKey('table', key), content, ...keyed, ...now(step) })
    },
    logText: async (key, value, { step } = {}) =>
      log({ kind: 'text', key: mediaKey('text', key), value, ...now(step) }),
  }
}

/** Refuses now what sealing could only tell: a key becomes part of a path. */
function mediaKey(kind: 'image' | 'table' | 'text', key: string): string {
  checkKey(kind, key)
  parseArtifactPath(`${kind}s/${key}.jsonl`)
  return key
}

function checkedStep(step: number): number {
  if (Number.isSafeInteger(step)) return step
  throw refuse('usage-invalid', { problem: `a step is a whole number, not ${step}` })
}

function rowsOf({ columns, rows }: TableRows): TableRows & { readonly kind: 'rows' } {
  const wrong = rows.find((row) => row.length !== columns.length)
  if (wrong === undefined) return { kind: 'rows', columns, rows }
  const problem = `a row of ${wrong.length} values is not one of a table of ${columns.length} columns`
  throw refuse('usage-invalid', { problem })
}

async function existing({ files, folder }: Repository, path: string): Promise<string> {
  const absolute = resolve(folder, path)
  if ((await files.stat(absolute)) === undefined) throw refuse('file-not-found', { file: path, wanted: 'artifact' })
  return absolute
}

async function seal({ repository, journal, log, events }: Live, end: End): Promise<SealedRun> {
  const event: JournalEvent = { kind: 'end', at: instantOf(repository.clock.nowMs()), ...end }
  await log.close()
  await journal.append([event])
  try {
    const folded = present(foldJournal([...events, event]), 'a journal with its first event')
    const { record } = await completeRecord(repository, folded)
    await sealRun(repository, record, 'commit')
    await journal.remove()
    return record.run
  } catch (refused) {
    // Let go of, so that `recoverRuns` may take it from there.
    await journal.close()
    throw refused
  }
}
