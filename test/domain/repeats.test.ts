/**
 * Which runs repeat a run: the rule of the server and of sites.
 */
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { ulidFrom } from '../../src/base/ulid.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import type { ParameterKey } from '../../src/domain/key.ts'
import type { Oid } from '../../src/domain/oid.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import { likenessOf, MOST_REPEATS, repeatsOf, rerunCandidate, rerunsAmong, seedsOf } from '../../src/domain/repeats.ts'
import type { RepeatableRun, RepeatCandidate, RerunCandidate } from '../../src/domain/repeats.ts'
import { parseRunId } from '../../src/domain/run.ts'
import type { RunId } from '../../src/domain/run.ts'

const CODE: CodeState = { kind: 'commit', commit: 'c'.repeat(40) as Oid, tree: 't'.repeat(40) as Oid, omitted: [] }

function like(parameters: Readonly<Record<string, ParameterValue>>, other: Partial<RepeatableRun> = {}) {
  const values = new Map(Object.entries(parameters) as [ParameterKey, ParameterValue][])
  return likenessOf({ status: 'finished', experiment: 'e', code: CODE, parameters: values, datasets: [], ...other })
}

/** The id of a run that began then. */
function idAt(ms: number): RunId {
  return present(parseRunId(ulidFrom(ms, new Uint8Array(10))), 'an id')
}

test('runs are alike in all but the seed, and each value is told from every other', () => {
  expect(like({ lr: 0.1, seed: 1n })).toBe(like({ 'model.seed': 7n, lr: 0.1 }))
  const values: readonly ParameterValue[] = [
    1n,
    1,
    '1',
    'integer 1',
    true,
    'true',
    null,
    'null',
    0,
    -0,
    NaN,
    'NaN',
    [1n],
    [1],
  ]
  expect(new Set(values.map((value) => like({ x: value }))).size).toBe(values.length)
  const data = { uri: 'data.csv', pin: { kind: 'foreign', scheme: 'etag', id: 'a' } } as const
  const others = [
    like({}),
    like({ x: 1 }),
    like({}, { experiment: 'f' }),
    like({}, { code: { ...CODE, tree: 'u'.repeat(40) as Oid } }),
    like({}, { code: { ...CODE, commit: 'd'.repeat(40) as Oid } }),
    like({}, { datasets: [data] }),
    like({}, { datasets: [{ ...data, pin: { ...data.pin, id: 'b' } }] }),
    like({}, { datasets: [{ uri: 'data.csv' }] }),
  ]
  expect(new Set(others).size).toBe(others.length)
  for (const status of ['failed', 'killed', 'running']) expect(like({}, { status })).toBeUndefined()
  expect(like({}, { code: { kind: 'none', reason: 'no repository' } })).toBeUndefined()
})

test('those nearest in time count, the run itself and archived ones do not', () => {
  const runs: RepeatCandidate[] = Array.from({ length: 200 }, (_, index) => {
    return {
      id: idAt(1_700_000_000_000 + index * 1000),
      isArchived: index === 101,
      likeness: index % 2 === 0 ? 'a' : 'b',
      seeds: '',
    }
  })
  const of = (index: number): readonly number[] => {
    const run = present(runs[index], 'a run')
    return repeatsOf(run, runs).map((found) => runs.indexOf(found))
  }
  expect(of(100).slice(0, 4)).toEqual([98, 102, 96, 104])
  expect(of(99).slice(0, 3)).toEqual([97, 95, 103])
  expect([of(100).length, of(0).at(-1), of(198).at(-1)]).toEqual([
    MOST_REPEATS,
    2 * MOST_REPEATS,
    198 - 2 * MOST_REPEATS,
  ])
  const alone = { isArchived: false, seeds: '' }
  expect(repeatsOf({ ...alone, id: idAt(1), likeness: undefined }, runs)).toEqual([])
  const other = { ...alone, id: idAt(2), likeness: null }
  expect(repeatsOf({ ...alone, id: idAt(1), likeness: null }, [other])).toEqual([])
})

test('of runs with the same seed one counts: the run itself, else the earliest', () => {
  const seeds = ['1', '2', '3', '1', '2']
  const runs = seeds.map((seed, index): RepeatCandidate => {
    return { id: idAt(1000 * (index + 1)), isArchived: false, likeness: 'a', seeds: seed }
  })
  const of = (index: number): readonly number[] => {
    return repeatsOf(present(runs[index], 'a run'), runs).map((found) => runs.indexOf(found))
  }
  expect([of(0), of(2), of(3), of(4)]).toEqual([
    [1, 2],
    [1, 0],
    [2, 1],
    [2, 0],
  ])
  const withoutFirst = runs.map((run, index) => ({ ...run, isArchived: index === 0 }))
  const found = repeatsOf(present(withoutFirst[2], 'a run'), withoutFirst)
  expect(found.map((run) => withoutFirst.indexOf(run))).toEqual([1, 3])
})

test('seeds are told apart by name and type; a seed that is null is none', () => {
  const seeds = (values: Readonly<Record<string, ParameterValue>>): string => {
    return seedsOf(new Map(Object.entries(values) as [ParameterKey, ParameterValue][]))
  }
  expect([seeds({}), seeds({ lr: 1 }), seeds({ random_state: null })]).toEqual(['', '', ''])
  const others = [seeds({ seed: 1n }), seeds({ seed: 1 }), seeds({ seed: '1' }), seeds({ 'data.seed': 1n })]
  expect(new Set(['', ...others]).size).toBe(5)
  expect(seeds({ seed: 1n, lr: 1 })).toBe(seeds({ lr: 2, seed: 1n }))
})

test('a rerun is known by its parent, and counts once with it and with reruns of it', () => {
  const train = ['python', 'train.py']
  const done = (ms: number, parent?: number, more: Partial<RerunCandidate> = {}): RerunCandidate => {
    const facts = { status: 'finished', experiment: 'e', code: CODE, parameters: new Map(), datasets: [] }
    const from = parent === undefined ? {} : { parent: idAt(parent) }
    return { ...rerunCandidate({ ...facts, ...from, id: idAt(ms), command: train }), ...more }
  }
  const runs = [
    // In no order, and the rerun of a rerun before it.
    done(4, 3),
    done(3, 1),
    done(1),
    done(2),
    done(5, 1, { command: ['python', 'other.py'] }),
    done(6, 1, { seeds: '7' }),
    done(7, 1, { likeness: 'another' }),
    done(8, 99),
    done(9, 10, { likeness: undefined }),
    done(10, 9, { likeness: undefined }),
  ]
  const originals = rerunsAmong(runs)
  expect([...originals]).toEqual([
    [idAt(3), idAt(1)],
    [idAt(4), idAt(1)],
  ])
  const candidates = runs.map(({ id, likeness, seeds }): RepeatCandidate => {
    const rerunOf = originals.get(id)
    return { id, isArchived: false, likeness, seeds, ...(rerunOf === undefined ? {} : { rerunOf }) }
  })
  const of = (ms: number): readonly RunId[] => {
    const run = present(
      candidates.find(({ id }) => id === idAt(ms)),
      'a run',
    )
    return repeatsOf(run, candidates).map(({ id }) => id)
  }
  expect(of(1)).toEqual([2, 5, 6, 8].map(idAt))
  expect(of(4)).toEqual([5, 2, 6, 8].map(idAt))
  expect(of(2)).toEqual([1, 5, 6, 8].map(idAt))
})
