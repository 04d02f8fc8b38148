/**
 * `files.yaml` and `tensors.json`: the files of a run or version, kept beside the manifest so that it stays small.
 *
 * Sorted by path bytes. Tensors are apart, because a model has thousands and few readers ask for them.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import { compareText } from '../../base/order.ts'
import { isValueMap, valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import type { ArtifactFile, Tensor } from '../../domain/artifact.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { countValue, fieldsOf, listOf, malformed, mapOf, oneOf, required, textValue } from './decode.ts'
import type { Decoder, Spot } from './decode.ts'
import { documentText } from './document-text.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { artifactPathValue, sha256Value } from './run-fields.ts'
import { readStrictJson } from './strict-json.ts'

/** Writes `files.yaml`; tensors are left to `encodeTensors`. */
export function encodeFiles(files: readonly ArtifactFile[]): Uint8Array {
  return writeManifest('files', {
    files: sortedByPath(files).map(({ path, sha256, sizeBytes, storage }) =>
      valueMap({ path, sha256, sizeBytes: BigInt(sizeBytes), storage }),
    ),
  })
}

/**
 * Writes `tensors.json`, one tensor a line so that a diff names the layers that changed; `undefined` when no file has
 * any.
 */
export function encodeTensors(files: readonly ArtifactFile[]): Uint8Array | undefined {
  const blocks = sortedByPath(files).flatMap(({ path, tensors }) =>
    tensors === undefined ? [] : [`${JSON.stringify(path)}:[${tensors.map(tensorLine).join(',')}\n]`],
  )
  return blocks.length === 0 ? undefined : new TextEncoder().encode(`{\n${blocks.join(',\n')}\n}\n`)
}

/**
 * Reads `files.yaml`, and `tensors.json` when there is one.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` and `readStrictJson` refuse
 */
export function decodeFiles(bytes: Uint8Array, file: string, tensorsBytes?: Uint8Array): readonly ArtifactFile[] {
  const fields = readManifest(bytes, file, 'files')
  const files = required(fields, 'files', listOf(fileOf))
  checkOrder(files, { file, within: fields.spot, key: 'files' })
  if (tensorsBytes === undefined) return files
  const tensors = decodeTensors(tensorsBytes, file.replace(/files\.yaml$/, 'tensors.json'))
  return files.map((each) => {
    const found = tensors.get(each.path)
    return found === undefined ? each : { ...each, tensors: found }
  })
}

const fileOf: Decoder<ArtifactFile> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    path: required(fields, 'path', artifactPathValue),
    sha256: required(fields, 'sha256', sha256Value),
    sizeBytes: required(fields, 'sizeBytes', countValue),
    storage: required(fields, 'storage', oneOf('inline', 'pointer')),
  }
}

function decodeTensors(bytes: Uint8Array, file: string): ReadonlyMap<string, readonly Tensor[]> {
  const value: Value = readStrictJson(documentText(bytes, file), file)
  if (!isValueMap(value)) throw malformed({ file }, 'expected a mapping')
  return mapOf((path) => path, listOf(tensorOf))(value, { file })
}

const tensorOf: Decoder<Tensor> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    name: required(fields, 'name', textValue),
    dtype: required(fields, 'dtype', textValue),
    shape: required(fields, 'shape', listOf(countValue)),
    sha256: required(fields, 'sha256', sha256Value),
  }
}

function tensorLine({ name, dtype, shape, sha256 }: Tensor): string {
  return `\n${canonicalJson(valueMap({ name, dtype, shape: shape.map(BigInt), sha256 }))}`
}

function sortedByPath(files: readonly ArtifactFile[]): readonly ArtifactFile[] {
  return [...files].sort((left, right) => compareText(left.path, right.path))
}

/** A path that appears twice, or out of order, was not written by mlv: one of two equal paths would win unseen. */
function checkOrder(files: readonly ArtifactFile[], spot: Spot): void {
  let previous: ArtifactPath | undefined
  for (const { path } of files) {
    if (previous !== undefined && compareText(previous, path) >= 0) {
      throw malformed(spot, `'${path}' is not after '${previous}'`)
    }
    previous = path
  }
}
