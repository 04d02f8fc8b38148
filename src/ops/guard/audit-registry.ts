/**
 * `mlv audit`: who did what to which model, read from every commit of the branch and its tree, whoever made it.
 */
import { instantOf, parseInstant } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { compareText } from '../../base/order.ts'
import type { Alias } from '../../domain/alias.ts'
import { requestNumber, signatureState } from '../../domain/audit.ts'
import type { AuditEvent, AuditEvidence, AuditMetric, AuditProblem, AuditReport } from '../../domain/audit.ts'
import { isDirty } from '../../domain/code-state.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { fileUnit, folderUnit } from '../../domain/merge-unit.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { parseAliasName, parseModelName } from '../../domain/name.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseOperation } from '../../domain/operation-message.ts'
import { treePath, versionFolder } from '../../domain/tree-path.ts'
import { isShallowClone } from '../../remote/git-history.ts'
import { listModelNames, readReceipts, readVersions } from '../../store/branch/read-models.ts'
import { readEdits, readHistory, readRoots } from '../../store/branch/read-history.ts'
import type { HistoryChange, HistoryCommit } from '../../store/branch/read-history.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import { decodeState } from '../../store/documents/state-manifest.ts'
import { decodeVersion } from '../../store/documents/version-manifest.ts'
import { aliasProblems, disagreements, editedRecords, RECORD_FOLDERS } from './audit-records.ts'
import { requireModel } from '../revisions/resolve-revision.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** What to tell. All of the history is checked, whatever is told of it. */
export interface AuditOptions {
  readonly model?: string
  readonly alias?: string
  /** A date, from its start, or an instant. */
  readonly since?: string
}

const PATHS = ['models/*/aliases/*.yaml', 'models/*/versions/*/version.yaml', 'models/*/versions/*/state.yaml']
const RECORDS = [...PATHS, 'runs/**/run.yaml'].map((path) => `:(glob)${path}`)

/**
 * Reads and checks the history.
 *
 * @throws `branch-not-found`, `model-not-found`, `instant-invalid`, `git-missing`
 */
export async function auditRegistry(repository: Repository, options: AuditOptions): Promise<AuditReport> {
  const git = requireGit(repository, 'read the history of the branch')
  const snapshot = await openSnapshot(repository.context.engine)
  const model = options.model === undefined ? undefined : parseModelName(options.model)
  if (model !== undefined) await requireModel(snapshot, model)
  const alias = options.alias === undefined ? undefined : parseAliasName(options.alias)
  const since = options.since === undefined ? undefined : startOf(options.since)
  const place = { git, place: repository.place }
  const tips = new Set([snapshot.tips.records, snapshot.tips.registry])
  const commits = (await Promise.all([...tips].map((tip) => readHistory(place, tip, RECORDS)))).flat()
  // One history is in its own order, whatever clocks said; two are told by their times.
  if (tips.size > 1) commits.sort((left, right) => left.atSeconds - right.atSeconds)
  const audit = new Audit(snapshot)
  const isCutOff = await isShallowClone(place)
  if (isCutOff) audit.tell({ id: 'history', problem: 'was cut off when this clone was made' })
  for (const tip of tips) {
    const roots = isCutOff ? [] : await readRoots(place, tip)
    // A merge can put a history of its own before the one that was published, which is still there behind it.
    if (roots.length > 1) audit.tell({ id: 'history', problem: `has ${roots.length} beginnings: ${roots.join(', ')}` })
    for (const commit of await readEdits(place, tip, RECORD_FOLDERS)) await audit.edits(commit)
  }
  for (const commit of commits) await audit.commit(commit)
  const { events, ...report } = await audit.report(commits.length)
  const isWanted = (event: AuditEvent): boolean => {
    const isModel = model === undefined || event.model === model
    return isModel && (alias === undefined || event.alias === alias) && (since === undefined || event.at >= since)
  }
  return { events: events.filter(isWanted), ...report }
}

/** A date is taken at its start. @throws `instant-invalid` */
function startOf(text: string): Instant {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text.replace(/:(\d{2})Z$/, ':$1.000Z')
  const found = parseInstant(whole)
  if (found === undefined) throw refuse('instant-invalid', { text })
  return found
}

/** Lives as long as one audit: what was told, what was seen of each alias, and what is read once. */
class Audit {
  readonly #snapshot: BranchSnapshot
  readonly #events: AuditEvent[] = []
  readonly #problems: AuditProblem[] = []
  /** Every content an alias had, by its path. */
  readonly #earlier = new Map<string, Set<Oid>>()
  readonly #versions = new Map<ModelName, readonly ModelVersion[]>()
  /** The content each `version.yaml` has at the commit that is looked at, by its path. */
  readonly #versionsThen = new Map<string, Oid>()
  #runs = 0

  constructor(snapshot: BranchSnapshot) {
    this.#snapshot = snapshot
  }

  tell(problem: AuditProblem): void {
    this.#problems.push(problem)
  }

  async edits(commit: HistoryCommit): Promise<void> {
    this.#problems.push(...(await editedRecords(this.#snapshot, commit)))
  }

  async commit(commit: HistoryCommit): Promise<void> {
    this.#noteVersions(commit)
    for (const change of commit.changes) {
      if (change.path.endsWith('/run.yaml') && change.before === undefined) this.#runs += 1
      try {
        await this.#change(commit, change)
      } catch (caught) {
        if (!(caught instanceof Failure)) throw caught
        this.tell({ id: change.path, problem: caught.message, commit: commit.oid, by: commit.author })
      }
    }
  }

  async report(commits: number): Promise<AuditReport> {
    const { problems, versions } = await disagreements(this.#snapshot)
    const told = [...this.#problems, ...problems]
    const isNew = (problem: AuditProblem, index: number): boolean => {
      return told.findIndex((other) => other.id === problem.id && other.problem === problem.problem) === index
    }
    return { events: this.#events, problems: told.filter(isNew), checked: { commits, versions, runs: this.#runs } }
  }

  async #change(commit: HistoryCommit, change: HistoryChange): Promise<void> {
    const unit = fileUnit(change.path)
    if (unit.kind === 'alias') return this.#alias(commit, change, unit)
    const folder = folderUnit(change.path.slice(0, change.path.lastIndexOf('/')))
    if (folder?.kind !== 'version' || change.after === undefined) return
    if (change.path.endsWith('/version.yaml')) return this.#registered(commit, change, change.after)
    const read = async (blob: Oid | undefined): Promise<{ readonly reason: string } | undefined> => {
      return blob === undefined ? undefined : decodeState(await this.#blob(blob), change.path).retired
    }
    const [before, after] = [await read(change.before), await read(change.after)]
    if ((before === undefined) === (after === undefined)) return
    const version = (await this.#versionsOf(folder.model)).find(({ number }) => number === folder.number)
    const reason = (after ?? before)?.reason
    const kind = after === undefined ? ('restored' as const) : ('retired' as const)
    const about = version === undefined ? {} : await this.#about(version)
    this.#add(commit, { kind, model: folder.model, ...about, ...optional({ reason }), metrics: [] })
  }

  /** A version that only got another number was registered before. */
  async #registered(commit: HistoryCommit, { path, before }: HistoryChange, after: Oid): Promise<void> {
    const version = decodeVersion(await this.#blob(after), path)
    const isKnown = this.#events.some(({ kind, version: known }) => {
      return kind === 'registered' && known?.uid === version.uid
    })
    if (isKnown || before !== undefined) return
    const own = [...version.metrics].filter(([, { goal }]) => goal !== 'none')
    const metrics = new Map(own.map(([key, { summary }]) => [key, summary.last]))
    const facts = { kind: 'registered' as const, model: version.model, metrics: metricsBeside(undefined, metrics) }
    this.#add(commit, { ...facts, ...(await this.#about(version)), ...optional({ reason: version.message }) })
  }

  async #alias(
    commit: HistoryCommit,
    { path, before, after }: HistoryChange,
    { model, alias: name }: { readonly model: ModelName; readonly alias: Alias['name'] },
  ): Promise<void> {
    const read = async (blob: Oid | undefined): Promise<Alias | undefined> => {
      return blob === undefined ? undefined : decodeAlias(await this.#blob(blob), path, model, name)
    }
    const [old, now] = [await read(before).catch(nothing), await read(after)]
    const metrics = metricsBeside(old?.metrics, now?.metrics)
    const facts = { model, alias: name, metrics, ...optional({ from: old?.version }) }
    if (after === undefined || now === undefined) return this.#add(commit, { kind: 'removed', ...facts })
    const earlier = this.#earlier.get(path) ?? new Set<Oid>()
    const isRollback = earlier.has(after)
    this.#earlier.set(path, earlier.add(after))
    const versions = await this.#versionsOf(model)
    const then = await this.#versionThen(now)
    for (const { id, problem } of aliasProblems(now, then === undefined ? versions : [then])) {
      this.tell({ id, problem, commit: commit.oid, by: commit.author })
    }
    const version = versions.find(({ uid }) => uid === now.version.uid)
    const about = version === undefined ? {} : await this.#about(version)
    const reason = isRollback ? rollbackReason(commit) : now.reason
    const kind = isRollback ? ('rolled back' as const) : ('promoted' as const)
    this.#add(commit, { kind, ...facts, ...about, version: now.version, ...optional({ reason }) })
  }

  /** Before any alias of the commit is looked at: names of paths put aliases first. */
  #noteVersions({ changes }: HistoryCommit): void {
    for (const { path, after } of changes) {
      if (!path.endsWith('/version.yaml')) continue
      if (after === undefined) this.#versionsThen.delete(path)
      else this.#versionsThen.set(path, after)
    }
  }

  /** The version that an alias names as it was then: whoever edits it later makes no liar of who promoted it. */
  async #versionThen({ model, version }: Alias): Promise<ModelVersion | undefined> {
    const path = treePath(versionFolder(model, version.number), 'version.yaml')
    const blob = this.#versionsThen.get(path)
    if (blob === undefined) return undefined
    const found = await this.#blob(blob)
      .then((bytes) => decodeVersion(bytes, path))
      .catch(nothing)
    return found?.uid === version.uid ? found : undefined
  }

  async #about(version: ModelVersion): Promise<Pick<AuditEvent, 'version' | 'evidence'>> {
    const { model, number, uid, run, code } = version
    const receipts = await readReceipts(this.#snapshot, model, number)
    const evidence: AuditEvidence = {
      run,
      ...(code.kind === 'commit' ? { code: code.commit } : {}),
      isDirty: isDirty(code),
      receipts: receipts.length,
      reproduced: receipts.filter(({ outcome }) => outcome.kind === 'reproduced').length,
    }
    return { version: { number, uid }, evidence }
  }

  #add(
    { oid, atSeconds, author, signature, message }: HistoryCommit,
    facts: Omit<AuditEvent, 'at' | 'by' | 'commit' | 'signature' | 'hasTrailers' | 'request'>,
  ): void {
    const request = requestNumber(message)
    this.#events.push({
      at: instantOf(atSeconds * 1000),
      by: author,
      commit: oid,
      signature: signatureState(signature),
      hasTrailers: parseOperation(message) !== undefined,
      ...optional({ request }),
      ...facts,
    })
  }

  #blob(oid: Oid): Promise<Uint8Array> {
    return this.#snapshot.engine.readBlob(oid)
  }

  async #versionsOf(model: ModelName): Promise<readonly ModelVersion[]> {
    const known = this.#versions.get(model)
    if (known !== undefined) return known
    const isThere = (await listModelNames(this.#snapshot)).includes(model)
    const read = isThere ? await readVersions(this.#snapshot, model) : []
    this.#versions.set(model, read)
    return read
  }
}

/** The file that is rolled back to tells the reason of its own time; that of today is in the message. */
function rollbackReason({ message }: HistoryCommit): string | undefined {
  const operation = parseOperation(message)
  return operation === undefined ? message.split('\n', 1)[0] : operation.body
}

function metricsBeside(
  before: ReadonlyMap<MetricKey, number> | undefined,
  after: ReadonlyMap<MetricKey, number> | undefined,
): readonly AuditMetric[] {
  const keys = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort(compareText)
  return keys.map((key) => ({ key, ...optional({ before: before?.get(key), after: after?.get(key) }) }))
}

/** Leaves out members that are `undefined`. */
function optional<Members extends object>(
  members: Members,
): {
  readonly [Key in keyof Members]?: Exclude<Members[Key], undefined>
} {
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { readonly [Key in keyof Members]?: Exclude<Members[Key], undefined> }
}

function nothing(caught: unknown): undefined {
  if (caught instanceof Failure) return undefined
  throw caught
}
