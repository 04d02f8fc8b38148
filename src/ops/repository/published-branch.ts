/**
 * The branch as a remote has it, apart from what this clone has not pushed: what a reviewer is asked about.
 */
import { refuse } from '../../domain/failure.ts'
import { trackingRef } from '../../remote/git-transport.ts'
import { readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { Repository } from './repository.ts'

/** Pins what was last fetched of a remote. @throws `branch-not-found` */
export async function publishedSnapshot({ context }: Repository, remote: string): Promise<BranchSnapshot> {
  const { engine } = context
  const registry = await engine.readRef(trackingRef(remote, REGISTRY_REF))
  if (registry === undefined) throw refuse('branch-not-found', { ref: trackingRef(remote, REGISTRY_REF) })
  const settings = await readSettings(engine, registry)
  const ref = trackingRef(remote, settings.areas.records)
  const records = settings.areas.records === REGISTRY_REF ? registry : await engine.readRef(ref)
  if (records === undefined) throw refuse('branch-not-found', { ref })
  return { engine, settings, tips: { registry, records } }
}
