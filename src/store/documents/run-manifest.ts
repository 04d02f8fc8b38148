/**
 * `run.yaml`: everything that is known of a sealed run but its files, environment and points. Never rewritten.
 */
import { parseExperimentName } from '../../domain/key.ts'
import type { RunEnd, SealedRun } from '../../domain/run.ts'
import { instantValue, integerValue, listOf, oneOf, optional, required, textBy, textValue } from './decode.ts'
import type { Fields } from './decode.ts'
import { capturedIn, capturedMembers } from './captured-fields.ts'
import { readManifest, writeManifest } from './manifest.ts'
import type { Members } from './manifest.ts'
import { metricsOf, metricsValue } from './metric-fields.ts'
import { rememberParsed } from './parsed-keys.ts'
import {
  artifactPathValue,
  codeOf,
  codeValue,
  datasetOf,
  datasetValue,
  parametersOf,
  runIdValue,
  sha256Value,
  totalsOf,
  totalsValue,
} from './run-fields.ts'
import { scanRun } from './run-scan.ts'

/** Writes `run.yaml`. */
export function encodeRun(run: SealedRun): Uint8Array {
  return writeManifest('run', {
    id: run.id,
    experiment: run.experiment,
    startedAt: run.startedAt,
    ...endMembers(run),
    message: run.message,
    command: run.command,
    ...capturedMembers(run),
    parameters: run.parameters,
    metrics: metricsValue(run.metrics),
    datasets: run.datasets.map(datasetValue),
    code: codeValue(run.code),
    environment: run.environment,
    files: totalsValue(run.files),
    seriesFull: run.seriesFull,
    parent: run.parent,
  })
}

/**
 * Reads `run.yaml`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeRun(bytes: Uint8Array, file: string): SealedRun {
  return scanRun(bytes) ?? decodeAnyRun(bytes, file)
}

/** Reads `run.yaml` field by field, whoever wrote it. @throws as `decodeRun` */
export function decodeAnyRun(bytes: Uint8Array, file: string): SealedRun {
  const fields = readManifest(bytes, file, 'run')
  const message = optional(fields, 'message', textValue)
  const command = optional(fields, 'command', listOf(textValue))
  const seriesFull = optional(fields, 'seriesFull', artifactPathValue)
  const parent = optional(fields, 'parent', runIdValue)
  return {
    id: required(fields, 'id', runIdValue),
    experiment: required(fields, 'experiment', experimentValue),
    startedAt: required(fields, 'startedAt', instantValue),
    ...endIn(fields),
    ...(message === undefined ? {} : { message }),
    ...(command === undefined ? {} : { command }),
    ...capturedIn(fields),
    parameters: required(fields, 'parameters', parametersOf),
    metrics: required(fields, 'metrics', metricsOf),
    datasets: required(fields, 'datasets', listOf(datasetOf)),
    code: required(fields, 'code', codeOf),
    environment: required(fields, 'environment', sha256Value),
    files: required(fields, 'files', totalsOf),
    ...(seriesFull === undefined ? {} : { seriesFull }),
    ...(parent === undefined ? {} : { parent }),
  }
}

const experimentValue = textBy(rememberParsed(parseExperimentName))

function endMembers(end: RunEnd): Members {
  switch (end.status) {
    case 'finished':
      return { status: end.status, endedAt: end.endedAt }
    case 'failed':
      return { status: end.status, endedAt: end.endedAt, exitCode: BigInt(end.exitCode) }
    case 'killed':
      return { status: end.status, lastSeenAt: end.lastSeenAt, signal: end.signal }
  }
}

function endIn(fields: Fields): RunEnd {
  const status = required(fields, 'status', oneOf('finished', 'failed', 'killed'))
  if (status === 'killed') {
    const signal = optional(fields, 'signal', textValue)
    const lastSeenAt = required(fields, 'lastSeenAt', instantValue)
    return { status, lastSeenAt, ...(signal === undefined ? {} : { signal }) }
  }
  const endedAt = required(fields, 'endedAt', instantValue)
  return status === 'finished'
    ? { status, endedAt }
    : { status, endedAt, exitCode: required(fields, 'exitCode', integerValue) }
}
