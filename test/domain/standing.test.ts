/**
 * Standings: places, rivals, and what a run is worth being compared with.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitPageOf } from '../../src/domain/commit-page.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import type { Goal, Metric } from '../../src/domain/metric.ts'
import { parseOid } from '../../src/domain/oid.ts'
import { parseRunId } from '../../src/domain/run.ts'
import type { RunId } from '../../src/domain/run.ts'
import { standingOf } from '../../src/domain/standing.ts'
import type { StandingRun } from '../../src/domain/standing.ts'

const AUC = parseMetricKey('auc')

function idOf(number: number): RunId {
  const id = parseRunId(`01k9${String(number).padStart(22, '0')}`)
  if (id === undefined) throw new Error('no run id')
  return id
}

function metric(last: number, goal: Goal = 'max'): Metric {
  return { goal, tolerance: 0, summary: { last, min: last, max: last, count: 1 } }
}

function other(number: number, auc: number, more: Partial<StandingRun> = {}): StandingRun {
  const metrics = new Map([[AUC, metric(auc)]])
  const facts = { experiment: 'churn', status: 'finished', isArchived: false }
  return { id: idOf(number), title: `run ${number}`, ...facts, metrics, ...more }
}

const subject = (auc: number, more = {}) => {
  return { id: idOf(5), experiment: 'churn', metrics: new Map([[AUC, metric(auc)]]), ...more }
}

test('the best is told with the next, any other with the best', () => {
  const others = [other(1, 0.8), other(2, 0.9), other(7, 0.85)]
  expect(standingOf(subject(0.95), others, []).metrics).toMatchObject([
    { key: 'auc', place: 1, of: 4, rival: { title: 'run 2', value: 0.9 } },
  ])
  expect(standingOf(subject(0.87), others, []).metrics).toMatchObject([{ place: 2, rival: { title: 'run 2' } }])
  const lessIsBetter = { metrics: new Map([[AUC, metric(0.87, 'min')]]) }
  expect(standingOf(subject(0, lessIsBetter), others, []).metrics).toMatchObject([{ place: 3, rival: { value: 0.8 } }])
})

test('what failed, is archived, belongs elsewhere or is no number is no rival', () => {
  const others = [
    other(1, 0.99, { status: 'failed' }),
    other(2, 0.99, { isArchived: true }),
    other(3, 0.99, { experiment: 'fraud' }),
    other(4, NaN),
  ]
  const [auc] = standingOf(subject(0.5), others, []).metrics
  expect(auc).toMatchObject({ place: 1, of: 1 })
  expect(auc).not.toHaveProperty('rival')
})

test('a run and its reruns count once, and none is the rival of another', () => {
  const others = [
    other(1, 0.8),
    other(2, 0.9),
    other(6, 0.95, { rerunOf: idOf(5) }),
    other(7, 0.91, { rerunOf: idOf(2) }),
  ]
  const rival = { title: 'run 2', value: 0.9 }
  expect(standingOf(subject(0.95), others, []).metrics).toMatchObject([{ place: 1, of: 3, rival }])
  // What stands for an original that does not count is the earliest of its reruns.
  const withoutOriginal = others.map((run) => ({ ...run, isArchived: run.id === idOf(2) }))
  expect(standingOf(subject(0.95), withoutOriginal, []).metrics).toMatchObject([
    { place: 1, of: 3, rival: { title: 'run 7' } },
  ])
  // The rerun itself in question: its original is not beside it either.
  const again = [other(1, 0.8), other(2, 0.99), other(5, 0.95, { rerunOf: idOf(2) })]
  expect(standingOf(subject(0.95), again, []).metrics).toMatchObject([{ place: 1, of: 2, rival: { title: 'run 1' } }])
})

test('a run is held against its parent, production, the run before and the best, each once', () => {
  const others = [other(1, 0.99), other(4, 0.8), other(9, 0.7)]
  const { beside } = standingOf(subject(0.9, { parent: idOf(1) }), others, ['churn@v3'])
  expect(beside.map(({ kind, label }) => [kind, label])).toEqual([
    ['parent', 'run 1'],
    ['production', 'churn@v3'],
    ['before', 'run 4'],
  ])
})

test('the order of the others changes nothing, and the best of all is first', () => {
  const values = fc.array(fc.constantFrom(0.1, 0.2, 0.3, NaN, Infinity), { maxLength: 8 })
  fc.assert(
    fc.property(values, fc.constantFrom(0.1, 0.2, 0.3), (aucs, own) => {
      const others = aucs.map((auc, index) => other(index + 10, auc))
      const [one] = standingOf(subject(own), others, []).metrics
      expect(standingOf(subject(own), [...others].reverse(), []).metrics).toEqual([one])
      const better = aucs.filter((auc) => auc > own).length
      expect(one?.place).toBe(better + 1)
    }),
  )
})

test('a commit has a page where its host is known, and no address leads elsewhere', () => {
  const commit = parseOid('2dabe89839f359091c8f428e78a0ca36cfdef253')
  if (commit === undefined) throw new Error('no oid')
  const pages = {
    'https://github.com/acme/churn.git': `https://github.com/acme/churn/commit/${commit}`,
    'https://ada:secret@github.com/acme/churn': `https://github.com/acme/churn/commit/${commit}`,
    'git@gitlab.com:acme/ml/churn.git': `https://gitlab.com/acme/ml/churn/-/commit/${commit}`,
    'ssh://git@codeberg.org:22/acme/churn/': `https://codeberg.org/acme/churn/commit/${commit}`,
    'https://bitbucket.org/acme/churn': `https://bitbucket.org/acme/churn/commits/${commit}`,
    'https://github.com.evil.example/acme/churn': undefined,
    'https://evil.example/github.com/acme/churn': undefined,
    'https://github.com/acme/../../x"onclick=': undefined,
    'https://github.com/acme/churn?x=1#': undefined,
    'https://github.com/acme': undefined,
    'javascript://github.com/acme/churn': undefined,
    '/srv/git/churn.git': undefined,
    'https://__proto__/acme/churn': undefined,
  }
  for (const [url, page] of Object.entries(pages)) expect([url, commitPageOf(url, commit)]).toEqual([url, page])
})
