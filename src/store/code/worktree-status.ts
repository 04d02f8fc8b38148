/**
 * What `git status --porcelain=v2 --branch -z` says about a worktree, as data.
 */
import { compareText } from '../../base/order.ts'
import { parseOid } from '../../domain/oid.ts'
import type { IgnoredFiles } from '../../domain/code-state.ts'
import type { Oid } from '../../domain/oid.ts'

/** The state of a worktree beside its HEAD. */
export interface WorktreeStatus {
  /** `undefined` before the first commit. */
  readonly head: Oid | undefined
  /** Short name of the branch; absent when HEAD is detached. */
  readonly branch?: string
  /** In git's order: tracked files first. */
  readonly changes: readonly WorktreeChange[]
  /** Absent when nothing is ignored. */
  readonly ignored?: IgnoredFiles
}

/** One path that differs from HEAD, in the index or in the worktree. */
export interface WorktreeChange {
  readonly kind: 'tracked' | 'untracked' | 'submodule' | 'nested-repository'
  /** Relative to the top of the worktree; what is not UTF-8 is replaced, so `isNameExact` is false. */
  readonly path: string
  /** The bytes of the path, one character a byte, to hand back to git. */
  readonly rawPath: string
  /** Whether `path` reaches the file on disk. */
  readonly isNameExact: boolean
  /** The blob HEAD has here; absent when HEAD has none. */
  readonly headBlob?: Oid
  /** Whether a submodule has changes of its own that no commit holds; false for everything else. */
  readonly hasInnerChanges: boolean
}

/** Fields before the path, which itself may hold spaces (git-status(1), "Porcelain Format Version 2"). */
const FIELDS_OF_CHANGED = 8
const FIELDS_OF_UNMERGED = 10

/** A record tells what was there, and is no listing of a disk. */
const IGNORED_TOLD = 50

/** Reads the output of git status. */
export function parseWorktreeStatus(stdout: Uint8Array): WorktreeStatus {
  let head: Oid | undefined
  let branch: string | undefined
  const changes: WorktreeChange[] = []
  const ignored: string[] = []
  // One character a byte: git promises no encoding of paths.
  for (const line of Buffer.from(stdout).toString('latin1').split('\0')) {
    if (line.startsWith('# branch.oid ')) head = parseOid(line.slice(13))
    else if (line.startsWith('# branch.head ')) branch = branchName(line.slice(14))
    else if (line.startsWith('1 ')) changes.push(trackedChange(line, FIELDS_OF_CHANGED))
    else if (line.startsWith('u ')) changes.push(trackedChange(line, FIELDS_OF_UNMERGED))
    else if (line.startsWith('? ')) changes.push(untrackedChange(line.slice(2)))
    else if (line.startsWith('! ')) ignored.push(decoded(line.slice(2)))
  }
  return { head, changes, ...(branch === undefined ? {} : { branch }), ...ignoredOf(ignored) }
}

function ignoredOf(paths: readonly string[]): Pick<WorktreeStatus, 'ignored'> {
  if (paths.length === 0) return {}
  return { ignored: { paths: [...paths].sort(compareText).slice(0, IGNORED_TOLD), count: paths.length } }
}

function branchName(text: string): string | undefined {
  return text === '(detached)' ? undefined : decoded(text)
}

function trackedChange(line: string, fieldCount: number): WorktreeChange {
  const fields = line.split(' ', fieldCount)
  const rawPath = line.slice(fields.join(' ').length + 1)
  const submodule = fields[2] ?? 'N...'
  const headBlob = fieldCount === FIELDS_OF_CHANGED ? knownBlob(fields[6]) : undefined
  return {
    kind: submodule.startsWith('S') ? 'submodule' : 'tracked',
    ...pathOf(rawPath),
    ...(headBlob === undefined ? {} : { headBlob }),
    hasInnerChanges: submodule.includes('M') || submodule.includes('U'),
  }
}

/** With every untracked file listed, only a repository of its own is left as a folder. */
function untrackedChange(rawPath: string): WorktreeChange {
  const isFolder = rawPath.endsWith('/')
  const kind = isFolder ? 'nested-repository' : 'untracked'
  return { kind, ...pathOf(isFolder ? rawPath.slice(0, -1) : rawPath), hasInnerChanges: false }
}

function pathOf(rawPath: string): Pick<WorktreeChange, 'path' | 'rawPath' | 'isNameExact'> {
  const path = decoded(rawPath)
  return { path, rawPath, isNameExact: Buffer.from(path).toString('latin1') === rawPath }
}

function decoded(raw: string): string {
  return Buffer.from(raw, 'latin1').toString('utf8')
}

/** All zeros stand for a path HEAD does not have. */
function knownBlob(text: string | undefined): Oid | undefined {
  return text === undefined || /^0+$/.test(text) ? undefined : parseOid(text)
}
