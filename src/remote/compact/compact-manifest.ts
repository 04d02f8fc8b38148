/**
 * How an object that is not stored whole is put together again: runs of frames from packs and of bytes from whole
 * objects, each perhaps in byte planes and perhaps as the difference to a parent. JSON, written once.
 *
 * Law: a manifest is anyone's text. What it says is checked to add up to exactly the object before a byte is fetched.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { countValue, fieldsOf, listOf, oneOf, optional, required, textAs } from '../../store/documents/decode.ts'
import type { Decoder, Spot } from '../../store/documents/decode.ts'
import { documentText } from '../../store/documents/document-text.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { malformed } from '../../store/documents/decode.ts'
import type { ObjectId } from '../object-store.ts'
import { parseElementWidth } from './byte-planes.ts'
import type { ElementWidth } from './byte-planes.ts'

/** How the bytes were made smaller; what the runs say holds, this only names it. */
export type CompactForm = 'planes' | 'delta' | 'chunks'

/** Where frames or bytes come from. */
export type CompactSource = PackSource | WholeSource

/** A pack, by its digest; `frames` is how many it holds. */
export interface PackSource extends ObjectId {
  readonly kind: 'pack'
  readonly frames: number
}

/** An object that is stored whole. */
export interface WholeSource extends ObjectId {
  readonly kind: 'object'
}

/** The next bytes of the object. */
export interface CompactRun {
  /** Position in `sources`. */
  readonly source: number
  /** The first frame of a pack, or the first byte of a whole object. */
  readonly at: number
  /** Bytes of the object; consecutive frames come to exactly this. */
  readonly lengthBytes: number
  /** Of the planes each frame is in; 1 where it is in none. */
  readonly width: ElementWidth
  /** Where the parent's bytes start that these are the difference to; absent where they are none. */
  readonly parentAt?: number
}

/** The manifest of one object. */
export interface CompactManifest extends ObjectId {
  readonly form: CompactForm
  /** How many parents lead to an object without one. */
  readonly depth: number
  readonly parent?: ObjectId
  readonly sources: readonly CompactSource[]
  /** In the order of the object's bytes; together exactly its size. */
  readonly runs: readonly CompactRun[]
}

/** A manifest is read into memory whole. */
export const MOST_MANIFEST_BYTES = 8 * 1024 * 1024
/** Parents that may follow on one another. */
export const MOST_DEPTH = 5
/** The most that one frame comes to. */
export const MOST_FRAME_BYTES = 1024 * 1024
/** The most that a pack has. */
export const MOST_PACK_BYTES = 64 * 1024 * 1024

/** What an object needs besides its manifest. */
export interface CompactDependencies {
  /** Its parent, in whatever form, and objects it takes bytes from, which must stay whole. */
  readonly objects: readonly ObjectId[]
  readonly packs: readonly PackSource[]
}

/** What must stay for an object to be readable, besides its manifest and what these depend on themselves. */
export function dependenciesOf({ parent, sources }: CompactManifest): CompactDependencies {
  const whole = sources.filter(({ kind }) => kind === 'object')
  const objects = [...(parent === undefined ? [] : [parent]), ...whole]
  return {
    objects: objects.map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes })),
    packs: sources.filter((source) => source.kind === 'pack'),
  }
}

/** Writes a manifest. */
export function encodeCompactManifest(manifest: CompactManifest): Uint8Array {
  const { sha256, sizeBytes, form, depth, parent, sources, runs } = manifest
  const head = { format: 1, sha256, sizeBytes, form, depth, ...(parent === undefined ? {} : { parent }) }
  const listed = sources.map((source) =>
    source.kind === 'pack'
      ? { pack: source.sha256, sizeBytes: source.sizeBytes, frames: source.frames }
      : { object: source.sha256, sizeBytes: source.sizeBytes },
  )
  const rows = runs.map(({ source, at, lengthBytes, width, parentAt }) => {
    if (parentAt !== undefined) return [source, at, lengthBytes, width, parentAt]
    return width === 1 ? [source, at, lengthBytes] : [source, at, lengthBytes, width]
  })
  return Buffer.from(`${JSON.stringify({ ...head, sources: listed, runs: rows })}\n`)
}

/**
 * Reads the manifest of an object.
 *
 * @throws `object-damaged` for whatever is wrong with it
 */
export function decodeCompactManifest(bytes: Uint8Array, { sha256 }: Pick<ObjectId, 'sha256'>): CompactManifest {
  const file = `the compact manifest of ${sha256}`
  try {
    const manifest = manifestOf(readStrictJson(documentText(bytes, file), file), { file })
    if (manifest.sha256 !== sha256) throw malformed({ file }, 'it is of another object')
    return manifest
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    throw refuse('object-damaged', { what: 'compact artifact', id: sha256, problem: caught.message }, caught)
  }
}

const digestValue: Decoder<Sha256> = textAs(parseSha256, 'a SHA-256 digest')

const objectIdOf: Decoder<ObjectId> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { sha256: required(fields, 'sha256', digestValue), sizeBytes: required(fields, 'sizeBytes', countValue) }
}

const sourceOf: Decoder<CompactSource> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const sizeBytes = required(fields, 'sizeBytes', countValue)
  const object = optional(fields, 'object', digestValue)
  if (object !== undefined) return { kind: 'object', sha256: object, sizeBytes }
  const frames = required(fields, 'frames', countValue)
  if (sizeBytes > MOST_PACK_BYTES) throw malformed(spot, 'the pack is too large')
  return { kind: 'pack', sha256: required(fields, 'pack', digestValue), sizeBytes, frames }
}

const runOf: Decoder<CompactRun> = (value, spot) => {
  const [source, at, lengthBytes, width = 1, parentAt, ...more] = listOf(countValue)(value, spot)
  const element = parseElementWidth(width)
  if (source === undefined || at === undefined || lengthBytes === undefined || more.length > 0) {
    throw malformed(spot, 'expected three to five numbers')
  }
  if (element === undefined) throw malformed(spot, `elements of ${width} bytes are not known`)
  if (lengthBytes === 0) throw malformed(spot, 'it is empty')
  return { source, at, lengthBytes, width: element, ...(parentAt === undefined ? {} : { parentAt }) }
}

const manifestOf: Decoder<CompactManifest> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  if (required(fields, 'format', countValue) !== 1) throw malformed(spot, 'its format is newer than this mlv')
  const parent = optional(fields, 'parent', objectIdOf)
  const manifest: CompactManifest = {
    ...objectIdOf(value, spot),
    form: required(fields, 'form', oneOf('planes', 'delta', 'chunks')),
    depth: required(fields, 'depth', countValue),
    ...(parent === undefined ? {} : { parent }),
    sources: required(fields, 'sources', listOf(sourceOf)),
    runs: required(fields, 'runs', listOf(runOf)),
  }
  checkSum(manifest, spot)
  return manifest
}

function checkSum(manifest: CompactManifest, spot: Spot): void {
  const problem = manifest.runs.map((run) => runProblem(manifest, run)).find((found) => found !== undefined)
  if (problem !== undefined) throw malformed(spot, problem)
  const sum = manifest.runs.reduce((total, { lengthBytes }) => total + lengthBytes, 0)
  if (sum !== manifest.sizeBytes) throw malformed(spot, `its runs come to ${sum} bytes of ${manifest.sizeBytes}`)
}

function runProblem({ sources, parent }: CompactManifest, run: CompactRun): string | undefined {
  const { source: position, at, lengthBytes, width, parentAt } = run
  const source = sources[position]
  if (source === undefined) return `there is no source ${position}`
  if (source.kind === 'pack' && at >= source.frames) return `pack ${position} has no frame ${at}`
  if (source.kind === 'object' && at + lengthBytes > source.sizeBytes) return `object ${position} is too short`
  if (source.kind === 'object' && (width > 1 || parentAt !== undefined)) return 'bytes of an object are as they are'
  if (parentAt === undefined) return undefined
  if (parent === undefined) return 'it names no parent'
  return parentAt + lengthBytes > parent.sizeBytes ? 'the parent is too short' : undefined
}
