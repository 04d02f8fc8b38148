/**
 * The end of a captured run: what it has left goes into the journal, and the journal onto the branch.
 */
import { join } from 'node:path'
import { instantOf } from '../../base/clock.ts'
import { present } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import { totalsOf } from '../../domain/artifact.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { Failure } from '../../domain/failure.ts'
import type { RunResources } from '../../domain/run.ts'
import { recordFiles } from '../../store/artifacts/record-files.ts'
import type { RecordedFiles } from '../../store/artifacts/record-files.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import type { CommandEnd } from '../../store/processes/start-command.ts'
import { writeSeriesLog } from '../../store/processes/write-series-log.ts'
import { metricChanges } from '../revisions/baseline.ts'
import type { CapturedRun } from './captured-run.ts'
import { warningsOf } from './commit-run.ts'
import { completeRecord } from './complete-record.ts'
import { foldJournal } from './fold-journal.ts'
import { gatherOutcome } from './gather-outcome.ts'
import type { Outcome } from './gather-outcome.ts'
import { recordEvent } from './journal-record.ts'
import { beyondLimit } from '../artifacts/object-limit.ts'
import type { Sized } from '../artifacts/object-limit.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunCommandOptions, RunCommandReport } from './run-command-options.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { sealRun } from './seal-run.ts'
import { refuseUnregistrable } from '../repository/version-edits.ts'

/** How the command ended. */
export interface RunEnding {
  readonly end: CommandEnd
  readonly resources: RunResources
  readonly endedAtMs: number
}

/**
 * Records what a command has left, and seals the run unless that is put off.
 *
 * @throws what the disk and `sealRun` refuse; the run is in its journal then
 */
export async function finishRun(
  repository: Repository,
  options: RunCommandOptions,
  run: CapturedRun,
  ending: RunEnding,
): Promise<RunCommandReport> {
  try {
    const told = await journalOutcome(repository, options, run, ending)
    return await seal(repository, options, run, { ending, told })
  } catch (caught) {
    // Whoever recovers takes it from here.
    await run.journal.close()
    throw caught
  }
}

/** Puts what is known now into the journal: from here on nothing is lost. */
async function journalOutcome(
  repository: Repository,
  options: RunCommandOptions,
  run: CapturedRun,
  ending: RunEnding,
): Promise<readonly string[]> {
  const { capture, record } = run
  const outcome = await gatherOutcome(repository, {
    inputs: capture.inputs,
    rules: capture.rules,
    folder: options.folder,
    startedAtMs: capture.startedAtMs,
    hasSucceeded: ending.end.exitCode === 0,
  })
  if (outcome.series.size > 0) {
    await writeSeriesLog(repository.files, join(run.folder, 'log-files.jsonl'), outcome.series)
  }
  const told = [...outcome.told]
  const taking = { collected: outcome.collected, model: capture.inputs.model?.path }
  const stored = await storeFiles(repository, record, taking, told)
  const model = await modelOf(run, outcome, stored, told)
  const ended: RunRecord = {
    ...record,
    run: {
      ...record.run,
      parameters: new Map([...outcome.parameters, ...record.run.parameters]),
      metrics: outcome.metrics,
      datasets: outcome.datasets,
      files: totalsOf(stored.files),
      resources: ending.resources,
    },
    files: stored.files,
    inline: stored.inline,
    ...(model === undefined ? {} : { model }),
  }
  const events = [recordEvent(ended), endEvent(ending)]
  await run.journal.append(events)
  run.events.push(...events)
  return told
}

/** Artifacts that cannot be taken in are told one by one no more: all of them or none, and the run is kept. */
async function storeFiles(
  repository: Repository,
  record: RunRecord,
  { collected, model }: Pick<Outcome, 'collected'> & { readonly model: ArtifactPath | undefined },
  told: string[],
): Promise<RecordedFiles> {
  const sorted = [...collected].sort((left, right) => compareText(left.path, right.path))
  try {
    const admit = async (files: readonly Sized[]): Promise<void> => {
      const refused = await beyondLimit(repository, record.store, files)
      if (refused !== undefined) told.push(`${refused.message}; it is recorded here, and cannot be pushed there`)
    }
    return await recordFiles(repository.artifacts(record.store), sorted, { model, admit })
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    told.push(`artifacts are left out: ${caught.message}`)
    return { files: [], inline: new Map(), unreadable: new Map() }
  }
}

/** A command that failed has made no version, whatever lies where its model would be. */
async function modelOf(
  { capture }: CapturedRun,
  { hasModel }: Outcome,
  { files }: RecordedFiles,
  told: string[],
): Promise<RunRecord['model']> {
  const { model, goals } = capture.inputs
  if (model === undefined || !hasModel || files.length === 0) return undefined
  try {
    await refuseUnregistrable(capture.snapshot, files, model)
    return { ...model, newVersion: false, seedRules: goals }
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    told.push(`no version of ${model.name} is registered: ${caught.message}`)
    return undefined
  }
}

function endEvent({ end, endedAtMs }: RunEnding): JournalEvent {
  const at = instantOf(endedAtMs)
  if (end.signal !== undefined) return { kind: 'end', status: 'killed', at, signal: end.signal }
  return end.exitCode === 0
    ? { kind: 'end', status: 'finished', at }
    : { kind: 'end', status: 'failed', at, exitCode: end.exitCode }
}

async function seal(
  repository: Repository,
  options: RunCommandOptions,
  run: CapturedRun,
  { ending, told }: { readonly ending: RunEnding; readonly told: readonly string[] },
): Promise<RunCommandReport> {
  const folded = present(foldJournal(run.events), 'a journal with its first event')
  const { exitCode, signal } = ending.end
  const ended = { exitCode, ...(signal === undefined ? {} : { signal }) }
  if (options.seal === 'later') {
    await run.journal.close()
    const { run: facts, notes } = folded.record
    return { ...ended, run: facts, notes, version: undefined, baseline: undefined, changes: [], warnings: told }
  }
  const completed = await completeRecord(repository, folded)
  const { record } = completed
  const { operation, commit, baseline, registration } = await sealRun(repository, record, 'commit')
  await run.journal.remove()
  return {
    ...ended,
    run: record.run,
    notes: record.notes,
    version: registration,
    baseline,
    changes: metricChanges(baseline?.metrics, record.run.metrics),
    ...(operation === undefined ? {} : { operation }),
    ...(commit === undefined ? {} : { commit }),
    warnings: [...told, ...completed.told, ...warningsOf(record, record.run.code, baseline)],
  }
}
