/**
 * Uploads as a store with a list of repositories wants them: listed first, while no sweep goes on, and what was there
 * already made young again, so that no sweep takes it before the record that names it has arrived.
 */
import { isFailure, refuse } from '../../domain/failure.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { ArtifactTransfer, TransferObject } from '../artifact-transfer.ts'
import { manifestKey, wholeKey } from '../compact/compact-keys.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import type { RetryWorld } from '../retry.ts'
import type { ListedRepository } from './care-documents.ts'
import { withLease } from './lease.ts'
import { keysNeeded } from './object-graph.ts'
import type { ReadDependencies } from './object-graph.ts'
import { register } from './registration.ts'

/** What an upload takes care with. */
export interface CareOptions {
  readonly place: KeyedPlace
  readonly world: RetryWorld
  /** The repository as the list has it. */
  readonly listedAs: () => Promise<ListedRepository>
  readonly readDependencies: ReadDependencies
}

const DAY_MS = 24 * 60 * 60 * 1000
/** What is older is touched: half of the time for which what is young stays. */
const TOUCHED_DAYS = 7
const AT_ONCE = 16

/** Makes uploads of a transfer careful. */
export function carefully(transfer: ArtifactTransfer, options: CareOptions): ArtifactTransfer {
  const { place, world, listedAs } = options
  return {
    ...transfer,
    upload: (objects, onProgress) =>
      withLease(place, world, async ({ storeMs, renew }) => {
        await register(place, await listedAs())
        const report = await transfer.upload(objects, (progress) => {
          renew()
          onProgress(progress)
        })
        await freshen(options, report.present, storeMs)
        return report
      }),
  }
}

/** @throws `store-in-use` when something that was there went: this machine slept for longer than a lease counts */
async function freshen(
  { place, readDependencies }: CareOptions,
  present: readonly TransferObject[],
  storeMs: number,
): Promise<void> {
  await forEachAtOnce(present, AT_ONCE, async ({ sha256 }) => {
    if (await freshenKey(place, wholeKey(sha256), storeMs)) return
    const isThere = await freshenKey(place, manifestKey(sha256), storeMs)
    if (!isThere) throw refuse('store-in-use', { store: place.label, by: 'sweep' })
    for (const key of await keysNeeded(place, [sha256], (one) => one, readDependencies)) {
      await freshenKey(place, key, storeMs)
    }
  })
}

/** Returns false where nothing is. */
async function freshenKey(place: KeyedPlace, key: PlaceKey, storeMs: number): Promise<boolean> {
  const there = await place.head(key)
  if (there === undefined) return false
  if (storeMs - there.modifiedMs < TOUCHED_DAYS * DAY_MS) return true
  try {
    await place.touch(key)
    return true
  } catch (caught) {
    if (isFailure(caught, 'object-missing')) return false
    throw caught
  }
}
