/**
 * Parts of files straight from a store, wherever the file is in it: an object of its own, or a part of a pack.
 */
import { sha256Of } from '../../base/digest.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { refuse } from '../../domain/failure.ts'
import type { ArtifactTransfer } from '../../remote/artifact-transfer.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import type { FileRange } from '../../store/artifacts/tensor-part.ts'

type Chunks = AsyncIterable<Uint8Array>

/** Hands part of a file to `use`; started again as `ArtifactTransfer.read` is. @throws as that */
export type PartReader = <Result>(range: FileRange, use: (chunks: Chunks) => Promise<Result>) => Promise<Result>

/** Reads parts of a file of the store. */
export function partReader(transfer: ArtifactTransfer, { sha256, sizeBytes, storage }: ArtifactFile): PartReader {
  const [object, at] = storage.kind === 'packed' ? [storage.pack, storage.offset] : [{ sha256, sizeBytes }, 0]
  return ({ start, end }, use) =>
    end === start ? use(nothing()) : transfer.read(object, { start: at + start, end: at + end }, use)
}

/** Brings one file of a pack into the store of this clone, as an object of its own. @throws `digest-mismatch` */
export async function bringPart(store: ArtifactStore, transfer: ArtifactTransfer, file: ArtifactFile): Promise<void> {
  await partReader(transfer, file)({ start: 0, end: file.sizeBytes }, async (chunks) => {
    const bytes = await collect(chunks)
    const actual = sha256Of(bytes)
    if (actual !== file.sha256) throw refuse('digest-mismatch', { path: file.path, expected: file.sha256, actual })
    await store.addBytes(bytes)
  })
}

/** All chunks as one. */
export async function collect(chunks: Chunks): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

async function* nothing(): Chunks {
  // A tensor with a dimension of zero has no bytes.
}
