/**
 * Runs as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { Environment } from '../../src/domain/environment.ts'
import type { RunEnd, RunNotes, SealedRun } from '../../src/domain/run.ts'
import type { RunRow, VersionLabel } from '../../src/ops/run-row.ts'
import { codeJson, datasetJson, metricsJson, parametersJson, totalsJson } from './content-json.ts'
import { integer, listJson } from './json-members.ts'

/** A sealed run. */
export function runJson(run: SealedRun): ValueMap {
  return valueMap({
    id: run.id,
    experiment: run.experiment,
    ...endJson(run),
    startedAt: run.startedAt,
    message: run.message,
    command: run.command,
    parameters: parametersJson(run.parameters),
    metrics: metricsJson(run.metrics),
    datasets: listJson(run.datasets, datasetJson),
    code: codeJson(run.code),
    environment: run.environment,
    files: totalsJson(run.files),
    seriesFull: run.seriesFull,
    parent: run.parent,
  })
}

/** What was said about a run after it was sealed. */
export function notesJson({ name, tags, note, archived }: RunNotes): ValueMap {
  return valueMap({ name, tags, note, archived })
}

/** A version by its label. */
export function versionLabelJson({ model, number, aliases }: VersionLabel): ValueMap {
  return valueMap({ model, number: integer(number), aliases })
}

/** One row of `mlv ls`. */
export function runRowJson({ run, notes, versions }: RunRow): ValueMap {
  return valueMap({ run: runJson(run), notes: notesJson(notes), versions: listJson(versions, versionLabelJson) })
}

/** The environment of a run. */
export function environmentJson(environment: Environment): ValueMap {
  const { os, cpu, gpus, languages, packages, variables, unpinned } = environment
  return valueMap({
    os: valueMap({ name: os.name, release: os.release, arch: os.arch }),
    cpu: valueMap({ model: cpu.model, count: integer(cpu.count), memoryBytes: integer(cpu.memoryBytes) }),
    gpus: listJson(gpus, ({ model, driver }) => valueMap({ model, driver })),
    languages: listJson(languages, ({ name, version }) => valueMap({ name, version })),
    packages: listJson(packages, ({ name, version, source }) => valueMap({ name, version, source })),
    variables: listJson(variables, ({ name, value }) => valueMap({ name, value })),
    unpinned,
  })
}

function endJson(end: RunEnd): Readonly<Record<string, string | bigint>> {
  switch (end.status) {
    case 'finished':
      return { status: end.status, endedAt: end.endedAt }
    case 'failed':
      return { status: end.status, endedAt: end.endedAt, exitCode: integer(end.exitCode) }
    case 'killed':
      return { status: end.status, lastSeenAt: end.lastSeenAt }
  }
}
