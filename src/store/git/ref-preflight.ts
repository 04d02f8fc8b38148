/**
 * What to look at before a ref is made: history that was there before, and names that cannot stand beside it.
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { Files } from '../files/files.ts'
import type { RefUpdate } from './engine.ts'
import { listRefs, readText } from './loose-ref.ts'
import type { RepositoryPlace } from './probe.ts'

interface Repository {
  readonly place: RepositoryPlace
  readonly files: Files
}

/**
 * Refuses to start anew a ref whose reflog shows it was there: git removes the reflog with the ref, so only damage
 * leaves one without the other.
 *
 * @throws `history-vanished`
 */
export async function refuseLostHistory({ place, files }: Repository, update: RefUpdate): Promise<void> {
  if (update.base !== undefined || place.refFormat === 'reftable') return
  const log = await readText(files, join(place.commonDir, 'logs', update.ref))
  const lastSeen = parseOid(log?.trimEnd().split('\n').at(-1)?.split(' ')[1] ?? '')
  if (lastSeen === undefined) return
  const present = await listRefs(place, files, update.ref)
  if (!present.some(({ ref }) => ref === update.ref)) throw refuse('history-vanished', { ref: update.ref, lastSeen })
}

/**
 * Refuses a ref that would be a folder of another, inside another, or differ from one in case only: file systems that
 * ignore case would give both the same file.
 *
 * @throws `ref-name-conflict`
 */
export async function refuseNameConflict({ place, files }: Repository, ref: RefName): Promise<void> {
  // Reftable keeps names in a table, and git itself refuses the first two.
  if (place.refFormat === 'reftable') return
  const folded = ref.toLowerCase()
  for (const { ref: existing } of await listRefs(place, files, 'refs/')) {
    const other = existing.toLowerCase()
    const isSame = other === folded && existing !== ref
    if (isSame || other.startsWith(`${folded}/`) || folded.startsWith(`${other}/`)) {
      throw refuse('ref-name-conflict', { ref, existing })
    }
  }
}
