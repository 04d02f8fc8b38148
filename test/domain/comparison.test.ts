/**
 * Comparisons: every kind of difference once, and the laws: nothing differs from itself, and turning the sides turns
 * added into removed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { sha256Of } from '../../src/base/digest.ts'
import type { Tensor } from '../../src/domain/artifact.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import { compareRuns, isWithoutDifference } from '../../src/domain/comparison.ts'
import type { ComparisonSide } from '../../src/domain/comparison.ts'
import type { Dataset } from '../../src/domain/dataset.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { parseOid } from '../../src/domain/oid.ts'
import { fileOf, metricsOf, parametersOf } from '../support/sample.ts'

const NO_CODE: CodeState = { kind: 'none', reason: 'the repository has no commits' }

function sideOf(members: Partial<ComparisonSide> = {}): ComparisonSide {
  return {
    label: 'side',
    parameters: new Map(),
    metrics: new Map(),
    files: [],
    datasets: [],
    code: NO_CODE,
    ...members,
  }
}

function tensorOf(name: string, content: string, shape: readonly number[] = [2, 2]): Tensor {
  return { name, dtype: 'F32', shape, sha256: sha256Of(content) }
}

function oidOf(digit: string): NonNullable<ReturnType<typeof parseOid>> {
  return present(parseOid(digit.repeat(40)), 'forty hex digits')
}

describe('parameters', () => {
  test('are added, removed and changed, sorted by key, and the rest is counted', () => {
    const base = sideOf({ parameters: parametersOf({ lr: 0.1, same: 1n, gone: 'x', list: [1n, 2n] }) })
    const head = sideOf({ parameters: parametersOf({ lr: 0.2, same: 1n, fresh: true, list: [1n, 2n, 3n] }) })
    const { parameters, unchanged } = compareRuns(base, head)
    expect(parameters).toEqual([
      { key: 'fresh', kind: 'added', head: true },
      { key: 'gone', kind: 'removed', base: 'x' },
      { key: 'list', kind: 'changed', base: [1n, 2n], head: [1n, 2n, 3n] },
      { key: 'lr', kind: 'changed', base: 0.1, head: 0.2 },
    ])
    expect(unchanged.parameters).toBe(1)
  })

  test.each([
    ['an integer and a float', 1n, 1],
    ['a number and its text', 1n, '1'],
    ['zero and negative zero', 0, -0],
    ['null and nothing at all', null, []],
  ])('differ between %s', (_, before, after) => {
    const [base, head] = [
      sideOf({ parameters: parametersOf({ x: before }) }),
      sideOf({ parameters: parametersOf({ x: after }) }),
    ]
    expect(compareRuns(base, head).parameters).toHaveLength(1)
  })
})

describe('metrics', () => {
  test('are judged by the rule of head, or of base where head declares none', () => {
    const base = sideOf({ metrics: metricsOf({ auc: 0.9, loss: 0.5 }, 'max') })
    const head = sideOf({ metrics: new Map([...metricsOf({ auc: 0.8 }), ...metricsOf({ loss: 0.6 }, 'min')]) })
    expect(compareRuns(base, head).metrics).toMatchObject([
      {
        key: 'auc',
        kind: 'changed',
        rule: { goal: 'max' },
        base: { last: 0.9 },
        head: { last: 0.8 },
        verdict: { kind: 'worse' },
      },
      { key: 'loss', kind: 'changed', rule: { goal: 'min' }, verdict: { kind: 'worse' } },
    ])
  })

  test('on one side only have no verdict', () => {
    const [metric] = compareRuns(sideOf(), sideOf({ metrics: metricsOf({ auc: 0.9 }, 'max') })).metrics
    expect(metric).toMatchObject({ key: 'auc', kind: 'added', rule: { goal: 'max', tolerance: 0 } })
    expect(metric).not.toHaveProperty('verdict')
    expect(metric).not.toHaveProperty('base')
  })

  test('that stay NaN do not differ', () => {
    const side = sideOf({ metrics: metricsOf({ loss: NaN }) })
    expect(compareRuns(side, side)).toMatchObject({ metrics: [], unchanged: { metrics: 1 } })
  })
})

describe('files', () => {
  test('differ by their bytes, and changed weights name the tensors that changed', () => {
    const old = [tensorOf('bias', 'b'), tensorOf('head', 'h'), tensorOf('layer', 'l'), tensorOf('shaped', 's')]
    const now = [tensorOf('bias', 'b'), tensorOf('layer', 'L'), tensorOf('new', 'n'), tensorOf('shaped', 's', [4])]
    const base = sideOf({
      files: [fileOf('a.txt', 'a'), { ...fileOf('w.safetensors', '1'), tensors: old }, fileOf('old', 'o')],
    })
    const head = sideOf({
      files: [{ ...fileOf('w.safetensors', '2'), tensors: now }, fileOf('a.txt', 'a'), fileOf('new', 'n')],
    })
    const { files, tensors, unchanged } = compareRuns(base, head)
    expect(files.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'added new',
      'removed old',
      'changed w.safetensors',
    ])
    expect(tensors.map(({ path, name, kind }) => `${kind} ${path} ${name}`)).toEqual([
      'removed w.safetensors head',
      'changed w.safetensors layer',
      'added w.safetensors new',
      'changed w.safetensors shaped',
    ])
    expect(unchanged).toMatchObject({ files: 1, tensors: 1 })
  })

  test('do not differ for being stored in another way', () => {
    const [base, head] = [
      sideOf({ files: [fileOf('a', 'a')] }),
      sideOf({ files: [{ ...fileOf('a', 'a'), storage: { kind: 'pointer' } }] }),
    ]
    expect(compareRuns(base, head).files).toEqual([])
  })
})

describe('datasets', () => {
  const pinned = (content: string): Dataset => ({ uri: 'data', pin: { kind: 'sha256', sha256: sha256Of(content) } })
  test.each<[string, Dataset, Dataset, boolean]>([
    ['with the same digest are the same', { ...pinned('a'), rows: 1 }, { ...pinned('a'), rows: 2 }, true],
    ['with another digest differ', pinned('a'), pinned('b'), false],
    ['that lost their pin differ', pinned('a'), { uri: 'data' }, false],
    ['without pins are as alike as what is known of them', { uri: 'data', rows: 1 }, { uri: 'data', rows: 2 }, false],
    ['without pins and facts cannot be told apart', { uri: 'data' }, { uri: 'data' }, true],
  ])('%s', (_, before, after, isSame) => {
    const { datasets } = compareRuns(sideOf({ datasets: [before] }), sideOf({ datasets: [after] }))
    expect(datasets.length === 0).toBe(isSame)
  })
})

describe('code', () => {
  const clean: CodeState = { kind: 'commit', commit: oidOf('a'), tree: oidOf('1'), omitted: [] }
  const dirty: CodeState = { ...clean, tree: oidOf('2'), snapshot: oidOf('b') }

  test('is the same where the same tree ran, whatever the commit', () => {
    const amended: CodeState = { ...clean, commit: oidOf('c') }
    expect(compareRuns(sideOf({ code: clean }), sideOf({ code: amended })).code.same).toBe(true)
  })

  test('names the commit that holds what ran', () => {
    expect(compareRuns(sideOf({ code: clean }), sideOf({ code: dirty })).code).toEqual({
      baseCommit: oidOf('a'),
      headCommit: oidOf('b'),
      same: false,
    })
  })

  test('differs from no code', () => {
    expect(compareRuns(sideOf(), sideOf({ code: clean })).code).toEqual({ headCommit: oidOf('a'), same: false })
  })
})

const environment: Environment = {
  os: { name: 'linux', release: '6.1', arch: 'x64' },
  cpu: { model: 'EPYC', count: 8, memoryBytes: 1024 },
  gpus: [{ model: 'H100', driver: '550' }],
  languages: [{ name: 'python', version: '3.11.2' }],
  packages: [
    { name: 'numpy', version: '1.26', source: '.venv' },
    { name: 'torch', version: '2.1', source: '.venv' },
  ],
  variables: [{ name: 'OMP_NUM_THREADS', value: '8' }],
  unpinned: [],
}

test('environments are compared thing by thing', () => {
  const changed: Environment = {
    ...environment,
    gpus: [],
    languages: [{ name: 'python', version: '3.12.0' }],
    packages: [
      { name: 'numpy', version: '1.26', source: '.venv' },
      { name: 'numpy', version: '2.0', source: 'uv.lock' },
      { name: 'jax', version: '0.4', source: '.venv' },
    ],
  }
  expect(compareRuns(sideOf({ environment }), sideOf({ environment: changed })).environment).toEqual([
    { what: 'gpu 0', base: 'H100, driver 550' },
    { what: 'language python', base: '3.11.2', head: '3.12.0' },
    { what: 'package jax', head: '0.4' },
    { what: 'package numpy', base: '1.26', head: '1.26, 2.0' },
    { what: 'package torch', base: '2.1' },
  ])
  expect(compareRuns(sideOf({ environment }), sideOf()).environment).toEqual([])
})

const keys = fc.stringMatching(/^[a-z]{1,2}$/)
const sides = fc
  .record({
    parameters: fc.dictionary(keys, fc.oneof(fc.double(), fc.bigInt(), fc.array(fc.boolean()))).map(parametersOf),
    metrics: fc.dictionary(keys, fc.double()).map((members) => metricsOf(members, 'min')),
    files: fc
      .dictionary(keys, keys)
      .map((members) => Object.entries(members).map(([path, text]) => fileOf(path, text))),
    datasets: fc.uniqueArray(fc.record({ uri: keys, rows: fc.nat(3) }), { selector: ({ uri }) => uri }),
    environment: fc.constantFrom(environment, { ...environment, packages: [] }),
  })
  .map(sideOf)

test('nothing differs from itself', () => {
  fc.assert(
    fc.property(sides, (side) => {
      const comparison = compareRuns(side, side)
      expect(isWithoutDifference(comparison)).toBe(true)
      expect(comparison.unchanged.parameters).toBe(side.parameters.size)
    }),
  )
})

test('turning the sides turns added into removed, and finds the same', () => {
  const turned = { added: 'removed', removed: 'added', changed: 'changed' }
  fc.assert(
    fc.property(sides, sides, (base, head) => {
      const [there, back] = [compareRuns(base, head), compareRuns(head, base)]
      expect(back.parameters.map(({ key, kind }) => [key, kind])).toEqual(
        there.parameters.map(({ key, kind }) => [key, turned[kind]]),
      )
      expect(back.files.map(({ path, kind }) => [path, kind])).toEqual(
        there.files.map(({ path, kind }) => [path, turned[kind]]),
      )
      expect(back.unchanged).toEqual(there.unchanged)
    }),
  )
})
