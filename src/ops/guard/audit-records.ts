/**
 * Looks for records that were edited: what mlv writes once and never again, and aliases that say what is not so.
 */
import type { Alias } from '../../domain/alias.ts'
import type { AuditProblem } from '../../domain/audit.ts'
import { Failure } from '../../domain/failure.ts'
import type { ModelVersion, VersionUid } from '../../domain/model-version.ts'
import type { Oid } from '../../domain/oid.ts'
import { rootPath } from '../../domain/tree-path.ts'
import type { HistoryChange, HistoryCommit } from '../../store/branch/read-history.ts'
import { listModelNames, readAliases, readVersions } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeVersion } from '../../store/documents/version-manifest.ts'

/** Below which git's pathspecs find what is written once, beside a few files that are not. */
export const RECORD_FOLDERS = ['models/*/versions/**', 'runs/**'].map((path) => `:(glob)${path}`)
const VERSION = /^models\/([^/]+)\/versions\/([^/]+)\/(.+)$/
const RUN = /^runs\/(?:[^/]+\/){4}([^/]+)\/(.+)$/
const MUTABLE = /^(?:models\/[^/]+\/versions\/[^/]+\/(?:state\.yaml$|receipts\/)|runs\/(?:[^/]+\/){5}notes\.yaml$)/

/**
 * Records that a commit edited or took away, a problem for each folder. A version that gets another number because two
 * were published under one goes to another folder in the same commit, and says which number it had.
 */
export async function editedRecords(
  snapshot: BranchSnapshot,
  { oid, author, changes }: HistoryCommit,
): Promise<readonly AuditProblem[]> {
  const folders = new Map<string, HistoryChange[]>()
  for (const change of changes) {
    const id = change.before === undefined || MUTABLE.test(change.path) ? undefined : idOf(change.path)
    if (id !== undefined) folders.set(id, [...(folders.get(id) ?? []), change])
  }
  const problems: AuditProblem[] = []
  for (const [id, edits] of folders) {
    if (await isRenumbering(snapshot, oid, edits)) continue
    problems.push({ id, problem: wordsFor(edits), commit: oid, by: author })
  }
  return problems
}

/** Tells whether all that was taken from the folder of a version is in another one, the same but for its number. */
async function isRenumbering(
  { engine, settings, tips }: BranchSnapshot,
  commit: Oid,
  edits: readonly HistoryChange[],
): Promise<boolean> {
  const record = edits.find(({ path }) => VERSION.exec(path)?.[3] === 'version.yaml')
  const blob = record?.before
  if (record === undefined || blob === undefined) return false
  const version = await orNothing(async () => decodeVersion(await engine.readBlob(blob), record.path))
  if (version === undefined) return false
  const then: BranchSnapshot = { engine, settings, tips: { ...tips, records: commit } }
  const all = (await orNothing(() => readVersions(then, version.model))) ?? []
  const isMoved = (now: ModelVersion): boolean => now.was !== undefined && now.number !== version.number
  const now = all.find((candidate) => isMoved(candidate) && isSameBut(version, candidate))
  if (now === undefined) return false
  for (const { path, before } of edits) {
    const below = VERSION.exec(path)?.[3] ?? ''
    if (below === 'version.yaml') continue
    const entry = await engine.entryAt(commit, rootPath(`models/${now.model}/versions/${now.number}/${below}`))
    if (entry?.oid !== before) return false
  }
  return true
}

/** The record itself goes before its files, and one that is gone took them along. */
function wordsFor(edits: readonly HistoryChange[]): string {
  const files = edits.map(({ path }) => VERSION.exec(path)?.[3] ?? RUN.exec(path)?.[2] ?? path)
  const at = Math.max(
    files.findIndex((file) => file === 'version.yaml' || file === 'run.yaml'),
    0,
  )
  const file = files[at] ?? ''
  if (edits[at]?.after === undefined) return `its ${file} was removed`
  return files.length === 1
    ? `its ${file} was edited`
    : `its ${file} was edited, and ${files.length - 1} more of its files`
}

function idOf(path: string): string | undefined {
  const [, model = '', number = ''] = VERSION.exec(path) ?? []
  return model === '' ? RUN.exec(path)?.[1] : `${model}@v${number}`
}

/** Tells whether a version is the same but for its number. */
function isSameBut(left: ModelVersion, right: ModelVersion): boolean {
  const text = (version: ModelVersion): string => {
    return JSON.stringify({ ...version, number: 0, was: 0 }, (_, value: unknown) => {
      if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)]
      return typeof value === 'bigint' ? `${value}n` : value
    })
  }
  return text(left) === text(right)
}

/** What of versions and aliases does not agree as the branch is now; and how many versions there are. */
export async function disagreements(
  snapshot: BranchSnapshot,
): Promise<{ readonly problems: readonly AuditProblem[]; readonly versions: number }> {
  const problems: AuditProblem[] = []
  let versions = 0
  for (const model of await listModelNames(snapshot)) {
    try {
      const known = await readVersions(snapshot, model)
      versions += known.length
      const wrong = await misplaced(snapshot, known)
      for (const alias of await readAliases(snapshot, model)) wrong.push(...aliasProblems(alias, known))
      problems.push(...wrong)
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      problems.push({ id: model, problem: caught.message })
    }
  }
  return { problems, versions }
}

async function misplaced({ engine, tips }: BranchSnapshot, versions: readonly ModelVersion[]): Promise<AuditProblem[]> {
  const problems: AuditProblem[] = []
  const seen = new Map<VersionUid, ModelVersion>()
  for (const version of versions) {
    const id = `${version.model}@v${version.number}`
    const path = rootPath(`models/${version.model}/versions/${version.number}/version.yaml`)
    const bytes = await engine.entryAt(tips.records, path)
    const there = bytes === undefined ? undefined : decodeVersion(await engine.readBlob(bytes.oid), path)
    if (there?.uid !== version.uid) problems.push({ id, problem: 'its number is not that of its folder' })
    if (seen.has(version.uid)) problems.push({ id, problem: 'another version has the same uid' })
    seen.set(version.uid, version)
  }
  return problems
}

/** What an alias says of the version it names, held against that version. */
export function aliasProblems(alias: Alias, versions: readonly ModelVersion[]): readonly AuditProblem[] {
  const id = `${alias.model}@${alias.name}`
  const label = `v${alias.version.number}`
  const version = versions.find(({ uid }) => uid === alias.version.uid)
  if (version === undefined) {
    const other = versions.some(({ number }) => number === alias.version.number)
    return [{ id, problem: other ? `${label} is another version than it names` : `${label} does not exist` }]
  }
  const isNumbered = version.number === alias.version.number || version.was === alias.version.number
  if (!isNumbered) return [{ id, problem: `it calls v${version.number} ${label}` }]
  for (const [key, value] of alias.metrics) {
    const recorded = version.metrics.get(key)?.summary.last
    if (!Object.is(recorded, value)) {
      return [{ id, problem: `it says ${key} ${value} of ${label}, which measured ${recorded ?? 'none'}` }]
    }
  }
  return []
}

async function orNothing<Found>(read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read()
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}
