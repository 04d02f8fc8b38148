/**
 * Takes the files of a run in: small ones onto the branch itself, the others into the store with a pointer on the
 * branch, and where there are many, as packs. Which is which is decided here, once, and written into the file list.
 */
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { packsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { packPath, treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEdit } from '../git/engine.ts'
import type { AddProgress, ArtifactStore, StoredObject } from './artifact-store.ts'
import { attributesText } from './attributes.ts'
import { chooseInline, findFiles } from './choose-inline.ts'
import type { CollectedFile } from './collect.ts'
import type { PackedObject } from './add-packs.ts'
import { planPacks } from './pack-plan.ts'
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

/** How to take files in. */
export interface RecordOptions {
  readonly onProgress?: (progress: AddProgress) => void
  /** What other files of the run take on the branch already. */
  readonly inlineBytes?: number
  /** Told of the files that go to the store before any of them is read; may refuse them. */
  readonly admit?: (files: readonly { readonly path: ArtifactPath; readonly sizeBytes: number }[]) => Promise<void>
  /** The path of the model, whose files are packed apart from others; absent when the run makes none. */
  readonly model?: ArtifactPath | undefined
}

/**
 * Takes files in. All that go to the store are durable when it returns.
 *
 * @throws `limit-exceeded`, `path-collision`, what `ArtifactStore.addFiles` and `chooseInline` refuse
 */
export async function recordFiles(
  store: ArtifactStore,
  collected: readonly CollectedFile[],
  options: RecordOptions = {},
): Promise<RecordedFiles> {
  parseArtifactPaths(collected.map((file) => file.path))
  const found = await findFiles(store.files, collected)
  const inline = await chooseInline(store.files, found, options.inlineBytes)
  const stored = found
    .filter((file) => !inline.has(file.path))
    .map((file) => ({ ...file, sizeBytes: file.stat.sizeBytes }))
  await options.admit?.(stored)
  const plans = planPacks(stored, options.model)
  const planned = new Set(plans.flat().map(({ path }) => path))
  const loose = stored.filter(({ path }) => !planned.has(path))
  const tell = joinedProgress(stored, options.onProgress)
  const packed = plans.length === 0 ? NO_PACKS : await store.addPacks(plans, tell.next())
  const objects = await store.addFiles(
    loose.map(({ absolute }) => absolute),
    tell.next(),
  )
  const pointers = loose.map(({ path }, index) => ({ path, object: objects[index] }))
  const files = [...[...inline].map(inlineFile), ...[...packed].map(packedFile), ...pointers.flatMap(pointerFile)]
  files.sort((left, right) => compareText(left.path, right.path))
  const taken = [...pointers, ...[...packed].map(([path, object]) => ({ path, object }))]
  return { files, inline, unreadable: new Map(taken.flatMap(unreadableEntry)) }
}

const NO_PACKS: ReadonlyMap<ArtifactPath, PackedObject> = new Map()

/** One progress of several additions, one after the other. */
function joinedProgress(
  all: readonly { readonly sizeBytes: number }[],
  onProgress: ((progress: AddProgress) => void) | undefined,
): { readonly next: () => (progress: AddProgress) => void } {
  const totalBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let last = { files: 0, bytes: 0 }
  return {
    next: () => {
      const before = last
      return ({ files, bytes }) => {
        last = { files: before.files + files, bytes: before.bytes + bytes }
        onProgress?.({ ...last, totalBytes })
      }
    },
  }
}

/** The edits that put files below `<folder>/files`, with the attributes that git-lfs needs beside it. */
export function fileEdits(
  folder: TreePath,
  files: readonly ArtifactFile[],
  inline: ReadonlyMap<ArtifactPath, Uint8Array>,
  kind: StoreKind,
): readonly TreeEdit[] {
  const own = files.filter(({ storage }) => storage.kind !== 'packed')
  const edits = own.map((file): TreeEdit => {
    const path = treePath(folder, `files/${file.path}`)
    return { kind: 'put', path, bytes: inline.get(file.path) ?? Buffer.from(pointerText(kind, file), 'utf8') }
  })
  edits.push(...packEdits(folder, files, kind))
  const attributes = attributesText(files, kind)
  if (attributes === undefined) return edits
  return [...edits, { kind: 'put', path: treePath(folder, '.gitattributes'), bytes: attributes }]
}

/** The edits that put pointers to the packs of files below `<folder>/packs`. */
export function packEdits(folder: TreePath, files: readonly ArtifactFile[], kind: StoreKind): readonly TreeEdit[] {
  return packsOf(files).map((pack) => {
    const bytes = Buffer.from(pointerText(kind, pack), 'utf8')
    return { kind: 'put', path: packPath(folder, pack.sha256), bytes }
  })
}

interface AddedFile {
  readonly path: ArtifactPath
  readonly object: StoredObject | undefined
}

function inlineFile([path, bytes]: readonly [ArtifactPath, Uint8Array]): ArtifactFile {
  return { path, sha256: sha256Of(bytes), sizeBytes: bytes.length, storage: { kind: 'inline' } }
}

function packedFile([path, object]: readonly [ArtifactPath, PackedObject]): ArtifactFile {
  const { sha256, sizeBytes, pack, offset } = object
  return { path, sha256, sizeBytes, storage: { kind: 'packed', pack, offset }, ...tensorsOf(object) }
}

function pointerFile({ path, object }: AddedFile): readonly ArtifactFile[] {
  if (object === undefined) return []
  const { sha256, sizeBytes } = object
  return [{ path, sha256, sizeBytes, storage: { kind: 'pointer' }, ...tensorsOf(object) }]
}

function tensorsOf({ tensors }: StoredObject): Pick<ArtifactFile, 'tensors'> {
  return tensors?.kind === 'tensors' ? { tensors: tensors.tensors } : {}
}

function unreadableEntry({ path, object }: AddedFile): readonly (readonly [ArtifactPath, string])[] {
  return object?.tensors?.kind === 'unreadable' ? [[path, object.tensors.problem]] : []
}
