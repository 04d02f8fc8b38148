/**
 * Looks a destination over before anything is written: where files may go, which are there already, and what would be
 * lost.
 */
import { basename, dirname, join, sep } from 'node:path'
import type { StoredBytes } from '../../domain/artifact.ts'
import { parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { forEachAtOnce, mapAtOnce } from './at-once.ts'
import { neededObject } from './checkout-plan.ts'
import type { PlannedFile, PlaceOptions } from './checkout-plan.ts'
import { isUnchanged } from './digest-file.ts'
import { linkTarget } from './link-target.ts'

/** A file to write, with what stood there when the destination was looked over. */
export interface Target {
  readonly file: PlannedFile
  readonly previous: FileStat | undefined
}

/** What was found. */
export interface Survey {
  /** Whether the destination does not exist yet. */
  readonly isFresh: boolean
  readonly pending: readonly Target[]
  readonly unchanged: ReadonlySet<ArtifactPath>
}

const AT_ONCE = 16

/**
 * Checks a plan against its destination and its sources.
 *
 * @throws what `parseArtifactPaths` refuses, `path-git-control`, `destination-symlink`, `destination-occupied`,
 * `destination-changed`, `object-missing`, `object-damaged`, `size-mismatch`
 */
export async function surveyDestination(
  store: ArtifactStore,
  plan: readonly PlannedFile[],
  destination: string,
  options: PlaceOptions,
): Promise<Survey> {
  parseArtifactPaths(plan.map((file) => file.path))
  const isFresh = await checkDestination(store.files, destination)
  const folders = new FolderCheck(store.files, destination)
  const found = await mapAtOnce(plan, AT_ONCE, async (file) => {
    if (isFresh) return { file, state: 'absent', previous: undefined } as const
    await folders.check(file.path)
    return { file, ...(await stateOf(store, file, destination, options)) }
  })
  const changed = found.filter(({ state }) => state === 'changed').map(({ file }) => file.path)
  if (changed.length > 0) throw refuse('destination-changed', { paths: changed })
  const pending = found.filter(({ state }) => state !== 'equal')
  await checkSources(
    store,
    pending.map(({ file }) => file),
  )
  const unchanged = new Set(found.filter(({ state }) => state === 'equal').map(({ file }) => file.path))
  return { isFresh, pending: pending.map(({ file, previous }) => ({ file, previous })), unchanged }
}

/** Tells whether a thing that stands where a file goes is still what was found there. */
export function isSameThing(before: FileStat | undefined, now: FileStat | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return before.inode === now.inode && before.kind === now.kind && isUnchanged(before, now)
}

/** Tells whether the destination is absent. It may not be a link, nor lie in a git folder: files there are commands. */
async function checkDestination(files: Files, destination: string): Promise<boolean> {
  const real = await realPathOf(files, destination)
  if (real.split(sep).some((name) => name.toLowerCase() === '.git')) {
    throw refuse('path-git-control', { path: destination })
  }
  const stat = await files.lstat(destination)
  if (stat?.kind === 'symlink') {
    throw refuse('destination-symlink', { path: destination, target: await linkTarget(files, destination) })
  }
  if (stat !== undefined && stat.kind !== 'folder') {
    throw refuse('destination-occupied', { path: destination, found: nameOf(stat) })
  }
  return stat === undefined
}

/** The real path of a folder, as far as it exists. */
async function realPathOf(files: Files, path: string): Promise<string> {
  const parent = dirname(path)
  if (parent === path || (await files.stat(path)) !== undefined) return files.realPath(path)
  return join(await realPathOf(files, parent), basename(path))
}

/** Checks that every folder on the way to a file is a real folder or absent; each folder once. */
class FolderCheck {
  readonly #files: Files
  readonly #destination: string
  readonly #checked = new Map<string, Promise<boolean>>()

  constructor(files: Files, destination: string) {
    this.#files = files
    this.#destination = destination
  }

  async check(path: ArtifactPath): Promise<void> {
    await this.#exists(dirname(path))
  }

  #exists(folder: string): Promise<boolean> {
    const known = this.#checked.get(folder) ?? this.#look(folder)
    this.#checked.set(folder, known)
    return known
  }

  async #look(folder: string): Promise<boolean> {
    if (folder === '.') return true
    if (!(await this.#exists(dirname(folder)))) return false
    const absolute = join(this.#destination, folder)
    const stat = await this.#files.lstat(absolute)
    if (stat === undefined || stat.kind === 'folder') return stat !== undefined
    if (stat.kind !== 'symlink') throw refuse('destination-occupied', { path: folder, found: nameOf(stat) })
    throw refuse('destination-symlink', { path: folder, target: await linkTarget(this.#files, absolute) })
  }
}

interface TargetState {
  readonly state: 'absent' | 'equal' | 'replaceable' | 'changed'
  readonly previous: FileStat | undefined
}

async function stateOf(
  store: ArtifactStore,
  file: PlannedFile,
  destination: string,
  options: PlaceOptions,
): Promise<TargetState> {
  const absolute = join(destination, file.path)
  const previous = await store.files.lstat(absolute)
  if (previous === undefined) return { state: 'absent', previous }
  if (previous.kind === 'symlink') {
    if (options.force) return { state: 'replaceable', previous }
    throw refuse('destination-symlink', { path: file.path, target: await linkTarget(store.files, absolute) })
  }
  if (previous.kind !== 'file') throw refuse('destination-occupied', { path: file.path, found: nameOf(previous) })
  if (options.force && previous.sizeBytes !== file.sizeBytes) return { state: 'replaceable', previous }
  const held = await store.digestFile(absolute)
  if (held.sha256 === file.sha256) return { state: 'equal', previous }
  const isRecorded = options.force || options.known?.has(held.sha256) === true
  if (isRecorded || (await store.verify(held.sha256, held.sizeBytes)) === 'ok')
    return { state: 'replaceable', previous }
  return { state: 'changed', previous }
}

/** Each object is looked at once, however many files are in it. */
async function checkSources(store: ArtifactStore, files: readonly PlannedFile[]): Promise<void> {
  const needed = new Map<string, { readonly path: ArtifactPath; readonly object: StoredBytes }>()
  for (const file of files) {
    const object = neededObject(file)
    if (object !== undefined) needed.set(`${object.sha256} ${object.sizeBytes}`, { path: file.path, object })
  }
  await forEachAtOnce(needed.values(), AT_ONCE, ({ path, object }) => checkSource(store, path, object))
}

/** An object of another size than recorded is damaged, unless its digest is right: then the record is wrong. */
async function checkSource(
  store: ArtifactStore,
  path: ArtifactPath,
  { sha256, sizeBytes }: StoredBytes,
): Promise<void> {
  const stat = await store.files.lstat(store.path(sha256))
  if (stat === undefined) throw refuse('object-missing', { what: 'artifact', id: sha256 })
  if (stat.kind !== 'file') {
    throw refuse('object-damaged', { what: 'artifact', id: sha256, problem: `it is ${nameOf(stat)}` })
  }
  if (stat.sizeBytes === sizeBytes) return
  if ((await store.verify(sha256, stat.sizeBytes)) === 'ok') {
    throw refuse('size-mismatch', { path, expected: sizeBytes, actual: stat.sizeBytes })
  }
  const problem = `it has ${stat.sizeBytes} bytes, recorded were ${sizeBytes}`
  throw refuse('object-damaged', { what: 'artifact', id: sha256, problem })
}

/** Names the kind of a thing, with its article. */
export function nameOf(stat: FileStat): string {
  switch (stat.kind) {
    case 'file':
      return 'a file'
    case 'folder':
      return 'a folder'
    case 'symlink':
      return 'a symbolic link'
    case 'other':
      return 'a special file'
  }
}
