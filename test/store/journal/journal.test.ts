/**
 * Journals against torn ends, damage and failing disks: what was acknowledged is read back, and nothing that was not
 * written ever is.
 */
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant } from '../../../src/base/clock.ts'
import { present } from '../../../src/base/assert.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { runIdOf } from '../../../src/domain/run.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { decodeEvent, encodeEvent } from '../../../src/store/journal/journal-event.ts'
import type { JournalEvent } from '../../../src/store/journal/journal-event.ts'
import {
  listJournals,
  readJournal,
  removeJournal,
  requireWhole,
  startJournal,
} from '../../../src/store/journal/journal.ts'
import type { JournalPlace } from '../../../src/store/journal/journal.ts'
import { countingFiles, faultyFiles, FAULTS, Killed } from '../../support/faulty-files.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { parametersOf, sampleUlid } from '../../support/sample.ts'

const RUN = runIdOf(sampleUlid(7))
const LOSS = parseMetricKey('val/loss')

const point = (step: number): JournalEvent => ({ kind: 'points', metric: LOSS, points: [{ step, value: step / 3 }] })
const FIRST: JournalEvent = { kind: 'documents', documents: new Map([['run.yaml', 'a: 1\n']]), inline: new Map() }

function placeOn(files: Files, commonDir = '/git'): JournalPlace {
  return { files, commonDir, processId: 1, hostName: 'host' }
}

function eventsFile(place: JournalPlace): string {
  return join(place.commonDir, 'mlv/journal', RUN, 'events')
}

/** A journal of three writes: its first events, one point, two points. */
async function threeWrites(place: JournalPlace): Promise<readonly JournalEvent[]> {
  const journal = await startJournal(place, RUN, [FIRST])
  await journal.append([point(1)])
  await journal.append([point(2), point(3)])
  await journal.close()
  return [FIRST, point(1), point(2), point(3)]
}

/** The journal with other bytes. */
async function withBytes(bytes: Uint8Array): Promise<JournalPlace> {
  const place = placeOn(memoryFiles())
  await place.files.makeFolder(dirname(eventsFile(place)))
  const file = await place.files.open(eventsFile(place), 'create')
  await file.write(bytes)
  await file.close()
  return place
}

async function read(place: JournalPlace) {
  return present(await readJournal(place, RUN), 'a journal')
}

test.each([
  ['the real disk', () => placeOn(nodeFiles, temporaryFolder())],
  ['a disk in memory', () => placeOn(memoryFiles())],
])('on %s a journal is read back, listed and taken away', async (_, makePlace) => {
  const place = makePlace()
  expect(await listJournals(place)).toEqual([])
  const events = await threeWrites(place)
  expect(await listJournals(place)).toEqual([RUN])
  expect(await read(place)).toMatchObject({ events, tornBytes: 0, isDamaged: false })
  await removeJournal(place, RUN)
  expect(await listJournals(place)).toEqual([])
  expect(await readJournal(place, RUN)).toBeUndefined()
  expect(await place.files.readFolder(join(place.commonDir, 'mlv/journal'))).toEqual([])
})

test('a journal is live while its writer has it open, and not after', async () => {
  const place = placeOn(memoryFiles())
  const journal = await startJournal(place, RUN, [FIRST])
  expect((await read(place)).isLive).toBe(true)
  await journal.close()
  expect((await read(place)).isLive).toBe(false)
})

test('torn at every byte, whole events before the tear are kept and nothing is made up', async () => {
  const place = placeOn(memoryFiles())
  const events = await threeWrites(place)
  const bytes = await place.files.readFile(eventsFile(place))
  let most = 0
  for (let length = 0; length <= bytes.length; length += 1) {
    const torn = await read(await withBytes(bytes.subarray(0, length)))
    expect(torn.events).toEqual(events.slice(0, torn.events.length))
    expect(torn.isDamaged).toBe(false)
    expect(torn.tornBytes).toBeLessThanOrEqual(length)
    expect(torn.events.length).toBeGreaterThanOrEqual(most)
    most = torn.events.length
  }
  expect(most).toBe(events.length)
})

// One flipped bit anywhere: in a length, a checksum or a payload. Only the last frame may count as torn.
test('a bit flipped anywhere is seen: no event is changed, none but the last may count as torn', async () => {
  const place = placeOn(memoryFiles())
  const events = await threeWrites(place)
  const bytes = await place.files.readFile(eventsFile(place))
  for (let index = 0; index < bytes.length; index += 1) {
    for (const bit of [0, 3, 7]) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index)
      const at = await withBytes(flipped)
      const found = await read(at)
      expect(found.events).toEqual(events.slice(0, found.events.length))
      expect(found.tornBytes).toBeGreaterThan(0)
      expect(found.isDamaged || found.events.length === events.length - 1).toBe(true)
      if (found.isDamaged) expect(() => requireWhole(at, RUN, found)).toThrow('is damaged')
    }
  }
})

test.each(FAULTS)(
  'whatever is acknowledged beside %s at any call is read back, in order, and nothing else',
  async (fault) => {
    const counting = countingFiles(memoryFiles())
    await logging(placeOn(counting))
    expect(counting.calls.length).toBeGreaterThan(8)
    for (let at = 1; at <= counting.calls.length; at += 1) {
      const disk = memoryFiles()
      const acknowledged = await logging(placeOn(faultyFiles(disk, { at, fault })))
      const left = await readJournal(placeOn(disk), RUN)
      const found = left?.events ?? []
      expect(left?.isDamaged ?? false).toBe(false)
      expect(found.slice(0, acknowledged.length)).toEqual(acknowledged)
      // The one write that was under way when all ended may have come through.
      expect(found.length - acknowledged.length).toBeLessThanOrEqual(1)
    }
  },
)

test.each(FAULTS)('a removal that meets %s leaves the whole journal or none', async (fault) => {
  for (let at = 1; at <= 2; at += 1) {
    const disk = memoryFiles()
    const events = await threeWrites(placeOn(disk))
    await outcome(removeJournal(placeOn(faultyFiles(disk, { at, fault })), RUN))
    const left = await readJournal(placeOn(disk), RUN)
    expect(left === undefined || left.events.length === events.length).toBe(true)
    await removeJournal(placeOn(disk), RUN)
    expect(await listJournals(placeOn(disk))).toEqual([])
  }
})

test('law: an event reads back as it was written', () => {
  const text = fc.string({ maxLength: 20 })
  const key = fc.stringMatching(/^[a-z]{1,8}$/)
  const scalar = fc.oneof(fc.bigInt(), fc.double(), fc.boolean(), text, fc.constant(null))
  const at = present(parseInstant('2026-11-20T09:30:00.000Z'), 'an instant')
  const event: fc.Arbitrary<JournalEvent> = fc.oneof(
    fc.record({
      kind: fc.constant('points' as const),
      metric: fc.constant(LOSS),
      points: fc.array(fc.record({ step: fc.maxSafeInteger(), value: fc.double() })),
    }),
    fc.dictionary(key, fc.oneof(scalar, fc.array(scalar))).map((values) => ({
      kind: 'parameters' as const,
      values: parametersOf({ ...values }),
    })),
    fc.record({ kind: fc.constant('tags' as const), tags: fc.array(text) }),
    fc.record({
      kind: fc.constant('documents' as const),
      documents: fc.dictionary(key, text).map((each) => new Map(Object.entries(each))),
      inline: fc.constant(new Map<string, string>()),
    }),
    fc.constant({ kind: 'end', status: 'failed', at, exitCode: 137 } as const),
  )
  fc.assert(
    fc.property(event, (each) => {
      expect(decodeEvent(encodeEvent(each), 'events')).toEqual(each)
    }),
  )
})

/** Logs a run of five points and tries on after failures; returns what was acknowledged. */
async function logging(place: JournalPlace): Promise<readonly JournalEvent[]> {
  const acknowledged: JournalEvent[] = []
  const journal = await outcome(startJournal(place, RUN, [FIRST]))
  if (journal === undefined) return acknowledged
  acknowledged.push(FIRST)
  for (let step = 0; step < 5; step += 1) {
    const logged = await outcome(journal.append([point(step)]).then(() => true))
    if (logged === true) acknowledged.push(point(step))
  }
  await journal.close()
  return acknowledged
}

/** The result, or `undefined` when the disk or a kill was in the way. */
async function outcome<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action
  } catch (caught) {
    if (caught instanceof Failure || caught instanceof Killed) return undefined
    throw caught
  }
}
