/**
 * Running a recorded run again: the same code in a worktree of its own, and a receipt that says what came of it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fsck, temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, makeWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** A training in a shell: reads its data and its parameters, and leaves a metric and a model. */
const TRAIN = `#!/bin/sh
set -e
seed=$1
rows=$(grep -c . data/train.csv)
depth=$(sed -n 's/^depth: //p' params.yaml)
mkdir -p model
echo "weights $seed $rows $depth" > model/weights.txt
echo "{\\"auc\\": 0.9$seed$depth$rows}" > metrics.json
echo "trained with seed $seed"
`

const CONFIG = `params: [params.yaml]
metrics: [metrics.json]
datasets: [data/train.csv]
model: { name: churn, path: model }
goals: { auc: { goal: max, tolerance: 0.0001 } }
`

/** A world with one recorded version. Data, parameters and results are ignored by git, as is common. */
function makeTrainedWorld(): World {
  const world = makeReadyWorld({ variables: { TMPDIR: temporaryFolder() } })
  world.write('mlv.yaml', CONFIG)
  world.write('train.sh', TRAIN)
  world.write('.gitignore', 'data/\nmodel/\nmetrics.json\nparams.yaml\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  world.write('params.yaml', 'depth: 4\n')
  world.write('data/train.csv', 'x,y\n1,2\n')
  expect(world.mlv('run', '-p', 'seed=1', '--', 'sh', 'train.sh', '{seed}').exitCode).toBe(0)
  return world
}

test('a version that comes out as recorded is reproduced, and the receipt stands beside it', () => {
  const world = makeTrainedWorld()
  expect(world.say('rerun', 'churn@v1', '--verify')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify
    reproduced: run <id1> repeats churn@v1 (run <id2>)
    metrics
      auc  0.9142  same  tolerance 0.0001000
    receipt <id3> beside churn@v1
    trained with seed 1
    "
  `)
  expect(world.say('show', 'churn@v1')).toContain('reproduced')
  expect(world.json('show', 'churn@v1')).toMatchObject({
    state: { runs: [expect.any(String)] },
    receipts: [{ outcome: { kind: 'reproduced' }, compared: [{ key: 'auc', same: true }], differences: [] }],
  })
  expect(world.say('fsck')).toContain('all sound')
  expect(fsck(world.repository)).toBe('')
})

test('the new run names the old one, ran the same code, and no version came of looking', () => {
  const world = makeTrainedWorld()
  expect(world.mlv('rerun', 'churn@v1').exitCode).toBe(0)
  const runs = world.json('ls') as { runs: { run: { id: string; parent?: string; code: { tree: string } } }[] }
  const [again, first] = runs.runs.map(({ run }) => run)
  expect(again?.parent).toBe(first?.id)
  expect(again?.code.tree).toBe(first?.code.tree)
  expect(world.say('models', 'churn').trim().split('\n')).toHaveLength(3)
})

test('the worktree, the index and HEAD of the user are as before, and the other worktree is gone', () => {
  const world = makeTrainedWorld()
  world.write('train.sh', 'exit 3\n')
  const before = [world.git('status', '--porcelain'), world.git('rev-parse', 'HEAD'), world.read('metrics.json')]
  expect(world.mlv('rerun', 'churn@v1', '--verify').exitCode).toBe(0)
  expect([world.git('status', '--porcelain'), world.git('rev-parse', 'HEAD'), world.read('metrics.json')]).toEqual(
    before,
  )
  expect(world.git('worktree', 'list').split('\n')).toHaveLength(1)
})

test('data that changed by one byte is refused, unless it is to be told as a cause', () => {
  const world = makeTrainedWorld()
  world.write('data/train.csv', 'x,y\n1,3\n')
  expect(world.say('rerun', 'churn@v1')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1
    mlv: dataset 'data/train.csv' is not the one that was recorded (dataset-changed)
    why: it was sha256 <commit1> and is sha256 <commit2>
    next: put it back, or repeat with --allow-changed-data; with --verify it is told as a cause
    [exit 5]
    "
  `)
  expect(world.git('worktree', 'list').split('\n')).toHaveLength(1)
  world.write('data/train.csv', 'x,y\n1,2\n3,4\n')
  expect(world.say('rerun', 'churn@v1', '--verify')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify
    reproduced: run <id1> repeats churn@v1 (run <id2>)
    metrics
      auc  0.914200 -> 0.914300  +0.000100, same  tolerance 0.0001000
    not the same
      data  data/train.csv: sha256 <commit1>, 1 rows, 8 bytes -> sha256 <commit2>, 2 rows, 12 bytes
    note: data data/train.csv is not the recorded one: sha256 <commit1> then, sha256 <commit2> now
    receipt <id3> beside churn@v1
    next: mlv why <id2> <id1>
    trained with seed 1
    "
  `)
})

test('another seed is another parameter, wherever the command takes it from', () => {
  const world = makeTrainedWorld()
  const told = world.say('rerun', 'churn@v1', '--verify', '--with-changes', 'seed=7')
  expect(told).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify --with-changes seed=7
    differed: run <id1> repeats churn@v1 (run <id2>)
    metrics
      auc  0.9142 -> 0.9742  +0.0600  tolerance 0.0001000
    not the same
      seed  seed: 1 -> 7
    note: seed was set to 7
    receipt <id3> beside churn@v1
    next: mlv why <id2> <id1>
    trained with seed 7
    [exit 1]
    "
  `)
  expect(world.json('show', 'churn@v1')).toMatchObject({
    receipts: [
      {
        outcome: { kind: 'differed', metrics: ['auc'], causes: ['parameters'] },
        differences: [{ evidence: ['seed: 1 -> 7'] }],
      },
    ],
  })
})

test('a parameter of a file is changed in the worktree and nowhere else', () => {
  const world = makeTrainedWorld()
  expect(world.say('rerun', 'churn@v1', '--verify', '--with-changes', 'depth=8')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify --with-changes depth=8
    differed: run <id1> repeats churn@v1 (run <id2>)
    metrics
      auc  0.9142 -> 0.9182  +0.0040  tolerance 0.0001000
    not the same
      parameters  depth: 4 -> 8
    note: depth was set to 8
    receipt <id3> beside churn@v1
    next: mlv why <id2> <id1>
    trained with seed 1
    [exit 1]
    "
  `)
  expect(world.read('params.yaml')).toBe('depth: 4\n')
  expect(world.say('rerun', 'churn@v1', '--with-changes', 'dept=8')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --with-changes dept=8
    mlv: the run has no parameter 'dept'; did you mean 'depth'? (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help rerun' for what it accepts
    [exit 2]
    "
  `)
})

test('parameters git did not keep are written from the record when the file says something else now', () => {
  const world = makeTrainedWorld()
  world.write('params.yaml', 'depth: 9\n')
  expect(world.say('rerun', 'churn@v1', '--verify')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify
    reproduced: run <id1> repeats churn@v1 (run <id2>)
    metrics
      auc  0.9142  same  tolerance 0.0001000
    note: params.yaml was written from the record: git did not keep it
    receipt <id3> beside churn@v1
    trained with seed 1
    "
  `)
})

test('another package version is told as the environment, though the metrics are the same', () => {
  const world = makeTrainedWorld()
  world.write('.venv/pyvenv.cfg', 'version = 3.11.4\n')
  world.write('.venv/lib/python3.11/site-packages/numpy-1.26.0.dist-info/METADATA', '')
  world.write('.git/info/exclude', '.venv\n')
  expect(world.mlv('run', '-p', 'seed=2', '--', 'sh', 'train.sh', '{seed}').exitCode).toBe(0)
  const packages = join(world.folder, '.venv/lib/python3.11/site-packages')
  renameSync(join(packages, 'numpy-1.26.0.dist-info'), join(packages, 'numpy-2.1.0.dist-info'))
  expect(world.say('rerun', '@', '--verify')).toMatchInlineSnapshot(`
    "$ mlv rerun @ --verify
    reproduced: run <id1> repeats run <id2>
    metrics
      auc  0.9242  same  tolerance 0.0001000
    not the same
      environment  package numpy: 1.26.0 -> 2.1.0
    receipt <id3> beside churn@v2
    next: mlv why <id2> <id1>
    trained with seed 2
    "
  `)
})

test('other seeds tell how much of a metric is chance, in one commit', () => {
  const world = makeTrainedWorld()
  const before = Number(world.git('rev-list', '--count', 'mlv'))
  expect(world.say('rerun', 'churn@v1', '--seed-repeats', '3')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --seed-repeats 3
    3 other values of seed
      auc  0.9342 ± 0.01000  0.9242 to 0.9442 over 3
    trained with seed 2
    trained with seed 3
    trained with seed 4
    "
  `)
  expect(Number(world.git('rev-list', '--count', 'mlv'))).toBe(before + 1)
})

test('a run whose command nobody saw cannot be repeated', () => {
  const world = makeTrainedWorld()
  expect(world.mlv('commit', '--param', 'lr=1', '--metric', 'auc=1').exitCode).toBe(0)
  expect(world.say('rerun', '@')).toMatchInlineSnapshot(`
    "$ mlv rerun @
    mlv: run '<id1>' cannot be repeated: its command is not recorded (command-unknown)
    why: it was recorded after the fact, and mlv did not see what was run
    next: record it with 'mlv run -- COMMAND', and that run can be repeated
    [exit 3]
    "
  `)
})

test('a command that fails this time is a difference, and its worktree can be kept to look into', () => {
  const world = makeTrainedWorld()
  const kept = join(temporaryFolder(), 'again')
  world.write('data/train.csv', '')
  const told = world.say('rerun', 'churn@v1', '--verify', '--keep', '--worktree', kept)
  expect(told.replaceAll(dirname(kept), '<tmp>')).toMatchInlineSnapshot(`
    "$ mlv rerun churn@v1 --verify --keep --worktree <tmp>/again
    differed: run <id1> repeats churn@v1 (run <id2>), and the command ended with exit code 1
    metrics
      auc  0.9142  not repeated  tolerance 0.0001000
    not the same
      data  data/train.csv: sha256 <commit1>, 1 rows, 8 bytes -> sha256 <commit2>, 0 rows, 0 bytes
    note: data data/train.csv is not the recorded one: sha256 <commit1> then, sha256 <commit2> now
    receipt <id3> beside churn@v1
    worktree: <tmp>/again
    next: mlv why <id2> <id1>
    [exit 1]
    "
  `)
  expect(existsSync(join(kept, 'train.sh'))).toBe(true)
  expect(readFileSync(join(kept, 'params.yaml'), 'utf8')).toBe('depth: 4\n')
})

test('a worktree that is there already is refused, and stays with all that is in it', () => {
  const world = makeTrainedWorld()
  const own = join(temporaryFolder(), 'own')
  world.git('worktree', 'add', '--quiet', '-b', 'own', own)
  writeFileSync(join(own, 'unsaved.txt'), 'a day of work')
  expect(world.mlv('rerun', 'churn@v1', '--worktree', own)).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('(destination-occupied)') as string,
  })
  expect(readFileSync(join(own, 'unsaved.txt'), 'utf8')).toBe('a day of work')
  expect(world.git('worktree', 'list').trim().split('\n')).toHaveLength(2)
})

test('a run that somebody else recorded is repeated only with consent', () => {
  const world = makeTrainedWorld()
  world.git('config', 'user.email', 'auditor@example.com')
  const auditor = { GIT_AUTHOR_EMAIL: 'auditor@example.com' }
  expect(asSomebody(world, auditor, 'rerun', 'churn@v1')).toMatchInlineSnapshot(`
    "mlv: run '<id>' was recorded by 'Ada Example <ada@example.com>', not by you; it would run 'sh train.sh 1' (command-foreign)
    why: that command and the code of the run would run as you, with your files and credentials; nothing was run
    next: read its code with 'mlv checkout <id> --worktree DIR', then repeat with --allow-foreign
    "
  `)
  expect(asSomebody(world, auditor, 'rerun', 'churn@v1', '--allow-foreign')).toContain('reproduced')
})

test('a file of parameters outside of the repository is never written by a repetition', () => {
  const world = makeWorld({ variables: { TMPDIR: temporaryFolder() } })
  const outside = `${basename(world.folder)}-shared.yaml`
  world.mlv('init')
  world.write('mlv.yaml', `params: [../${outside}]\n`)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Share')
  const shared = join(dirname(world.folder), outside)
  writeFileSync(shared, 'lr: 0.1\n')
  onTestFinished(() => rmSync(shared, { force: true }))
  expect(world.mlv('run', '--', 'ls', '..').exitCode).toBe(0)
  const again = join(temporaryFolder(), 'again')
  expect(world.say('rerun', '@', '--worktree', again)).toContain('is outside of the worktree and was left as it is')
  expect(existsSync(join(dirname(again), outside))).toBe(false)
})

test('a command that breaks off is not reproduced, though no metric says so', () => {
  const world = makeTrainedWorld()
  world.write('mlv.yaml', 'model: { name: plain, path: model }\n')
  world.write('flag', '')
  world.write('.gitignore', 'flag\nmodel/\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Without metrics')
  const command = 'mkdir -p model; echo x > model/x; test -e "$FLAG"'
  world.write('flag', '')
  const withFlag = { FLAG: join(world.folder, 'flag') }
  expect(asSomebody(world, withFlag, 'run', '--', 'sh', '-c', command)).toContain('plain@v1')
  expect(asSomebody(world, withFlag, 'rerun', '@', '--verify')).toContain('reproduced')
  expect(asSomebody(world, { FLAG: '/nowhere' }, 'rerun', 'plain@v1', '--verify')).toContain('differed')
  expect(world.say('show', 'plain@v1')).toContain('the command failed')
})

/** What `mlv` says with more variables. */
function asSomebody(world: World, variables: NodeJS.ProcessEnv, ...args: readonly string[]): string {
  const env = { ...WORLD_VARIABLES, TMPDIR: temporaryFolder(), ...variables }
  const { stdout, stderr } = spawnSync(process.execPath, [MLV, ...args], { cwd: world.folder, env, encoding: 'utf8' })
  return (stdout + stderr).replaceAll(/\b01[0-9a-z]{10,24}\b/g, '<id>')
}
