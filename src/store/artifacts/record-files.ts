/**
 * Takes the files of a run in: small ones onto the branch itself, the others into the store with a pointer on the
 * branch. Which is which is decided here, once, and written into the file list.
 */
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEdit } from '../git/engine.ts'
import type { AddProgress, ArtifactStore, StoredObject } from './artifact-store.ts'
import { attributesText } from './attributes.ts'
import { chooseInline } from './choose-inline.ts'
import type { CollectedFile } from './collect.ts'
import { pointerText } from './pointer.ts'

/** The files of a run, taken in. */
export interface RecordedFiles {
  /** Sorted by path bytes. */
  readonly files: readonly ArtifactFile[]
  /** The bytes of those that stand on the branch. */
  readonly inline: ReadonlyMap<ArtifactPath, Uint8Array>
  /** Weights files whose tensors could not be read, and why; they are recorded without. */
  readonly unreadable: ReadonlyMap<ArtifactPath, string>
}

/**
 * Takes files in. All that go to the store are durable when it returns.
 *
 * @param options `inlineBytes` is what other files of the run take on the branch already
 * @throws `limit-exceeded`, `path-collision`, what `ArtifactStore.addFiles` and `chooseInline` refuse
 */
export async function recordFiles(
  store: ArtifactStore,
  collected: readonly CollectedFile[],
  options: { readonly onProgress?: (progress: AddProgress) => void; readonly inlineBytes?: number } = {},
): Promise<RecordedFiles> {
  parseArtifactPaths(collected.map((file) => file.path))
  const inline = await chooseInline(store.files, collected, options.inlineBytes)
  const stored = collected.filter((file) => !inline.has(file.path))
  const paths = stored.map((file) => file.absolute)
  const objects = await store.addFiles(paths, options.onProgress)
  const pointers = stored.map((file, index) => ({ path: file.path, object: objects[index] }))
  const files = [...[...inline].map(inlineFile), ...pointers.flatMap(pointerFile)]
  files.sort((left, right) => compareText(left.path, right.path))
  return { files, inline, unreadable: new Map(pointers.flatMap(unreadableEntry)) }
}

/** The edits that put files below `<folder>/files`, with the attributes that git-lfs needs beside it. */
export function fileEdits(
  folder: TreePath,
  files: readonly ArtifactFile[],
  inline: ReadonlyMap<ArtifactPath, Uint8Array>,
  kind: StoreKind,
): readonly TreeEdit[] {
  const edits = files.map((file): TreeEdit => {
    const path = treePath(folder, `files/${file.path}`)
    return { kind: 'put', path, bytes: inline.get(file.path) ?? Buffer.from(pointerText(kind, file), 'utf8') }
  })
  const attributes = attributesText(files, kind)
  if (attributes === undefined) return edits
  return [...edits, { kind: 'put', path: treePath(folder, '.gitattributes'), bytes: attributes }]
}

interface AddedFile {
  readonly path: ArtifactPath
  readonly object: StoredObject | undefined
}

function inlineFile([path, bytes]: readonly [ArtifactPath, Uint8Array]): ArtifactFile {
  return { path, sha256: sha256Of(bytes), sizeBytes: bytes.length, storage: 'inline' }
}

function pointerFile({ path, object }: AddedFile): readonly ArtifactFile[] {
  if (object === undefined) return []
  const { sha256, sizeBytes, tensors } = object
  const read = tensors?.kind === 'tensors' ? { tensors: tensors.tensors } : {}
  return [{ path, sha256, sizeBytes, storage: 'pointer', ...read }]
}

function unreadableEntry({ path, object }: AddedFile): readonly (readonly [ArtifactPath, string])[] {
  return object?.tensors?.kind === 'unreadable' ? [[path, object.tensors.problem]] : []
}
