/**
 * Replays operations that nobody else has on the tip that everybody has: one commit each, in order, with their own ids,
 * times and authors. Linear history; what an operation would have changed twice is changed once.
 *
 * Law: whatever the two sides are, a replay ends; every run and version of either is in the result.
 */
import type { Area, BranchSettings } from '../../domain/branch.ts'
import { settledNotices } from '../../domain/merge-notice.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { VersionNumber, VersionUid } from '../../domain/model-version.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseOperation } from '../../domain/operation-message.ts'
import type { Operation, OperationId } from '../../domain/operation.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { SETTINGS_PATH } from '../../domain/tree-path.ts'
import type { Commit, Signature, TreeEdit } from '../git/engine.ts'
import { changedUnits } from './changed-units.ts'
import type { ChangedUnit } from './changed-units.ts'
import { mergeAlias } from './merge-aliases.ts'
import { mergeDocument, mergeFile } from './merge-document.ts'
import type { MergeGround } from './merge-ground.ts'
import { mergeSettingsFile } from './merge-settings.ts'
import { mergeRun } from './merge-runs.ts'
import { learnNumber, mergeVersion } from './merge-versions.ts'
import { draftOf } from './tree-draft.ts'
import type { ObjectReader, TreeDraft } from './tree-draft.ts'

/** One ref: where everybody is, and what only this clone has. */
export interface ReplayArea {
  readonly ref: RefName
  /** The tip to replay on; `undefined` where nobody has anything yet. */
  readonly onto: Oid | undefined
  /** Commits to replay, oldest first. */
  readonly commits: readonly Commit[]
  /** Operations that `onto` has already. */
  readonly published: ReadonlySet<OperationId>
}

/** A commit to be made on the one before it. */
export interface ReplayedCommit {
  readonly original: Oid
  readonly message: string
  readonly author: Signature
  readonly edits: readonly TreeEdit[]
}

/** What is to be made of one ref. */
export interface ReplayedArea {
  readonly ref: RefName
  readonly onto: Oid | undefined
  readonly commits: readonly ReplayedCommit[]
}

/** A replay, planned. Nothing is written yet. */
export interface Replay {
  readonly areas: readonly ReplayedArea[]
  readonly notices: readonly MergeNotice[]
  /** Operations that were published already, or whose every change the published side kept out. */
  readonly dropped: readonly Oid[]
}

/** Plans the replay of all areas, records first: they decide the numbers that the registry names. */
export async function planReplay(
  reader: ObjectReader,
  settings: Pick<BranchSettings, 'areas'>,
  areas: readonly ReplayArea[],
): Promise<Replay> {
  const drafts = new Map(areas.map(({ ref, onto }) => [ref, draftOf(reader, onto)]))
  const [notices, dropped]: [MergeNotice[], Oid[]] = [[], []]
  const moved = new Map<VersionUid, VersionNumber>()
  const inOrder = [...areas].sort((left, right) => rankOf(settings, left.ref) - rankOf(settings, right.ref))
  const replayed: ReplayedArea[] = []
  for (const area of inOrder) {
    const own = drafts.get(area.ref) ?? draftOf(reader, area.onto)
    const draftIn = (name: Area): TreeDraft => drafts.get(settings.areas[name]) ?? own
    const ground = { reader, own, registry: draftIn('registry'), records: draftIn('records'), moved }
    const tell = (notice: MergeNotice): void => void notices.push(notice)
    const commits: ReplayedCommit[] = []
    for (const commit of area.commits) {
      const operation = parseOperation(commit.message)
      const isPublished = operation !== undefined && area.published.has(operation.id)
      const made = isPublished
        ? undefined
        : await replayCommit({ ...ground, published: 'theirs', operation, tell }, commit)
      if (made === undefined) dropped.push(commit.oid)
      else commits.push(made)
    }
    replayed.push({ ref: area.ref, onto: area.onto, commits })
  }
  return { areas: replayed, notices: settledNotices(notices), dropped }
}

/** Puts the changes between two trees of one side onto the ground. */
export async function mergeChanges(
  ground: MergeGround,
  before: Oid | undefined,
  after: Oid | undefined,
): Promise<void> {
  for (const changed of await changedUnits(ground.reader, before, after)) await mergeUnit(ground, changed)
}

/** The message of an operation with the labels its version has now. */
export function renumberedMessage(
  message: string,
  operation: Operation | undefined,
  moved: ReadonlyMap<VersionUid, VersionNumber>,
): string {
  const { number, uid } = operation?.version ?? {}
  const to = uid === undefined ? undefined : moved.get(uid)
  if (number === undefined || uid === undefined || to === undefined || to === number) return message
  const [subject = '', ...rest] = message.split('\n')
  const trailer = `Mlv-Version: v${number} ${uid}`
  const lines = rest.map((line) => (line === trailer ? `Mlv-Version: v${to} ${uid}` : line))
  return [subject.replace(new RegExp(`\\bv${number}\\b`), `v${to}`), ...lines].join('\n')
}

async function replayCommit(ground: MergeGround, commit: Commit): Promise<ReplayedCommit | undefined> {
  await mergeChanges(ground, commit.parents[0], commit.oid)
  const edits = ground.own.takeEdits()
  if (edits.length === 0) return undefined
  const { model, version } = ground.operation ?? {}
  if (model !== undefined && version !== undefined) await learnNumber(ground, model, version)
  const message = renumberedMessage(commit.message, ground.operation, ground.moved)
  return { original: commit.oid, message, author: commit.author, edits }
}

async function mergeUnit(ground: MergeGround, changed: ChangedUnit): Promise<void> {
  const { unit, path } = changed
  switch (unit.kind) {
    case 'run':
      return mergeRun(ground, changed, unit.run)
    case 'version':
      return mergeVersion(ground, changed, unit)
    case 'alias':
      return mergeAlias(ground, changed, unit)
    case 'document':
      return mergeDocument(ground, path, changed, unit.shape)
    case 'file':
      return path === SETTINGS_PATH ? mergeSettingsFile(ground, path, changed) : mergeFile(ground, path, changed)
  }
}

function rankOf({ areas }: Pick<BranchSettings, 'areas'>, ref: RefName): number {
  return ref === areas.records ? 0 : 1
}
