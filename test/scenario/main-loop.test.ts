/**
 * The main loop as its user lives it: set up, record, compare, promote, check out, roll back.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck, temporaryFolder } from '../support/repository.ts'
import { fingerprint, makeChurnWorld, makeWorld, train } from '../support/world.ts'

test('a first run is recorded with its version, and the next one is compared with production', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  expect(world.say('commit', '-m', 'baseline')).toMatchInlineSnapshot(`
    "$ mlv commit -m baseline
    run <id1> of churn: 2 parameters, 2 files (40.0 kB)
    registered churn@v1
    metrics
      auc ↑   0.9100
      loss ↓  0.4000
    next: mlv promote churn@v1 production
    "
  `)
  expect(world.say('promote', 'churn@v1', 'production')).toMatchInlineSnapshot(`
    "$ mlv promote churn@v1 production
    churn@production is now v1
      auc ↑   0.9100
      loss ↓  0.4000
    undo: mlv rollback churn production
    "
  `)
  train(world, { lr: 0.01, auc: 0.93, loss: 0.5 })
  expect(world.say('commit', '-m', 'slower learning')).toMatchInlineSnapshot(`
    "$ mlv commit -m 'slower learning'
    run <id1> of churn: 2 parameters, 2 files (40.0 kB)
    registered churn@v2
    compared with churn@production (v1)
      auc ↑   0.9100 -> 0.9300  (+0.0200, better)
      loss ↓  0.4000 -> 0.5000  (+0.1000, worse)
    next: mlv diff churn@production churn@v2
    "
  `)
  expect(world.say('ls')).toMatchInlineSnapshot(`
    "$ mlv ls
    id	created	status	experiment	version	auc	loss	message
    <id1>	<time>	finished	churn	churn@v2	0.93	0.5	slower learning
    <id2>	<time>	finished	churn	churn@v1 (production)	0.91	0.4	baseline
    "
  `)
  expect(world.say('diff', 'churn@v1', 'churn@v2')).toMatchInlineSnapshot(`
    "$ mlv diff churn@v1 churn@v2
    churn@v1 -> churn@v2

    metrics
      auc ↑   0.9100 -> 0.9300  (+0.0200, better)
      loss ↓  0.4000 -> 0.5000  (+0.1000, worse)

    parameters
      lr  0.1 -> 0.01

    files
      config.json  10 B <commit1> -> 11 B <commit2>
      weights.bin  40.0 kB <commit3> -> 40.0 kB <commit4>

    unchanged: 1 parameter
    "
  `)
  expect(fsck(world.repository)).toBe('')
})

test('with nothing in production, only the best version so far is one to promote', () => {
  const world = makeChurnWorld()
  const nexts = [0.9, 0.96, 0.91, 0.93, 0.97].map((auc, index) => {
    train(world, { lr: (index + 1) / 10, auc, loss: 0.4 })
    return /^next: (.*)$/m.exec(world.mlv('commit', '-m', `run ${index + 1}`).stderr)?.[1]
  })
  expect(nexts).toEqual([
    'mlv promote churn@v1 production',
    'mlv promote churn@v2 production',
    'mlv diff churn@v2 churn@v3',
    // Better than v3, not than v2.
    'mlv models churn',
    'mlv promote churn@v5 production',
  ])
})

test('a checkout brings back exactly the bytes that were recorded, and refuses to lose local changes', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  const first = readFileSync(join(world.folder, 'model/weights.bin'))
  world.mlv('commit', '-m', 'one')
  train(world, { lr: 0.2, auc: 0.9, loss: 0.4 })
  world.mlv('commit', '-m', 'two')
  expect(world.mlv('checkout', 'churn@v1').exitCode).toBe(0)
  expect(readFileSync(join(world.folder, 'model/weights.bin')).equals(first)).toBe(true)
  expect(world.git('status', '--porcelain')).toBe('')

  world.write('model/weights.bin', 'edited by hand')
  expect(world.say('checkout', 'churn@v2')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@v2
    mlv: 1 file in the destination would lose local changes (destination-changed)
    why: changed here: 'model/weights.bin'
    next: record or move these files, or repeat the command with --force to lose the changes
    [exit 5]
    "
  `)
  expect(world.read('model/weights.bin')).toBe('edited by hand')
  expect(world.mlv('checkout', 'churn@v2', '--force').exitCode).toBe(0)
  expect(world.mlv('checkout', 'churn@v1', '--to', 'served').exitCode).toBe(0)
  expect(readFileSync(join(world.folder, 'served/weights.bin')).equals(first)).toBe(true)
})

test('rolling back walks further back each time, gives the earlier bytes exactly, and ends with a refusal', () => {
  const world = makeChurnWorld()
  for (const [index, auc] of [0.9, 0.92, 0.8].entries()) {
    train(world, { lr: (index + 1) / 10, auc, loss: 0.4 })
    world.mlv('commit', '-m', `run ${index + 1}`)
    world.mlv('promote', `churn@v${index + 1}`, 'production')
  }
  const path = 'models/churn/aliases/production.yaml'
  const bytesOf = (revision: string): string => world.git('show', `${revision}:${path}`)
  const [third, second, first] = world.git('log', '--format=%H', 'mlv', '--', path).split('\n')

  expect(world.say('rollback', 'churn', '--reason', 'accuracy fell')).toMatchInlineSnapshot(`
    "$ mlv rollback churn --reason 'accuracy fell'
    churn@production is now v2, was v3
      auc ↑   0.8000 -> 0.9200  (+0.1200, better)
      loss ↓  0.4000 -> 0.4000  (unchanged)
    next: mlv checkout churn@production puts the files of v2 in place
    "
  `)
  expect(bytesOf('mlv')).toBe(bytesOf(second ?? ''))
  expect(bytesOf('mlv')).not.toBe(bytesOf(third ?? ''))
  expect(world.mlv('rollback', 'churn').exitCode).toBe(0)
  expect(bytesOf('mlv')).toBe(bytesOf(first ?? ''))
  const before = fingerprint(world)
  expect(world.say('rollback', 'churn')).toMatchInlineSnapshot(`
    "$ mlv rollback churn
    mlv: alias 'production' of 'churn' has no earlier version to go back to (rollback-exhausted)
    why: nothing is recorded before the version it names now, or the alias was removed in between
    next: run 'mlv promote churn@VERSION production' to name another version
    [exit 3]
    "
  `)
  expect(fingerprint(world)).toBe(before)
  expect(world.mlv('rollback', 'churn', '--to', 'v3').exitCode).toBe(0)
  expect(bytesOf('mlv')).toBe(bytesOf(third ?? ''))
})

test('equal content is the same version, unless a new one is asked for', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  expect(world.json('commit', '-m', 'again')).toMatchObject({ version: { created: false, version: { number: 1 } } })
  expect(world.json('commit', '-m', 'and again', '--new')).toMatchObject({
    version: { created: true, version: { number: 2 } },
  })
  expect(world.json('show', 'churn@v1')).toMatchObject({ state: { runs: [expect.any(String)] } })
})

test('a retired version cannot be promoted, and a version in use cannot be retired', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  world.mlv('promote', 'churn@v1', 'production')
  train(world, { lr: 0.2, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'two')
  expect(world.say('retire', 'churn@v1', '--reason', 'trained on a leak')).toMatchInlineSnapshot(`
    "$ mlv retire churn@v1 --reason 'trained on a leak'
    mlv: 'churn' v1 is what alias 'production' names (version-in-use)
    why: retiring it would leave the alias on a version nobody should use
    next: run 'mlv promote churn@VERSION production' with another version first
    [exit 5]
    "
  `)
  expect(world.say('retire', 'churn@v2', '--reason', 'trained on a leak')).toMatchInlineSnapshot(`
    "$ mlv retire churn@v2 --reason 'trained on a leak'
    churn@v2 is retired: trained on a leak
    "
  `)
  expect(world.say('promote', 'churn@v2', 'production')).toMatchInlineSnapshot(`
    "$ mlv promote churn@v2 production
    mlv: 'churn' v2 is retired (version-retired)
    why: the reason given was 'trained on a leak'
    next: run 'mlv models churn' for versions that are not
    [exit 5]
    "
  `)
})

test('reverting undoes the newest operation, names a newer one in its way, and never takes back a record', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  const promoted = world.json('promote', 'churn@v1', 'staging') as { operation: string }
  train(world, { lr: 0.2, auc: 0.92, loss: 0.4 })
  world.mlv('commit', '-m', 'two')
  const second = world.json('promote', 'churn@v2', 'staging') as { operation: string }
  expect(world.say('revert', promoted.operation)).toMatchInlineSnapshot(`
    "$ mlv revert <id1>
    mlv: 'models/churn/aliases/staging.yaml' was changed again after operation <id1> (revert-conflict)
    why: reverting it would also undo churn: promote v2 to staging (auc 0.91 -> 0.92)
    next: run 'mlv log' and revert the newer operation first, or use 'mlv rollback MODEL --to vN'
    [exit 5]
    "
  `)
  expect(world.mlv('revert', second.operation).exitCode).toBe(0)
  expect(world.json('show', 'churn@staging')).toMatchObject({ version: { number: 1 } })
  const [committed] = (world.json('log') as { entries: { operation?: { id: string; kind: string } }[] }).entries.filter(
    (entry) => entry.operation?.kind === 'commit',
  )
  expect(world.mlv('revert', committed?.operation?.id ?? '').exitCode).not.toBe(0)
})

test('the past can be read as of a commit or a date', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  const then = world.git('rev-parse', 'mlv')
  train(world, { lr: 0.2, auc: 0.92, loss: 0.4 })
  world.mlv('commit', '-m', 'two')
  expect((world.json('ls', '--at', then) as { runs: unknown[] }).runs).toHaveLength(1)
  expect((world.json('ls') as { runs: unknown[] }).runs).toHaveLength(2)
  expect(world.say('models', 'churn', '--at', '2001-02-03')).toMatchInlineSnapshot(`
    "$ mlv models churn --at 2001-02-03
    mlv: no record is as old as '2001-02-03' (instant-invalid)
    why: the branch was begun later
    next: run 'mlv log' for the commits of the past
    [exit 2]
    "
  `)
})

test('a dirty worktree is captured whole, and HEAD, index and files stay as they were', () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.write('train.py', 'print("better")\n')
  world.write('untracked.py', 'print("new")\n')
  const before = [world.git('rev-parse', 'HEAD'), world.git('ls-files', '--stage'), world.git('status', '--porcelain')]
  const { run } = world.json('commit', '-m', 'dirty') as { run: { code: { snapshot: string; tree: string } } }
  expect([
    world.git('rev-parse', 'HEAD'),
    world.git('ls-files', '--stage'),
    world.git('status', '--porcelain'),
  ]).toEqual(before)
  expect(world.git('show', `${run.code.snapshot}:train.py`)).toBe('print("better")')
  expect(world.git('show', `${run.code.snapshot}:untracked.py`)).toBe('print("new")')
  world.git('gc', '--quiet', '--prune=now')
  expect(world.git('cat-file', '-t', run.code.snapshot)).toBe('commit')
  const again = join(temporaryFolder(), 'again')
  expect(world.mlv('checkout', 'churn@v1', '--worktree', again).exitCode).toBe(0)
  expect(readFileSync(join(again, 'untracked.py'), 'utf8')).toBe('print("new")\n')
})

test('runs are filtered, sorted, grouped and annotated', () => {
  const world = makeChurnWorld()
  for (const [lr, auc] of [
    [0.1, 0.91],
    [0.2, 0.95],
    [0.3, 0.93],
  ] as const) {
    train(world, { lr, auc, loss: 1 - auc })
    world.mlv('commit', '-m', `lr ${lr}`, '--tag', lr > 0.15 ? 'fast' : 'slow')
  }
  const idsOf = (...args: string[]): number[] =>
    (world.json('ls', ...args) as { runs: { run: { parameters: { lr: number } } }[] }).runs.map(
      (row) => row.run.parameters.lr,
    )
  expect(idsOf('--filter', 'tag:fast and metric.auc > 0.94')).toEqual([0.2])
  expect(idsOf('--sort', '-metric.auc')).toEqual([0.2, 0.3, 0.1])
  expect(idsOf('--sort', 'param.lr', '--limit', '2')).toEqual([0.1, 0.2])
  expect(world.mlv('note', 'best:auc', '--tag', 'keep', '-m', 'the one').exitCode).toBe(0)
  expect(idsOf('--filter', 'tag:keep')).toEqual([0.2])
})

test('a split layout keeps runs off the registry branch, and everything works alike', () => {
  const world = makeWorld()
  expect(world.mlv('init', '--layout', 'split').exitCode).toBe(0)
  world.write('model/weights.bin', Buffer.alloc(20_000, 'x'))
  const recorded = world.mlv('commit', '-m', 'one', '--metric', 'auc=0.9', '--model', 'churn=model')
  expect(recorded.exitCode).toBe(0)
  expect(world.mlv('promote', 'churn@v1', 'production').exitCode).toBe(0)
  expect(world.git('ls-tree', '-r', '--name-only', 'mlv')).not.toContain('run.yaml')
  expect(world.git('ls-tree', '-r', '--name-only', 'mlv-runs')).toContain('run.yaml')
  expect(world.mlv('checkout', 'churn@production', '--to', 'out').exitCode).toBe(0)
  expect(fsck(world.repository)).toBe('')
})
