/**
 * `files.yaml` and `tensors.json`: the files of a run or version, kept beside the manifest so that it stays small.
 *
 * Sorted by path bytes. Tensors are apart, because a model has thousands and few readers ask for them.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import { compareText } from '../../base/order.ts'
import { isValueMap, valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { LIMIT_PACKED_BYTES, packsOf } from '../../domain/artifact.ts'
import type { ArtifactFile, Storage, StoredBytes, Tensor } from '../../domain/artifact.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { countValue, fieldsOf, listOf, malformed, mapOf, oneOf, optional, required, textValue } from './decode.ts'
import type { Decoder, Fields, Spot } from './decode.ts'
import { documentText } from './document-text.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { artifactPathValue, sha256Value } from './run-fields.ts'
import { readStrictJson } from './strict-json.ts'

/** A list that names packs; one that names none stays in the first format, byte for byte. */
const FORMAT_WITH_PACKS = 2

const NO_PACKS: ReadonlyMap<string, StoredBytes> = new Map()

/** Writes `files.yaml`; tensors are left to `encodeTensors`. */
export function encodeFiles(files: readonly ArtifactFile[]): Uint8Array {
  const packs = packsOf(files)
  const list = sortedByPath(files).map(fileValue)
  // Who does not know packs must not take the record for whole, nor its packs for rubbish.
  return packs.length === 0
    ? writeManifest('files', { files: list })
    : writeManifest('files', { files: list, packs: packs.map(storedValue) }, FORMAT_WITH_PACKS)
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
  const fields = readManifest(bytes, file, 'files', FORMAT_WITH_PACKS)
  const packs = optional(fields, 'packs', packsByDigest) ?? NO_PACKS
  const files = required(fields, 'files', listOf(fileIn(packs)))
  const spot = { file, within: fields.spot, key: 'files' }
  checkOrder(files, spot)
  if (packs.size > 0) checkRoom(files, spot)
  if (tensorsBytes === undefined) return files
  const tensors = decodeTensors(tensorsBytes, file.replace(/files\.yaml$/, 'tensors.json'))
  return files.map((each) => {
    const found = tensors.get(each.path)
    return found === undefined ? each : { ...each, tensors: found }
  })
}

type Packs = ReadonlyMap<string, StoredBytes>

function fileIn(packs: Packs): Decoder<ArtifactFile> {
  return (value, spot) => {
    const fields = fieldsOf(value, spot)
    return {
      path: required(fields, 'path', artifactPathValue),
      ...storedOf(value, spot),
      storage: storageIn(fields, packs),
    }
  }
}

function storageIn(fields: Fields, packs: Packs): Storage {
  const kind = required(fields, 'storage', oneOf('inline', 'pointer', 'packed'))
  if (kind !== 'packed') return { kind }
  const pack = packs.get(required(fields, 'pack', sha256Value))
  if (pack === undefined) throw malformed(fields.spot, 'its pack is not among those of the list')
  return { kind, pack, offset: required(fields, 'offset', countValue) }
}

const storedOf: Decoder<StoredBytes> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { sha256: required(fields, 'sha256', sha256Value), sizeBytes: required(fields, 'sizeBytes', countValue) }
}

/** A pack that is listed twice, or out of order, was not written by mlv, and could have two sizes. */
const packsByDigest: Decoder<Packs> = (value, spot) => {
  const packs = listOf(storedOf)(value, spot)
  for (const [index, { sha256 }] of packs.entries()) {
    const previous = packs[index - 1]
    if (previous !== undefined && previous.sha256 >= sha256) {
      throw malformed(spot, `'${sha256}' is not after '${previous.sha256}'`)
    }
  }
  return new Map(packs.map((pack) => [pack.sha256, pack]))
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

function fileValue({ path, sha256, sizeBytes, storage }: ArtifactFile): Value {
  const place = storage.kind === 'packed' ? { pack: storage.pack.sha256, offset: BigInt(storage.offset) } : {}
  return valueMap({ path, sha256, sizeBytes: BigInt(sizeBytes), storage: storage.kind, ...place })
}

function storedValue({ sha256, sizeBytes }: StoredBytes): Value {
  return valueMap({ sha256, sizeBytes: BigInt(sizeBytes) })
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

/** Packed files lie in their packs, none on the bytes of another. */
function checkRoom(files: readonly ArtifactFile[], spot: Spot): void {
  const places = files.flatMap(({ path, sizeBytes, storage }) =>
    storage.kind === 'packed'
      ? [{ path, pack: storage.pack, start: storage.offset, end: storage.offset + sizeBytes }]
      : [],
  )
  places.sort((left, right) => compareText(left.pack.sha256, right.pack.sha256) || left.start - right.start)
  for (const [index, { path, pack, start, end }] of places.entries()) {
    if (end - start > LIMIT_PACKED_BYTES) throw malformed(spot, `'${path}' is too long for a pack`)
    if (end > pack.sizeBytes) throw malformed(spot, `'${path}' is beyond the end of its pack`)
    const previous = places[index - 1]
    if (previous?.pack === pack && previous.end > start) {
      throw malformed(spot, `'${path}' and '${previous.path}' overlap in their pack`)
    }
  }
}
