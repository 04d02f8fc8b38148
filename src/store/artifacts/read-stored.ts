/**
 * Reads the bytes of one recorded file out of the artifact store, whole. For what is small; not believed until
 * digested.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { readPacked } from './read-packed.ts'

/** Reads a file that is not on the branch itself. @throws what the disk does, such as `ENOENT` */
export async function readStored(
  { files, path }: Pick<ArtifactStore, 'files' | 'path'>,
  { sha256, sizeBytes, storage }: ArtifactFile,
): Promise<Uint8Array> {
  if (storage.kind !== 'packed') return files.readFile(path(sha256))
  let found = new Uint8Array()
  await readPacked(files, path(storage.pack.sha256), [{ offset: storage.offset, sizeBytes }], (_, bytes) => {
    found = bytes.slice()
    return Promise.resolve()
  })
  return found
}
