/**
 * History at its edges: what must not be undone is not, what changes nothing writes nothing, and the past is the past.
 */
import { expect, test } from 'vitest'
import { fingerprint, makeChurnWorld, makeReadyWorld, makeWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

test('no way back leads an alias to a retired version', () => {
  const world = twoPromoted()
  const promoted = world.json('log', '--limit', '1') as { entries: { operation: { id: string } }[] }
  world.mlv('retire', 'churn@v1', '--reason', 'trained on a leak')
  const before = fingerprint(world)
  expect(world.say('rollback', 'churn')).toMatchInlineSnapshot(`
    "$ mlv rollback churn
    mlv: 'churn' v1 is retired (version-retired)
    why: the reason given was 'trained on a leak'
    next: run 'mlv models churn' for versions that are not
    [exit 5]
    "
  `)
  expect(world.mlv('rollback', 'churn', '--to', 'v1').stderr).toContain('version-retired')
  expect(world.mlv('revert', promoted.entries[0]?.operation.id ?? '').stderr).toContain('version-retired')
  expect(fingerprint(world)).toBe(before)
})

test('a retired version is no baseline, and content that equals one says so', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  train(world, { lr: 0.2, auc: 0.99, loss: 0.1 })
  world.mlv('commit', '-m', 'leaky')
  world.mlv('retire', 'churn@v2', '--reason', 'trained on a leak')
  const again = world.mlv('commit', '-m', 'the same again')
  expect(again.stderr).toContain('warning: churn@v2 is retired (trained on a leak); --new registers this content as a')
  train(world, { lr: 0.3, auc: 0.92, loss: 0.4 })
  expect(world.json('commit')).toMatchObject({ baseline: { label: 'churn@v1' } })
})

test('rolling back to the version in place, and a note that says nothing new, write nothing', () => {
  const world = twoPromoted()
  const before = fingerprint(world)
  expect(world.json('rollback', 'churn', '--to', 'v2')).toMatchObject({ changed: false })
  expect(world.mlv('note', '@', '--untag', 'never-set').exitCode).toBe(0)
  expect(world.mlv('note', '@', '--tag', '').stderr).toContain('name-invalid')
  expect(fingerprint(world)).toBe(before)
})

test('a model name that is taken but for its case is refused before anything is kept', () => {
  const world = twoPromoted()
  const before = fingerprint(world)
  expect(world.mlv('commit', '--metric', 'auc=1', '--model', 'Churn=model').stderr).toContain('name-taken')
  expect(fingerprint(world)).toBe(before)
  expect(world.mlv('commit', '--recover').stdout).toBe('nothing was interrupted\n')
})

test('an operation that changed no file has nothing to revert, and one on two branches is one operation', () => {
  const world = makeWorld()
  world.mlv('init', '--layout', 'split')
  world.write('model/w.bin', 'w')
  const { operation } = world.json('commit', '--model', 'churn=model') as { operation: string }
  expect(world.mlv('revert', operation).stderr).toContain('revert-record')
  const empty = world.git('commit-tree', 'mlv^{tree}', '-p', 'mlv', '-m', 'nothing')
  world.git('update-ref', 'refs/heads/mlv', empty)
  expect(world.mlv('revert', empty).stderr).toContain('changed no file')
})

test('a commit of the code, or of the other branch of a split layout, names a moment of the past', () => {
  const world = makeWorld()
  world.mlv('init', '--layout', 'split')
  world.write('model/w.bin', 'one')
  world.mlv('commit', '--model', 'churn=model')
  world.mlv('promote', 'churn@v1', 'production')
  const then = world.git('rev-parse', 'mlv-runs')
  world.write('model/w.bin', 'two')
  world.mlv('commit', '--model', 'churn=model')
  const numberOf = (at: string): unknown => (world.json('models', '--at', at) as { models: unknown[] }).models[0]
  expect(numberOf('mlv-runs')).toMatchObject({ versions: 2 })
  expect(numberOf(then)).toMatchObject({ versions: 1 })
  world.git('commit', '--quiet', '--allow-empty', '--message=Later')
  expect(numberOf('HEAD')).toMatchObject({ versions: 2 })
})

test('a metric that is logged and also given at the end counts both, and reads back as it was reported', () => {
  const world = makeReadyWorld()
  world.write('s.jsonl', '{"step":0,"auc":0.5}\n{"step":7,"auc":0.6}\n')
  const auc = { last: 0.9, min: 0.5, max: 0.9, count: 3 }
  expect(world.json('commit', '--series', 's.jsonl', '--metric', 'auc=0.9')).toMatchObject({
    run: { metrics: { auc } },
  })
  expect(world.json('show', '@')).toMatchObject({ run: { metrics: { auc } } })
  world.write('one.jsonl', '{"step":0,"auc":0.95}\n')
  world.json('commit', '--series', 'one.jsonl', '--metric', 'auc=0.1')
  expect(world.json('show', '@')).toMatchObject({ run: { metrics: { auc: { last: 0.1, max: 0.95, count: 2 } } } })
  expect(world.json('show', 'best:max:auc')).toMatchObject({ run: { metrics: { auc: { max: 0.95 } } } })
})

function twoPromoted(): World {
  const world = makeChurnWorld()
  for (const [index, auc] of [0.9, 0.92].entries()) {
    train(world, { lr: (index + 1) / 10, auc, loss: 0.4 })
    world.mlv('commit', '-m', `run ${index + 1}`)
    world.mlv('promote', `churn@v${index + 1}`, 'production')
  }
  return world
}
