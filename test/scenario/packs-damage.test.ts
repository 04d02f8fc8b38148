/** A clone finds and mends damage in a pack as in any other object. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { flipByte, objectsIn, packedWorld } from '../support/packed-world.ts'

test('a flipped byte in a pack is found, and mended from the worktree while it has the files', () => {
  const { ada } = packedWorld()
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  const pack = objectsIn(ada.folder).find((path) => readFileSync(path).includes('file 0 file 0')) ?? ''
  const whole = sha256Of(readFileSync(pack))
  flipByte(pack)
  expect(ada.say('fsck').replaceAll(ada.folder, '<folder>')).toMatchInlineSnapshot(`
    "$ mlv fsck
    repaired artifact <sha256 1>: it was damaged and is restored from <folder>
    checked 2 runs, 2 versions, 0 aliases, 1 object (462 kB): all sound
    "
  `)
  expect(sha256Of(readFileSync(pack))).toBe(whole)
  rmSync(pack)
  expect(ada.mlv('fsck').stdout).toContain('was missing and is restored from')
  expect(sha256Of(readFileSync(pack))).toBe(whole)

  // What the worktree has no more is taken from the damaged pack, as long as that file is whole there.
  flipByte(pack)
  ada.write('model/0/0.bin', 'overwritten')
  expect(ada.mlv('fsck').exitCode).toBe(0)
  expect(sha256Of(readFileSync(pack))).toBe(whole)
  rmSync(pack)
  const lost = ada.mlv('fsck')
  expect(lost.exitCode).toBe(4)
  expect(lost.stdout).toMatch(/pack [0-9a-f]{12} of [0-9]+ files: its bytes are missing/)
})

test('a damaged pack is replaced from where it is shared', () => {
  const { ada, join: joinTeam } = packedWorld()
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  ada.mlv('push')
  const bob = joinTeam('bob')
  expect(bob.mlv('fsck').stdout).toContain('absent here: 1 object')
  bob.mlv('pull', '--artifacts')
  for (const path of objectsIn(bob.folder)) flipByte(path)
  expect(bob.mlv('checkout', 'churn@v2').stderr).toContain('object-damaged')
  expect(existsSync(join(bob.folder, 'model/0'))).toBe(false)
  expect(bob.mlv('fsck').stdout).toContain('restored from the store')
  expect(bob.mlv('fsck')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(bob.mlv('checkout', 'churn@v2').exitCode).toBe(0)
})
