/**
 * Writes the files of a code tree into a folder as they were on the disk: blobs, or what the recorded forms make of
 * them. No configuration and no filter has a say, but for files whose smudge filter was recorded.
 */
import { dirname, join } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import type { Oid } from '../../domain/oid.ts'
import { rootPath } from '../../domain/tree-path.ts'
import { copyFile } from '../artifacts/copy-file.ts'
import { lfsObjectPath, objectPath } from '../artifacts/object-layout.ts'
import { parsePointer } from '../artifacts/pointer.ts'
import type { Pointer } from '../artifacts/pointer.ts'
import type { Files } from '../files/files.ts'
import type { TreeFile } from '../git/engine.ts'
import type { ObjectQueries } from '../git/object-queries.ts'
import type { CodeForms } from './code-forms.ts'

/** How to restore a tree. */
export interface RestorePlan {
  readonly tree: Oid
  readonly forms: CodeForms
  /** Files whose bytes no rule gives, by path. */
  readonly raw: ReadonlyMap<string, Oid>
  /** An absolute folder that is there; files already in it are not overwritten. */
  readonly folder: string
  /** The git folders whose stores may have the objects of LFS pointers. */
  readonly commonDir: string
  /** What the smudge filter makes of a blob; asked after all other files are in place. */
  readonly smudge: (path: string, blob: Oid) => Promise<Uint8Array>
}

/** What was written. */
export interface RestoredTree {
  readonly fileCount: number
  /** Path and commit of each submodule, whose folder was made and left empty. */
  readonly submodules: readonly TreeFile[]
  /** Files that are not byte for byte what they were, one sentence each. */
  readonly inexact: readonly string[]
}

const FILE = 0o666
const EXECUTABLE = 0o777

/** Every entry below the root of a tree, in git's order. @throws `object-missing`, `tree-invalid` */
export async function listTree(objects: ObjectQueries, tree: Oid): Promise<readonly TreeFile[]> {
  const found: TreeFile[] = []
  for (const { name, kind, oid } of await objects.readTree(tree)) {
    if (kind !== 'tree') found.push({ path: name, kind, oid })
    else {
      for (const file of await objects.listFiles(tree, rootPath(name))) {
        found.push({ ...file, path: `${name}/${file.path}` })
      }
    }
  }
  return found
}

/** Writes a tree. @throws `object-missing`, `tree-invalid`, and the disk's errors */
export async function restoreTree(files: Files, objects: ObjectQueries, plan: RestorePlan): Promise<RestoredTree> {
  const entries = await listTree(objects, plan.tree)
  const writer = new TreeWriter(files, plan)
  const isPlain = ({ path, kind }: TreeFile) =>
    (kind === 'file' || kind === 'executable') && !plan.forms.filtered.has(path)
  await writer.writeAll(objects, entries.filter(isPlain))
  for (const entry of entries) if (plan.forms.filtered.has(entry.path)) await writer.writeFiltered(entry)
  const submodules = entries.filter(({ kind }) => kind === 'gitlink')
  for (const { path } of submodules) await files.makeFolder(join(plan.folder, path))
  // The last: what is written before cannot be led elsewhere by a link of the tree.
  for (const { path, oid, kind } of entries) {
    if (kind === 'symlink') await writer.writeSymlink(path, await objects.readBlob(oid))
  }
  return { fileCount: entries.length - submodules.length, submodules, inexact: writer.inexact }
}

class TreeWriter {
  readonly inexact: string[] = []
  readonly #files: Files
  readonly #plan: RestorePlan
  readonly #crlf: ReadonlySet<string>
  readonly #lfs: ReadonlySet<string>
  readonly #folders = new Set<string>()

  constructor(files: Files, plan: RestorePlan) {
    this.#files = files
    this.#plan = plan
    this.#crlf = new Set(plan.forms.crlf)
    this.#lfs = new Set(plan.forms.lfs)
  }

  async writeAll(objects: ObjectQueries, entries: readonly TreeFile[]): Promise<void> {
    const blobs = entries.map(({ path, oid }) => this.#plan.raw.get(path) ?? oid)
    let next = 0
    for await (const bytes of objects.readBlobs(blobs)) {
      const entry = entries[next]
      next += 1
      if (entry !== undefined) await this.#writeFormed(entry, bytes)
    }
  }

  async writeFiltered({ path, oid, kind }: TreeFile): Promise<void> {
    const bytes = await this.#plan.smudge(path, oid)
    if (sha256Of(bytes) !== this.#plan.forms.filtered.get(path)) {
      this.inexact.push(`${path}: its filter gives other bytes here than it gave then`)
    }
    await this.#write(path, bytes, permissionsOf(kind))
  }

  async writeSymlink(path: string, target: Uint8Array): Promise<void> {
    await this.#makeFolderOf(path)
    await this.#files.makeSymlink(Buffer.from(target).toString('utf8'), join(this.#plan.folder, path))
  }

  async #writeFormed({ path, kind }: TreeFile, bytes: Uint8Array): Promise<void> {
    if (this.#plan.raw.has(path)) return this.#write(path, bytes, permissionsOf(kind))
    if (this.#crlf.has(path)) return this.#write(path, withCarriageReturns(bytes), permissionsOf(kind))
    const pointer = this.#lfs.has(path) ? parsePointer(bytes) : undefined
    if (pointer !== undefined && (await this.#copyObject(path, pointer, permissionsOf(kind)))) return
    if (pointer !== undefined) {
      this.inexact.push(`${path}: its Git LFS object is not in this clone, so the pointer stands there`)
    }
    await this.#write(path, bytes, permissionsOf(kind))
  }

  async #copyObject(path: string, pointer: Pointer, permissions: number): Promise<boolean> {
    const target = join(this.#plan.folder, path)
    await this.#makeFolderOf(path)
    for (const source of [objectPath, lfsObjectPath].map((at) => at(this.#plan.commonDir, pointer.sha256))) {
      const stat = await this.#files.stat(source)
      if (stat?.kind !== 'file' || stat.sizeBytes !== pointer.sizeBytes) continue
      const task = { source, target, permissions: FILE, durable: false, tensors: false }
      if ((await copyFile(this.#files, task)).sha256 === pointer.sha256) {
        await this.#files.setMode(target, permissions & ~(await this.#umask(path)))
        return true
      }
      await this.#files.remove(target)
    }
    return false
  }

  /** The bits the system takes from new files, seen on one it just made: a clone has the very mode it was given. */
  async #umask(path: string): Promise<number> {
    const probe = join(this.#plan.folder, dirname(path), '.mlv-umask')
    const file = await this.#files.open(probe, 'create', EXECUTABLE)
    try {
      return EXECUTABLE & ~(await file.stat()).mode
    } finally {
      await file.close()
      await this.#files.remove(probe)
    }
  }

  async #write(path: string, bytes: Uint8Array, permissions: number): Promise<void> {
    await this.#makeFolderOf(path)
    const file = await this.#files.open(join(this.#plan.folder, path), 'create', permissions)
    try {
      await file.write(bytes)
    } finally {
      await file.close()
    }
  }

  async #makeFolderOf(path: string): Promise<void> {
    const folder = dirname(path)
    if (folder === '.' || this.#folders.has(folder)) return
    await this.#files.makeFolder(join(this.#plan.folder, folder))
    this.#folders.add(folder)
  }
}

function permissionsOf(kind: TreeFile['kind']): number {
  return kind === 'executable' ? EXECUTABLE : FILE
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** Puts a carriage return before every line feed. */
function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  const feeds = bytes.reduce((count, byte) => (byte === LINE_FEED ? count + 1 : count), 0)
  const written = new Uint8Array(bytes.length + feeds)
  let at = 0
  for (const byte of bytes) {
    if (byte === LINE_FEED) written[at++] = CARRIAGE_RETURN
    written[at++] = byte
  }
  return written
}
