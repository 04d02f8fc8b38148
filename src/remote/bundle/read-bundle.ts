/**
 * Reads a bundle that came from anywhere. All of it is gone through and digested before any of it is used, and only
 * what mlv itself would have written passes: a header is taken apart, made again and compared byte by byte, names are
 * those of the layout in their one order, and padding is zeros. So a flipped bit, a cut, a link, a path that leads
 * elsewhere and a second entry of one name are all the same: not a bundle.
 *
 * Law: memory does not grow with sizes that the file claims; one beyond the end of the file is refused where it stands.
 */
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256, Sha256Stream } from '../../base/digest.ts'
import { TAR_END, tarPadding } from '../../base/tar-header.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { decodeBundle } from '../../store/documents/bundle-manifest.ts'
import type { BundleManifest } from '../../store/documents/bundle-manifest.ts'
import { errnoOf, withDiskFailures } from '../../store/files/disk-failure.ts'
import type { Files, OpenFile } from '../../store/files/files.ts'
import type { ByteRange } from '../object-store.ts'
import { HISTORY_NAME, MANIFEST_NAME, objectOfName, SUMS_NAME, sumLine } from './bundle-layout.ts'
import { readTarEntry } from './tar-entry.ts'
import type { FoundEntry, TarSource } from './tar-entry.ts'

/** A bundle that was gone through; ranges are bytes of its file. */
export interface SurveyedBundle {
  readonly manifest: BundleManifest
  readonly history: ByteRange | undefined
  readonly objects: ReadonlyMap<Sha256, ByteRange>
  readonly sizeBytes: number
}

/** Called with how many bytes of the file were gone through, and how many there are. */
export type OnSurvey = (doneBytes: number, totalBytes: number) => void

/** Refs and prerequisites of any repository are few. */
const MOST_MANIFEST_BYTES = 1024 * 1024
const READ_BYTES = 1024 * 1024

/**
 * Goes through a bundle and verifies every byte of it.
 *
 * @throws `bundle-invalid`, `file-not-found`, `path-not-a-file`, the disk's refusals
 */
export async function surveyBundle(files: Files, path: string, onSurvey: OnSurvey): Promise<SurveyedBundle> {
  return withBundle(files, path, async (source) => {
    const survey = new Survey(source, onSurvey)
    return survey.run()
  })
}

/** Reads what a bundle says of itself, and nothing behind it. @throws as `surveyBundle` */
export async function readBundleManifest(files: Files, path: string): Promise<BundleManifest> {
  return withBundle(files, path, async (source) => readManifest(source, await firstEntry(source)))
}

async function withBundle<Result>(
  files: Files,
  path: string,
  read: (source: TarSource) => Promise<Result>,
): Promise<Result> {
  return withDiskFailures(path, 'reading', async () => {
    const file = await openBundle(files, path)
    try {
      const { kind, sizeBytes } = await file.stat()
      if (kind !== 'file') throw refuse('path-not-a-file', { path, found: `a ${kind}` })
      return await read({ file, path, sizeBytes })
    } finally {
      await file.close()
    }
  })
}

async function openBundle(files: Files, path: string): Promise<OpenFile> {
  try {
    return await files.open(path, 'read')
  } catch (caught) {
    if (errnoOf(caught) !== 'ENOENT') throw caught
    throw refuse('file-not-found', { file: path, wanted: 'bundle' }, caught)
  }
}

async function firstEntry(source: TarSource): Promise<FoundEntry> {
  const entry = await readTarEntry(source, 0)
  if (entry?.path !== MANIFEST_NAME) throw invalid(source, `it does not begin with ${MANIFEST_NAME}`)
  if (entry.sizeBytes > MOST_MANIFEST_BYTES) throw invalid(source, `its ${MANIFEST_NAME} is too large`)
  return entry
}

async function readManifest(source: TarSource, { start, sizeBytes }: FoundEntry): Promise<BundleManifest> {
  const bytes = new Uint8Array(sizeBytes)
  for (let at = 0; at < sizeBytes;) {
    const count = await source.file.read(bytes.subarray(at), start + at)
    if (count === 0) throw invalid(source, 'it is cut off')
    at += count
  }
  try {
    return decodeBundle(bytes, MANIFEST_NAME)
  } catch (caught) {
    // A newer format is told as what it is; the rest means that the file is none of ours.
    if (!(caught instanceof Failure) || caught.code === 'format-newer') throw caught
    throw invalid(source, caught.message, caught)
  }
}

function invalid({ path }: TarSource, problem: string, cause?: unknown): Failure {
  return refuse('bundle-invalid', { file: path, problem }, cause)
}

/** Lives as long as one bundle is gone through. */
class Survey {
  readonly #source: TarSource
  readonly #onSurvey: OnSurvey
  readonly #sums = sha256Stream()
  readonly #buffer = new Uint8Array(READ_BYTES)
  #sumsBytes = 0
  #at = 0

  constructor(source: TarSource, onSurvey: OnSurvey) {
    this.#source = source
    this.#onSurvey = onSurvey
  }

  async run(): Promise<SurveyedBundle> {
    const first = await firstEntry(this.#source)
    const manifest = await readManifest(this.#source, first)
    await this.#take(first, undefined)
    const history = manifest.history === undefined ? undefined : await this.#history(manifest.history)
    const objects = await this.#objects()
    const sizeBytes = [...objects.values()].reduce((sum, { start, end }) => sum + end - start, 0)
    if (objects.size !== manifest.objects.count || sizeBytes !== manifest.objects.sizeBytes) {
      throw invalid(this.#source, 'its artifacts are not those it says it has')
    }
    await this.#end()
    return { manifest, history, objects, sizeBytes: this.#source.sizeBytes }
  }

  async #history({ sha256, sizeBytes }: NonNullable<BundleManifest['history']>): Promise<ByteRange> {
    const entry = await this.#next()
    if (entry.path !== HISTORY_NAME || entry.sizeBytes !== sizeBytes) {
      throw invalid(this.#source, `its ${HISTORY_NAME} is missing or has another size`)
    }
    await this.#take(entry, sha256)
    return rangeOf(entry)
  }

  /** Reads all artifacts and, after them, the digests of everything. */
  async #objects(): Promise<ReadonlyMap<Sha256, ByteRange>> {
    const objects = new Map<Sha256, ByteRange>()
    let last = ''
    for (;;) {
      const entry = await this.#next()
      if (entry.path === SUMS_NAME) {
        await this.#takeSums(entry)
        return objects
      }
      const sha256 = objectOfName(entry.path)
      if (sha256 === undefined) throw invalid(this.#source, `no bundle has an entry named '${entry.path}'`)
      if (sha256 <= last) throw invalid(this.#source, `'${entry.path}' is in it twice or out of order`)
      last = sha256
      await this.#take(entry, sha256)
      objects.set(sha256, rangeOf(entry))
    }
  }

  async #next(): Promise<FoundEntry> {
    const entry = await readTarEntry(this.#source, this.#at)
    if (entry === undefined) throw invalid(this.#source, `it ends without ${SUMS_NAME}`)
    return entry
  }

  /** Digests an entry; `expected` is left out for the manifest, which only the sums at the end vouch for. */
  async #take(entry: FoundEntry, expected: Sha256 | undefined): Promise<void> {
    const actual = await this.#digest(entry)
    if (expected !== undefined && actual !== expected) {
      throw invalid(this.#source, `'${entry.path}' has other bytes than its digest says`)
    }
    const line = sumLine(actual, entry.path)
    this.#sums.update(line)
    this.#sumsBytes += line.length
  }

  async #takeSums(entry: FoundEntry): Promise<void> {
    if (entry.sizeBytes !== this.#sumsBytes || (await this.#digest(entry)) !== this.#sums.digest()) {
      throw invalid(this.#source, `its ${SUMS_NAME} does not match what is in it`)
    }
  }

  async #digest({ start, sizeBytes, path }: FoundEntry): Promise<Sha256> {
    const hash = sha256Stream()
    await this.#read({ start, end: start + sizeBytes }, hash)
    const end = start + sizeBytes
    await this.#requireBytes(end, new Uint8Array(tarPadding(sizeBytes)), `what follows '${path}'`)
    this.#at = end + tarPadding(sizeBytes)
    return hash.digest()
  }

  async #read({ start, end }: ByteRange, hash: Sha256Stream): Promise<void> {
    for (let at = start; at < end;) {
      const count = await this.#source.file.read(this.#buffer.subarray(0, Math.min(READ_BYTES, end - at)), at)
      if (count === 0) throw invalid(this.#source, 'it is cut off')
      hash.update(this.#buffer.subarray(0, count))
      at += count
      this.#onSurvey(at, this.#source.sizeBytes)
    }
  }

  async #end(): Promise<void> {
    await this.#requireBytes(this.#at, TAR_END, 'its end')
    if (this.#at + TAR_END.length !== this.#source.sizeBytes) throw invalid(this.#source, 'something follows its end')
  }

  async #requireBytes(at: number, expected: Uint8Array, what: string): Promise<void> {
    const found = new Uint8Array(expected.length)
    const count = expected.length === 0 ? 0 : await this.#source.file.read(found, at)
    if (count < expected.length) throw invalid(this.#source, 'it is cut off')
    if (found.some((byte, index) => byte !== expected[index])) throw invalid(this.#source, `${what} is damaged`)
  }
}

function rangeOf({ start, sizeBytes }: FoundEntry): ByteRange {
  return { start, end: start + sizeBytes }
}
