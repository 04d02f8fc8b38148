/**
 * A repository with runs that logged everything a page shows.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeWorld } from './world.ts'
import type { World } from './world.ts'

const PROGRAM = readFileSync(join(import.meta.dirname, 'train-media.mjs'), 'utf8')

/** Two runs of different seeds, the second a version of `net`. */
export function makeMediaWorld({ seeds = [1, 2], steps = 30 } = {}): World {
  const world = makeWorld()
  world.write('train.mjs', PROGRAM)
  world.write('mlv.yaml', 'experiment: pictures\n')
  world.write('.gitignore', 'out/\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '-m', 'code')
  world.mlv('init')
  for (const seed of seeds) trainMedia(world, seed, steps)
  return world
}

/** Runs the program once more. */
export function trainMedia(world: World, seed: number, steps = 30): void {
  const model = ['--model', 'net=out/model']
  const { exitCode, stderr } = world.mlv(
    'run',
    ...model,
    '-m',
    `seed ${seed}`,
    '--',
    'node',
    'train.mjs',
    String(seed),
    String(steps),
  )
  if (exitCode !== 0) throw new Error(stderr)
}
