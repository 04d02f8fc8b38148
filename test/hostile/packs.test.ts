/**
 * Lists of files that place them where a pack has nothing for them.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FILES_MANIFEST, forgeBranch, makeVictim, refusedLine } from '../support/hostile-branch.ts'

test.each([
  ['beyond its pack', 'offset: 512', 'offset: 11000'],
  ['on the bytes of another', 'offset: 2048', 'offset: 600'],
  ['before the beginning', 'offset: 512', 'offset: -512'],
  ['in a pack the list does not have', /- sha256: "b.*\n {4}sizeBytes: 9000\n/, ''],
  ['in a pack that nobody has', 'format: 2', 'format: 2'],
])('a packed file %s is refused, and nothing is written', (_, found, hostile) => {
  const world = makeVictim()
  forgeBranch(world, [{ path: FILES_MANIFEST, content: HOSTILE.replace(found, hostile) }])
  const said = refusedLine(world, 4, 'checkout', 'churn@v1', '--to', 'placed')
  expect(said).toMatch(/\((?:document-malformed|object-missing)\)$/)
  expect(existsSync(join(world.folder, 'placed'))).toBe(false)
})

/** A list of two packed files as mlv would write it, whose packs are nowhere. */
const HOSTILE = `files:
${[512, 2048]
  .map(
    (offset) =>
      `  - offset: ${offset}\n    pack: "${'b'.repeat(64)}"\n    path: f${offset}.bin\n    sha256: ${'c'.repeat(64)}\n` +
      `    sizeBytes: 1000\n    storage: packed\n`,
  )
  .join('')}format: 2
kind: files
packs:
  - sha256: "${'b'.repeat(64)}"
    sizeBytes: 9000
`
