/**
 * Appends to reflogs: the way back to a tip that a ref no longer names.
 */
import { dirname, join } from 'node:path'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { formatSignature } from './commit-object.ts'
import type { Signature } from './engine.ts'
import type { RepositoryPlace } from './probe.ts'

/** One move of a ref. */
export interface ReflogEntry {
  readonly ref: RefName
  /** `undefined` when the ref was made. */
  readonly before: Oid | undefined
  readonly after: Oid
  readonly committer: Signature
  /** Only the first line is written. */
  readonly message: string
}

const NO_OBJECT = '0'.repeat(40)
const NEWLINE = 0x0a

/** The reflog of a ref. */
export function reflogFile(place: RepositoryPlace, ref: RefName): string {
  return join(place.commonDir, 'logs', ref)
}

/** Appends one entry, durably. A line cut short by a crash is closed first, so it cannot swallow this one. */
export async function appendReflog(place: RepositoryPlace, files: Files, entry: ReflogEntry): Promise<void> {
  const path = reflogFile(place, entry.ref)
  await makeFolderDurably(files, dirname(path))
  const cutShort = await endsInsideLine(files, path)
  const log = await files.open(path, 'append')
  try {
    await log.write(Buffer.from(`${cutShort ? '\n' : ''}${formatEntry(entry)}\n`, 'utf8'))
    await log.sync()
  } finally {
    await log.close()
  }
  if (entry.before === undefined) await files.syncFolder(dirname(path))
}

function formatEntry(entry: ReflogEntry): string {
  const [subject = ''] = entry.message.split('\n', 1)
  const names = `${entry.before ?? NO_OBJECT} ${entry.after}`
  return `${names} ${formatSignature(entry.committer)}\tmlv: ${subject.replace(/\s+/g, ' ').trim()}`
}

async function endsInsideLine(files: Files, path: string): Promise<boolean> {
  const size = (await files.stat(path))?.sizeBytes ?? 0
  if (size === 0) return false
  const log = await files.open(path, 'read')
  try {
    const last = new Uint8Array(1)
    await log.read(last, size - 1)
    return last[0] !== NEWLINE
  } finally {
    await log.close()
  }
}
