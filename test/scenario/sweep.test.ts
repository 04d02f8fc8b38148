/**
 * Sweeps: every trial a run of one group, one commit for all, and nothing lost or run twice when one is killed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck, temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

const GRID = `command: [sh, train.sh, '{lr}', '{depth}']
params:
  lr: [1, 2]
  depth: [3, 4]
metric: score
goal: max
`

/** A training that keeps count of how often it ran, outside the worktree. */
function makeSweepWorld(script: string, sweep = GRID): World & { readonly temporary: string } {
  const temporary = temporaryFolder()
  const world = makeReadyWorld({ variables: { TMPDIR: temporary, COUNT: join(temporary, 'count') } })
  world.write('mlv.yaml', 'metrics: [metrics.json]\nmodel: { name: m, path: model }\ngoals: { score: max }\n')
  world.write('train.sh', script)
  world.write('sweep.yaml', sweep)
  world.write('.gitignore', 'metrics.json\nmodel/\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  return { ...world, temporary }
}

const TRAIN = `echo "$1 $2" >> "$COUNT"
mkdir -p model && echo "$1 $2" > model/weights.txt
echo "{\\"score\\": $1$2}" > metrics.json
`

test('a grid is one group of runs and one commit, and the best of it becomes a version', () => {
  const world = makeSweepWorld(TRAIN)
  const before = Number(world.git('rev-list', '--count', 'mlv'))
  const told = world.say('sweep', 'sweep.yaml')
  expect(told).toMatchInlineSnapshot(`
    "$ mlv sweep sweep.yaml
    sweep-<commit1>: 4 of 4 trials
    best: trial 4, 24, with lr=2 depth=4 (run <id1>)
    registered m@v1
    next: mlv ls -f 'group = sweep-<commit1>'
    trial 1: lr=1 depth=3  score 13
    trial 2: lr=1 depth=4  score 14
    trial 3: lr=2 depth=3  score 23
    trial 4: lr=2 depth=4  score 24
    "
  `)
  expect(Number(world.git('rev-list', '--count', 'mlv'))).toBe(before + 1)
  expect(world.json('show', 'm@v1')).toMatchObject({ version: { parameters: { lr: 2, depth: 4 } } })
  expect(fsck(world.repository)).toBe('')
})

test('several workers have the code in worktrees of their own, and leave none behind', () => {
  const world = makeSweepWorld(TRAIN)
  const report = world.json('sweep', 'sweep.yaml', '--workers', '3')
  expect(report).toMatchObject({
    best: 4,
    interrupted: false,
    trials: [{ value: 13 }, { value: 14 }, { value: 23 }, { value: 24 }],
  })
  expect(world.git('worktree', 'list').split('\n')).toHaveLength(1)
  expect(existsSync(join(world.folder, 'model'))).toBe(false)
})

test('a random search has the same trials on every machine, and asking for more keeps them', () => {
  const random = (trials: number): string => {
    return [
      `method: random\ntrials: ${trials}\nseed: 7\ncommand: sh train.sh {lr} {depth}`,
      'params: { lr: { min: 0.001, max: 0.1, scale: log }, depth: { min: 1, max: 9 } }\n',
    ].join('\n')
  }
  const world = makeSweepWorld(TRAIN, random(2))
  const first = world.json('sweep', 'sweep.yaml')
  world.write('sweep.yaml', random(4))
  const more = world.json('sweep', 'sweep.yaml', '--resume')
  const [two, four] = [trialsOf(first), trialsOf(more)]
  expect(four.map(({ known }) => known)).toEqual([true, true, false, false])
  expect(four.slice(0, 2).map(({ parameters }) => parameters)).toEqual(two.map(({ parameters }) => parameters))
  expect(countOf(world)).toBe(4)
})

test('a killed sweep goes on where it was: what ended is not run again, and all is sealed once', async () => {
  const world = makeSweepWorld(`${TRAIN}test -e "$COUNT.go" || test $(grep -c . "$COUNT") -lt 3 || sleep 60\n`)
  const child = spawn(process.execPath, [MLV, 'sweep', 'sweep.yaml'], {
    cwd: world.folder,
    env: { ...WORLD_VARIABLES, TMPDIR: world.temporary, COUNT: join(world.temporary, 'count') },
    detached: true,
  })
  const closed = new Promise((done) => child.on('close', done))
  await expect.poll(() => countOf(world), { timeout: 30_000 }).toBe(3)
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await closed
  expect(world.say('sweep', 'sweep.yaml')).toMatchInlineSnapshot(`
    "$ mlv sweep sweep.yaml
    mlv: sweep 'sweep-<commit1>' was begun and broken off: 3 of 4 trials are waiting (sweep-begun)
    why: beginning anew would run them twice
    next: repeat with --resume, or run 'mlv commit --recover' to record what ended and begin anew
    [exit 5]
    "
  `)

  writeFileSync(join(world.temporary, 'count.go'), '')
  expect(world.say('sweep', 'sweep.yaml', '--resume')).toMatchInlineSnapshot(`
    "$ mlv sweep sweep.yaml --resume
    sweep-<commit1>: 4 of 4 trials, 2 of them before
    best: trial 4, 24, with lr=2 depth=4 (run <id1>)
    registered m@v1
    next: mlv ls -f 'group = sweep-<commit1>'
    trial 3: lr=2 depth=3  score 23
    trial 4: lr=2 depth=4  score 24
    "
  `)
  expect(countOf(world)).toBe(5)
  const rows = world.say('ls', '--columns', 'status,param.lr,param.depth').trim().split('\n').slice(2)
  expect(rows.map((row) => row.split('\t').slice(1).join(' ')).sort()).toMatchInlineSnapshot(`
    [
      "finished 1 3",
      "finished 1 4",
      "finished 2 3",
      "finished 2 4",
      "killed 2 3",
    ]
  `)
  expect(world.say('commit', '--recover')).toContain('nothing was interrupted')
})

test('a file says what it may hold, and anything else is refused', () => {
  const refused = (sweep: string): string => {
    const world = makeSweepWorld(TRAIN, sweep)
    return world.say('sweep', 'sweep.yaml').split('\n').slice(1, 2).join('')
  }
  expect([
    refused('params: {}\ncommand: sh\n'),
    refused('params: { lr: { min: 1, max: 2 } }\ncommand: sh\n'),
    refused('params: { lr: { min: 0, max: 2, scale: log, steps: 3 } }\ncommand: sh\n'),
    refused('params: { lr: [1] }\nmethod: random\ncommand: sh\n'),
    refused('params: { lr: [1] }\nmetric: score\ncommand: sh\n'),
    refused('params: { lr: [1] }\nparam: {}\ncommand: sh\n'),
    refused('params: { lr: [1] }\n'),
  ]).toMatchInlineSnapshot(`
    [
      "mlv: sweep.yaml: params: expected at least one parameter (document-malformed)",
      "mlv: sweep.yaml: a range in a grid needs 'steps' (document-malformed)",
      "mlv: sweep.yaml: params.lr: a logarithmic scale starts above 0 (document-malformed)",
      "mlv: sweep.yaml: a random search needs 'trials' (document-malformed)",
      "mlv: sweep.yaml: 'metric' and 'goal' are given together or not at all (document-malformed)",
      "mlv: sweep.yaml: unknown key 'param'; the keys are name, experiment, command, method, trials, seed, workers, params, metric, goal (document-malformed)",
      "mlv: neither sweep.yaml nor the command line names a command (usage-invalid)",
    ]
  `)
})

test('for many machines it prints the line that gives each task its trial', () => {
  const world = makeSweepWorld(TRAIN)
  expect(world.say('sweep', 'sweep.yaml', '--print', 'slurm', '--workers', '2')).toMatchInlineSnapshot(`
    "$ mlv sweep sweep.yaml --print slurm --workers 2
    sbatch --array=1-4%2 --wrap "mlv sweep sweep.yaml --trial \\"\\$SLURM_ARRAY_TASK_ID\\""
    "
  `)
  expect(world.say('sweep', 'sweep.yaml', '--print', 'ray')).toMatchInlineSnapshot(`
    "$ mlv sweep sweep.yaml --print ray
    python -c "import ray, subprocess; ray.init(); f = ray.remote(lambda n: subprocess.call([\\"mlv\\", \\"sweep\\", \\"sweep.yaml\\", \\"--trial\\", str(n), *[]])); ray.get([f.remote(n) for n in range(1, 5)])"
    "
  `)
  expect(world.json('sweep', 'sweep.yaml', '--trial', '3')).toMatchObject({
    trials: [{ number: 3, parameters: { lr: 2, depth: 3 } }],
  })
  expect(countOf(world)).toBe(1)
})

test('mlv run --sweep is the same with the command from the command line', () => {
  const world = makeSweepWorld(TRAIN, GRID.split('\n').slice(1).join('\n'))
  expect(world.say('run', '--sweep', 'sweep.yaml', '--', 'sh', 'train.sh', '{lr}', '{depth}')).toContain(
    '4 of 4 trials',
  )
})

interface TrialDocument {
  readonly parameters: unknown
  readonly known: boolean
}

function trialsOf(document: unknown): readonly TrialDocument[] {
  return (document as { readonly trials: readonly TrialDocument[] }).trials
}

/** How often the training ran. */
function countOf({ temporary }: { readonly temporary: string }): number {
  const path = join(temporary, 'count')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0
}
