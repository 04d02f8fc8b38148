/**
 * Rows P1 to P8 and P11: a branch that somebody else wrote names hostile files, and a user checks it out. Every refusal
 * comes before the first write.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FILES_MANIFEST, filesManifest, forgeBranch, makeVictim, refusedLine } from '../support/hostile-branch.ts'
import type { World } from '../support/world.ts'

/** What `mlv checkout` says, by the YAML text of the path that the branch lists. */
type Table = Readonly<Record<string, string>>

test('P1: a path that leaves the model folder is not checked out', () => {
  check({
    '"../x"': "'../x' leaves the model folder (path-escape)",
    '"a/../../x"': "'a/../../x' leaves the model folder (path-escape)",
    '"a/./b"': "'a/./b' leaves the model folder (path-escape)",
    '""': "'' leaves the model folder (path-escape)",
  })
})

test('P2: a path that is not relative is not checked out', () => {
  check({
    '"/etc/x"': "'/etc/x' is not a relative path (path-absolute)",
    '"C:x"': "'C:x' is not a relative path (path-absolute)",
    '"\\\\\\\\host\\\\share\\\\x"': "'\\\\host\\share\\x' is not a relative path (path-absolute)",
    '"~/x"': "'~/x' is not a relative path (path-absolute)",
  })
})

test('P3: a path that git acts on is not checked out', () => {
  check({
    '".git/hooks/pre-commit"': "'.git/hooks/pre-commit' is a git control path (path-git-control)",
    '".git::$INDEX_ALLOCATION/x"': "'.git::$INDEX_ALLOCATION/x' is a git control path (path-git-control)",
    '"git~10"': "'git~10' is a git control path (path-git-control)",
    '".gitattributes"': "'.gitattributes' is a git control path (path-git-control)",
  })
})

test('P4: a path that Windows cannot have is not checked out', () => {
  check({
    '"NUL.txt"': "'NUL.txt' cannot exist on Windows (path-not-portable)",
    '"a."': "'a.' cannot exist on Windows (path-not-portable)",
    '"a:b"': "'a:b' cannot exist on Windows (path-not-portable)",
  })
})

test('P5: a path with characters that cannot be seen is not checked out, and is shown escaped', () => {
  check({
    '"weights\\u202egpj.bin"': "'weights\\u202egpj.bin' has a hidden character at 8 (path-hidden-character)",
    '"a\\u001b[2Jb"': "'a\\x1b[2Jb' has a hidden character at 2 (path-hidden-character)",
    '"a\\nb"': "'a\\x0ab' has a hidden character at 2 (path-hidden-character)",
  })
})

test('P6: two paths that are one file on another system are not checked out', () => {
  const world = makeVictim()
  const collide = (...listed: readonly string[]) => checkoutOf(world, filesManifest(...listed))
  expect(collide('Model.bin', 'model.bin')).toBe(
    "mlv: 'Model.bin' and 'model.bin' collide on macOS and Windows (path-collision)",
  )
  expect(collide('a', '"a/b"')).toBe("mlv: 'a' and 'a/b' collide on macOS and Windows (path-collision)")
})

test('P11: a list of 100,001 files is refused by its length', () => {
  const world = makeVictim()
  const names = Array.from({ length: 100_001 }, (_, index) => `f${String(index).padStart(6, '0')}`)
  expect(checkoutOf(world, filesManifest(...names))).toBe(
    'mlv: the number of files is 100001, limit 100000 (limit-exceeded)',
  )
})

/** Lists each hostile path in turn and checks it out. */
function check(table: Table): void {
  const world = makeVictim()
  const said: Record<string, string> = {}
  for (const listed of Object.keys(table)) said[listed] = checkoutOf(world, filesManifest(listed)).replace(/^mlv: /, '')
  expect(said).toEqual(table)
}

function checkoutOf(world: World, manifest: string): string {
  const undo = forgeBranch(world, [{ path: FILES_MANIFEST, content: manifest }])
  const line = refusedLine(world, 4, 'checkout', 'churn@v1', '--to', 'placed')
  expect(existsSync(join(world.folder, 'placed'))).toBe(false)
  undo()
  return line
}
