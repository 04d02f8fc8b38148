/**
 * Columns of an index give back what was put into them, value for value, wherever their bytes lie; and so does the
 * table that copies them.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey, parseParameterKey } from '../../../src/domain/key.ts'
import type { MetricKey, ParameterKey } from '../../../src/domain/key.ts'
import type { Metric } from '../../../src/domain/metric.ts'
import { singleValue } from '../../../src/domain/metric-summary.ts'
import type { ParameterValue } from '../../../src/domain/parameter.ts'
import { CellArena } from '../../../src/domain/table/cell-arena.ts'
import { joinCells } from '../../../src/domain/table/join-cells.ts'
import { columnBytes } from '../../../src/store/catalog/plain-column.ts'
import {
  metricCells,
  metricColumns,
  parameterCells,
  parameterColumns,
} from '../../../src/store/catalog/value-columns.ts'

const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, 1, Infinity))
const goal = fc.constantFrom('none' as const, 'min' as const, 'max' as const)
const rule = fc.record(
  { goal, tolerance: fc.constantFrom(0, 0, 0, -0, 0.5), unit: fc.constantFrom('ms', 'GB') },
  { requiredKeys: ['goal', 'tolerance'] },
)
const single = fc
  .tuple(rule, number)
  .map(([said, value]): Metric => ({ ...said, summary: singleValue(value, said.goal) }))
const best = fc.oneof(fc.constant({}), fc.record({ best: fc.record({ value: number, step: fc.nat() }) }))
const series = fc
  .tuple(rule, fc.record({ last: number, min: number, max: number, count: fc.integer({ min: 1, max: 9 }) }), best)
  .map(([said, summary, preferred]): Metric => ({ ...said, summary: { ...summary, ...preferred } }))
const plain = goal.chain((one) =>
  fc
    .array(number, { minLength: 1, maxLength: 9 })
    .map((values) => values.map((value): Metric => ({ goal: one, tolerance: 0, summary: singleValue(value, one) }))),
)
const some = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<readonly (Value | undefined)[]> =>
  fc.array(fc.option(value, { nil: undefined, freq: 9 }), { minLength: 1, maxLength: 9 })
const metrics: fc.Arbitrary<readonly (Metric | undefined)[]> = fc.oneof(
  plain,
  some(single),
  some(series),
  some(fc.oneof(single, series)),
)
const parameters: fc.Arbitrary<readonly (ParameterValue | undefined)[]> = fc.oneof(
  fc.array(number, { minLength: 1, maxLength: 9 }),
  some<ParameterValue>(fc.oneof(number, fc.bigInt(), fc.string(), fc.constant(null), fc.constant([1n, 'a']))),
)

const METRIC = parseMetricKey('m')
const PARAMETER = parseParameterKey('p')

test('law: metrics come back as they were, and the table has their last values', () => {
  fc.assert(
    fc.property(metrics, fc.boolean(), (values, isLean) => {
      const columns = metricColumns<MetricKey>()
      for (const [row, value] of values.entries())
        columns.add(row, new Map(value === undefined ? [] : [[METRIC, value]]))
      const [found] = columns.encode(values.length)
      const known = values.flatMap((value, row) => (value === undefined ? [] : [[row, value] as const]))
      expect(found === undefined).toBe(known.length === 0)
      if (found === undefined) return
      const cells = metricCells(placed(found[1]), values.length)
      expect([...cells.rows]).toEqual(known.map(([row]) => row))
      expect(known.map((_, index) => cells.valueAt(index))).toEqual(known.map(([, value]) => value))
      expect(known.map((_, index) => cells.goalAt(index))).toEqual(known.map(([, value]) => value.goal))
      const last = new Float64Array(known.length)
      const chunk = { facts: values.map(() => NO_FACTS), parameters: new Map(), metrics: new Map([[METRIC, cells]]) }
      const arena = new CellArena()
      const joined = joinCells([arena.settle(chunk, isLean), arena.settle(chunk, isLean)]).metrics.get(METRIC)
      const twice = new Float64Array(2 * known.length)
      cells.copyLast(last, 0)
      joined?.copyLast(twice, 0)
      expect([...last]).toEqual(known.map(([, value]) => value.summary.last))
      expect([...twice]).toEqual([...last, ...last])
      expect(Array.from(joined?.rows ?? [])).toEqual(
        [0, values.length].flatMap((before) => known.map(([row]) => before + row)),
      )
      if (joined?.goal !== undefined) expect(known.every(([, value]) => value.goal === joined.goal)).toBe(true)
      if (isLean && joined?.isSingle !== true) return
      const whole = known.map((_, index) => joined?.valueAt(known.length + index).summary)
      expect(whole).toEqual(known.map(([, value]) => value.summary))
    }),
    { numRuns: 1000 },
  )
})

test('law: parameters come back as they were, and the table has them', () => {
  fc.assert(
    fc.property(parameters, (values) => {
      const columns = parameterColumns<ParameterKey>()
      for (const [row, value] of values.entries()) {
        columns.add(row, new Map(value === undefined ? [] : [[PARAMETER, value]]))
      }
      const [found] = columns.encode(values.length)
      const known = values.flatMap((value, row) => (value === undefined ? [] : [[row, value] as const]))
      expect(found === undefined).toBe(known.length === 0)
      if (found === undefined) return
      const cells = parameterCells(placed(found[1]), values.length)
      const chunk = { facts: values.map(() => NO_FACTS), parameters: new Map([[PARAMETER, cells]]), metrics: new Map() }
      const settled = joinCells([new CellArena().settle(chunk, false)]).parameters.get(PARAMETER)
      for (const each of [cells, settled]) {
        expect(Array.from(each?.rows ?? [])).toEqual(known.map(([row]) => row))
        expect(known.map((_, index) => each?.valueAt(index))).toEqual(known.map(([, value]) => value))
      }
    }),
    { numRuns: 1000 },
  )
})

const NO_FACTS = {
  id: '01m0q2v7c0k7fz6r8w4t1x9y2b' as never,
  isArchived: false,
  status: 'finished' as const,
  experiment: 'e',
  createdMs: 0,
  tags: [],
  models: [],
}

/** The place of a column between others, in bytes that begin anywhere. */
function placed(bytes: Uint8Array) {
  const around = Buffer.alloc(bytes.length + 25, 7)
  around.set(bytes, 1 + 8)
  const among = columnBytes(around.subarray(1, 1 + 16 + bytes.length))
  return { among, offset: 8, length: bytes.length }
}
