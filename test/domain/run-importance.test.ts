/**
 * The question of what counts for a metric, asked of columns: the same as asked of the runs themselves.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { ulidFrom } from '../../src/base/ulid.ts'
import type { MetricKey, ParameterKey } from '../../src/domain/key.ts'
import { singleValue } from '../../src/domain/metric-summary.ts'
import type { Goal, Metric } from '../../src/domain/metric.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import { askImportance, hasMetric } from '../../src/domain/run-importance.ts'
import { parseRunId } from '../../src/domain/run.ts'
import { chosenRows, openRunTable } from '../../src/domain/table/run-table.ts'
import type { RunTable } from '../../src/domain/table/run-table.ts'
import { tableRun } from '../../src/domain/table/table-chunk.ts'

const AUC = 'auc' as MetricKey
const KEYS = ['lr', 'opt', 'layers', 'list'] as ParameterKey[]

interface Subject {
  readonly status: string
  readonly auc: number | undefined
  readonly goal: Goal
  readonly parameters: readonly (ParameterValue | undefined)[]
}

const anyValue = fc.constantFrom<ParameterValue | undefined>(undefined, 1n, 2n, 0.5, -0, 'adam', true, null, [1n, 2n])
const anySubject: fc.Arbitrary<Subject> = fc.record({
  status: fc.constantFrom('finished', 'failed', 'running'),
  auc: fc.constantFrom(undefined, 0.5, 0.25, NaN, Infinity),
  goal: fc.constantFrom<Goal>('min', 'max', 'none'),
  parameters: fc.tuple(anyValue, anyValue, anyValue, anyValue),
})

function tableOf(subjects: readonly Subject[]): RunTable {
  return openRunTable(
    subjects.map(({ status, auc, goal, parameters }, index) => {
      const id = present(parseRunId(ulidFrom(1_700_000_000_000 + index, new Uint8Array(10))), 'an id')
      const metric: Metric | undefined =
        auc === undefined ? undefined : { goal, tolerance: 0, summary: singleValue(auc, goal) }
      const given = KEYS.flatMap((key, place) => {
        const value = parameters[place]
        return value === undefined ? [] : [[key, value] as const]
      })
      const values = { parameters: new Map(given), metrics: new Map(metric === undefined ? [] : [[AUC, metric]]) }
      const facts = { id, status, experiment: 'e', createdMs: index, tags: [], models: [], nowMs: 0 }
      return tableRun({ ...facts, ...values }, false, values)
    }),
  )
}

test('runs are asked oldest first, the others are counted, and the most used parameters come first', () => {
  fc.assert(
    fc.property(fc.array(anySubject, { maxLength: 60 }), (subjects) => {
      const table = tableOf(subjects)
      const rows = chosenRows(table, { archived: true }, 0)
      const { question, skipped } = askImportance(table, rows, { metric: AUC, part: 'last', parameters: [] })
      const ended = subjects.filter(({ status }) => status !== 'running')
      const measured = ended.filter(({ auc }) => auc !== undefined)
      const valued = measured.filter(({ auc }) => Number.isFinite(auc))
      expect(Array.from(question.outcomes)).toEqual(valued.map(({ auc }) => auc))
      expect(skipped).toEqual({
        running: subjects.length - ended.length,
        withoutMetric: ended.length - measured.length,
        notFinite: measured.length - valued.length,
      })
      const uses = KEYS.map((key, place) => {
        return { key, place, count: valued.filter(({ parameters }) => parameters[place] !== undefined).length }
      })
      const wanted = uses
        .filter(({ count }) => count > 0)
        .sort((left, right) => right.count - left.count || (left.key < right.key ? -1 : 1))
      expect(question.parameters.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key))
      const places = Uint32Array.from(valued.keys()).filter((place) => place % 2 === 0)
      for (const [index, { valuesAt }] of question.parameters.entries()) {
        const expected = [...places].map((place) => inputOf(valued[place]?.parameters[wanted[index]?.place ?? 0]))
        expect(valuesAt(places)).toEqual(expected)
      }
      expect(hasMetric(table, rows, AUC)).toBe(subjects.length === 0 || subjects.some(({ auc }) => auc !== undefined))
    }),
    { numRuns: 60 },
  )
})

/** A value as a forest is given it. */
function inputOf(value: ParameterValue | undefined): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) return '[1, 2]'
  return typeof value === 'bigint' ? Number(value) : value
}
