/**
 * Checks which files a change of the registry touches: what may change by a review and what never does.
 */
import { Failure } from '../../domain/failure.ts'
import { folderUnit } from '../../domain/merge-unit.ts'
import { parseModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { guardedPath } from '../../domain/review/request-check.ts'
import type { CheckResult, GuardedPath } from '../../domain/review/request-check.ts'
import { areaOf, rootPath } from '../../domain/tree-path.ts'
import { changedPaths } from '../../store/branch/changed-paths.ts'
import type { ChangedPath } from '../../store/branch/changed-paths.ts'
import { readModel, readReceipts, readState, readVersion } from '../../store/branch/read-models.ts'
import { notesPath, readFileList, readNotes, readRun } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeReceipt } from '../../store/documents/receipt-manifest.ts'
import { decodeView } from '../../store/documents/view-manifest.ts'
import { checkNames } from './check-names.ts'
import { newVersionProblem } from './check-new-version.ts'

const RECEIPT = /^models\/[^/]+\/versions\/[^/]+\/receipts\/[0-9a-z]+\.yaml$/

/** What a change touches, and what is wrong with that. */
export interface ChangedFiles {
  readonly results: readonly CheckResult[]
  /** Aliases that were moved, made or removed and are plain files. */
  readonly aliases: readonly ChangedPath[]
}

/** Checks every file that differs between the commit a change began from and its head. */
export async function checkChangedFiles(fork: Oid, head: BranchSnapshot): Promise<ChangedFiles> {
  const { engine, tips } = head
  const changes = await changedPaths(engine, fork, tips.registry)
  const files: CheckResult[] = []
  const records: CheckResult[] = []
  const added = new Set<string>()
  for (const change of changes) {
    const problem = kindProblem(change)
    if (problem !== undefined) files.push(problem)
    const guarded = guardedIn(head, change)
    if (guarded.kind === 'foreign') files.push(failed('files', change.path, 'is not for a request to change'))
    if (guarded.kind !== 'record') continue
    const before = await engine.entryAt(fork, rootPath(guarded.folder))
    if (before === undefined) added.add(guarded.folder)
    else if (!isNewReceipt(change)) records.push(failed('records', change.path, editOf(change)))
  }
  for (const folder of added) records.push(...(await addedRecord(head, folder)))
  files.push(...(await unreadableWords(head, changes)), ...(await checkNames(head, changes)))
  return {
    results: [
      ...(files.length > 0 ? files : [passed('files', filesTouched(changes))]),
      ...(records.length > 0 ? records : [passed('records', 'no version or run was edited')]),
    ],
    aliases: changes.filter((change) => guardedPath(change.path).kind === 'alias' && kindProblem(change) === undefined),
  }
}

/** Where runs and versions are on a branch of their own, they have no place on this one. */
function guardedIn({ settings }: BranchSnapshot, { path }: ChangedPath): GuardedPath {
  const isElsewhere = settings.areas[areaOf(path)] !== settings.areas.registry
  return isElsewhere ? { kind: 'foreign' } : guardedPath(path)
}

function filesTouched(changes: readonly ChangedPath[]): string {
  if (changes.length === 0) return 'nothing was changed'
  return changes.length === 1 ? '1 file, which a request may change' : `${changes.length} files, all of them records`
}

function kindProblem({ path, after }: ChangedPath): CheckResult | undefined {
  if (after === undefined || after.kind === 'file' || after.kind === 'tree') return undefined
  if (after.kind === 'executable' && guardedPath(path).kind === 'record') return undefined
  const found = { symlink: 'a symbolic link', gitlink: 'a submodule', executable: 'executable' }[after.kind]
  return failed('files', path, `is ${found} and no plain file`)
}

/** Receipts are added to a version whenever it was repeated. */
function isNewReceipt({ path, before }: ChangedPath): boolean {
  return before === undefined && RECEIPT.test(path)
}

function editOf({ before, after }: ChangedPath): string {
  if (before === undefined) return 'was added to a record that exists'
  return after === undefined ? 'was removed, and records stay' : 'was edited, and records never change'
}

/** A version or run that comes with the request: whole, and under its own name. */
async function addedRecord(head: BranchSnapshot, folder: string): Promise<readonly CheckResult[]> {
  const unit = folderUnit(folder)
  try {
    if (unit?.kind === 'run' && (await readRun(head, unit.run))?.id === unit.run) {
      await readFileList(head, rootPath(folder))
      return [passed('records', 'a run that is new', folder)]
    }
    if (unit?.kind === 'version') {
      const version = await readVersion(head, unit.model, unit.number)
      await readFileList(head, rootPath(folder))
      await readReceipts(head, unit.model, unit.number)
      const isOwn = version?.model === unit.model && version.number === unit.number
      const run = isOwn ? await readRun(head, version.run) : undefined
      if (isOwn && run !== undefined) {
        const problem = await newVersionProblem(head, version, run)
        if (problem !== undefined) return [failed('records', folder, problem)]
        return [passed('records', 'a version that is new', folder)]
      }
    }
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return [failed('records', folder, caught.message)]
  }
  return [failed('records', folder, 'is no run or version of that name')]
}

/** What everybody reads must be readable. */
async function unreadableWords(head: BranchSnapshot, changes: readonly ChangedPath[]): Promise<readonly CheckResult[]> {
  const problems: CheckResult[] = []
  for (const { path, after } of changes) {
    if (after?.kind !== 'file') continue
    try {
      const isReceipt = RECEIPT.test(path)
      if (isReceipt) decodeReceipt(await head.engine.readBlob(after.oid), path)
      if (!isReceipt && guardedPath(path).kind !== 'words') continue
      if (!isReceipt && !(await isReadWords(head, path, after.oid))) {
        problems.push(failed('files', path, 'is said of nothing that there is'))
      }
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      problems.push(failed('files', path, caught.message))
    }
  }
  return problems
}

/** Reads words; tells whether there is what they are said of. @throws what cannot be read */
async function isReadWords(head: BranchSnapshot, path: string, blob: Oid): Promise<boolean> {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const unit = folderUnit(folder)
  if (unit?.kind === 'version') {
    await readState(head, unit.model, unit.number)
    return (await readVersion(head, unit.model, unit.number)) !== undefined
  }
  if (unit?.kind === 'run') {
    await readNotes(head, unit.run)
    return notesPath(unit.run) === path && (await readRun(head, unit.run)) !== undefined
  }
  const [, view] = /^views\/([^/]+)\.yaml$/.exec(path) ?? []
  if (view !== undefined) return decodeView(await head.engine.readBlob(blob), path).name === view
  const [, model] = /^models\/([^/]+)\/model\.yaml$/.exec(path) ?? []
  if (model === undefined) return false
  return (await readModel(head, parseModelName(model))) !== undefined
}

/** A rule that is kept. */
export function passed(rule: CheckResult['rule'], note: string, subject = ''): CheckResult {
  return { rule, subject, status: 'passed', note }
}

/** A rule that is broken. */
export function failed(rule: CheckResult['rule'], subject: string, note: string): CheckResult {
  return { rule, subject, status: 'failed', note }
}
