/**
 * Commits through git: one git-fast-import, one git-update-ref, nothing else. Both start at once; objects are synced,
 * with the folder that names them, before any ref moves, so a ref never leads to what a power cut took.
 */
import { dirname, join } from 'node:path'
import { newUlid } from '../../base/ulid.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { errnoOf, withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { RefUpdate, Signatures } from './engine.ts'
import { startFastImport } from './fast-import.ts'
import type { FastImport } from './fast-import.ts'
import { foldPacks } from './fold-packs.ts'
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram, GitResult } from './git-command.ts'
import type { GitEnvironment } from './git-environment.ts'
import { clearLeftovers, TEMPORARY_REFS } from './leftovers.ts'
import { readRef } from './loose-ref.ts'
import type { RepositoryPlace } from './probe.ts'
import { identifyChild, identifyProcess } from './process-identity.ts'
import type { OwnerIdentity } from './process-identity.ts'
import { refuseLostHistory, refuseNameConflict } from './ref-preflight.ts'
import { startRefTransaction, transactionFailure } from './ref-transaction.ts'
import type { RefMove, RefTransaction } from './ref-transaction.ts'
import { signCommit } from './sign-commit.ts'
import { removeUnremoved } from './unremoved-files.ts'
import { publishWriting, withdrawWriting } from './writing-record.ts'
import type { WritingRecord } from './writing-record.ts'

/** A repository with the git that works on it. */
export interface SystemRepository {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
  readonly environment: GitEnvironment
  /** How long git waits for a ref that another program holds; 5 s when absent. */
  readonly patienceMs?: number
}

/** How often an import starts over. */
const IMPORT_TRIES = 10

/** The two processes of one commit. */
interface Workers {
  readonly importer: FastImport
  readonly transaction: RefTransaction
  /** One temporary ref an update. */
  readonly branches: readonly RefName[]
  /** What the pack is told from earlier tries by; absent in the first. */
  readonly stray: string | undefined
}

/** Makes one commit a ref and moves all refs or none; see the port. The caller holds the writer's lock. */
export async function commitThroughGit(
  repository: SystemRepository,
  updates: readonly RefUpdate[],
  signatures: Signatures,
): Promise<readonly Oid[]> {
  const { place, files } = repository
  if (updates.length === 0) return []
  return withDiskFailures(place.commonDir, 'writing', async () => {
    for (const update of updates) await refuseImpossible(repository, update)
    const self = await identifyProcess(files, repository.environment)
    // Before there are processes: whatever they leave when all are killed has this record as its evidence.
    const sinceNs = await publishWriting(place, files, { owner: self, children: [], commits: [] })
    try {
      const { commits, isClean } = await commitPatiently(repository, { updates, signatures, self, sinceNs })
      // The commit is made and told whether or not the packs can be folded; the next one tries again.
      await foldPacks(repository).catch(() => undefined)
      // What a git that died at its very end left needs the record as its evidence.
      if (isClean) await withdrawWriting(place, files)
      else await clearLeftovers(place, files, self).catch(() => undefined)
      return commits
    } catch (error) {
      // A git that died alone left its locks. Where they cannot be cleared now, the record stays for the next writer.
      await clearLeftovers(place, files, self).catch(() => undefined)
      throw error
    }
  })
}

/**
 * A `git gc --prune=now` removes the temporary packs of others too; then the import starts over, with one object
 * more. The same objects would make a pack of the same name, and a `git repack -ad` that saw the first one without its
 * `.keep` goes on to remove the second.
 */
async function commitPatiently(repository: SystemRepository, work: Work): Promise<Landed> {
  for (let tries = 1; ; tries += 1) {
    const workers = startWorkers(repository, work, tries > 1)
    try {
      return await importAndMove(repository, workers, work)
    } catch (error) {
      const pruned = prunedPack(error)
      if (tries >= IMPORT_TRIES || pruned === undefined) throw error
      await removePruned(repository, pruned)
    } finally {
      await endWorkers(repository, workers)
    }
  }
}

/** The pack, less its extension, that git could not put in place because its temporary file had gone. */
function prunedPack(error: unknown): string | undefined {
  if (!isFailure(error, 'git-failed') || error.detail.data.command !== 'fast-import') return undefined
  const { stderr } = error.detail.data
  return /unable to write file (.*)\.(?:pack|idx): No such file or directory/.exec(stderr)?.[1]
}

/** Git may have put the pack in place and not its index: then nobody ever reads it. */
async function removePruned({ files }: SystemRepository, pack: string): Promise<void> {
  if ((await files.lstat(`${pack}.idx`)) === undefined) await files.remove(`${pack}.pack`)
  await files.remove(`${pack}.keep`)
}

async function refuseImpossible(repository: SystemRepository, update: RefUpdate): Promise<void> {
  if (update.expected !== undefined) return
  await refuseLostHistory(repository, update)
  await refuseNameConflict(repository, update.ref)
}

function startWorkers(repository: SystemRepository, { updates, signatures }: Work, isRepeated: boolean): Workers {
  const { git, place, environment, patienceMs } = repository
  const operation = newUlid(environment.clock, environment.entropy)
  const message = updates[0]?.message ?? ''
  const log = { committer: signatures.committer, message, ...(patienceMs === undefined ? {} : { patienceMs }) }
  return {
    importer: startFastImport(git, place),
    transaction: startRefTransaction(git, place, log),
    branches: updates.map((_, index) => parseRefName(`${TEMPORARY_REFS}/${operation}-${index}`)),
    stray: isRepeated ? operation : undefined,
  }
}

/** What is to be committed, and by which process. */
interface Work {
  readonly updates: readonly RefUpdate[]
  readonly signatures: Signatures
  readonly self: OwnerIdentity
  /** When the writing began, by the clock of the file system. */
  readonly sinceNs: bigint
}

/** Commits that are made and named. */
interface Landed {
  readonly commits: readonly Oid[]
  /** False when a git died or failed after that, and may have left a lock or a `.keep`, which would stay for ever. */
  readonly isClean: boolean
}

async function importAndMove(repository: SystemRepository, workers: Workers, work: Work): Promise<Landed> {
  const { place, files } = repository
  const { importer, transaction, branches, stray } = workers
  const record = { owner: work.self, sinceNs: work.sinceNs, commits: [] }
  // Before the transaction starts the processes must be on record; the import itself waits for nothing.
  const [children, imported] = await Promise.all([
    recordChildren(repository, workers, record),
    importer.commit(work.updates, branches, work.signatures, stray),
  ])
  if (imported === undefined) throw importFailure(await importer.finish(), place)
  const commits = await signAll(repository, imported, work)
  await Promise.all([
    files.syncFolder(join(place.commonDir, 'objects', 'pack')),
    publishWriting(place, files, { ...record, children, commits }),
  ])
  const moves = work.updates.map(({ ref, expected }, index) => ({ ref, expected, commit: commitAt(commits, index) }))
  const moved = await transaction.run({ moves, removals: branches })
  if (moved.exitCode !== 0) await refuseUnmoved(repository, moved, moves)
  const [ended] = await Promise.all([importer.finish(), syncRefs(repository, work.updates)])
  return { commits, isClean: moved.exitCode === 0 && ended.exitCode === 0 }
}

/**
 * Git fails too when it could not remove a temporary ref, after all others moved. Refs that stood elsewhere than
 * expected were not moved, even if they stand where they were to go: the same operation was repeated.
 */
async function refuseUnmoved(repository: SystemRepository, moved: GitResult, moves: readonly RefMove[]): Promise<void> {
  const refused = await transactionFailure(moved, { ...repository, clock: repository.environment.clock })
  if (isFailure(refused, 'branch-moved') || !(await haveMoved(repository, moves))) throw refused
}

async function haveMoved({ place, files }: SystemRepository, moves: readonly RefMove[]): Promise<boolean> {
  if (place.refFormat === 'reftable') return false
  for (const { ref, commit } of moves) {
    if ((await readRef(place, files, ref).catch(() => undefined)) !== commit) return false
  }
  return true
}

async function recordChildren(
  { place, files }: SystemRepository,
  { importer, transaction }: Workers,
  record: Omit<WritingRecord, 'children'>,
): Promise<readonly OwnerIdentity[]> {
  const ids = [importer.processId, transaction.processId].filter((id) => id !== undefined)
  const children = await Promise.all(ids.map((id) => identifyChild(files, record.owner, id)))
  await publishWriting(place, files, { ...record, children })
  return children
}

async function signAll(repository: SystemRepository, commits: readonly Oid[], work: Work): Promise<readonly Oid[]> {
  if (work.signatures.sign !== true) return commits
  const signed: Oid[] = []
  for (const commit of commits) signed.push(await signCommit(repository, commit, work.signatures))
  return signed
}

function commitAt(commits: readonly Oid[], index: number): Oid {
  const commit = commits[index]
  if (commit === undefined) throw refuse('git-failed', { command: 'fast-import', exitCode: 0, stderr: 'no commit' })
  return commit
}

/** The folders hold the new names; the reflog is written by git without a sync. */
async function syncRefs({ place, files }: SystemRepository, updates: readonly RefUpdate[]): Promise<void> {
  if (place.refFormat === 'reftable') return files.syncFolder(join(place.commonDir, 'reftable'))
  const folders = new Set<string>()
  for (const { ref, expected } of updates) {
    for (const root of [place.commonDir, join(place.commonDir, 'logs')]) {
      // A new ref may have made folders on its way; an old one changes the entries of its own only.
      const path = join(root, ref)
      for (const folder of expected === undefined ? foldersTo(root, path) : [dirname(path)]) folders.add(folder)
    }
  }
  const logs = updates.map(({ ref }) => unlessPacked(() => syncFile(files, join(place.commonDir, 'logs', ref))))
  await Promise.all([...logs, ...[...folders].map((folder) => unlessPacked(() => files.syncFolder(folder)))])
}

function foldersTo(root: string, path: string): readonly string[] {
  const parent = dirname(path)
  return parent === root ? [root] : [...foldersTo(root, parent), parent]
}

/** A `git pack-refs` beside us may already have moved the ref and removed the folder it left empty. */
async function unlessPacked(sync: () => Promise<void>): Promise<void> {
  try {
    await sync()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

async function syncFile(files: Files, path: string): Promise<void> {
  const file = await files.open(path, 'read')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function importFailure(
  result: { readonly exitCode: number; readonly stderr: string },
  place: RepositoryPlace,
): Failure {
  const absent = /[Pp]ath (.+) not in branch/.exec(result.stderr)?.[1]
  if (absent !== undefined) return refuse('object-missing', { what: 'path', id: absent })
  return gitFailure('fast-import', result, place.commonDir)
}

/** Ends what still runs and clears what a refused commit left; after a finished one all of it is gone already. */
async function endWorkers({ git, place, files }: SystemRepository, workers: Workers): Promise<void> {
  const complaints = await Promise.all([workers.importer.abandon(), workers.transaction.abandon()])
  await removeUnremoved(place, files, complaints)
  if (place.refFormat === 'reftable') {
    const input = workers.branches.map((branch) => `delete ${branch}\n`).join('')
    await runGit(git, [`--git-dir=${place.commonDir}`, 'update-ref', '--stdin'], { input })
  }
  const { processId } = workers.importer
  const reports = processId === undefined ? [] : [`fast_import_crash_${processId}`]
  const leftovers = place.refFormat === 'reftable' ? reports : [...workers.branches, ...reports]
  await Promise.all(leftovers.map((name) => files.remove(join(place.commonDir, name))))
}
