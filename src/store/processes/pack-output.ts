/**
 * Makes artifacts of what a command printed: secrets taken out, what was left out told in its place, compressed.
 */
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { CollectedFile } from '../artifacts/collect.ts'
import type { Files } from '../files/files.ts'
import type { SecretMask } from '../inputs/secret-mask.ts'
import { findKeptOutput } from './kept-output.ts'
import type { KeptPieces } from './kept-output.ts'

/** The folder of output below that of a run, and below the artifacts of one. */
export const OUTPUT_FOLDER = 'output'

/** Output ready to be recorded. */
export interface PackedOutput {
  readonly files: readonly CollectedFile[]
  /** What a person should know about it, one phrase each. */
  readonly told: readonly string[]
}

const STREAMS = ['stdout', 'stderr', 'terminal']
const CHUNK_BYTES = 64 * 1024

/** Packs the output in a run folder, each stream beside its source. Doing it again replaces what was packed. */
export async function packOutput(files: Files, runFolder: string, mask: SecretMask): Promise<PackedOutput> {
  const folder = join(runFolder, OUTPUT_FOLDER)
  const collected: CollectedFile[] = []
  const told: string[] = []
  for (const stream of STREAMS) {
    const kept = await findKeptOutput(files, folder, `${stream}.log`)
    if (kept === undefined) continue
    const name = `${stream}.txt.gz`
    await packStream(files, join(folder, name), kept, mask)
    collected.push({ path: parseArtifactPath(`${OUTPUT_FOLDER}/${name}`), absolute: join(folder, name) })
    if (kept.omittedBytes > 0) told.push(`${kept.omittedBytes} bytes in the middle of ${stream} were not kept`)
  }
  if (mask.count() > 0)
    told.push(
      mask.count() === 1 ? '1 secret in the output was masked' : `${mask.count()} secrets in the output were masked`,
    )
  return { files: collected, told }
}

async function packStream(files: Files, path: string, kept: KeptPieces, mask: SecretMask): Promise<void> {
  await files.remove(path)
  const target = await files.open(path, 'create', PRIVATE)
  try {
    const gzip = createGzip()
    const source = Readable.from(mask.stream(keptBytes(files, kept)))
    source.on('error', (error) => gzip.destroy(error))
    for await (const chunk of source.pipe(gzip)) {
      if (chunk instanceof Uint8Array) await target.write(chunk)
    }
  } finally {
    await target.close()
  }
}

const PRIVATE = 0o600

async function* keptBytes(files: Files, kept: KeptPieces): AsyncGenerator<Uint8Array, void, undefined> {
  yield* fileBytes(files, kept.head)
  if (kept.omittedBytes > 0) yield Buffer.from(`\n[mlv: ${kept.omittedBytes} bytes were not kept]\n`)
  for (const path of kept.tail) yield* fileBytes(files, path)
}

async function* fileBytes(files: Files, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await files.open(path, 'read')
  try {
    for (let position = 0; ;) {
      const buffer = Buffer.alloc(CHUNK_BYTES)
      const count = await file.read(buffer, position)
      if (count === 0) return
      position += count
      yield buffer.subarray(0, count)
    }
  } finally {
    await file.close()
  }
}
