/**
 * The law of journals: a record that went through its journal seals to the bytes it would have sealed to at once.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf } from '../../src/base/clock.ts'
import { compareText } from '../../src/base/order.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import { summarize } from '../../src/domain/metric-summary.ts'
import { seriesOf } from '../../src/domain/series.ts'
import { foldJournal } from '../../src/ops/record/fold-journal.ts'
import { recordEvent } from '../../src/ops/record/journal-record.ts'
import { runEdits } from '../../src/ops/repository/run-edits.ts'
import type { RunRecord } from '../../src/ops/repository/run-edits.ts'
import { decodeEvent, encodeEvent } from '../../src/store/journal/journal-event.ts'
import type { JournalEvent } from '../../src/store/journal/journal-event.ts'
import * as any from '../support/document-arbitraries.ts'
import { exampleEnvironment, exampleModel, exampleNotes, exampleRun } from '../support/example-records.ts'

const anyRecord: fc.Arbitrary<RunRecord> = fc
  .record({
    run: any.anyRun,
    notes: any.anyNotes,
    environment: any.anyEnvironment,
    files: any.anyFiles,
    bytes: fc.uint8Array({ maxLength: 40 }),
    series: fc.option(
      fc.json().map((text) => Buffer.from(text)),
      { nil: undefined },
    ),
    store: fc.constantFrom('lfs' as const, 's3' as const, 'dir' as const),
    model: fc.option(any.anyModel, { nil: undefined }),
  })
  .map(({ notes, bytes, model, ...facts }) => ({
    ...facts,
    notes: { ...notes, tags: [...new Set(notes.tags)].sort(compareText) },
    inline: new Map(facts.files.filter((file) => file.storage.kind === 'inline').map((file) => [file.path, bytes])),
    ...(model === undefined
      ? {}
      : {
          model: {
            name: model.name,
            path: parseArtifactPath('out/model'),
            newVersion: false,
            seedRules: model.metrics,
          },
        }),
  }))

/** What a reader gets of events after they were on the disk. */
function throughDisk(events: readonly JournalEvent[]): readonly JournalEvent[] {
  return events.map((event) => decodeEvent(encodeEvent(event), 'events'))
}

test('law: a record read back from its journal seals to the same bytes', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const folded = foldJournal(throughDisk([recordEvent(record)]))
      expect(folded?.series.size).toBe(0)
      const restored = folded?.record
      expect(restored === undefined ? undefined : asText(restored)).toEqual(asText(record))
      expect(restored?.model).toEqual(record.model)
    }),
  )
})

test('law: what was logged one event at a time folds to what was logged at once', () => {
  const record: RunRecord = {
    run: { ...exampleRun, status: 'killed', lastSeenAt: exampleRun.startedAt, metrics: new Map() },
    notes: exampleNotes,
    environment: exampleEnvironment,
    series: undefined,
    files: [],
    inline: new Map(),
    store: 'lfs',
  }
  const metric = parseMetricKey('loss')
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), any.anyFloat), { minLength: 1 }), (logged) => {
      const points = logged.map(([step, value]) => ({ step, value }))
      const one = foldJournal(throughDisk([recordEvent(record), { kind: 'points', metric, points }]))
      const each = points.map((point): JournalEvent => ({ kind: 'points', metric, points: [point] }))
      const many = foldJournal(throughDisk([recordEvent(record), ...each]))
      expect(many).toEqual(one)
      expect(many?.record.run.metrics.get(metric)?.summary).toEqual(summarize(seriesOf(points), 'none'))
    }),
  )
})

test('a journal without an end is a killed run, last seen at its last point', () => {
  const started = recordEvent({
    run: { ...exampleRun, status: 'killed', lastSeenAt: exampleRun.startedAt },
    notes: exampleNotes,
    environment: exampleEnvironment,
    series: undefined,
    files: [],
    inline: new Map(),
    store: 'lfs',
    model: {
      name: exampleModel.name,
      path: parseArtifactPath('out'),
      newVersion: false,
      seedRules: exampleModel.metrics,
    },
  })
  const metric = parseMetricKey('val/auc')
  const atMs = Date.parse(exampleRun.startedAt) + 5_000
  const logged: JournalEvent = { kind: 'points', metric, points: [{ step: 3, value: 0.9, atMs }] }
  const changed: JournalEvent = { kind: 'parameters', values: new Map([[parseParameterKey('lr'), 0.5]]) }
  const killed = foldJournal([started, logged, changed])?.record.run
  expect(killed).toMatchObject({ status: 'killed', lastSeenAt: instantOf(atMs) })
  expect(killed?.parameters.get(parseParameterKey('lr'))).toBe(0.5)
  expect(killed?.metrics.get(metric)).toMatchObject({ goal: 'max', summary: { best: { value: 0.9, step: 3 } } })
  const ended = foldJournal([started, logged, { kind: 'end', status: 'failed', at: instantOf(atMs), exitCode: 3 }])
  expect(ended?.record.run).toMatchObject({ status: 'failed', exitCode: 3 })
  expect(foldJournal([])).toBeUndefined()
})

/** The edits of a record, with bytes as text so that a difference can be read. */
function asText(record: RunRecord): readonly unknown[] {
  return runEdits(record).map((edit) =>
    edit.kind === 'put' ? { ...edit, bytes: Buffer.from(edit.bytes).toString('latin1') } : edit,
  )
}
