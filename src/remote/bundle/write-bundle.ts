/**
 * Writes a bundle: beside its place, digested and synced, then renamed, so that whoever copies it to a stick copies all
 * of it or nothing. Memory does not grow with what goes in.
 */
import { dirname } from 'node:path'
import { sha256Of, sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { Entropy } from '../../base/clock.ts'
import { TAR_END, tarEntryBytes, tarHeader, tarPadding } from '../../base/tar-header.ts'
import { refuse } from '../../domain/failure.ts'
import { steadyWriter } from '../../store/artifacts/steady-writer.ts'
import type { SteadyWriter } from '../../store/artifacts/steady-writer.ts'
import { encodeBundle } from '../../store/documents/bundle-manifest.ts'
import type { BundleManifest } from '../../store/documents/bundle-manifest.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { Files } from '../../store/files/files.ts'
import { readFileRange } from '../read-file-range.ts'
import { HISTORY_NAME, MANIFEST_NAME, objectName, SUMS_NAME, sumLine } from './bundle-layout.ts'

/** A file of the disk that goes into a bundle. */
export interface BundledFile {
  /** Absolute. */
  readonly path: string
  readonly sha256: Sha256
  readonly sizeBytes: number
}

/** What goes into a bundle. */
export interface BundleContent {
  readonly refs: BundleManifest['refs']
  readonly prerequisites: BundleManifest['prerequisites']
  readonly history: BundledFile | undefined
  /** Each once. */
  readonly objects: readonly BundledFile[]
}

/** Where a bundle is written, and who watches. */
export interface BundleWriting {
  readonly files: Files
  readonly entropy: Entropy
  /** Called with the bytes of artifacts written since the last call. */
  readonly onBytes: (bytes: number) => void
  /** Called when an artifact is in. */
  readonly onObject: () => void
}

const NAME_BYTES = 6

/** Writes a bundle, over a file that is there, and returns its size. @throws `object-damaged`, the disk's refusals */
export async function writeBundle(writing: BundleWriting, target: string, content: BundleContent): Promise<number> {
  const { files, entropy } = writing
  const beside = `${target}.${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}.part`
  return withDiskFailures(target, 'writing', async () => {
    try {
      const sizeBytes = await writeTar(writing, beside, content)
      await files.rename(beside, target)
      await files.syncFolder(dirname(target))
      return sizeBytes
    } catch (caught) {
      // What is told is why it failed, also when the disk refuses the cleaning up.
      await files.remove(beside).catch(() => undefined)
      throw caught
    }
  })
}

async function writeTar(writing: BundleWriting, path: string, content: BundleContent): Promise<number> {
  const { refs, prerequisites, history } = content
  const objects = [...content.objects].sort((left, right) => (left.sha256 < right.sha256 ? -1 : 1))
  const totals = { count: objects.length, sizeBytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
  const manifest = encodeBundle({ refs, prerequisites, history, objects: totals })
  const file = await writing.files.open(path, 'create')
  const tar = new TarWriter(writing, steadyWriter(file, true))
  try {
    await tar.bytes(MANIFEST_NAME, manifest)
    if (history !== undefined) await tar.file(HISTORY_NAME, history, () => undefined)
    for (const object of objects) {
      await tar.file(objectName(object.sha256), object, writing.onBytes)
      writing.onObject()
    }
    return await tar.finish()
  } finally {
    await tar.settle()
    await file.close()
  }
}

/** Lives as long as one tar file is written; keeps the digests of what went in. */
class TarWriter {
  readonly #writing: BundleWriting
  readonly #writer: SteadyWriter
  readonly #sums: Uint8Array[] = []
  #sizeBytes = 0

  constructor(writing: BundleWriting, writer: SteadyWriter) {
    this.#writing = writing
    this.#writer = writer
  }

  async bytes(name: string, bytes: Uint8Array): Promise<void> {
    await this.#begin(name, bytes.length)
    await this.#writer.write(bytes)
    await this.#end(name, bytes.length, sha256Of(bytes))
  }

  async file(name: string, { path, sha256, sizeBytes }: BundledFile, onBytes: (bytes: number) => void): Promise<void> {
    await this.#begin(name, sizeBytes)
    const hash = sha256Stream()
    let count = 0
    for await (const chunk of readFileRange(this.#writing.files, path, { start: 0, end: sizeBytes })) {
      hash.update(chunk)
      count += chunk.length
      await this.#writer.write(chunk)
      onBytes(chunk.length)
    }
    // Bytes that are not those recorded do not leave this machine under their name.
    if (count !== sizeBytes || hash.digest() !== sha256) {
      throw refuse('object-damaged', { what: 'artifact', id: sha256, problem: 'its bytes have another digest' })
    }
    await this.#end(name, sizeBytes, sha256)
  }

  /** Ends the tar file; its size. */
  async finish(): Promise<number> {
    await this.bytes(SUMS_NAME, Buffer.concat(this.#sums))
    await this.#writer.write(TAR_END)
    await this.#writer.finish()
    return this.#sizeBytes + TAR_END.length
  }

  settle(): Promise<void> {
    return this.#writer.settle()
  }

  async #begin(name: string, sizeBytes: number): Promise<void> {
    await this.#writer.write(tarHeader({ path: name, sizeBytes }))
  }

  async #end(name: string, sizeBytes: number, sha256: Sha256): Promise<void> {
    await this.#writer.write(new Uint8Array(tarPadding(sizeBytes)))
    this.#sums.push(sumLine(sha256, name))
    this.#sizeBytes += tarEntryBytes({ path: name, sizeBytes })
  }
}
