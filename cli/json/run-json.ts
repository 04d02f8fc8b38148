/**
 * Runs as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import type { Environment } from '../../src/domain/environment.ts'
import type { RunEnd, RunFacts, RunNotes, SealedRun } from '../../src/domain/run.ts'
import type { RunRow, VersionLabel } from '../../src/ops/revisions/run-row.ts'
import { codeJson, datasetJson, metricsJson, parametersJson, totalsJson } from './content-json.ts'
import { integer, listJson, maybe } from './json-members.ts'

/** A sealed run. */
export function runJson(run: SealedRun): ValueMap {
  return valueMap({
    id: run.id,
    experiment: run.experiment,
    ...endJson(run),
    startedAt: run.startedAt,
    message: run.message,
    command: run.command,
    ...capturedJson(run),
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
  const { os, cpu, gpus, cuda, container, languages, packages, variables, lockFiles, unpinned } = environment
  return valueMap({
    os: valueMap({ name: os.name, release: os.release, arch: os.arch }),
    cpu: valueMap({ model: cpu.model, count: integer(cpu.count), memoryBytes: integer(cpu.memoryBytes) }),
    gpus: listJson(gpus, ({ model, driver }) => valueMap({ model, driver })),
    cuda,
    container: maybe(container, ({ kind, image }) => valueMap({ kind, image })),
    languages: listJson(languages, ({ name, version }) => valueMap({ name, version })),
    packages: listJson(packages, ({ name, version, source }) => valueMap({ name, version, source })),
    variables: listJson(variables, ({ name, value }) => valueMap({ name, value })),
    lockFiles: maybe(lockFiles, (locks) => listJson(locks, ({ path, sha256 }) => valueMap({ path, sha256 }))),
    unpinned,
  })
}

/** What is known of a run that mlv itself started. */
function capturedJson({
  workingFolder,
  givenParameters,
  resources,
  segments,
  group,
}: RunFacts): Readonly<Record<string, Value | undefined>> {
  return {
    workingFolder,
    givenParameters,
    resources: maybe(resources, ({ elapsedMs, userMs, systemMs, peakMemoryBytes, hostName }) =>
      valueMap({
        elapsedMs: integer(elapsedMs),
        userMs: maybe(userMs, integer),
        systemMs: maybe(systemMs, integer),
        peakMemoryBytes: maybe(peakMemoryBytes, integer),
        hostName,
      }),
    ),
    segments: maybe(segments, (stretches) =>
      listJson(stretches, ({ startedAt, command, code, environment }) =>
        valueMap({ startedAt, command, code: codeJson(code), environment }),
      ),
    ),
    group,
  }
}

function endJson(end: RunEnd): Readonly<Record<string, string | bigint>> {
  switch (end.status) {
    case 'finished':
      return { status: end.status, endedAt: end.endedAt }
    case 'failed':
      return { status: end.status, endedAt: end.endedAt, exitCode: integer(end.exitCode) }
    case 'killed':
      return {
        status: end.status,
        lastSeenAt: end.lastSeenAt,
        ...(end.signal === undefined ? {} : { signal: end.signal }),
      }
  }
}
