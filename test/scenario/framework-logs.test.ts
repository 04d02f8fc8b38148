/**
 * `mlv commit --series` on what training frameworks wrote: points, parameters and final values are recorded, what is
 * more than numbers is kept, and what is damaged is told.
 */
import { cpSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden', 'readers')

function worldWith(library: string, folder: string): World {
  const world = makeReadyWorld()
  cpSync(join(GOLDEN, library, 'files'), join(world.folder, folder), { recursive: true })
  return world
}

test('a folder of event files is points, parameters, and the files themselves', () => {
  const world = worldWith('torch-2.15.0', 'runs')
  expect(world.mlv('commit', '--series', 'runs')).toMatchObject({ exitCode: 0 })
  expect(world.json('show', '@')).toMatchObject({
    run: {
      parameters: { amp: 1, batch_size: 64, lr: 0.0001, optimizer: 'adam' },
      metrics: { 'loss/train': { last: 0.1, min: 0.1, max: 0.4, count: 4 }, 'hparam/accuracy': { last: 0.875 } },
      files: { count: 4 },
    },
  })
  // Outputs of the run are no code.
  expect(world.git('log', '--format=', '--name-only', 'refs/mlv/code')).not.toContain('runs/')
})

test('a folder may be named in mlv.yaml, and what the user says stands before what a logger wrote', () => {
  const world = worldWith('dvclive-3.49.1', 'dvclive')
  world.write('mlv.yaml', 'series: [dvclive]\n')
  world.mlv('commit', '--param', 'lr=0.5', '--metric', 'best=1')
  expect(world.json('show', '@')).toMatchObject({
    run: {
      parameters: { lr: 0.5, 'optimizer.name': 'adam' },
      metrics: { best: { last: 1 }, 'train/loss': { last: 0.2, count: 3 } },
    },
  })
})

test('what is damaged is told, and the rest is recorded', () => {
  const world = makeReadyWorld()
  const name = 'events.out.tfevents.1795271388.vm.1629.1.v2'
  const bytes = readFileSync(join(GOLDEN, 'tensorflow-2.21.0/files/fit/train', name))
  world.write(`logs/${name}`, bytes.subarray(0, -10))
  expect(world.say('commit', '--series', `logs/${name}`)).toMatchInlineSnapshot(`
    "$ mlv commit --series logs/events.out.tfevents.1795271388.vm.1629.1.v2
    run <id1> of default: 1 file (354 B)
    metrics
      epoch_learning_rate  0.01000
      epoch_loss           2.651
    warning: <folder>/logs/events.out.tfevents.1795271388.vm.1629.1.v2: the last record is cut off after 67 bytes: all before it was read
    next: mlv show <id1>
    "
  `)
})

test('a folder without a log is refused, and nothing is recorded', () => {
  const world = makeReadyWorld()
  world.write('empty/readme.txt', 'nothing\n')
  expect(world.say('commit', '--series', 'empty')).toMatchInlineSnapshot(`
    "$ mlv commit --series empty
    mlv: series folder '<folder>/empty' holds no log of a training framework (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help commit' for what it accepts
    [exit 2]
    "
  `)
})

test('what a command logged is found by `mlv run`; the next run takes it neither for its own nor for code', () => {
  const world = makeReadyWorld()
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Set up mlv')
  world.mlv('run', '--', 'cp', '-r', join(GOLDEN, 'torch-2.15.0', 'files'), 'runs')
  world.mlv('run', '--', 'cp', '-r', join(GOLDEN, 'transformers-5.23.0', 'files'), 'out')
  expect(world.json('show', '@~1')).toMatchObject({
    run: { parameters: { optimizer: 'adam' }, metrics: { 'loss/train': { last: 0.1, count: 4 } } },
  })
  const second = world.json('show', '@')
  expect(second).toMatchObject({ run: { parameters: { max_steps: 16 }, metrics: { eval_loss: { count: 2 } } } })
  expect(JSON.stringify(second)).not.toMatch(/loss\/train|optimizer|snapshot/)
})
