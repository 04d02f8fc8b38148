/**
 * Paths of records that must not lead out of the folder they are meant for.
 */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { staysInside } from '../../../src/store/files/stays-inside.ts'
import { temporaryFolder } from '../../support/repository.ts'

test('a path stays inside unless it climbs out, by its words or by a link on its way', async () => {
  const outside = temporaryFolder()
  const folder = join(outside, 'inside')
  mkdirSync(join(folder, 'data'), { recursive: true })
  symlinkSync('data', join(folder, 'near'))
  symlinkSync(outside, join(folder, 'far'))
  symlinkSync(join(outside, 'not-there'), join(folder, 'dangling'))
  const inside = async (path: string): Promise<boolean> => staysInside(nodeFiles, folder, join(folder, path))
  expect(await inside('data/new/deep.csv')).toBe(true)
  expect(await inside('near/new.csv')).toBe(true)
  expect(await inside('.')).toBe(true)
  expect(await inside('..data')).toBe(true)
  expect(await inside('../other')).toBe(false)
  expect(await inside('far/new.csv')).toBe(false)
  expect(await inside('dangling')).toBe(false)
  expect(await inside('dangling/new.csv')).toBe(false)
})
