/**
 * What runs and versions both record: parameters, datasets, code and file totals, as fields of manifests.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { parseUlid } from '../../base/ulid.ts'
import type { Ulid } from '../../base/ulid.ts'
import { isScalar, isValueList, valueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import type { FileTotals } from '../../domain/artifact.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { CodeState, IgnoredFiles } from '../../domain/code-state.ts'
import { FOREIGN_SCHEMES } from '../../domain/dataset.ts'
import type { Column, Dataset, DatasetPin } from '../../domain/dataset.ts'
import { parseParameterKey } from '../../domain/key.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import {
  countValue,
  fieldsOf,
  listOf,
  malformed,
  mapOf,
  oneOf,
  optional,
  required,
  scalarValue,
  textAs,
  textBy,
  textValue,
} from './decode.ts'
import type { Decoder, Fields } from './decode.ts'
import { rememberParsed } from './parsed-keys.ts'

/** Takes a SHA-256 digest. */
export const sha256Value: Decoder<Sha256> = textAs(parseSha256, 'a SHA-256 digest')

/** Takes a ULID. */
export const ulidValue: Decoder<Ulid> = textAs(parseUlid, 'a ULID')

/** Takes a run id. */
export const runIdValue: Decoder<RunId> = textAs(parseRunId, 'a run id')

/** Takes an artifact path. */
export const artifactPathValue: Decoder<ArtifactPath> = textBy(parseArtifactPath)

const oidValue: Decoder<Oid> = textAs(parseOid, 'a git object name')

const parameterOf: Decoder<ParameterValue> = (value, spot) => {
  if (isScalar(value)) return value
  if (!isValueList(value)) throw malformed(spot, 'expected a single value or a list of them')
  return listOf(scalarValue)(value, spot)
}

/** Decodes parameters. */
export const parametersOf: Decoder<Parameters> = mapOf(rememberParsed(parseParameterKey), parameterOf)

/** Writes file totals. */
export function totalsValue({ count, sizeBytes }: FileTotals): ValueMap {
  return valueMap({ count: BigInt(count), sizeBytes: BigInt(sizeBytes) })
}

/** Decodes file totals. */
export const totalsOf: Decoder<FileTotals> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { count: required(fields, 'count', countValue), sizeBytes: required(fields, 'sizeBytes', countValue) }
}

/** Writes a dataset. */
export function datasetValue({ uri, pin, sizeBytes, fileCount, rows, columns, revision }: Dataset): Value {
  return valueMap({
    uri,
    pin: pin === undefined ? undefined : valueMap({ ...pin }),
    sizeBytes: integerOf(sizeBytes),
    fileCount: integerOf(fileCount),
    rows: integerOf(rows),
    columns: columns?.map(columnValue),
    revision,
  })
}

/** A column without a type is its name alone, as all were before there were types. */
function columnValue({ name, type }: Column): Value {
  return type === undefined ? name : valueMap({ name, type })
}

const columnOf: Decoder<Column> = (value, spot) => {
  if (typeof value === 'string') return { name: value }
  const fields = fieldsOf(value, spot)
  const type = optional(fields, 'type', textValue)
  return { name: required(fields, 'name', textValue), ...(type === undefined ? {} : { type }) }
}

/** Decodes a dataset. */
export const datasetOf: Decoder<Dataset> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const pin = optional(fields, 'pin', pinOf)
  const sizeBytes = optional(fields, 'sizeBytes', countValue)
  const fileCount = optional(fields, 'fileCount', countValue)
  const rows = optional(fields, 'rows', countValue)
  const columns = optional(fields, 'columns', listOf(columnOf))
  const revision = optional(fields, 'revision', textValue)
  return {
    uri: required(fields, 'uri', textValue),
    ...(pin === undefined ? {} : { pin }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(fileCount === undefined ? {} : { fileCount }),
    ...(rows === undefined ? {} : { rows }),
    ...(columns === undefined ? {} : { columns }),
    ...(revision === undefined ? {} : { revision }),
  }
}

const pinOf: Decoder<DatasetPin> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const kind = required(fields, 'kind', oneOf('sha256', 'foreign'))
  if (kind === 'sha256') return { kind, sha256: required(fields, 'sha256', sha256Value) }
  const scheme = required(fields, 'scheme', oneOf(...FOREIGN_SCHEMES))
  return { kind, scheme, id: required(fields, 'id', textValue) }
}

/** Writes a code state; a snapshot that is whole has no `omitted`. */
export function codeValue(code: CodeState): Value {
  if (code.kind === 'none') return valueMap({ ...code })
  const { kind, commit, tree, branch, snapshot, exact, ignored, omitted } = code
  return valueMap({
    kind,
    commit,
    tree,
    branch,
    snapshot,
    exact,
    ignored: ignored === undefined ? undefined : valueMap({ ...ignored, count: BigInt(ignored.count) }),
    omitted: omitted.length === 0 ? undefined : omitted,
  })
}

/** Decodes a code state. */
export const codeOf: Decoder<CodeState> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const kind = required(fields, 'kind', oneOf('none', 'commit'))
  return kind === 'none' ? { kind, reason: required(fields, 'reason', textValue) } : commitIn(fields)
}

function commitIn(fields: Fields): CodeState {
  const branch = optional(fields, 'branch', textValue)
  const snapshot = optional(fields, 'snapshot', oidValue)
  const exact = optional(fields, 'exact', oidValue)
  const ignored = optional(fields, 'ignored', ignoredOf)
  return {
    kind: 'commit',
    commit: required(fields, 'commit', oidValue),
    tree: required(fields, 'tree', oidValue),
    ...(branch === undefined ? {} : { branch }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(exact === undefined ? {} : { exact }),
    ...(ignored === undefined ? {} : { ignored }),
    omitted: optional(fields, 'omitted', listOf(textValue)) ?? [],
  }
}

const ignoredOf: Decoder<IgnoredFiles> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { paths: required(fields, 'paths', listOf(textValue)), count: required(fields, 'count', countValue) }
}

function integerOf(count: number | undefined): bigint | undefined {
  return count === undefined ? undefined : BigInt(count)
}
