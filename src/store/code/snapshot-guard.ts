/**
 * What may enter a snapshot: not too much, and no secret. Checked before the first object is written.
 */
import { compareText } from '../../base/order.ts'
import { refuse } from '../../domain/failure.ts'
import { findSecrets } from '../inputs/secret-scan.ts'
import type { WorktreeGit } from './worktree-git.ts'
import type { WorktreeChange } from './worktree-status.ts'

/** Limits of a snapshot. */
export interface SnapshotLimits {
  /** Sum over all uncommitted files as they are on disk. */
  readonly limitBytes: number
  /** Takes files with secrets in them. */
  readonly allowSecrets: boolean
}

/** A changed path with its size on disk; a deleted one has none. */
interface SizedChange {
  readonly change: WorktreeChange
  readonly sizeBytes: number
  readonly isFile: boolean
}

const FILES_LIMIT = 10_000
const LARGEST_TOLD = 5
// As git itself decides what is text (xdiff-interface.c, FIRST_FEW_BYTES).
const TEXT_SNIFF_BYTES = 8000

/** Refuses a worktree whose uncommitted files are data rather than code. @throws `limit-exceeded` over 10,000 files. */
export function checkSnapshotCount(changes: readonly WorktreeChange[]): void {
  if (changes.length <= FILES_LIMIT) return
  throw refuse('limit-exceeded', { what: 'uncommitted files', actual: changes.length, limit: FILES_LIMIT })
}

/**
 * Refuses changes that are too large in all, or hold a secret that HEAD does not.
 *
 * @throws `snapshot-too-large`, `secret-found` for the first one in git's order.
 */
export async function checkSnapshot(
  git: WorktreeGit,
  changes: readonly WorktreeChange[],
  limits: SnapshotLimits,
): Promise<void> {
  const sized = await Promise.all(changes.map((change) => sizeOf(git, change)))
  checkSize(sized, limits.limitBytes)
  if (limits.allowSecrets) return
  for (const { change, isFile } of sized) if (isFile) await checkSecrets(git, change)
}

async function sizeOf(git: WorktreeGit, change: WorktreeChange): Promise<SizedChange> {
  const stat = await git.files.lstat(`${git.place.worktree}/${change.path}`)
  const isFile = stat?.kind === 'file'
  return { change, sizeBytes: isFile ? stat.sizeBytes : 0, isFile }
}

function checkSize(sized: readonly SizedChange[], limitBytes: number): void {
  const sizeBytes = sized.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (sizeBytes <= limitBytes) return
  const largest = [...sized]
    .sort((left, right) => right.sizeBytes - left.sizeBytes || compareText(left.change.path, right.change.path))
    .slice(0, LARGEST_TOLD)
    .map(({ change, sizeBytes }) => `${change.path} (${sizeBytes} bytes)`)
  throw refuse('snapshot-too-large', { sizeBytes, limitBytes, largest })
}

async function checkSecrets(git: WorktreeGit, change: WorktreeChange): Promise<void> {
  const bytes = await git.files.readFile(`${git.place.worktree}/${change.path}`)
  if (bytes.subarray(0, TEXT_SNIFF_BYTES).includes(0)) return
  const text = byteText(bytes)
  const findings = findSecrets(text)
  if (findings.length === 0) return
  const committed = await committedLines(git, change)
  const lines = text.split('\n')
  const added = findings.find(({ line }) => !committed.has(lines[line - 1] ?? ''))
  if (added !== undefined) throw refuse('secret-found', { file: change.path, line: added.line, kind: added.kind })
}

/** Lines that are in history already: a snapshot makes nothing worse there. */
async function committedLines(git: WorktreeGit, change: WorktreeChange): Promise<ReadonlySet<string>> {
  if (change.headBlob === undefined) return new Set()
  return new Set(byteText(await git.bytes(['cat-file', 'blob', change.headBlob])).split('\n'))
}

/** One character a byte: secrets are ASCII, and no encoding can make this fail. */
function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
