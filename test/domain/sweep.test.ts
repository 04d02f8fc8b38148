/**
 * Sweeps: the same space has the same trials everywhere, no two alike, and more of them begin with the same ones.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseParameterKey } from '../../src/domain/key.ts'
import { formatParameterText, parseParameterText } from '../../src/domain/parameter-text.ts'
import { gridSize, sweepGroup, trialKey, trialsOf } from '../../src/domain/sweep.ts'
import type { Axis, Sweep } from '../../src/domain/sweep.ts'

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fc.double({ noNaN: false }),
  fc.string(),
  fc.constantFrom('null', 'True', '1', '1.0', '~', '', '.inf', '0x10', 'adam', '"quoted"'),
)

const choices = fc
  .uniqueArray(scalar, { minLength: 1, maxLength: 4, selector: formatParameterText })
  .map((values): Axis => ({ kind: 'choices', values }))

const range = fc
  .record({
    ends: fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1_001, max: 100_000 })),
    scale: fc.constantFrom('linear' as const, 'log' as const),
    isInteger: fc.boolean(),
    steps: fc.integer({ min: 2, max: 5 }),
  })
  .map(({ ends: [min, max], scale, isInteger, steps }): Axis => ({ kind: 'range', min, max, scale, isInteger, steps }))

const sweep: fc.Arbitrary<Sweep> = fc
  .record({
    method: fc.constantFrom('grid' as const, 'random' as const),
    trials: fc.integer({ min: 1, max: 20 }),
    seed: fc.integer(),
    axes: fc.array(fc.oneof(choices, range), { minLength: 1, maxLength: 3 }),
  })
  .map(({ axes, ...rest }) => ({
    ...rest,
    name: 'space',
    params: new Map(axes.map((axis, index) => [parseParameterKey(`p${index}`), axis])),
  }))

test('a value as text is read back as the same value', () => {
  fc.assert(
    fc.property(scalar, (value) => {
      expect(Object.is(parseParameterText(formatParameterText(value)), value)).toBe(true)
    }),
  )
})

test('a sweep has the same trials every time, no two alike, and no more than asked for', () => {
  fc.assert(
    fc.property(sweep, (space) => {
      const trials = trialsOf(space)
      expect(trialsOf(space)).toEqual(trials)
      expect(new Set(trials.map(({ parameters }) => trialKey(parameters))).size).toBe(trials.length)
      expect(trials.length).toBeLessThanOrEqual(space.trials ?? Infinity)
      expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1))
    }),
  )
})

test('asking for more trials keeps those there were, in the same group', () => {
  fc.assert(
    fc.property(sweep, fc.integer({ min: 1, max: 20 }), (space, more) => {
      const longer = { ...space, trials: (space.trials ?? 0) + more, workers: more }
      const trials = trialsOf(space)
      expect(trialsOf(longer).slice(0, trials.length)).toEqual(trials)
      expect(sweepGroup(longer)).toBe(sweepGroup(space))
    }),
  )
})

test('another seed or another space is another group', () => {
  fc.assert(
    fc.property(sweep, (space) => {
      expect(sweepGroup({ ...space, seed: space.seed + 1 })).not.toBe(sweepGroup(space))
      const added: Axis = { kind: 'choices', values: [1n] }
      const wider = { ...space, params: new Map([...space.params, [parseParameterKey('other'), added]]) }
      expect(sweepGroup(wider)).not.toBe(sweepGroup(space))
    }),
  )
})

test('a whole grid has every combination, and its ranges both of their ends', () => {
  fc.assert(
    fc.property(fc.array(choices, { minLength: 1, maxLength: 3 }), (axes) => {
      const params = new Map(axes.map((axis, index) => [parseParameterKey(`p${index}`), axis]))
      const trials = trialsOf({ name: 'grid', method: 'grid', seed: 0, params })
      expect(trials).toHaveLength(gridSize(params))
    }),
  )
  const lr: Axis = { kind: 'range', min: 0.001, max: 0.1, scale: 'log', isInteger: false, steps: 3 }
  const values = trialsOf({ name: 'lr', method: 'grid', seed: 0, params: new Map([[parseParameterKey('lr'), lr]]) })
  expect(values.map(({ parameters }) => [...parameters.values()])).toEqual([[0.001], [0.01], [0.1]])
})

test('values of a range stay in it, and integers are integers', () => {
  fc.assert(
    fc.property(range, fc.integer(), (axis, seed) => {
      const params = new Map([[parseParameterKey('x'), axis]])
      for (const { parameters } of trialsOf({ name: 'x', method: 'random', trials: 20, seed, params })) {
        for (const value of parameters.values()) {
          expect(typeof value).toBe(axis.kind === 'range' && axis.isInteger ? 'bigint' : 'number')
          expect(Number(value)).toBeGreaterThanOrEqual(axis.kind === 'range' ? axis.min : NaN)
          expect(Number(value)).toBeLessThanOrEqual(axis.kind === 'range' ? axis.max : NaN)
        }
      }
    }),
  )
})

test('the first parameter of a grid changes slowest', () => {
  const two: Axis = { kind: 'choices', values: [1n, 2n] }
  const params = new Map([
    [parseParameterKey('outer'), two],
    [parseParameterKey('inner'), two],
  ])
  const trials = trialsOf({ name: 'grid', method: 'grid', seed: 0, params })
  expect(
    trials.map(({ parameters }) => [...parameters].map(([key, value]) => `${key}=${String(value)}`).join(' ')),
  ).toEqual(['outer=1 inner=1', 'outer=1 inner=2', 'outer=2 inner=1', 'outer=2 inner=2'])
})
