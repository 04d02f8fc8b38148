/**
 * Rows P9 and P10: the branch is honest, the place it is checked out to is not.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeVictim, refusedLine } from '../support/hostile-branch.ts'

test('P9: a folder that is a symbolic link into .git is not written through', () => {
  const world = makeVictim()
  rmSync(join(world.folder, 'model'), { recursive: true })
  symlinkSync('.git/hooks', join(world.folder, 'model'))
  expect(refusedLine(world, 4, 'checkout', 'churn@v1')).toBe(
    "mlv: 'model' in the destination is a symbolic link to '.git/hooks' (destination-symlink)",
  )
  expect(existsSync(join(world.folder, '.git/hooks/weights.bin'))).toBe(false)
})

test('P10: a pipe in the place of a file is not written to', () => {
  const world = makeVictim()
  const pipe = join(world.folder, 'placed/weights.bin')
  mkdirSync(join(world.folder, 'placed'))
  execFileSync('mkfifo', [pipe])
  expect(refusedLine(world, 4, 'checkout', 'churn@v1', '--to', 'placed')).toBe(
    "mlv: 'weights.bin' in the destination is a special file (destination-occupied)",
  )
  expect(lstatSync(pipe).isFIFO()).toBe(true)
})

test('P10: a hard link to a file elsewhere is replaced, and the file elsewhere keeps its bytes', () => {
  const world = makeVictim()
  const elsewhere = join(world.folder, '..', `elsewhere-${process.pid}`)
  writeFileSync(elsewhere, 'keys')
  mkdirSync(join(world.folder, 'placed'))
  linkSync(elsewhere, join(world.folder, 'placed/weights.bin'))
  const outcome = world.mlv('checkout', 'churn@v1', '--to', 'placed', '--force')
  expect(readFileSync(elsewhere, 'utf8')).toBe('keys')
  rmSync(elsewhere)
  expect(outcome.exitCode).toBe(0)
})
