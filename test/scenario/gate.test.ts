/**
 * Gates: what a change must keep to be merged, as a reviewer and a job of continuous integration see it.
 */
import { expect, test } from 'vitest'
import { makeWorldAfter } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** A world with a base on `main` that ran three times, and a branch `wider` to try something on. */
function makeReviewedWorld(gates = '', values: readonly number[] = [0.92, 0.924, 0.922]): World {
  return makeWorldAfter(`review ${JSON.stringify([gates, values])}`, (world) => {
    world.mlv('init')
    world.write('mlv.yaml', `experiment: churn\nmetrics: [metrics.json]\n${GOALS}${gates}`)
    world.write('.gitignore', 'metrics.json\n')
    world.git('add', '.')
    world.git('commit', '--quiet', '--message=Configure mlv')
    record(world, values)
    world.git('switch', '--quiet', '--create', 'wider')
    world.write('train.py', 'print("training wider")\n')
    world.git('commit', '--quiet', '--all', '--message=Wider')
  })
}

const GOALS = ['goals:', '  auc: { goal: max, tolerance: 0.001 }', '  latency: { goal: min, unit: ms }', ''].join('\n')

function record(world: World, values: readonly number[], latency = 12): void {
  values.forEach((auc, seed) => {
    world.write('metrics.json', JSON.stringify({ auc, latency }))
    expect(world.mlv('commit', '--param', `seed=${seed}`)).toMatchObject({ exitCode: 0 })
  })
}

function gate(world: World, ...args: readonly string[]): string {
  return world.say('gate', ...args).replace(/@(?:[0-9a-f]{7}\b|<commit\d+>)/g, '@<sha>')
}

test('a change that got better passes', () => {
  const world = makeReviewedWorld()
  record(world, [0.94, 0.944, 0.942])
  expect(gate(world)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      passed  runs       at least 1              3
      passed  auc ↑      worse by at most 0.001  no worse
      passed  latency ↓  no worse                no worse
    passed: 3 of 3 rules kept
    "
  `)
})

test('a change that got worse by more than chance explains fails', () => {
  const world = makeReviewedWorld()
  record(world, [0.9, 0.904, 0.902], 13)
  expect(gate(world, 'main..HEAD')).toMatchInlineSnapshot(`
    "$ mlv gate main..HEAD
    churn main@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      failed  auc ↑      worse by at most 0.001  worse by 0.02
      failed  latency ↓  no worse                worse by 1 ms
      passed  runs       at least 1              3
    failed: 2 of 3 rules broken
    [exit 1]
    "
  `)
})

test('inside the noise of repeats nothing fails; without repeats everything beyond the tolerance does', () => {
  const world = makeReviewedWorld()
  record(world, [0.918, 0.922, 0.92])
  expect(gate(world)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      passed  runs       at least 1              3
      noted   auc ↑      worse by at most 0.001  worse by 0.002  (inside the noise)
      passed  latency ↓  no worse                no worse
    passed: 3 of 3 rules kept
    "
  `)
  const single = makeReviewedWorld('', [0.922])
  record(single, [0.92])
  expect(gate(single)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      failed  auc ↑      worse by at most 0.001  worse by 0.002  (no repeats tell how much is chance)
      passed  runs       at least 1              1
      passed  latency ↓  no worse                no worse
    failed: 1 of 3 rules broken
    [exit 1]
    "
  `)
})

test('declared gates: limits, repeats, what must be measured, and how much worse is allowed', () => {
  const world = makeReviewedWorld(
    [
      'gates: { repeats: 3, require: [f1], size: 1MB,',
      '  metrics: { auc: { min: 0.9, worsen: 5% }, latency: { max: 10 } } }\n',
    ].join('\n'),
  )
  record(world, [0.91, 0.912])
  expect(gate(world)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> HEAD@<sha> (mlv.yaml of main)
      failed  runs       at least 3               2               (too few runs)
      failed  f1         measured                                 (not measured)
      failed  latency ↓  at most 10 ms            12 ms
      passed  auc ↑      at least 0.9             0.911
      passed  auc ↑      worse by at most 0.0461  worse by 0.011
      passed  latency ↓  no worse                 no worse
      passed  size       at most 1.00 MB          0 B
    failed: 3 of 7 rules broken
    [exit 1]
    "
  `)
})

test('a change cannot loosen its own gate', () => {
  const world = makeReviewedWorld('gates: { metrics: { auc: { min: 0.95 } } }\n')
  world.write('mlv.yaml', `experiment: churn\nmetrics: [metrics.json]\n${GOALS}gates: {}\n`)
  world.git('commit', '--quiet', '--all', '--message=Loosen')
  record(world, [0.94])
  const { exitCode, stdout } = world.mlv('gate')
  expect(exitCode).toBe(1)
  expect(stdout).toContain('at least 0.95')
})

test('a change nobody ran fails, and says what to compare it with', () => {
  expect(gate(makeReviewedWorld())).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> no run (no gates declared: goals and tolerances)
      failed  runs  at least 1  0  (no finished run of this change was found)
      no finished run was made from the code of this change
    failed: 1 of 1 rules broken
    [exit 1]
    "
  `)
})

test('the first change of all has nothing to compare with, and its limits count', () => {
  const world = makeReviewedWorld('gates: { metrics: { auc: { min: 0.9 } } }\n', [])
  record(world, [0.91])
  expect(gate(world)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn nothing -> HEAD@<sha> (mlv.yaml of main)
      passed  runs       at least 1    1
      passed  auc ↑      at least 0.9  0.91
      noted   auc ↑      no worse            (no base to compare with)
      noted   latency ↓  no worse            (no base to compare with)
      there is nothing to compare with: no run was made from the code of the base
    passed: 4 of 4 rules kept
    "
  `)
})

test('a metric that was lost fails', () => {
  const world = makeReviewedWorld()
  world.write('metrics.json', '{"latency": 12}')
  world.mlv('commit')
  expect(gate(world)).toMatchInlineSnapshot(`
    "$ mlv gate
    churn main@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      failed  auc ↑      no worse              (not measured)
      passed  runs       at least 1  1
      passed  latency ↓  no worse    no worse
    failed: 1 of 3 rules broken
    [exit 1]
    "
  `)
})

test('a base that was rewritten is told, and an unknown one refused', () => {
  const world = makeReviewedWorld()
  record(world, [0.93])
  world.git('checkout', '--quiet', '--orphan', 'rewritten')
  world.git('commit', '--quiet', '--message=Rewritten')
  world.git('switch', '--quiet', 'wider')
  expect(gate(world, 'rewritten..HEAD')).toMatchInlineSnapshot(`
    "$ mlv gate rewritten..HEAD
    churn rewritten@<sha> -> HEAD@<sha> (no gates declared: goals and tolerances)
      passed  runs       at least 1              1
      passed  auc ↑      worse by at most 0.001  no worse
      passed  latency ↓  no worse                no worse
      base and head have no commit in common, so the base may have been rewritten
    passed: 3 of 3 rules kept
    "
  `)
  expect(gate(world, 'nowhere..HEAD')).toMatchInlineSnapshot(`
    "$ mlv gate nowhere..HEAD
    mlv: this clone has no commit 'nowhere' (commit-not-found)
    why: it is no branch, tag or commit that git knows here; a shallow clone lacks what it never fetched
    next: git fetch --all
    [exit 3]
    "
  `)
})

test('diff shows the same change, by its ends or as what this branch adds', () => {
  const world = makeReviewedWorld()
  record(world, [0.94])
  const { exitCode, stdout } = world.mlv('diff', '--pr', '--exit-code')
  expect(exitCode).toBe(1)
  expect(stdout).toContain('1 better')
  expect(world.mlv('diff', 'main..HEAD').stdout).toBe(stdout)
  expect(world.mlv('diff', '--pr', 'main..HEAD')).toMatchObject({ exitCode: 2 })
})

test('repeating an older run of the branch does not stand for its newest code', () => {
  const world = makeReviewedWorld()
  record(world, [0.93])
  world.write('train.py', 'print("training badly")\n')
  world.git('commit', '--quiet', '--all', '--message=Worse')
  record(world, [0.4])
  expect(world.mlv('gate')).toMatchObject({ exitCode: 1 })
  // The good code once more, after the bad: it ran last, and is not what would be merged.
  world.git('checkout', '--quiet', 'HEAD~1')
  record(world, [0.93])
  world.git('switch', '--quiet', 'wider')
  const { exitCode, stdout } = world.mlv('gate')
  expect(exitCode).toBe(1)
  expect(stdout).not.toContain('before the head')
})

test('a change that trains under another name has not run what the base declares', () => {
  const world = makeReviewedWorld()
  world.write('metrics.json', JSON.stringify({ auc: 0.5, latency: 12 }))
  world.mlv('commit', '--experiment', 'sneaky')
  const { exitCode, stdout } = world.mlv('gate')
  expect(exitCode).toBe(1)
  expect(stdout).toContain('no finished run was made from the code of this change')
})

test('runs of the same code with other parameters are told, not passed over in silence', () => {
  const world = makeReviewedWorld()
  world.write('metrics.json', JSON.stringify({ auc: 0.5, latency: 12 }))
  world.mlv('commit', '--param', 'lr=1')
  world.write('metrics.json', JSON.stringify({ auc: 0.95, latency: 12 }))
  world.mlv('commit', '--param', 'lr=2')
  expect(world.mlv('gate').stdout).toContain('1 more run of this code, with other parameters or data: not judged')
})
