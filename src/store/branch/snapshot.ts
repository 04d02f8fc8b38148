/**
 * Snapshots: the branch as it was at one moment. A reader pins the tips it started with and never sees a later write.
 */
import { instantOf, parseInstant } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import type { Area, BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { SETTINGS_PATH } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { decodeSettings } from '../documents/settings-manifest.ts'
import type { GitEngine } from '../git/engine.ts'

/** The one ref whose name is fixed: it holds `mlv.json`, which names the others. */
export const REGISTRY_REF = parseRefName('refs/heads/mlv')

/** The branch at one moment. */
export interface BranchSnapshot {
  readonly engine: GitEngine
  readonly settings: BranchSettings
  /** The commit each area is read from. Equal for both areas when the layout is single. */
  readonly tips: { readonly [A in Area]: Oid }
}

/** Where an area stands here: its local ref, or the remote-tracking ref a fresh clone has instead. */
export interface AreaTip {
  readonly ref: RefName
  /** The local ref's commit; absent in a clone that never wrote. */
  readonly local: Oid | undefined
  /** The commit to read. */
  readonly tip: Oid
}

/** Where the whole branch stands here. */
export interface BranchState {
  readonly settings: BranchSettings
  readonly areas: { readonly [A in Area]: AreaTip }
}

/**
 * Pins the branch as it is now, or as it was.
 *
 * @param at an instant, a date, or a commit: one of the branch is pinned itself, any other gives its moment.
 * @throws `branch-not-found`, `instant-invalid` before the branch began too, `format-newer`
 */
export async function openSnapshot(engine: GitEngine, at?: string): Promise<BranchSnapshot> {
  const snapshot = snapshotOf(engine, await findBranch(engine))
  return at === undefined ? snapshot : { ...snapshot, tips: await tipsAt(snapshot, at) }
}

/** Finds where the branch stands. @throws `branch-not-found`, `format-newer` */
export async function findBranch(engine: GitEngine): Promise<BranchState> {
  const registry = await requireArea(engine, REGISTRY_REF)
  const settings = await readSettings(engine, registry.tip)
  const recordsRef = settings.areas.records
  const records = recordsRef === REGISTRY_REF ? registry : await requireArea(engine, recordsRef)
  return { settings, areas: { registry, records } }
}

/** Pins the branch where it was found. */
export function snapshotOf(engine: GitEngine, { settings, areas }: BranchState): BranchSnapshot {
  return { engine, settings, tips: { registry: areas.registry.tip, records: areas.records.tip } }
}

/** Finds where an area stands; `undefined` when neither this clone nor a remote it fetched has it. */
export async function findArea(engine: GitEngine, ref: RefName): Promise<AreaTip | undefined> {
  const local = await engine.readRef(ref)
  if (local !== undefined) return { ref, local, tip: local }
  const remote = await remoteTip(engine, ref)
  return remote === undefined ? undefined : { ref, local: undefined, tip: remote }
}

/** Reads the settings of a registry commit. @throws `object-missing`, `format-newer` */
export async function readSettings(engine: GitEngine, registry: Oid): Promise<BranchSettings> {
  const bytes = await readPath(engine, registry, SETTINGS_PATH)
  if (bytes === undefined) throw refuse('object-missing', { what: 'the settings of the branch', id: SETTINGS_PATH })
  return decodeSettings(bytes, SETTINGS_PATH)
}

/** The bytes at a path below a commit; `undefined` when there is no file. @throws `path-not-a-file` for links */
export async function readPath(engine: GitEngine, root: Oid, path: TreePath): Promise<Uint8Array | undefined> {
  const entry = await engine.entryAt(root, path)
  if (entry?.kind === 'symlink') throw refuse('path-not-a-file', { path, found: 'a symbolic link' })
  if (entry?.kind === 'gitlink') throw refuse('path-not-a-file', { path, found: 'a submodule' })
  if (entry === undefined || (entry.kind !== 'file' && entry.kind !== 'executable')) return undefined
  return engine.readBlob(entry.oid)
}

async function requireArea(engine: GitEngine, ref: RefName): Promise<AreaTip> {
  const area = await findArea(engine, ref)
  if (area === undefined) throw refuse('branch-not-found', { ref })
  return area
}

/** A fresh clone has `refs/remotes/<remote>/<branch>` only; `origin` wins, then the first by name. */
async function remoteTip(engine: GitEngine, ref: RefName): Promise<Oid | undefined> {
  const branch = ref.slice('refs/heads/'.length)
  const origin = await engine.readRef(parseRefName(`refs/remotes/origin/${branch}`))
  if (origin !== undefined) return origin
  const candidates = await engine.listRefs('refs/remotes/')
  return candidates.find((candidate) => candidate.ref.split('/').slice(3).join('/') === branch)?.oid
}

async function tipsAt(snapshot: BranchSnapshot, at: string): Promise<BranchSnapshot['tips']> {
  const { engine, tips } = snapshot
  const written = writtenInstant(at)
  if (written !== undefined) return tipsBefore(snapshot, at, written)
  const commit = at.startsWith('-') ? undefined : await engine.resolveCommit(at)
  if (commit === undefined) throw refuse('instant-invalid', { text: at })
  const isRegistry = await engine.isAncestor(commit, tips.registry)
  if (isRegistry && tips.records === tips.registry) return { registry: commit, records: commit }
  const { committer } = await engine.readCommit(commit)
  const before = await tipsBefore(snapshot, at, instantOf(committer.atSeconds * 1000))
  if (isRegistry) return { ...before, registry: commit }
  return (await engine.isAncestor(commit, tips.records)) ? { ...before, records: commit } : before
}

async function tipsBefore(
  { engine, tips }: BranchSnapshot,
  at: string,
  instant: Instant,
): Promise<BranchSnapshot['tips']> {
  const registry = await engine.commitAt(tips.registry, instant)
  const records = tips.records === tips.registry ? registry : await engine.commitAt(tips.records, instant)
  if (registry === undefined || records === undefined) throw refuse('instant-invalid', { text: at, isTooOld: true })
  return { registry, records }
}

/** A date is taken at the end of its day. */
function writtenInstant(text: string): Instant | undefined {
  return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : withMilliseconds(text))
}

function withMilliseconds(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})Z$/, '$1.000Z')
}
