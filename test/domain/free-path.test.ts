/** Free paths: what is logged under a taken path is kept beside it, on every file system. */
import { expect, test } from 'vitest'
import { parseArtifactPath, parseArtifactPaths } from '../../src/domain/artifact-path.ts'
import { openPathTaker } from '../../src/domain/free-path.ts'

function take(taken: readonly string[], ...wanted: readonly string[]): readonly string[] {
  const taker = openPathTaker(taken.map(parseArtifactPath))
  return wanted.map((path) => taker.take(parseArtifactPath(path)))
}

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['a free path is kept', ['b.png'], ['a.png'], ['a.png']],
  ['a taken one is numbered before its extension', ['a.png'], ['a.png', 'a.png'], ['a-2.png', 'a-3.png']],
  ['case alone tells no two apart', ['A.png'], ['a.png'], ['a-2.png']],
  ['a folder is no file', ['a/b.png'], ['a'], ['a-2']],
  ['a file is no folder', ['images'], ['images/a.png', 'images/b.png'], ['images-2/a.png', 'images-2/b.png']],
  ['a folder has one spelling', ['Images/a.png'], ['images/b.png'], ['images-2/b.png']],
  ['a name that starts with a dot has no extension', ['x/.a'], ['x/.a'], ['x/.a-2']],
])('%s', (_, taken, wanted, expected) => {
  const found = take(taken, ...wanted)
  expect(found).toEqual(expected)
  expect(() => parseArtifactPaths([...taken, ...found])).not.toThrow()
})

test('thousands of files of one name take no quadratic time', () => {
  const taker = openPathTaker([])
  for (let number = 0; number < 20_000; number += 1) taker.take(parseArtifactPath('images/samples/1.png'))
  expect(taker.has(parseArtifactPath('images/samples/1-20000.png'))).toBe(true)
})
