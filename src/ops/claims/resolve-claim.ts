/**
 * What is recorded for a claim. Revisions are resolved once, however many claims name them.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { Claim, ClaimedFact } from '../../domain/claim.ts'
import type { ClaimedValue } from '../../domain/claim-value.ts'
import { closestNames } from '../../base/suggest.ts'
import { refuse } from '../../domain/failure.ts'
import { parseRevision } from '../../domain/revision.ts'
import { runFolder, versionFolder } from '../../domain/tree-path.ts'
import { readState, readVersionFiles } from '../../store/branch/read-models.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { recordedBy } from '../models/recorded-by.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { Resolved } from '../revisions/resolve-revision.ts'

/** The record a claim is about. */
export interface ClaimedRecord {
  /** What the revision names now: `churn@v12`, a short run id. */
  readonly label: string
  /** The revision may come to name something else, as an alias does; a version or a whole run id may not. */
  readonly isMoving: boolean
  /** Why it must not be used any more; absent while it may. */
  readonly retired?: string
}

/** Looks claims up in one snapshot. */
export interface ClaimReader {
  /** @throws what `resolveRevision` refuses */
  readonly record: (revision: string) => Promise<ClaimedRecord>
  /** @throws what `resolveRevision` refuses, `metric-not-found`, `file-not-found`, `usage-invalid` for another field */
  readonly value: (claim: Claim) => Promise<ClaimedValue>
}

/** A reader of claims. */
export function claimReader(snapshot: BranchSnapshot): ClaimReader {
  const resolved = new Map<string, Promise<Resolved>>()
  const files = new Map<string, Promise<readonly ArtifactFile[]>>()
  const resolve = (revision: string): Promise<Resolved> => {
    const known = resolved.get(revision) ?? resolveRevision(snapshot, revision)
    resolved.set(revision, known)
    return known
  }
  const filesOf = (found: Resolved): Promise<readonly ArtifactFile[]> => {
    const known = files.get(found.label) ?? readFiles(snapshot, found)
    files.set(found.label, known)
    return known
  }
  return {
    record: async (revision) => {
      const found = await resolve(revision)
      const retired = found.kind === 'version' ? await retirement(snapshot, found) : undefined
      const common = { label: found.label, isMoving: isMoving(revision, found) }
      return retired === undefined ? common : { ...common, retired }
    },
    value: async ({ revision, field }) => {
      const found = await resolve(revision)
      switch (field.kind) {
        case 'metric':
          return { kind: 'number', value: metricOf(found, field.key) }
        case 'parameter':
          return parameterOf(found, field.key)
        case 'sha256':
          return { kind: 'text', value: digestOf(found, await filesOf(found), field.path) }
        case 'fact':
          return factOf(snapshot, found, field.name)
      }
    },
  }
}

/** The start of a run's id names that run for good, or several once there are more: then it is refused. */
function isMoving(revision: string, found: Resolved): boolean {
  if (found.kind === 'run') return !found.run.id.startsWith(revision)
  return parseRevision(revision).kind !== 'version'
}

async function retirement(
  snapshot: BranchSnapshot,
  { version }: Extract<Resolved, { readonly kind: 'version' }>,
): Promise<string | undefined> {
  return (await readState(snapshot, version.model, version.number)).retired?.reason
}

function recordOf(found: Resolved): Pick<Extract<Resolved, { kind: 'run' }>['run'], 'metrics' | 'parameters' | 'code'> {
  return found.kind === 'run' ? found.run : found.version
}

function readFiles(snapshot: BranchSnapshot, found: Resolved): Promise<readonly ArtifactFile[]> {
  if (found.kind === 'run') return readRunFiles(snapshot, found.run.id)
  return readVersionFiles(snapshot, found.version.model, found.version.number)
}

function metricOf(found: Resolved, key: Parameters<ReturnType<typeof recordOf>['metrics']['get']>[0]): number {
  const { metrics } = recordOf(found)
  const metric = metrics.get(key)
  if (metric === undefined)
    throw refuse('metric-not-found', { text: key, closest: closestNames(key, [...metrics.keys()]) })
  return metric.summary.last
}

function parameterOf(
  found: Resolved,
  key: Parameters<ReturnType<typeof recordOf>['parameters']['get']>[0],
): ClaimedValue {
  const value = recordOf(found).parameters.get(key)
  if (value === undefined) throw refuse('usage-invalid', { problem: `${found.label} has no parameter called '${key}'` })
  return { kind: 'parameter', value }
}

function digestOf({ label }: Resolved, files: readonly ArtifactFile[], path: string): string {
  const file = files.find((candidate) => candidate.path === path)
  if (file === undefined) throw refuse('file-not-found', { file: path, wanted: `file of ${label}` })
  return file.sha256
}

async function factOf(snapshot: BranchSnapshot, found: Resolved, name: ClaimedFact): Promise<ClaimedValue> {
  const text = await factText(snapshot, found, name)
  if (text === undefined) throw refuse('usage-invalid', { problem: `${found.label} has no '${name}'` })
  return { kind: 'text', value: text }
}

async function factText(snapshot: BranchSnapshot, found: Resolved, name: ClaimedFact): Promise<string | undefined> {
  const version = found.kind === 'version' ? found.version : undefined
  switch (name) {
    case 'version':
      return version === undefined ? undefined : `v${version.number}`
    case 'model':
      return version?.model
    case 'content':
      return version?.contentDigest
    case 'run':
      return found.kind === 'run' ? found.run.id : found.version.run
    case 'created':
      return found.kind === 'run' ? found.run.startedAt : found.version.createdAt
    case 'code.commit': {
      const { code } = recordOf(found)
      return code.kind === 'commit' ? code.commit : undefined
    }
    case 'by': {
      const folder = version === undefined ? undefined : versionFolder(version.model, version.number)
      const by = await recordedBy(
        snapshot,
        folder ?? runFolder(found.kind === 'run' ? found.run.id : found.version.run),
      )
      // An address does not belong into a document that anyone may read.
      return by?.replace(/ <[^<>]*>$/, '')
    }
  }
}
