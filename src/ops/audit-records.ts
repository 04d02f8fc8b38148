/**
 * Looks for records that were edited: what mlv writes once and never again, and aliases that say what is not so.
 */
import type { Alias } from '../domain/alias.ts'
import type { AuditProblem } from '../domain/audit.ts'
import { Failure } from '../domain/failure.ts'
import type { ModelVersion, VersionUid } from '../domain/model-version.ts'
import type { Oid } from '../domain/oid.ts'
import { rootPath } from '../domain/tree-path.ts'
import type { HistoryChange, HistoryCommit } from '../store/branch/read-history.ts'
import { listModelNames, readAliases, readVersions } from '../store/branch/read-models.ts'
import type { BranchSnapshot } from '../store/branch/snapshot.ts'
import { decodeVersion } from '../store/documents/version-manifest.ts'

const VERSION = /^models\/([^/]+)\/versions\/([^/]+)\/version\.yaml$/
const RUN = /^runs\/(?:[^/]+\/){4}([^/]+)\/run\.yaml$/

/**
 * Records that a commit edited or took away. A version that gets another number because two were published under one
 * goes to another folder in the same commit, and says which number it had.
 */
export async function editedRecords(
  { engine }: BranchSnapshot,
  { oid, author, changes }: HistoryCommit,
): Promise<readonly AuditProblem[]> {
  const suspects = changes.filter(({ path, before }) => before !== undefined && (VERSION.test(path) || RUN.test(path)))
  if (suspects.length === 0) return []
  const read = async (blob: Oid, path: string): Promise<ModelVersion | undefined> => {
    return orNothing(async () => decodeVersion(await engine.readBlob(blob), path))
  }
  const moved = new Map<VersionUid, ModelVersion>()
  for (const { path, before, after } of changes) {
    const version = after === undefined || !VERSION.test(path) ? undefined : await read(after, path)
    if (version?.was !== undefined && before !== after) moved.set(version.uid, version)
  }
  const problems: AuditProblem[] = []
  for (const change of suspects) {
    const { path, before } = change
    const version = before === undefined || !VERSION.test(path) ? undefined : await read(before, path)
    const now = version === undefined ? undefined : moved.get(version.uid)
    if (version !== undefined && now !== undefined && now.number !== version.number && isSameBut(version, now)) continue
    problems.push({ id: idOf(path), problem: wordsFor(change), commit: oid, by: author })
  }
  return problems
}

function wordsFor({ path, after }: HistoryChange): string {
  const file = path.slice(path.lastIndexOf('/') + 1)
  return after === undefined ? `its ${file} was removed` : `its ${file} was edited`
}

function idOf(path: string): string {
  const [, model = '', number = ''] = VERSION.exec(path) ?? []
  return model === '' ? (RUN.exec(path)?.[1] ?? path) : `${model}@v${number}`
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
