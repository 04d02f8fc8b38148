/**
 * The commit that made a metric worse: found among recorded runs, by running what is missing, and around what fails.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** A training in a shell; `before` is a line of it, the seed is in the last digit of the metric. */
function trainScript(auc: string, before: string): string {
  return `#!/bin/sh\n${before}\necho "{\\"auc\\": ${auc}$1}" > metrics.json\n`
}

/** One commit for each metric; an empty one fails. */
function makeHistory(metrics: readonly string[]): World & { readonly temporary: string } {
  const temporary = temporaryFolder()
  const world = makeReadyWorld({ variables: { TMPDIR: temporary } })
  world.write(
    'mlv.yaml',
    `experiment: churn\nmetrics: [metrics.json]\ngoals: { auc: { goal: max, tolerance: 0.005 } }\n`,
  )
  world.write('.gitignore', 'metrics.json\n')
  for (const [index, auc] of metrics.entries()) {
    world.write('train.sh', trainScript(auc === '' ? '0.1' : auc, auc === '' ? 'exit 3' : `# ${index}`))
    world.git('add', '.')
    world.git('commit', '--quiet', `--message=Change ${index}`)
  }
  return { ...world, temporary }
}

function runAt(world: World, revision: string, seed = 1): void {
  world.git('checkout', '--quiet', revision)
  expect(world.mlv('run', '-p', `seed=${seed}`, '--', 'sh', 'train.sh', '{seed}')).toMatchObject({ exitCode: 0 })
  world.git('checkout', '--quiet', 'main')
}

/** What mlv says, without dates and authors, each commit and run by what it is about. */
function bisect(world: World, ...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = world.mlv('bisect', '--metric', 'auc', ...args)
  const commits = world.git('log', '--all', '--format=%H %s').trim().split('\n')
  // Not by their look: ten hex digits may all be decimal.
  const named = commits.reduce((text, line) => {
    const [oid = '', ...subject] = line.split(' ')
    return text.replaceAll(oid.slice(0, 10), `<${subject.join(' ')}>`)
  }, `${stdout}${stderr}`)
  const told = named
    .replace(/\([^()]*, \d{4}-\d{2}-\d{2}\)/g, '(<who>, <date>)')
    .replace(/\b01[0-9a-z]{10}\b/g, '<run>')
  return exitCode === 0 ? told : `${told}[exit ${exitCode}]\n`
}

test('recorded runs are used first, what is missing is told, and --run runs no more than that', () => {
  const world = makeHistory(['0.930', '0.931', '0.930', '0.931', '0.880', '0.881', '0.880', '0.881'])
  for (const back of [7, 5, 1, 0]) runAt(world, `main~${back}`)
  expect(bisect(world, '--good', 'main~7', '--bad', 'main')).toMatchInlineSnapshot(`
    "auc ↑ is bad below 0.9251 (good, and the tolerance), in 7 commits
      given     good  <Change 0>  0.9301    Change 0
      given     bad   <Change 7>  0.8811    Change 7
      recorded  good  <Change 2>  0.9301    Change 2
      recorded  bad   <Change 6>  0.8801    Change 6

    not found yet: no recorded run tells of 3 commits between <Change 2> and <Change 6>
    next to run: <Change 4> Change 4 (<who>, <date>)
    '--run' runs it, and at most 2 commits in all
    [exit 1]
    "
  `)
  const before = [world.git('rev-parse', 'HEAD'), world.git('status', '--porcelain')]
  expect(bisect(world, '--good', 'main~7', '--bad', 'main', '--run')).toMatchInlineSnapshot(`
    "auc ↑ is bad below 0.9251 (good, and the tolerance), in 7 commits
      given     good  <Change 0>  0.9301    Change 0
      given     bad   <Change 7>  0.8811    Change 7
      recorded  good  <Change 2>  0.9301    Change 2
      recorded  bad   <Change 6>  0.8801    Change 6
      launched  bad   <Change 4>  0.8801    Change 4
      launched  good  <Change 3>  0.9311    Change 3

    first bad: <Change 4> Change 4 (<who>, <date>)
      auc ↑ 0.9311 -> 0.8801 (-0.0510)
      runs <run> -> <run>

    not the same
      code  train.sh changed

     train.sh | 4 ++--
     1 file changed, 2 insertions(+), 2 deletions(-)
    running <Change 4>, at most 2 tries: Change 4
    running <Change 3>, at most 1 try: Change 3
    "
  `)
  expect([world.git('rev-parse', 'HEAD'), world.git('status', '--porcelain')]).toEqual(before)
  expect(world.git('worktree', 'list').trim().split('\n')).toHaveLength(1)
  // Begun again it needs nothing more, and --run runs nothing.
  const runs = (world.json('ls') as { runs: unknown[] }).runs.length
  expect(world.json('bisect', '--metric', 'auc', '--good', 'main~7', '--bad', 'main', '--run')).toMatchObject({
    commits: 7,
    outcome: { kind: 'found', firstBad: { subject: 'Change 4', values: [0.8801] } },
    lastGood: { subject: 'Change 3' },
    causes: [{ cause: 'code', evidence: ['train.sh changed'] }],
  })
  expect((world.json('ls') as { runs: unknown[] }).runs).toHaveLength(runs)
})

test('commits that fail are skipped, recorded as failed, and named where they hide the first bad one', () => {
  const world = makeHistory(['0.930', '0.931', '', '0.880'])
  runAt(world, 'main~3')
  expect(bisect(world, '--good', '@', '--bad', 'main', '--run')).toMatchInlineSnapshot(`
    "auc ↑ is bad below 0.9251 (good, and the tolerance), in 3 commits
      given     good  <Change 0>  0.9301    Change 0
      given     bad   <Change 3>  0.8801    Change 3
      launched  good  <Change 1>  0.9311    Change 1
      launched  skip  <Change 2>            Change 2

    first bad is one of these; all but the last could not be tried
      <Change 2> Change 2 (<who>, <date>)
      <Change 3> Change 3 (<who>, <date>)
      auc ↑ 0.9311 -> 0.8801 (-0.0510)
      runs <run> -> <run>

    not the same
      code  train.sh changed

     train.sh | 4 ++--
     1 file changed, 2 insertions(+), 2 deletions(-)
    running <Change 3>, at most 3 tries: Change 3
    running <Change 1>, at most 2 tries: Change 1
    running <Change 2>, at most 1 try: Change 2
    [exit 1]
    "
  `)
  const again = JSON.parse(
    world.mlv('bisect', '--metric', 'auc', '--good', 'main~3', '--bad', 'main', '--json').stdout,
  ) as unknown
  expect(again).toMatchObject({
    outcome: { kind: 'suspects', suspects: [{ subject: 'Change 2' }, { subject: 'Change 3' }] },
  })
})

test('a run that crashed is skipped; after one that was interrupted no other is begun, and it is begun again', () => {
  const world = makeHistory(['0.930', '0.930', '0.880'])
  runAt(world, 'main~2')
  runAt(world, 'main')
  const end = (signal: string): string => {
    const branch = `ends-by-${signal}`
    world.git('checkout', '--quiet', '-b', branch, 'main~2')
    world.write('train.sh', `#!/bin/sh\n[ -e "$TMPDIR/calm" ] || kill -${signal} $$\n${trainScript('0.930', '')}`)
    world.git('commit', '--quiet', '--all', `--message=Ends by ${signal}`)
    world.write('train.sh', trainScript('0.880', '# 2'))
    world.git('commit', '--quiet', '--all', '--message=Worse')
    runAt(world, branch)
    return branch
  }
  const search = (bad: string): unknown => {
    return JSON.parse(
      world.mlv('bisect', '--metric', 'auc', '--good', 'main~2', '--bad', bad, '--run', '--json').stdout,
    )
  }
  expect(search(end('SEGV'))).toMatchObject({
    steps: [{ verdict: 'skip' }],
    outcome: { kind: 'suspects', suspects: [{ subject: 'Ends by SEGV' }, { subject: 'Worse' }] },
  })
  const branch = end('INT')
  expect(search(branch)).toMatchObject({
    steps: [],
    outcome: { kind: 'open', next: { subject: 'Ends by INT' }, left: 1 },
  })
  writeFileSync(join(world.temporary, 'calm'), '')
  expect(search(branch)).toMatchObject({
    steps: [{ how: 'launched', verdict: 'good' }],
    outcome: { kind: 'found', firstBad: { subject: 'Worse' } },
  })
})

test('repeats with other seeds are averaged, and those that disagree are told', () => {
  const world = makeHistory(['0.93', '0.926', '0.921', '0.88'])
  for (const seed of [1, 9]) runAt(world, 'main~3', seed)
  runAt(world, 'main')
  const found = bisect(world, '--good', 'main~3', '--bad', 'main', '--run', '--repeats', '3', '--threshold', '0.9262')
  expect(found).toMatchInlineSnapshot(`
    "auc ↑ is bad below 0.9262 (the threshold), in 3 commits
      given     good    <Change 0>  0.9350  mean of 2  Change 0
      given     bad     <Change 3>  0.8810             Change 3
      launched  good ?  <Change 1>  0.9264  mean of 3  Change 1
      launched  bad     <Change 2>  0.9214  mean of 3  Change 2

    first bad: <Change 2> Change 2 (<who>, <date>)
      auc ↑ 0.9264 -> 0.9214 (-0.0050)
      runs <run>, <run>, <run> -> <run>, <run>, <run>

    not the same
      code  train.sh changed

     train.sh | 4 ++--
     1 file changed, 2 insertions(+), 2 deletions(-)
    running <Change 1>, at most 2 tries: Change 1
    running <Change 2>, at most 1 try: Change 2
    "
  `)
})

test('a run of another experiment, of another command or of other code does not count', () => {
  const world = makeHistory(['0.930', '0.931', '0.880'])
  runAt(world, 'main~2')
  runAt(world, 'main')
  world.git('checkout', '--quiet', 'main~1')
  world.mlv('run', '-e', 'other', '-p', 'seed=1', '--', 'sh', 'train.sh', '{seed}')
  world.mlv('run', '-p', 'seed=1', '-p', 'lr=1', '--', 'sh', 'train.sh', '{seed}')
  world.write('train.sh', trainScript('0.5', ''))
  world.mlv('run', '-p', 'seed=1', '--', 'sh', 'train.sh', '{seed}')
  world.git('checkout', '--quiet', '--force', 'main')
  const ends = ['--metric', 'auc', '--good', 'main~2', '--bad', 'main']
  const open = JSON.parse(world.mlv('bisect', ...ends, '--json').stdout) as unknown
  expect(open).toMatchObject({ steps: [], outcome: { kind: 'open', next: { subject: 'Change 1' }, left: 1 } })
  // Seeds may differ, and files that are recorded as data or results are not code.
  world.git('checkout', '--quiet', 'main~1')
  world.write('metrics.json', 'uncommitted')
  expect(world.mlv('run', '-p', 'seed=2', '--', 'sh', 'train.sh', '{seed}').exitCode).toBe(0)
  world.git('checkout', '--quiet', '--force', 'main')
  expect(world.json('bisect', ...ends)).toMatchObject({
    steps: [{ how: 'recorded', verdict: 'good', values: [0.9312] }],
    outcome: { kind: 'found', firstBad: { subject: 'Change 2' } },
  })
})

test('ends that are not good and bad in this order are refused', () => {
  const world = makeHistory(['0.930', '0.931', '0.880'])
  runAt(world, 'main~2')
  runAt(world, 'main~1')
  runAt(world, 'main')
  expect(bisect(world, '--good', 'main', '--bad', 'main~2')).toMatchInlineSnapshot(`
    "mlv: --bad main~2: its commit comes before that of the good one (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help bisect' for what it accepts
    [exit 2]
    "
  `)
  expect(bisect(world, '--good', 'main~2', '--bad', 'main~1')).toMatchInlineSnapshot(`
    "mlv: --bad main~1: its auc of 0.9311 is not below 0.9251 (tolerance) (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help bisect' for what it accepts
    [exit 2]
    "
  `)
  expect(bisect(world, '--good', 'main~2', '--bad', 'main', '--threshold', '0.95')).toMatchInlineSnapshot(`
    "mlv: --good main~2: its auc of 0.9301 is below 0.95 (threshold) (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help bisect' for what it accepts
    [exit 2]
    "
  `)
  expect(bisect(world, '--good', 'main~2', '--bad', 'main~2')).toContain('it ran the same commit')
  expect(bisect(world, '--good', 'main~2')).toContain('--bad must be given')
  expect(world.mlv('bisect', '--metric', 'acu', '--good', 'main~2', '--bad', 'main')).toMatchObject({ exitCode: 3 })
})

test('after a squash a commit names the run of the same files', () => {
  const world = makeHistory(['0.930', '0.931'])
  runAt(world, 'main~1')
  world.git('checkout', '--quiet', '-b', 'topic')
  world.write('train.sh', trainScript('0.880', '# worse'))
  world.git('commit', '--quiet', '--all', '--message=Worse')
  expect(world.mlv('run', '--', 'sh', 'train.sh', '1').exitCode).toBe(0)
  const run = world.git('rev-parse', 'HEAD').trim()
  world.git('checkout', '--quiet', 'main')
  world.git('merge', '--quiet', '--squash', 'topic')
  world.git('commit', '--quiet', '--message=Squashed')
  expect(world.git('rev-parse', 'HEAD').trim()).not.toBe(run)
  expect(world.mlv('show', 'HEAD').stdout).toContain('0.8801')
  expect(world.mlv('show', 'HEAD~1').exitCode).toBe(3)
  world.write('NOTE.md', 'It is {{HEAD#auc}}.\n')
  expect(world.mlv('card', '--write', 'NOTE.md')).toMatchObject({ exitCode: 0 })
  const found = bisect(world, '--good', 'HEAD~2', '--bad', 'HEAD')
  expect(found).toContain('in 2 commits')
  expect(found).toMatch(/given +bad +<Squashed> +0\.8801/)
})
