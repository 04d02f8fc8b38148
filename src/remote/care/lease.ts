/**
 * How pushes and sweeps keep out of each other's way without a lock that a bucket could keep.
 *
 * Each writes what it is about to do, then looks for what the other wrote. Whichever came second sees the first, so
 * they never both go on: a sweep that sees a push gives up, a push that sees a sweep waits for its end. What a killed
 * one left behind counts for a while and then no more. All times are those of the store.
 */
import { newUlid } from '../../base/ulid.ts'
import type { Clock } from '../../base/clock.ts'
import { refuse } from '../../domain/failure.ts'
import { placeKey } from '../keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import type { RetryWorld } from '../retry.ts'
import { careDocument } from './care-documents.ts'
import { LEASES, SWEEPING } from './care-keys.ts'

const MINUTE_MS = 60_000
/** How long a push counts that never ended. */
export const LEASE_MS = 24 * 60 * MINUTE_MS
/** How long a sweep counts that never ended. */
export const SWEEP_MS = 10 * MINUTE_MS
/** A sweep that was not heard of for this long stops by itself, well before others take it for dead. */
const SILENT_MS = 4 * MINUTE_MS
const BEAT_MS = MINUTE_MS
const RENEW_MS = 60 * MINUTE_MS
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000
const PATIENCE_MS = 2 * MINUTE_MS

/** A lease that is held. */
export interface Lease {
  /** The time of the store when it was taken, in milliseconds since the Unix epoch. */
  readonly storeMs: number
  /** To be called while long work goes on; does something once an hour. */
  readonly renew: () => void
}

/**
 * Does work that relies on what the store has, while no sweep sets anything aside.
 *
 * @throws `store-in-use` when a sweep does not end, what the work throws
 */
export async function withLease<Result>(
  place: KeyedPlace,
  world: RetryWorld,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  const key = placeKey('leases', `${newUlid(world.clock, world.entropy)}.json`)
  let renewedMs = world.clock.nowMs()
  const renew = (): void => {
    if (world.clock.nowMs() - renewedMs < RENEW_MS) return
    renewedMs = world.clock.nowMs()
    // One that fails is tried again in an hour, long before the lease has had its day.
    void place.write(key, careDocument({}), 'replace').catch(() => undefined)
  }
  try {
    return await work({ storeMs: await clearedOfSweeps(place, key, world), renew })
  } finally {
    // One that stays holds sweeps back for a day; that is no reason to fail a push.
    await place.remove([key]).catch(() => undefined)
  }
}

async function clearedOfSweeps(place: KeyedPlace, key: PlaceKey, world: RetryWorld): Promise<number> {
  for (let [waitMs, waitedMs] = [FIRST_WAIT_MS, 0]; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const storeMs = await writeNow(place, key)
    const sweep = await place.head(SWEEPING)
    if (sweep === undefined || storeMs - sweep.modifiedMs > SWEEP_MS) return storeMs
    if (waitedMs >= PATIENCE_MS) throw refuse('store-in-use', { store: place.label, by: 'sweep' })
    await world.wait(waitMs)
    waitedMs += waitMs
  }
}

/** A sweep that is going on. */
export interface Sweep {
  /** The time of the store when it began, in milliseconds since the Unix epoch. */
  readonly startedMs: number
  /**
   * Says that it lives still. To be asked before every change.
   *
   * @throws `store-in-use` when it was silent for too long
   */
  readonly beat: () => Promise<void>
}

/**
 * Does work that sets objects aside, while no push relies on what the store has.
 *
 * @throws `store-in-use` while a push or another sweep goes on, what the work throws
 */
export async function withSweep<Result>(
  place: KeyedPlace,
  clock: Clock,
  work: (sweep: Sweep) => Promise<Result>,
): Promise<Result> {
  const heardMs = clock.nowMs()
  const startedMs = await announceSweep(place, clock)
  try {
    await refuseLeases(place, startedMs)
    return await work({ startedMs, beat: beating(place, clock, heardMs) })
  } finally {
    await place.remove([SWEEPING])
  }
}

async function announceSweep(place: KeyedPlace, clock: Clock): Promise<number> {
  const bytes = careDocument({ since: BigInt(clock.nowMs()) })
  for (let tries = 0; tries < 2; tries += 1) {
    const outcome = await place.write(SWEEPING, bytes, 'only-if-absent')
    const there = await place.head(SWEEPING)
    if (outcome === 'written' && there !== undefined) return there.modifiedMs
    if (there !== undefined && (await storeNow(place)) - there.modifiedMs > SWEEP_MS) await place.remove([SWEEPING])
    else break
  }
  throw refuse('store-in-use', { store: place.label, by: 'sweep' })
}

/** The store's own time: that of a file it just took. */
async function storeNow(place: KeyedPlace): Promise<number> {
  const key = placeKey('gc', 'now.json')
  return writeNow(place, key)
}

async function writeNow(place: KeyedPlace, key: PlaceKey): Promise<number> {
  await place.write(key, careDocument({}), 'replace')
  const there = await place.head(key)
  if (there === undefined) throw refuse('store-in-use', { store: place.label, by: 'sweep' })
  return there.modifiedMs
}

async function refuseLeases(place: KeyedPlace, nowMs: number): Promise<void> {
  const expired: PlaceKey[] = []
  for await (const { key, modifiedMs } of place.list(LEASES)) {
    if (nowMs - modifiedMs <= LEASE_MS) throw refuse('store-in-use', { store: place.label, by: 'push' })
    expired.push(key)
  }
  await place.remove(expired)
}

function beating(place: KeyedPlace, clock: Clock, fromMs: number): () => Promise<void> {
  let heardMs = fromMs
  return async () => {
    const nowMs = clock.nowMs()
    const silentMs = Math.abs(nowMs - heardMs)
    // A machine that slept meanwhile: others may have gone on without it.
    if (silentMs > SILENT_MS) throw refuse('store-in-use', { store: place.label, by: 'sweep' })
    if (silentMs < BEAT_MS) return
    await place.touch(SWEEPING)
    heardMs = nowMs
  }
}
