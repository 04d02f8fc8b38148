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
import { likenessOf, MOST_REPEATS, repeatsOf } from '../../src/domain/repeats.ts'
import type { RepeatableRun, RepeatCandidate } from '../../src/domain/repeats.ts'
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
  expect(repeatsOf({ id: idAt(1), isArchived: false, likeness: undefined }, runs)).toEqual([])
  expect(
    repeatsOf({ id: idAt(1), isArchived: false, likeness: null }, [{ id: idAt(2), isArchived: false, likeness: null }]),
  ).toEqual([])
})
