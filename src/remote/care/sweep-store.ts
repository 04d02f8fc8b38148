/**
 * Sweeps a store: sets aside what no record of any repository names, in two steps a week apart, and removes for good
 * what was set aside for two weeks.
 */
import type { Clock, Entropy } from '../../base/clock.ts'
import type { Sha256 } from '../../base/digest.ts'
import { newUlid } from '../../base/ulid.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { placeKey, readSmall } from '../keyed-place.ts'
import type { KeyedPlace, PlacedKey, PlaceKey } from '../keyed-place.ts'
import { careDocument, decodeMark, encodeMark, MOST_MARK_BYTES } from './care-documents.ts'
import { COMPLETE, keyOfTrash, MARKS, SWEPT, thingAt, TRASH, trashKey } from './care-keys.ts'
import { withSweep } from './lease.ts'
import type { Sweep } from './lease.ts'
import { keysNeeded } from './object-graph.ts'
import type { ReadDependencies } from './object-graph.ts'
import { isYoung, MARKED_DAYS, planSweep } from './sweep-plan.ts'
import type { FatedKey, SweepFate } from './sweep-plan.ts'

/** What a sweep is done with. */
export interface SweepWorld {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly readDependencies: ReadDependencies
  /**
   * Every object that a record names, asked of all repositories of the list. A second call asks again, and is quick.
   *
   * @throws when a single one of them cannot be asked: then nothing is set aside
   */
  readonly named: () => Promise<ReadonlySet<Sha256>>
}

/** What was done, or would be. */
export interface SweepReport {
  readonly isDryRun: boolean
  readonly objects: readonly FatedKey[]
  /** When what is unnamed now may be set aside, in milliseconds since the Unix epoch; absent when nothing is. */
  readonly markedUntilMs: number | undefined
}

const DAY_MS = 24 * 60 * 60 * 1000
/** More candidates than this wait for the next sweep. */
const MOST_MARKED = 400_000

/** Refuses a store whose list of repositories may lack one. @throws `store-unlisted` */
export async function requireComplete(place: KeyedPlace): Promise<void> {
  if ((await place.head(COMPLETE)) === undefined) throw refuse('store-unlisted', { store: place.label })
}

/**
 * Tells what a sweep would do, by this machine's clock, and changes nothing.
 *
 * @throws `store-unlisted`, `object-damaged`, what `named` throws
 */
export async function previewSweep(place: KeyedPlace, world: SweepWorld): Promise<SweepReport> {
  await requireComplete(place)
  const objects = await fate(place, world, await world.named(), world.clock.nowMs())
  return { isDryRun: true, objects, markedUntilMs: await dueMs(place, objects, world.clock.nowMs()) }
}

/**
 * Sweeps. Whatever it sets aside was named by no record and seen so a week before, and no push is under way.
 *
 * @throws `store-unlisted`, `store-in-use`, `object-damaged`, what `named` throws
 */
export async function sweepStore(place: KeyedPlace, world: SweepWorld): Promise<SweepReport> {
  await requireComplete(place)
  // Once before anyone has to wait: what takes long is here then.
  await world.named()
  return withSweep(place, world.clock, async (sweep) => {
    // And once when nobody pushes: a record that names an object has arrived, or its push has not begun.
    const named = await world.named()
    await sweep.beat()
    const objects = await fate(place, world, named, sweep.startedMs)
    await carryOut(place, world, objects, sweep)
    await writeMark(place, world, objects, sweep)
    return { isDryRun: false, objects, markedUntilMs: await dueMs(place, objects, sweep.startedMs) }
  })
}

/** Puts back everything that was set aside. @throws `store-in-use` */
export async function undoSweep(
  place: KeyedPlace,
  world: Pick<SweepWorld, 'clock' | 'entropy'>,
): Promise<readonly FatedKey[]> {
  return withSweep(place, world.clock, async (sweep) => {
    const set = (await listAll(place, [TRASH])).filter(({ key }) => thingOfTrash(key) !== undefined)
    const objects = set.map((one) => ({ ...one, fate: 'restore' as const }))
    if (objects.length > 0) await carryOut(place, world, objects, sweep)
    return objects
  })
}

async function fate(
  place: KeyedPlace,
  { readDependencies }: SweepWorld,
  named: ReadonlySet<Sha256>,
  nowMs: number,
): Promise<readonly FatedKey[]> {
  const keys = await listAll(place, [...SWEPT, TRASH])
  const there = new Set(keys.map(({ key }) => key))
  const whereIs = (key: PlaceKey): PlaceKey | undefined => [key, trashKey(key)].find((one) => there.has(one))
  // What is young may be on its way into a record, so what it is made of stays too.
  const young = keys.filter((one) => isYoung(one, nowMs)).flatMap(({ key }) => objectAt(key) ?? [])
  const needed = await keysNeeded(place, named, whereIs, readDependencies)
  const behindYoung = await keysNeeded(place, young, whereIs, readDependencies)
  return planSweep({ keys, needed, behindYoung, marks: await readMarks(place), nowMs })
}

function objectAt(key: PlaceKey): Sha256 | undefined {
  const thing = thingAt(key)
  return thing === undefined || thing.kind === 'pack' ? undefined : thing.object
}

function thingOfTrash(key: PlaceKey) {
  const set = keyOfTrash(key)
  return set === undefined ? undefined : thingAt(set)
}

async function listAll(place: KeyedPlace, folders: readonly string[]): Promise<readonly PlacedKey[]> {
  const keys: PlacedKey[] = []
  for (const folder of folders) for await (const one of place.list(folder)) keys.push(one)
  return keys
}

/** A mark that cannot be read counts for nothing: marks only ever allow, so that is safe. */
async function readMarks(place: KeyedPlace) {
  const marks: { readonly key: PlaceKey; readonly keys: ReadonlySet<PlaceKey>; readonly modifiedMs: number }[] = []
  for await (const { key, modifiedMs, sizeBytes } of place.list(MARKS)) {
    if (sizeBytes > MOST_MARK_BYTES) continue
    const bytes = await readSmall(place, key, MOST_MARK_BYTES)
    const keys = bytes === undefined ? undefined : keysOfMark(bytes, key)
    if (keys !== undefined) marks.push({ key, keys, modifiedMs })
  }
  return marks
}

function keysOfMark(bytes: Uint8Array, file: string): ReadonlySet<PlaceKey> | undefined {
  try {
    return decodeMark(bytes, file)
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

/** What leads to others goes before them, and comes back after them: nothing in its place leads to what is not. */
const ORDER = { manifest: 0, object: 1, pack: 2 } as const

async function carryOut(
  place: KeyedPlace,
  world: Pick<SweepWorld, 'clock' | 'entropy'>,
  objects: readonly FatedKey[],
  { beat }: Sweep,
): Promise<void> {
  const chosen = (wanted: SweepFate): readonly PlaceKey[] => {
    return objects.filter((one) => one.fate === wanted).map(({ key }) => key)
  }
  const [restore, trash, remove] = [chosen('restore'), chosen('trash'), chosen('remove')]
  if (restore.length + trash.length + remove.length === 0) return
  await writeLog(place, world, { restore, trash, remove })
  const rank = (key: PlaceKey): number => ORDER[(thingAt(key) ?? thingOfTrash(key))?.kind ?? 'object']
  for (const key of restore.toSorted((left, right) => rank(right) - rank(left))) {
    await beat()
    await place.move(key, keyOfTrash(key) ?? key)
  }
  for (const key of trash.toSorted((left, right) => rank(left) - rank(right))) {
    await beat()
    await place.move(key, trashKey(key))
  }
  await beat()
  await place.remove(remove)
}

/** Written before anything moves: what a killed sweep did is among what it meant to do. */
async function writeLog(
  place: KeyedPlace,
  { clock, entropy }: Pick<SweepWorld, 'clock' | 'entropy'>,
  done: { readonly [Fate in 'restore' | 'trash' | 'remove']: readonly PlaceKey[] },
): Promise<void> {
  const { restore, trash, remove } = done
  const entries = [...restore, ...trash, ...remove].length
  // A log of everything could outgrow one write; then it says how much it was.
  const bytes = entries > MOST_MARKED ? careDocument({ entries: BigInt(entries) }) : careDocument(done)
  await place.write(placeKey('gc', 'log', `${newUlid(clock, entropy)}.json`), bytes, 'only-if-absent')
}

/** Marks what is unnamed and in no younger mark; marks that have had their time go. */
async function writeMark(
  place: KeyedPlace,
  { clock, entropy }: SweepWorld,
  objects: readonly FatedKey[],
  { startedMs, beat }: Sweep,
): Promise<void> {
  const marks = await readMarks(place)
  const isDone = (modifiedMs: number): boolean => startedMs - modifiedMs >= MARKED_DAYS * DAY_MS
  const younger = marks.filter(({ modifiedMs }) => !isDone(modifiedMs))
  const unmarked = objects.flatMap(({ key, fate: is }) => {
    return is === 'mark' && !younger.some(({ keys }) => keys.has(key)) ? [key] : []
  })
  if (unmarked.length > 0) {
    await beat()
    const key = placeKey('gc', 'marks', `${newUlid(clock, entropy)}.json`)
    await place.write(key, encodeMark(unmarked.slice(0, MOST_MARKED)), 'only-if-absent')
  }
  const done: PlaceKey[] = []
  for await (const { key, modifiedMs } of place.list(MARKS)) if (isDone(modifiedMs)) done.push(key)
  await place.remove(done)
}

/** When the last of what is unnamed may go. */
async function dueMs(place: KeyedPlace, objects: readonly FatedKey[], nowMs: number): Promise<number | undefined> {
  const waiting = objects.filter(({ fate: is }) => is === 'mark')
  if (waiting.length === 0) return undefined
  const marks = await readMarks(place)
  const since = waiting.map(({ key }) => {
    return Math.min(nowMs, ...marks.flatMap(({ keys, modifiedMs }) => (keys.has(key) ? [modifiedMs] : [])))
  })
  return since.reduce((latest, ms) => Math.max(latest, ms), 0) + MARKED_DAYS * DAY_MS
}
