/**
 * Reflogs: one line a move, whatever a crash left at the end of the file.
 */
import { expect, test } from 'vitest'
import { appendReflog, reflogFile } from '../../../src/store/git/reflog.ts'
import { MLV, oidOf, writeFile } from '../../support/git-worlds.ts'
import { makeMemoryRepository, SIGNATURES } from '../../support/repository.ts'

const [A, B] = [oidOf('a'.repeat(40)), oidOf('b'.repeat(40))]
const ENTRY = { ref: MLV, after: B, committer: SIGNATURES.committer, message: 'promote\tv12\n\nMlv-Op: promote\n' }

test('an entry is one line, as git writes it', async () => {
  const { place, files } = makeMemoryRepository()
  await appendReflog(place, files, { ...ENTRY, before: undefined, after: A })
  await appendReflog(place, files, { ...ENTRY, before: A })

  expect(Buffer.from(await files.readFile(reflogFile(place, MLV))).toString()).toBe(
    `${'0'.repeat(40)} ${A} Ada Example <ada@example.com> 1795165200 +0000\tmlv: promote v12\n` +
      `${A} ${B} Ada Example <ada@example.com> 1795165200 +0000\tmlv: promote v12\n`,
  )
})

test('a line cut short by a crash is closed, so that the next entry is a line of its own', async () => {
  const { place, files } = makeMemoryRepository()
  await writeFile(files, reflogFile(place, MLV), `${A} ${B} Ada Exa`)
  await appendReflog(place, files, { ...ENTRY, before: A })

  const lines = Buffer.from(await files.readFile(reflogFile(place, MLV)))
    .toString()
    .split('\n')
  expect(lines[0]).toBe(`${A} ${B} Ada Exa`)
  expect(lines[1]?.startsWith(`${A} ${B} Ada Example <`)).toBe(true)
})
