/**
 * `media.json`: which files of a run are its images, tables and texts, and what was said about them. It is a file of
 * the run like any other, so that everything that moves files moves it too.
 */
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import {
  countValue,
  fieldsOf,
  integerValue,
  listOf,
  oneOf,
  optional,
  required,
  textValue,
} from '../../store/documents/decode.ts'
import type { Decoder, Fields } from '../../store/documents/decode.ts'
import { documentText } from '../../store/documents/document-text.ts'
import { checkFormat } from '../../store/documents/manifest.ts'
import { artifactPathValue } from '../../store/documents/run-fields.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'

/** An image. */
export interface MediaImage {
  readonly key: string
  readonly path: ArtifactPath
  readonly step: number | undefined
  readonly caption: string | undefined
  /** Milliseconds since the Unix epoch, UTC. */
  readonly atMs: number | undefined
}

/** A table. */
export interface MediaTable {
  readonly key: string
  readonly path: ArtifactPath
  readonly step: number | undefined
  /** The column that names a row. */
  readonly rowKey: string | undefined
  readonly atMs: number | undefined
  /** Absent for a table that was logged as a file. */
  readonly columns: readonly string[] | undefined
  /** How many rows; absent for a table that was logged as a file. */
  readonly rows: number | undefined
}

/** All texts of one key, in one file. */
export interface MediaText {
  readonly key: string
  readonly path: ArtifactPath
  readonly count: number
}

/** All media of a run, in the order they were first logged. */
export interface MediaIndex {
  readonly images: readonly MediaImage[]
  readonly tables: readonly MediaTable[]
  readonly texts: readonly MediaText[]
}

/** Writes the index. */
export function mediaText({ images, tables, texts }: MediaIndex): string {
  const index = valueMap({
    format: 1n,
    kind: 'media',
    images: images.map(({ key, path, step, caption, atMs }) =>
      valueMap({ key, path, step: integer(step), caption, time: integer(atMs) }),
    ),
    tables: tables.map(({ key, path, step, rowKey, atMs, columns, rows }) =>
      valueMap({ key, path, step: integer(step), rowKey, columns, rows: integer(rows), time: integer(atMs) }),
    ),
    texts: texts.map(({ key, path, count }) => valueMap({ key, path, count: BigInt(count) })),
  })
  return `${jsonText(index, 1)}\n`
}

function integer(number: number | undefined): Value | undefined {
  return number === undefined ? undefined : BigInt(number)
}

/** Reads the index. @throws `document-malformed`, `format-newer`, what `readStrictJson` refuses */
export function decodeMedia(bytes: Uint8Array, file: string): MediaIndex {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  checkFormat(fields)
  required(fields, 'kind', oneOf('media'))
  return {
    images: required(fields, 'images', listOf(imageOf)),
    tables: required(fields, 'tables', listOf(tableOf)),
    texts: required(fields, 'texts', listOf(textOf)),
  }
}

const imageOf: Decoder<MediaImage> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { ...placedAt(fields), caption: optional(fields, 'caption', textValue) }
}

const tableOf: Decoder<MediaTable> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    ...placedAt(fields),
    rowKey: optional(fields, 'rowKey', textValue),
    columns: optional(fields, 'columns', listOf(textValue)),
    rows: optional(fields, 'rows', countValue),
  }
}

const textOf: Decoder<MediaText> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const { key, path } = placedAt(fields)
  return { key, path, count: required(fields, 'count', countValue) }
}

function placedAt(fields: Fields): Pick<MediaImage, 'key' | 'path' | 'step' | 'atMs'> {
  return {
    key: required(fields, 'key', textValue),
    path: required(fields, 'path', artifactPathValue),
    step: optional(fields, 'step', integerValue),
    atMs: optional(fields, 'time', integerValue),
  }
}
