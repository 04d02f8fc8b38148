/**
 * Looking at a run while it runs, and afterwards.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** A training that logs a point, prints a line, and waits until it is told to end. */
const TRAIN = `echo "epoch 1"
echo '{"metric":"loss","value":0.5,"step":1}' >> "$MLV_RUN_DIR/log.jsonl"
until test -e "$GO"; do sleep 0.05; done
echo "epoch 2"
echo '{"metric":"loss","value":0.25,"step":2}' >> "$MLV_RUN_DIR/log.jsonl"
`

function makeLiveWorld(): { readonly world: World; readonly go: () => void } {
  const flag = join(temporaryFolder(), 'go')
  const world = makeReadyWorld({ variables: { GO: flag } })
  world.write('train.sh', TRAIN)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  return { world, go: () => writeFileSync(flag, '') }
}

interface TailDocument {
  readonly state: string
  readonly output: string
  readonly points: readonly unknown[]
}

function tailOf(world: World): TailDocument | undefined {
  const { exitCode, stdout } = world.mlv('tail', '--json')
  return exitCode === 0 ? (JSON.parse(stdout) as TailDocument) : undefined
}

/** A command that ends only when it is interrupted, and the lines it has printed so far. */
function watch(
  world: World,
  ...args: readonly string[]
): {
  readonly lines: () => readonly string[]
  readonly interrupt: () => Promise<number | null>
  readonly closed: Promise<number | null>
} {
  const child = spawn(process.execPath, [MLV, ...args], { cwd: world.folder, env: WORLD_VARIABLES })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const closed = new Promise<number | null>((done) => child.on('close', done))
  return {
    closed,
    lines: () => text.split('\n').slice(0, -1),
    interrupt: () => {
      child.kill('SIGINT')
      return closed
    },
  }
}

test('a live run shows what it printed and logged so far, and is followed to its end', async () => {
  const { world, go } = makeLiveWorld()
  const run = world.start('run', '--', 'sh', 'train.sh')
  await expect.poll(() => tailOf(world)?.points, { timeout: 20_000 }).toEqual([{ key: 'loss', step: 1, value: 0.5 }])
  expect(tailOf(world)).toMatchObject({ state: 'running', output: 'epoch 1\n' })
  const following = watch(world, 'tail', '--follow')
  await expect.poll(following.lines, { timeout: 20_000 }).toContain('loss step 1 0.5')
  go()
  expect(await following.closed).toBe(0)
  expect((await run).exitCode).toBe(0)
  expect([...following.lines()].sort()).toEqual(['epoch 1', 'epoch 2', 'loss step 1 0.5', 'loss step 2 0.25'])
  expect(world.say('tail')).toMatchInlineSnapshot(`
    "$ mlv tail
    epoch 1
    epoch 2
    "
  `)
})

test('--watch prints a row when it is new and when it changed, and nothing in between', async () => {
  const { world, go } = makeLiveWorld()
  const run = world.start('run', '--', 'sh', 'train.sh')
  await expect.poll(() => tailOf(world)?.points.length, { timeout: 20_000 }).toBe(1)
  const watching = watch(world, 'ls', '--watch', '--columns', 'status,metric.loss')
  await expect.poll(watching.lines, { timeout: 20_000 }).toHaveLength(2)
  go()
  await run
  await expect.poll(() => watching.lines().at(-1), { timeout: 20_000 }).toContain('finished')
  expect(watching.lines().map((line) => line.split('\t').slice(1).join(' '))).toEqual([
    'status metric.loss',
    'running 0.5',
    ...watching
      .lines()
      .slice(2, -1)
      .map(() => 'running 0.25'),
    'finished 0.25',
  ])
  expect(await watching.interrupt()).toBe(130)
})

test('--watch and --follow are refused where one document is asked for', () => {
  const world = makeReadyWorld()
  expect(world.mlv('ls', '--watch', '--json').exitCode).toBe(2)
  expect(world.mlv('tail', '--follow', '--json').exitCode).toBe(2)
  expect(world.say('tail', 'nothing')).toMatchInlineSnapshot(`
    "$ mlv tail nothing
    mlv: no run matches 'nothing' (run-not-found)
    why: there are no runs with a similar name
    next: run 'mlv ls' for the runs there are
    [exit 3]
    "
  `)
})
