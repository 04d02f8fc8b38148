/**
 * Worlds for tests of the artifact store: a git folder with a store, and a worktree beside it, on the real disk or in
 * memory.
 */
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Entropy } from '../../../src/base/clock.ts'
import { parseArtifactPath } from '../../../src/domain/artifact-path.ts'
import type { ArtifactPath } from '../../../src/domain/artifact-path.ts'
import type { StoreKind } from '../../../src/domain/branch.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { openArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import type { ArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import type { PlannedFile } from '../../../src/store/artifacts/checkout-plan.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { temporaryFolder } from '../../support/repository.ts'

/** A store and a folder of files to put into it. */
export interface ArtifactWorld {
  readonly files: Files
  /** The common git folder. */
  readonly git: string
  /** The worktree. */
  readonly work: string
  readonly store: ArtifactStore
  /** Opens the store again, as the next command would, on this disk or on another view of it. */
  readonly reopen: (files?: Files, kind?: StoreKind) => ArtifactStore
  /** Writes a file below the worktree and returns its absolute path. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<string>
}

/** Real random names, so that no two temporary files meet. */
export const entropy: Entropy = { randomBytes: (count) => randomBytes(count) }

/** A world on the real disk. */
export function diskWorld(kind: StoreKind = 'lfs'): Promise<ArtifactWorld> {
  return worldAt(nodeFiles, temporaryFolder(), kind)
}

/** A world in memory. */
export function memoryWorld(kind: StoreKind = 'lfs'): Promise<ArtifactWorld> {
  return worldAt(memoryFiles(), '/world', kind)
}

/** Both kinds of disk, for suites that hold on either. */
export const worlds = [
  { disk: 'the real disk', makeWorld: diskWorld },
  { disk: 'a disk in memory', makeWorld: memoryWorld },
] as const

async function worldAt(files: Files, root: string, kind: StoreKind): Promise<ArtifactWorld> {
  const [git, work] = [join(root, 'repo/.git'), join(root, 'repo')]
  await files.makeFolder(git)
  const reopen = (disk = files, as = kind) => openArtifactStore(git, disk, { kind: as, entropy })
  const write = async (path: string, content: string | Uint8Array) => {
    const absolute = join(work, path)
    await files.makeFolder(dirname(absolute))
    await files.remove(absolute)
    const file = await files.open(absolute, 'create')
    await file.write(typeof content === 'string' ? Buffer.from(content) : content)
    await file.close()
    return absolute
  }
  return { files, git, work, store: reopen(), reopen, write }
}

/** The code and first line of what is refused; fails when nothing is. */
export async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (caught) {
    if (caught instanceof Failure) return `${caught.code}: ${caught.message}`
    throw caught
  }
  throw new Error('expected a refusal, but nothing was refused')
}

/** Everything below a real folder, one line an entry: kind, mode, links, and content or target. */
export function listing(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name)
      const stat = lstatSync(join(folder, path))
      if (stat.isDirectory()) return [`${path}/`, ...listing(folder, path)]
      if (stat.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(folder, path))}`]
      if (!stat.isFile()) return [`${path} (special)`]
      return [`${path} ${(stat.mode & 0o777).toString(8)} ${sha256Of(readFileSync(join(folder, path))).slice(0, 8)}`]
    })
}

/** A planned file whose bytes are on the branch. */
export function inline(path: string, content: string): PlannedFile {
  return { ...described(path, content), source: { kind: 'inline', read: () => Promise.resolve(Buffer.from(content)) } }
}

/** A planned file whose bytes are in the store; they are added. */
export async function stored(store: ArtifactStore, path: string, content: string): Promise<PlannedFile> {
  await store.addBytes(Buffer.from(content))
  return { ...described(path, content), source: { kind: 'store' } }
}

function described(path: string, content: string): Omit<PlannedFile, 'source'> {
  return { path: parseArtifactPath(path), sha256: sha256Of(content), sizeBytes: Buffer.byteLength(content) }
}

/** A path no parser would let through, as a hostile branch may hold. */
export function hostile(path: string): ArtifactPath {
  return path as ArtifactPath
}

/** Writes a real file with its folders. */
export function writeReal(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** Waits until a new file would get a later time than this one has. */
export async function untilClockMoves(files: Files, path: string): Promise<void> {
  const before = (await files.lstat(path))?.changedNs ?? 0n
  for (let now = before; now <= before;) {
    writeFileSync(`${path}.clock`, '')
    now = (await files.lstat(`${path}.clock`))?.changedNs ?? 0n
    await files.remove(`${path}.clock`)
  }
}
