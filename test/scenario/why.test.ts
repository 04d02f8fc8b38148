/**
 * Why a metric moved, as its reader asks: one cause, several, none, and the runs in between.
 */
import { expect, test } from 'vitest'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** What mlv says without what this machine does not pin. */
function why(world: World, ...revisions: readonly string[]): string {
  return world.say('why', ...revisions).replace(/\n\nnot pinned, so it may hide here\n(?: {2}.*\n)+/, '\n')
}

/** A world whose parameters, data and metrics are files under git's eye, as they are in many projects. */
function makeTrackedWorld(): World {
  const world = makeReadyWorld()
  world.write(
    'mlv.yaml',
    [
      'params: [params.yaml]',
      'metrics: [metrics.json]',
      'datasets: [train.csv]',
      'goals: { auc: { goal: max, tolerance: 0.001 } }\n',
    ].join('\n'),
  )
  record(world, { lr: 0.1, rows: 2, auc: 0.9 })
  return world
}

function record(world: World, facts: { lr: number; rows: number; auc: number; seed?: number; code?: string }): void {
  world.write('params.yaml', `lr: ${facts.lr}\nseed: ${facts.seed ?? 1}\n`)
  world.write('train.csv', `x,y\n${'1,2\n'.repeat(facts.rows)}`)
  world.write('metrics.json', JSON.stringify({ auc: facts.auc }))
  world.write('train.py', facts.code ?? 'print("training")\n')
  expect(world.mlv('commit')).toMatchObject({ exitCode: 0 })
}

test('a change is put down to the one cause that changed, though its file is under git as well', () => {
  const world = makeTrackedWorld()
  record(world, { lr: 0.2, rows: 2, auc: 0.93 })
  expect(why(world, '@~1', '@')).toMatchInlineSnapshot(`
    "$ mlv why @~1 @
    <id1> -> <id2>
    attributable: only parameters changed

    metrics
      auc ↑  0.9000 -> 0.9300  (+0.0300, better)

    not the same
      parameters  lr: 0.1 -> 0.2
    "
  `)
})

test('a confounded change is flagged, and a recorded run in between splits it', () => {
  const world = makeTrackedWorld()
  record(world, { lr: 0.2, rows: 2, auc: 0.92 })
  record(world, { lr: 0.2, rows: 3, auc: 0.97 })
  expect(why(world, '@~2', '@')).toMatchInlineSnapshot(`
    "$ mlv why @~2 @
    <id1> -> <id2>
    confounded: the data and parameters changed together, and none can be held responsible

    metrics
      auc ↑  0.9000 -> 0.9700  (+0.0700, better)

    not the same
      data        train.csv: sha256 <commit1>, 2 rows, 12 bytes -> sha256 <commit2>, 3 rows, 16 bytes
      parameters  lr: 0.1 -> 0.2

    the data alone: <id3> -> <id2>
      auc ↑  0.9200 -> 0.9700  (+0.0500, better)

    parameters alone: <id1> -> <id3>
      auc ↑  0.9000 -> 0.9200  (+0.0200, better)
    "
  `)
})

test('code and seed together are confounded, and no recorded run helps', () => {
  const world = makeTrackedWorld()
  record(world, { lr: 0.1, rows: 2, auc: 0.97, seed: 2, code: 'print("better")\n' })
  expect(why(world, '@~1', '@')).toMatchInlineSnapshot(`
    "$ mlv why @~1 @
    <id1> -> <id2>
    confounded: the code and the seed changed together, and none can be held responsible

    metrics
      auc ↑  0.9000 -> 0.9700  (+0.0700, better)

    not the same
      code  train.py changed
      seed  seed: 1 -> 2
    "
  `)
})

test('when nothing changed it is noise, and equal runs say how much of it there is', () => {
  const world = makeTrackedWorld()
  record(world, { lr: 0.1, rows: 2, auc: 0.92 })
  record(world, { lr: 0.1, rows: 2, auc: 0.91 })
  expect(why(world, '@~2', '@')).toMatchInlineSnapshot(`
    "$ mlv why @~2 @
    <id1> -> <id2>
    noise: nothing that is recorded changed, and the metrics did

    metrics
      auc ↑  0.9000 -> 0.9100  (+0.0100, better)

    3 runs alike in everything recorded
      auc  0.9100 ± 0.01000  0.9000 to 0.9200
    "
  `)
})

test('a change that other seeds make as well is told to be no more than that', () => {
  const world = makeTrackedWorld()
  for (const [seed, auc] of [
    [2, 0.88],
    [3, 0.93],
  ] as const)
    record(world, { lr: 0.1, rows: 2, auc, seed })
  record(world, { lr: 0.2, rows: 2, auc: 0.92 })
  expect(why(world, '@~3', '@')).toMatchInlineSnapshot(`
    "$ mlv why @~3 @
    <id1> -> <id2>
    attributable: only parameters changed, though runs that are alike differ as much

    metrics
      auc ↑  0.9000 -> 0.9200  (+0.0200, better)

    not the same
      parameters  lr: 0.1 -> 0.2

    3 runs like <id1>, whatever the seed
      auc  0.9033 ± 0.02517  0.8800 to 0.9300
    "
  `)
})

test('a revision that is not there is refused', () => {
  const world = makeTrackedWorld()
  expect(why(world, '@', 'churn@v9')).toMatchInlineSnapshot(`
    "$ mlv why @ churn@v9
    mlv: no model is called 'churn' (model-not-found)
    why: there are no models with a similar name
    next: run 'mlv models' for the models there are
    [exit 3]
    "
  `)
})
