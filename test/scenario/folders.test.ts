/**
 * Where paths start: what is typed is relative to the folder one is in, what is recorded to the top of the worktree,
 * and a checkout puts every file back where it was.
 */
import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { fingerprint, makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const WEIGHTS = Buffer.alloc(40_000, 'w')

test('a project in a subfolder is recorded from its own mlv.yaml, and its model comes back to where it was', () => {
  const world = initialized()
  world.write(
    'projects/churn/mlv.yaml',
    'model: { name: churn, path: model }\nartifacts: ["out*.txt"]\ndatasets: [d.csv]\n',
  )
  world.write('projects/churn/model/w.bin', WEIGHTS)
  world.write('projects/churn/out1.txt', 'one')
  world.write('projects/churn/d.csv', 'a,b\n1,2\n')
  const { run } = world.json('-C', 'projects/churn', 'commit', '--metric', 'auc=1') as { run: { id: string } }
  expect(pathsOf(world, run.id)).toEqual(['projects/churn/model/w.bin', 'projects/churn/out1.txt'])
  expect(world.json('show', run.id)).toMatchObject({ run: { datasets: [{ uri: 'projects/churn/d.csv' }] } })
  rmSync(join(world.folder, 'projects/churn/model'), { recursive: true })
  expect(world.mlv('checkout', 'churn@v1').exitCode).toBe(0)
  expect(world.read('projects/churn/model/w.bin')).toBe(WEIGHTS.toString())
})

test('a path on the command line starts where it was typed, whatever the folders between are called', () => {
  const world = initialized()
  world.write('exp[1]/here.txt', 'here')
  world.write('exp[1]/there-1.txt', 'there')
  world.write('exp[1]/m/w.bin', WEIGHTS)
  world.write('top.txt', 'top')
  const typed = [
    '--artifact',
    'here.txt',
    '--artifact',
    'there-*.txt',
    '--artifact',
    '../top.txt',
    '--model',
    'churn=./m/',
  ]
  const { run } = world.json('-C', 'exp[1]', 'commit', ...typed) as { run: { id: string } }
  expect(pathsOf(world, run.id)).toEqual(['exp[1]/here.txt', 'exp[1]/m/w.bin', 'exp[1]/there-1.txt', 'top.txt'])
  expect(world.json('show', 'churn@v1')).toMatchObject({ version: { path: 'exp[1]/m' } })
})

test('a folder entered through a link is the folder it is', () => {
  const world = initialized()
  world.write('sub/mlv.yaml', 'model: { name: churn, path: model }\n')
  world.write('sub/model/w.bin', WEIGHTS)
  const link = join(temporaryFolder(), 'link')
  symlinkSync(join(world.folder, 'sub'), link)
  expect(world.json('-C', link, 'commit')).toMatchObject({ version: { version: { path: 'sub/model' } } })
})

test('an artifact that has the name of the full series is refused, not lost behind it', () => {
  const world = initialized()
  const points = Array.from({ length: 3000 }, (_, step) => JSON.stringify({ step, loss: Math.sin(step) }))
  world.write('s.jsonl', points.join('\n'))
  world.write('series.full.jsonl', 'mine')
  const before = fingerprint(world)
  const typed = ['commit', '--series', 's.jsonl', '--artifact', 'series.full.jsonl']
  expect(world.mlv(...typed).stderr).toContain('path-collision')
  expect(fingerprint(world)).toBe(before)
})

test.each([
  ['the whole worktree as a model', ['--model', 'churn=.'], 'usage-invalid'],
  ['a model outside of it', ['--model', 'churn=../elsewhere'], 'path-escape'],
  ['an artifact outside of it', ['--artifact', '../elsewhere'], 'path-escape'],
])('%s is refused, and nothing changes', (_, typed, code) => {
  const world = initialized()
  const before = fingerprint(world)
  expect(world.mlv('commit', '--metric', 'a=1', ...typed).stderr).toContain(code)
  expect(fingerprint(world)).toBe(before)
  expect(world.mlv('status').stdout).not.toContain('not yet on the branch')
})

test('a folder that holds one file of its own name, and a file that is the model, both come back as they were', () => {
  const world = initialized()
  world.write('model/model', WEIGHTS)
  world.mlv('commit', '--model', 'folder=model')
  rmSync(join(world.folder, 'model'), { recursive: true })
  world.write('model', 'one file')
  world.mlv('commit', '--model', 'file=model')
  rmSync(join(world.folder, 'model'))
  expect(world.mlv('checkout', 'folder@v1').exitCode).toBe(0)
  expect(world.read('model/model')).toBe(WEIGHTS.toString())
  rmSync(join(world.folder, 'model'), { recursive: true })
  expect(world.mlv('checkout', 'file@v1').exitCode).toBe(0)
  expect(world.read('model')).toBe('one file')
})

function initialized(): World {
  const world = makeReadyWorld()
  return world
}

function pathsOf(world: World, run: string): readonly string[] {
  return (world.json('show', run) as { files: { path: string }[] }).files.map((file) => file.path)
}
