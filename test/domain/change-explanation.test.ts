/**
 * Why a metric moved: one cause is held responsible, several are not, and recorded runs tell them apart.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CAUSES, causesBetween, isSeed, unpinnedBetween } from '../../src/domain/cause.ts'
import { explainChange, spreadOf } from '../../src/domain/change-explanation.ts'
import { parseParameterKey } from '../../src/domain/key.ts'
import { anySettings, explainedRun } from '../support/explained-runs.ts'
import { parametersOf } from '../support/sample.ts'

function names(differences: readonly { readonly cause: string }[]): readonly string[] {
  return differences.map(({ cause }) => cause)
}

describe('causes', () => {
  test.each([
    [{ code: 1 }, 'code', 'code: 000000000000 -> 111111111111'],
    [{ parameters: 1 }, 'parameters', 'lr: 0.1 -> 1.1'],
    [{ environment: 1 }, 'environment', 'package numpy: 1.26.0 -> 1.26.1'],
    [{ hardware: 1 }, 'hardware', 'cpu: 8 x Model 0 -> 8 x Model 1'],
    [{ seed: 7 }, 'seed', 'seed: 0 -> 7'],
  ])('%o is told as %s, with what was seen', (settings, cause, line) => {
    expect(causesBetween(explainedRun(1), explainedRun(2, settings))).toEqual([{ cause, evidence: [line] }])
  })

  test('data is told by its digest and its size', () => {
    const [difference] = causesBetween(explainedRun(1), explainedRun(2, { data: 1 }))
    expect(difference?.cause).toBe('data')
    expect(difference?.evidence[0]).toMatch(
      /^data\/train\.csv: sha256 [0-9a-f]{12}, 3 rows -> sha256 [0-9a-f]{12}, 4 rows$/,
    )
  })

  test('are those that were changed, in either direction, and none between a run and itself', () => {
    fc.assert(
      fc.property(anySettings, anySettings, (before, after) => {
        const [base, head] = [explainedRun(1, before), explainedRun(2, after)]
        const changed = CAUSES.filter((cause) => before[cause] !== after[cause])
        expect(names(causesBetween(base, head))).toEqual(changed)
        expect(names(causesBetween(head, base))).toEqual(changed)
        expect(causesBetween(base, base)).toEqual([])
      }),
    )
  })

  test('a command that differs beyond the values of parameters is one of the parameters', () => {
    const base = explainedRun(1)
    const head = { ...explainedRun(2), command: [...(base.command ?? []), '--fast'] }
    expect(causesBetween(base, head)).toEqual([
      {
        cause: 'parameters',
        evidence: ['command: python train.py --lr 0.1 --seed=0 -> python train.py --lr 0.1 --seed=0 --fast'],
      },
    ])
  })

  test('files that are parameters or data are no code, so trees may differ where the code does not', () => {
    const base = { ...explainedRun(1), codeFiles: new Map([['train.py', 'a']]) }
    const head = { ...explainedRun(2, { code: 1 }), codeFiles: new Map([['train.py', 'a']]) }
    expect(causesBetween(base, head)).toEqual([])
    const edited = {
      ...head,
      codeFiles: new Map([
        ['train.py', 'b'],
        ['new.py', 'c'],
      ]),
    }
    expect(causesBetween(base, edited)).toEqual([{ cause: 'code', evidence: ['new.py added', 'train.py changed'] }])
  })

  test('evidence is cut and counted', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, 1n]))
    const head = { ...explainedRun(2), parameters: parametersOf({ lr: 0.1, seed: 0n, ...many }) }
    const [difference] = causesBetween(explainedRun(1), head)
    expect(difference?.evidence).toHaveLength(9)
    expect(difference?.evidence.at(-1)).toBe('and 32 more')
  })

  test.each(['seed', 'random_state', 'data.seed', 'np_seed', 'train/random_seed', 'numpyseed'])(
    '%s feeds a random generator',
    (key) => {
      expect(isSeed(parseParameterKey(key))).toBe(true)
    },
  )

  test.each(['seeds_per_fold', 'lr', 'reseed_every', 'strange'])('%s does not', (key) => {
    expect(isSeed(parseParameterKey(key))).toBe(false)
  })

  test('what nothing pins is told, because a cause may hide there', () => {
    const base = {
      ...explainedRun(1),
      datasets: [{ uri: 's3://bucket/data' }],
      code: { kind: 'none', reason: 'no commits' } as const,
    }
    expect(unpinnedBetween(base, explainedRun(2))).toEqual([
      'code of run 1: no commits',
      'data s3://bucket/data: nothing pins it',
    ])
  })
})

describe('a verdict', () => {
  test('is "unmoved" between a run and itself, whatever else is recorded', () => {
    fc.assert(
      fc.property(anySettings, fc.array(anySettings, { maxLength: 5 }), (settings, others) => {
        const base = explainedRun(1, settings)
        const known = others.map((other, index) => explainedRun(index + 2, other, index / 10))
        const { metrics, causes, verdict } = explainChange(base, base, known)
        expect({ metrics, causes, verdict }).toEqual({ metrics: [], causes: [], verdict: { kind: 'unmoved' } })
      }),
    )
  })

  test('keeps its kind and causes when the sides are turned around', () => {
    fc.assert(
      fc.property(anySettings, anySettings, fc.array(anySettings, { maxLength: 8 }), (before, after, others) => {
        const [base, head] = [explainedRun(1, before, 0.9), explainedRun(2, after, 0.8)]
        const known = others.map((other, index) => explainedRun(index + 3, other, index / 10))
        const [there, back] = [explainChange(base, head, known).verdict, explainChange(head, base, known).verdict]
        expect(back.kind).toBe(there.kind)
        if (there.kind !== 'confounded' || back.kind !== 'confounded') return
        expect(back.causes).toEqual(there.causes)
        expect(new Set(back.separating.map(({ run, cause }) => `${run} ${cause}`))).toEqual(
          new Set(there.separating.map(({ run, cause }) => `${run} ${cause}`)),
        )
      }),
    )
  })

  test('names the one cause that changed', () => {
    const { verdict } = explainChange(explainedRun(1), explainedRun(2, { data: 1 }, 0.8), [])
    expect(verdict).toEqual({ kind: 'attributable', cause: 'data' })
  })

  test('is "noise" when nothing that is recorded changed, with the spread of all that is alike', () => {
    const known = [explainedRun(3, {}, 0.96), explainedRun(4, { seed: 1 }, 0.1)]
    const { verdict, repeats } = explainChange(explainedRun(1, {}, 0.9), explainedRun(2, {}, 0.93), known)
    expect(verdict).toEqual({ kind: 'noise' })
    expect(repeats).toHaveLength(1)
    expect(repeats[0]?.runs).toHaveLength(3)
    expect(Object.fromEntries(repeats[0]?.metrics ?? [])).toMatchObject({
      accuracy: { count: 3, least: 0.9, greatest: 0.96 },
    })
  })

  test('between a run and itself counts it once', () => {
    const run = explainedRun(1, {}, 0.9)
    expect(explainChange(run, run, []).repeats).toEqual([])
    expect(explainChange(run, run, [explainedRun(3, {}, 0.96)]).repeats[0]?.runs).toHaveLength(2)
  })

  test('tells that a change is no more than what other seeds make of it', () => {
    const seeds = [1, 2, 3].map((seed) => explainedRun(seed + 2, { seed }, 0.9 + seed / 100))
    const [base, head] = [explainedRun(1, {}, 0.9), explainedRun(2, { parameters: 1 }, 0.915)]
    expect(explainChange(base, head, seeds).withinSpread).toEqual(['accuracy'])
    expect(explainChange(base, { ...head, metrics: explainedRun(2, {}, 0.99).metrics }, seeds).withinSpread).toEqual([])
  })

  test('is "confounded" when several changed, and the recorded run between them splits the change', () => {
    const [base, head] = [explainedRun(1, {}, 0.9), explainedRun(9, { code: 1, parameters: 1 }, 0.8)]
    const between = explainedRun(5, { parameters: 1 }, 0.82)
    const { verdict } = explainChange(base, head, [between, explainedRun(6, { data: 1 }, 0.5)])
    expect(verdict).toMatchObject({
      kind: 'confounded',
      causes: ['code', 'parameters'],
      separating: [
        { cause: 'code', run: between.run, from: 'head', isExact: true, metrics: [{ key: 'accuracy' }] },
        { cause: 'parameters', run: between.run, from: 'base', isExact: true, metrics: [{ key: 'accuracy' }] },
      ],
    })
  })

  test('prefers the nearest run that splits exactly to a nearer one with a third value', () => {
    const [base, head] = [explainedRun(1, {}, 0.9), explainedRun(50, { code: 1, parameters: 1 }, 0.8)]
    const known = [
      explainedRun(2, { parameters: 2 }),
      explainedRun(3, { parameters: 1 }),
      explainedRun(20, { parameters: 1 }),
    ]
    const { verdict } = explainChange(base, head, known)
    const separating = verdict.kind === 'confounded' ? verdict.separating : []
    expect(separating.find(({ from }) => from === 'base')?.run).toBe(known[1]?.run)
  })

  test('offers a run with a third value where there is nothing better', () => {
    const [base, head] = [explainedRun(1, {}, 0.9), explainedRun(9, { code: 1, parameters: 1 }, 0.8)]
    const { verdict } = explainChange(base, head, [explainedRun(4, { parameters: 2 }, 0.7)])
    expect(verdict).toMatchObject({ separating: [{ cause: 'parameters', from: 'base', isExact: false }] })
  })
})

test('the spread of runs is that of its finite values', () => {
  expect(spreadOf([1, 3, NaN])).toEqual({ count: 2, least: 1, greatest: 3, mean: 2, deviation: Math.SQRT2 })
  expect(spreadOf([2])).toMatchObject({ count: 1, deviation: 0 })
  expect(spreadOf([NaN, Infinity])).toBeUndefined()
})
