/**
 * `version.yaml`: one model version with everything that made it copied in, so that it reads alone. Never rewritten.
 */
import { parseContentDigest } from '../../domain/content-digest.ts'
import { parseVersionNumber, parseVersionUid } from '../../domain/model-version.ts'
import type { ModelVersion, VersionNumber, VersionUid } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import { instantValue, listOf, malformed, optional, required, textAs, textBy, textValue } from './decode.ts'
import type { Decoder } from './decode.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { metricsOf, metricsValue } from './metric-fields.ts'
import {
  artifactPathValue,
  codeOf,
  codeValue,
  datasetOf,
  datasetValue,
  parametersOf,
  runIdValue,
  totalsOf,
  totalsValue,
} from './run-fields.ts'

/** Takes a version number. */
export const versionNumberValue: Decoder<VersionNumber> = (value, spot) => {
  const number = typeof value === 'bigint' ? parseVersionNumber(value.toString()) : undefined
  if (number === undefined) throw malformed(spot, 'expected a version number, 1 to 999999999')
  return number
}

/** Takes a version uid. */
export const versionUidValue: Decoder<VersionUid> = textAs(parseVersionUid, 'a version uid')

/** Writes `version.yaml`. */
export function encodeVersion(version: ModelVersion): Uint8Array {
  return writeManifest('version', {
    model: version.model,
    number: BigInt(version.number),
    uid: version.uid,
    run: version.run,
    createdAt: version.createdAt,
    message: version.message,
    path: version.path,
    contentDigest: version.contentDigest,
    files: totalsValue(version.files),
    parameters: version.parameters,
    metrics: metricsValue(version.metrics),
    datasets: version.datasets.map(datasetValue),
    code: codeValue(version.code),
    was: version.was === undefined ? undefined : BigInt(version.was),
  })
}

/**
 * Reads `version.yaml`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeVersion(bytes: Uint8Array, file: string): ModelVersion {
  const fields = readManifest(bytes, file, 'version')
  const message = optional(fields, 'message', textValue)
  const was = optional(fields, 'was', versionNumberValue)
  return {
    model: required(fields, 'model', textBy(parseModelName)),
    number: required(fields, 'number', versionNumberValue),
    uid: required(fields, 'uid', versionUidValue),
    run: required(fields, 'run', runIdValue),
    createdAt: required(fields, 'createdAt', instantValue),
    ...(message === undefined ? {} : { message }),
    path: required(fields, 'path', artifactPathValue),
    contentDigest: required(fields, 'contentDigest', contentDigestValue),
    files: required(fields, 'files', totalsOf),
    parameters: required(fields, 'parameters', parametersOf),
    metrics: required(fields, 'metrics', metricsOf),
    datasets: required(fields, 'datasets', listOf(datasetOf)),
    code: required(fields, 'code', codeOf),
    ...(was === undefined ? {} : { was }),
  }
}

const contentDigestValue = textAs(parseContentDigest, 'a content digest, mlv1: and 64 hex digits')
