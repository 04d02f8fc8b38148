/**
 * Bisection: the boundary of a monotone history in few tries, whatever was known before and whatever cannot be tried.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundOf, sideOf } from '../../src/domain/bisection-bound.ts'
import { bisect, contradictions, triesFor } from '../../src/domain/bisection.ts'
import type { CommitVerdict } from '../../src/domain/bisection.ts'

/** Tries what is asked for until something is found; returns what was tried, and what was found. */
function search(
  count: number,
  tryPlace: (place: number) => CommitVerdict,
  begun: ReadonlyMap<number, CommitVerdict> = new Map(),
): { readonly tried: readonly number[]; readonly good: number; readonly suspects: readonly number[] } {
  const known = new Map(begun)
  const tried: number[] = []
  for (;;) {
    const { next } = bisect(count, known)
    if (next.kind === 'found') return { tried, good: next.good, suspects: next.suspects }
    expect(known.has(next.place)).toBe(false)
    tried.push(next.place)
    known.set(next.place, tryPlace(next.place))
  }
}

const anyHistory = fc.integer({ min: 2, max: 300 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    firstBad: fc.integer({ min: 1, max: count - 1 }),
    known: fc.uniqueArray(fc.nat(count - 1), { maxLength: 20 }),
    skipped: fc.uniqueArray(fc.integer({ min: 1, max: count - 1 }), { maxLength: 5 }),
  }),
)

test('law: the first bad place of a monotone history is found in at most ceil(log2 n) + 1 tries', () => {
  fc.assert(
    fc.property(anyHistory, ({ count, firstBad, known }) => {
      const verdict = (place: number): CommitVerdict => (place < firstBad ? 'good' : 'bad')
      const begun = new Map(known.map((place) => [place, verdict(place)]))
      const { tried, good, suspects } = search(count, verdict, begun)
      expect([good, suspects]).toEqual([firstBad - 1, [firstBad]])
      expect(tried.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1)
      expect(tried.length).toBeLessThanOrEqual(triesFor(count - 2))
      expect(contradictions(begun, firstBad)).toEqual([])
    }),
  )
})

test('law: a search that is begun again with what it tried asks for nothing more', () => {
  fc.assert(
    fc.property(anyHistory, ({ count, firstBad }) => {
      const verdict = (place: number): CommitVerdict => (place < firstBad ? 'good' : 'bad')
      const { tried } = search(count, verdict)
      const again = search(count, verdict, new Map(tried.map((place) => [place, verdict(place)])))
      expect([again.tried, again.suspects]).toEqual([[], [firstBad]])
    }),
  )
})

test('law: what cannot be tried is stepped around, and the first bad place is among the suspects', () => {
  fc.assert(
    fc.property(anyHistory, ({ count, firstBad, skipped }) => {
      const inside = new Set(skipped.filter((place) => place < count - 1))
      const verdict = (place: number): CommitVerdict => {
        return inside.has(place) ? 'skip' : place < firstBad ? 'good' : 'bad'
      }
      const { suspects } = search(count, verdict)
      expect(suspects).toContain(firstBad)
      for (const suspect of suspects.slice(0, -1)) expect(inside.has(suspect)).toBe(true)
    }),
  )
})

test('law: whatever is known, the search ends at a good place and a bad one with nothing untried in between', () => {
  const anyVerdict = fc.constantFrom<CommitVerdict>('good', 'bad', 'skip')
  fc.assert(
    fc.property(fc.array(anyVerdict, { maxLength: 40 }), (inside) => {
      const verdicts: readonly CommitVerdict[] = ['good', ...inside, 'bad']
      const { good, suspects } = search(verdicts.length, (place) => verdicts[place] ?? 'skip')
      expect(verdicts[good]).toBe('good')
      expect(suspects.map((place) => verdicts[place])).toEqual([...suspects.slice(1).map(() => 'skip'), 'bad'])
    }),
  )
})

test('a good run after the first bad commit is told', () => {
  const known = new Map<number, CommitVerdict>([
    [1, 'bad'],
    [2, 'skip'],
    [3, 'good'],
    [4, 'bad'],
    [6, 'good'],
  ])
  expect(contradictions(known, 4)).toEqual([1, 6])
})

test.each([
  [
    'a threshold',
    { goal: 'max', good: [0.9], bad: [], threshold: 0.5 },
    { worse: 'lower', limit: 0.5, from: 'threshold' },
  ],
  [
    'a tolerance',
    { goal: 'min', good: [2], bad: [3], tolerance: 0.5 },
    { worse: 'higher', limit: 2.5, from: 'tolerance' },
  ],
  [
    'repeats that differ by more',
    { goal: 'max', good: [4, 8], bad: [1], tolerance: 1 },
    { worse: 'lower', limit: 4, from: 'spread' },
  ],
  ['neither', { goal: 'max', good: [4], bad: [1, 3] }, { worse: 'lower', limit: 3, from: 'middle' }],
  ['no goal, but two ends', { goal: 'none', good: [4], bad: [6] }, { worse: 'higher', limit: 5, from: 'middle' }],
  ['no goal and one end', { goal: 'none', good: [4], bad: [] }, undefined],
  ['one end and no tolerance', { goal: 'max', good: [4], bad: [] }, undefined],
] as const)('the bound of %s', (_, wishes, bound) => {
  expect(boundOf(wishes)).toEqual(bound)
})

test('a value at the bound is good, the mean of several decides, and those that disagree are told', () => {
  const bound = { worse: 'lower', limit: 0.924, from: 'tolerance' } as const
  expect(sideOf(bound, [0.929 - 0.005])).toEqual({ verdict: 'good', isClear: true })
  expect(sideOf(bound, [0.9239])).toEqual({ verdict: 'bad', isClear: true })
  expect(sideOf(bound, [0.93, 0.92])).toEqual({ verdict: 'good', isClear: false })
  expect(sideOf(bound, [NaN]).verdict).toBe('bad')
  expect(sideOf({ ...bound, worse: 'higher' }, [Infinity]).verdict).toBe('bad')
})
