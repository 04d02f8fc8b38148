/**
 * Taking a run up again: one that is not sealed goes on in a new stretch, with its own code and environment; one that
 * is, cannot change, so a new run follows whose parent it is.
 */
import { instantOf } from '../../base/clock.ts'
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { refuse } from '../../domain/failure.ts'
import { parseTag } from '../../domain/run.ts'
import type { RunId, RunSegment } from '../../domain/run.ts'
import { encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { journalFolder, listJournals, readJournal, reopenJournal, requireWhole } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import { endLastLines } from '../../store/processes/end-last-lines.ts'
import { prepareFolder, processEvent } from './captured-run.ts'
import type { Capture, CapturedRun } from './captured-run.ts'
import { foldJournal } from './fold-journal.ts'
import { recordEvent } from './journal-record.ts'
import { recoverRuns } from './recover-runs.ts'
import type { Repository } from '../repository/repository.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'
import type { RunCommandOptions } from './run-command-options.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { maskRecord, masksOf } from '../repository/run-secrets.ts'

/** A command with what it goes on from. */
export interface ResumePlan {
  readonly options: RunCommandOptions
  /** Absent for a run of its own. */
  readonly segment?: {
    readonly id: RunId
    /** Opens the journal for the new stretch; durable when it returns. */
    readonly open: (started: Started) => Promise<CapturedRun>
  }
}

interface Started {
  readonly capture: Capture
  readonly processId: number
}

/**
 * Finds out what a command goes on from. A run that ended and was not sealed is sealed first.
 *
 * @throws `run-live` while it runs, `journal-damaged`, what `recoverRuns` refuses
 */
export async function resumeRun(repository: Repository, options: RunCommandOptions): Promise<ResumePlan> {
  const id = options.resume
  if (id === undefined) return { options }
  const content = await readJournal(repository.journals, id)
  const folded = content === undefined ? undefined : foldJournal(content.events)
  if (content === undefined || folded === undefined) return { options: { ...options, parent: id } }
  if (content.isLive) throw refuse('run-live', { run: id })
  requireWhole(repository.journals, id, content)
  if (content.events.findLast(({ kind }) => kind === 'end' || kind === 'process')?.kind === 'end') {
    await recoverRuns(repository)
    return { options: { ...options, parent: id } }
  }
  const { record } = folded
  const open = (started: Started): Promise<CapturedRun> =>
    openSegment(repository, options, { content, record, started })
  return { options, segment: { id, open } }
}

/** Finds the run that a text means, among those that run or were left behind, then among those on the branch. */
export async function findRun(repository: Repository, text: string): Promise<RunId> {
  const pending = await listJournals(repository.journals)
  const found = pending.filter((run) => text.length >= SHORTEST_PREFIX && run.startsWith(text.toLowerCase()))
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (found.length > 1) throw refuse('revision-ambiguous', { text, matches: found })
  return (await resolveRun(await openSnapshot(repository.context.engine), text)).id
}

const SHORTEST_PREFIX = 4

async function openSegment(
  repository: Repository,
  options: RunCommandOptions,
  {
    content,
    record,
    started,
  }: { readonly content: JournalContent; readonly record: RunRecord; readonly started: Started },
): Promise<CapturedRun> {
  const { capture } = started
  const { id } = record.run
  const next = maskRecord(continued(options, record, capture), await masksOf(repository, record.run))
  const self = await processEvent(repository, repository.journals.processId)
  const added: readonly JournalEvent[] = [recordEvent(next), self, await processEvent(repository, started.processId)]
  const folder = journalFolder(repository.journals, id)
  await endLastLines(repository.files, folder)
  const journal = await reopenJournal(repository.journals, id, content)
  await journal.append(added)
  await prepareFolder(repository, folder, capture)
  return { id, folder, capture, record: next, journal, events: [...content.events, ...added] }
}

/** The record with one stretch more. Parameters that are given now win over those of before. */
function continued(
  options: RunCommandOptions,
  record: RunRecord,
  { code, environment, parameters, startedAtMs, inputs }: Capture,
): RunRecord {
  const digest = sha256Of(encodeEnvironment(environment))
  const segment: RunSegment = {
    startedAt: instantOf(startedAtMs),
    command: options.command,
    code: code.code,
    environment: digest,
  }
  const given = new Set([...(record.run.givenParameters ?? []), ...inputs.given.keys()])
  const isNew = digest !== record.run.environment
  const kept = [...(record.keepAlso ?? []), ...(record.keepCode === undefined ? [] : [record.keepCode])]
  return {
    ...record,
    run: {
      ...record.run,
      parameters: new Map([...record.run.parameters, ...parameters]),
      ...(given.size === 0 ? {} : { givenParameters: [...given].sort(compareText) }),
      segments: [...(record.run.segments ?? []), segment],
    },
    notes: {
      ...record.notes,
      tags: [...new Set([...record.notes.tags, ...options.tags.map(parseTag)])].sort(compareText),
    },
    ...(isNew ? { environments: [...(record.environments ?? []), environment] } : {}),
    ...(code.keep === undefined ? {} : { keepCode: code.keep, keepAlso: kept }),
  }
}
