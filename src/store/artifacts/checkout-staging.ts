/**
 * Gathers the bytes of a checkout in a private folder, each checked against its digest as it is copied.
 */
import { dirname, join } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { AddProgress, ArtifactStore } from './artifact-store.ts'
import type { PlannedFile } from './checkout-plan.ts'
import { forEachAtOnce } from './at-once.ts'
import { copyAll } from './copy-pool.ts'
import type { SizedTask } from './copy-pool.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { stagePacked } from './stage-packed.ts'

/** Files that wait to be moved. */
export interface StagedFiles {
  /** Holds every file at its path. */
  readonly tree: string
}

/** What a program that creates a file asks for; the user's umask takes its part away. */
const FILE_PERMISSIONS = 0o666

const DIRECT_PERMISSION_BITS = 0o777

/** Smaller files go through memory: the disk, not the digest, is what they wait for. */
const SMALL_BYTES = 1024 * 1024
const SMALL_AT_ONCE = 16

/**
 * Puts every file of a plan below `<folder>/tree`.
 *
 * @throws `object-damaged`, `size-mismatch`, `digest-mismatch`, and the disk's refusals
 */
export async function stageFiles(
  store: ArtifactStore,
  plan: readonly PlannedFile[],
  folder: string,
  onProgress: (progress: AddProgress) => void = () => undefined,
): Promise<StagedFiles> {
  const { files } = store
  const tree = join(folder, 'tree')
  await makeFolders(files, tree, plan)
  const permissions = await usualPermissions(files, join(folder, 'permissions'))
  const totalBytes = plan.reduce((sum, file) => sum + file.sizeBytes, 0)
  const progress = { files: 0, bytes: 0 }
  const tell = (file: PlannedFile) => {
    progress.files += 1
    progress.bytes += file.sizeBytes
    onProgress({ ...progress, totalBytes })
  }
  const packed = plan.flatMap((file) => (file.source.kind === 'packed' ? [{ file, source: file.source }] : []))
  await stagePacked(store, packed, async (file, bytes) => {
    await writeNew(files, join(tree, file.path), bytes)
    tell(file)
  })
  await forEachAtOnce(plan.filter(isSmall), SMALL_AT_ONCE, async (file) => {
    await writeChecked(files, join(tree, file.path), { file, bytes: await readSmall(store, file) })
    tell(file)
  })
  const tasks: StageTask[] = []
  for (const file of plan.filter(isLarge)) {
    const task = taskFor(store, file, { target: join(tree, file.path), permissions })
    if (await copyKnown(store, task)) tell(file)
    else tasks.push(task)
  }
  await copyAll(files, tasks, async (task, copied) => {
    checkBytes(task.file, copied)
    await store.remember({ stat: copied.after, sha256: copied.sha256 }, copied.startedAt)
    tell(task.file)
  })
  return { tree }
}

interface StageTask extends SizedTask {
  readonly file: PlannedFile
}

function taskFor(
  store: ArtifactStore,
  file: PlannedFile,
  to: { readonly target: string; readonly permissions: number },
): StageTask {
  const source = store.path(file.sha256)
  return { ...to, file, source, sizeBytes: file.sizeBytes, durable: false, tensors: false }
}

async function makeFolders(files: Files, tree: string, plan: readonly PlannedFile[]): Promise<void> {
  const folders = new Set(plan.map((file) => dirname(join(tree, file.path))))
  for (const folder of folders) await files.makeFolder(folder)
}

/** What the umask leaves of the permissions of a new file: a clone would bring those of the store's object. */
async function usualPermissions(files: Files, path: string): Promise<number> {
  const file = await files.open(path, 'create', FILE_PERMISSIONS)
  try {
    return (await file.stat()).mode & DIRECT_PERMISSION_BITS
  } finally {
    await file.close()
  }
}

/** Tells whether a file of its own is read into memory; the size of an object was checked before. */
function isSmall({ source, sizeBytes }: PlannedFile): boolean {
  return source.kind === 'inline' || (source.kind === 'store' && sizeBytes < SMALL_BYTES)
}

function isLarge({ source, sizeBytes }: PlannedFile): boolean {
  return source.kind === 'store' && sizeBytes >= SMALL_BYTES
}

function readSmall(store: ArtifactStore, { source, sha256 }: PlannedFile): Promise<Uint8Array> {
  return source.kind === 'inline' ? source.read() : store.files.readFile(store.path(sha256))
}

async function writeChecked(
  files: Files,
  target: string,
  { file, bytes }: { readonly file: PlannedFile; readonly bytes: Uint8Array },
): Promise<void> {
  checkBytes(file, { sha256: sha256Of(bytes), sizeBytes: bytes.length })
  await writeNew(files, target, bytes)
}

async function writeNew(files: Files, target: string, bytes: Uint8Array): Promise<void> {
  const open = await files.open(target, 'create', FILE_PERMISSIONS)
  try {
    await open.write(bytes)
  } finally {
    await open.close()
  }
}

/**
 * Copies an object that has not changed since it was digested, before or during the copying: the system copies faster
 * than anything can hash, and by reference where it can. Returns false when the object must be read.
 */
async function copyKnown(store: ArtifactStore, task: StageTask): Promise<boolean> {
  const { sha256, sizeBytes } = task.file
  if (!(await store.knows(sha256, sizeBytes))) return false
  await withDiskFailures(task.target, 'writing', async () => {
    await store.files.copy(task.source, task.target)
    await store.files.setMode(task.target, task.permissions)
  })
  const copied = await store.files.lstat(task.target)
  if (copied?.sizeBytes === sizeBytes && (await store.knows(sha256, sizeBytes))) return true
  await store.files.remove(task.target)
  return false
}

/** Bytes of the store that do not match their name are damage; bytes of the branch, a record that is wrong. */
function checkBytes({ path, sha256, sizeBytes, source }: PlannedFile, found: HashedBytes): void {
  if (found.sha256 === sha256 && found.sizeBytes === sizeBytes) return
  if (source.kind === 'store') {
    throw refuse('object-damaged', { what: 'artifact', id: sha256, problem: `its bytes have digest ${found.sha256}` })
  }
  if (found.sizeBytes !== sizeBytes)
    throw refuse('size-mismatch', { path, expected: sizeBytes, actual: found.sizeBytes })
  throw refuse('digest-mismatch', { path, expected: sha256, actual: found.sha256 })
}
