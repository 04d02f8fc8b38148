/**
 * Checks an alias that a change of the registry moves: what it names, what it follows on, what it says, and the gates.
 */
import type { Alias } from '../../domain/alias.ts'
import { Failure } from '../../domain/failure.ts'
import { fileUnit } from '../../domain/merge-unit.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import { foldName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { DEFAULT_POLICY } from '../../domain/gate-policy.ts'
import { judgeGates } from '../../domain/review/gate.ts'
import { reviewMetrics } from '../../domain/review/metric-review.ts'
import type { CheckResult, JudgedAlias } from '../../domain/review/request-check.ts'
import type { SealedRun } from '../../domain/run.ts'
import { aliasPath } from '../../domain/tree-path.ts'
import type { ChangedPath } from '../../store/branch/changed-paths.ts'
import { readAlias, readAliases, readModel, readState, readVersion } from '../../store/branch/read-models.ts'
import { readRun } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import { failed, passed } from './check-changed-files.ts'
import { isRepeat } from '../review/review-sides.ts'

/** The two sides of a change of the registry. */
export interface CheckedSides {
  /** What the change would be merged into, as it is now. */
  readonly base: BranchSnapshot
  readonly head: BranchSnapshot
  /** Fetches the whole history of the base, where this clone has only its end. */
  readonly deepen: () => Promise<void>
}

/** What came of one alias, and the version it would name. */
export interface CheckedAlias {
  readonly results: readonly CheckResult[]
  readonly judged?: JudgedAlias
  readonly version?: ModelVersion
}

/** Checks one alias. A file that is not readable as one is a failed check, never an error. */
export async function checkMovedAlias(sides: CheckedSides, { path, after }: ChangedPath): Promise<CheckedAlias> {
  const unit = fileUnit(path)
  if (unit.kind !== 'alias') return { results: [failed('files', path, 'is named like no alias')] }
  const { model, alias: name } = unit
  const subject = `${model}@${name}`
  if (after === undefined) {
    return { results: [failed('version', subject, 'was removed; an alias may only be moved')] }
  }
  try {
    const alias = decodeAlias(await sides.head.engine.readBlob(after.oid), path, model, name)
    return await checkAlias(sides, alias, after.oid)
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return { results: [failed('version', subject, caught.message)] }
  }
}

async function checkAlias(sides: CheckedSides, alias: Alias, blob: Oid): Promise<CheckedAlias> {
  const { base, head } = sides
  const { model, name } = alias
  const subject = `${model}@${name}`
  const label = `v${alias.version.number}`
  const taken = await takenName(base, model, name)
  const before = await readAlias(base, model, name)
  const { result: previous, isRollback } = await checkPrevious(sides, alias, before, blob)
  const others = [...(taken === undefined ? [] : [failed('files', subject, taken)]), { ...previous, subject }]
  // What the base has is believed; a request may bring a version of its own, and never another one of that number.
  const holder = (await readVersion(base, model, alias.version.number)) === undefined ? head : base
  const version = await readVersion(holder, model, alias.version.number)
  if (version === undefined) return { results: [failed('version', subject, `${label} does not exist`), ...others] }
  if (version.uid !== alias.version.uid) {
    return { results: [failed('version', subject, `${label} is another version than it names`), ...others] }
  }
  const retired = await retirement([head, base], version)
  const found = retired === undefined ? passed('version', `${label} exists and is in use`, subject) : retired
  const results = [found, ...others, checkMetrics(subject, alias, version)]
  if (isRollback) return { results, version }
  return { results, version, judged: await judge(sides, holder, { subject, version, before }) }
}

async function takenName(base: BranchSnapshot, model: ModelName, name: AliasName): Promise<string | undefined> {
  const aliases = await readAliases(base, model)
  const other = aliases.find((alias) => alias.name !== name && foldName(alias.name) === foldName(name))
  return other === undefined ? undefined : `differs from '${other.name}' only in case`
}

async function retirement(
  sides: readonly BranchSnapshot[],
  { model, number }: ModelVersion,
): Promise<CheckResult | undefined> {
  const states: VersionState[] = await Promise.all(sides.map((side) => readState(side, model, number)))
  const reason = states.find(({ retired }) => retired !== undefined)?.retired?.reason
  if (reason === undefined) return undefined
  return failed('version', `${model}@v${number}`, `v${number} is retired: ${reason}`)
}

interface PreviousCheck {
  readonly result: CheckResult
  readonly isRollback: boolean
}

async function checkPrevious(
  sides: CheckedSides,
  alias: Alias,
  before: Alias | undefined,
  blob: Oid,
): Promise<PreviousCheck> {
  const { previous } = alias
  const isNext = previous?.uid === before?.version.uid && previous?.number === before?.version.number
  if (isNext) {
    const note = before === undefined ? 'the first promotion' : `follows on v${before.version.number} of the base`
    return { result: passed('previous', note), isRollback: false }
  }
  const path = aliasPath(alias.model, alias.name)
  if (await wasEarlier(sides, path, blob)) {
    return {
      result: passed('previous', 'gives back what the alias was before; gates are not judged'),
      isRollback: true,
    }
  }
  const [says, is] = [previous, before?.version].map((each) => (each === undefined ? 'nothing' : `v${each.number}`))
  return { result: failed('previous', '', `follows on ${says}, and the base has ${is}`), isRollback: false }
}

/** Tells whether the base's file of an alias ever held exactly these bytes. */
async function wasEarlier(
  { base, deepen }: CheckedSides,
  path: ReturnType<typeof aliasPath>,
  blob: Oid,
): Promise<boolean> {
  await deepen()
  for (const commit of await base.engine.log(base.tips.registry, { path })) {
    if ((await base.engine.entryAt(commit.oid, path))?.oid === blob) return true
  }
  return false
}

function checkMetrics(subject: string, alias: Alias, version: ModelVersion): CheckResult {
  const own = new Map([...version.metrics].filter(([, { goal }]) => goal !== 'none'))
  const wrong = [...alias.metrics].find(([key, value]) => !Object.is(own.get(key)?.summary.last, value))
  const lacking = [...own.keys()].find((key) => !alias.metrics.has(key))
  const of = `v${version.number}`
  if (wrong !== undefined) {
    const [key, value] = wrong
    const recorded = own.get(key)?.summary.last
    const is = recorded === undefined ? `${of} has none with a goal` : `${of} measured ${recorded}`
    return failed('metrics', subject, `says ${key} ${value}, and ${is}`)
  }
  if (lacking !== undefined) return failed('metrics', subject, `leaves out ${lacking}`)
  return passed('metrics', `those of ${of}`, subject)
}

/** By the rules and gates of the base, so that no request loosens its own. */
async function judge(
  { base }: CheckedSides,
  holder: BranchSnapshot,
  {
    subject,
    version,
    before,
  }: { readonly subject: string; readonly version: ModelVersion; readonly before: Alias | undefined },
): Promise<JudgedAlias> {
  const model = await readModel(base, version.model)
  const champion = before === undefined ? undefined : await readVersion(base, version.model, before.version.number)
  const heads = [version.metrics, ...(await repeatsOf(holder, version)).map((run) => run.metrics)]
  const metrics = reviewMetrics(champion === undefined ? [] : [champion.metrics], heads, model?.metrics ?? new Map())
  const gates = judgeGates(model?.gates ?? DEFAULT_POLICY, {
    runs: heads.length,
    hasBase: champion !== undefined,
    metrics,
    sizeBytes: version.files.sizeBytes,
  })
  return { subject, gates, metrics }
}

/** What a state lists is anybody's word: only finished runs of the same code and setting count, and each one once. */
async function repeatsOf(holder: BranchSnapshot, version: ModelVersion): Promise<readonly SealedRun[]> {
  const made = await readRun(holder, version.run)
  if (made?.code.kind !== 'commit') return []
  const { runs } = await readState(holder, version.model, version.number)
  const others = [...new Set(runs)].filter((run) => run !== version.run)
  const read = await Promise.all(others.map((run) => readRun(holder, run)))
  return read.flatMap((run) => (run?.status === 'finished' && isRepeat(run, made) ? [run] : []))
}
