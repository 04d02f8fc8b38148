/**
 * From globs to files: everything that was asked for, nothing that was not, and never through a link out of the root.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collectFiles } from '../../../src/store/artifacts/collect.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { refusal, worlds, writeReal } from './artifact-world.ts'

describe.each(worlds)('plain names on $disk', ({ makeWorld }) => {
  test('a file is itself, a folder is everything below it, and each is taken once', async () => {
    const { files, work, write } = await makeWorld()
    for (const path of ['m/a', 'm/b/c', 'm/.hidden', 'other']) await write(path, path)
    const found = await collectFiles(files, work, ['m/b', './m/', 'm/a', join(work, 'm/a')])
    expect(found.map(({ path }) => path)).toEqual(['m/.hidden', 'm/a', 'm/b/c'])
    expect(found[1]?.absolute).toBe(join(work, 'm/a'))
  })

  test('the folders of git and mlv are never taken', async () => {
    const { files, work, write } = await makeWorld()
    for (const path of ['.git/config', 'sub/.git/config', '.mlv/x', 'sub/kept']) await write(path, path)
    expect((await collectFiles(files, work, ['.'])).map(({ path }) => path)).toEqual(['sub/kept'])
    expect(await refusal(collectFiles(files, work, ['.git/config']))).toBe(
      `glob-unmatched: nothing matches '.git/config' in '${work}'`,
    )
  })

  test('what is not there is refused, not left out', async () => {
    const { files, work, write } = await makeWorld()
    await write('there', 'x')
    expect(await refusal(collectFiles(files, work, ['there', 'absent.bin']))).toBe(
      `glob-unmatched: nothing matches 'absent.bin' in '${work}'`,
    )
  })

  test.each(['../outside', 'a/../../outside', '/elsewhere/file'])('%s is outside and refused', async (glob) => {
    const { files, work } = await makeWorld()
    expect(await refusal(collectFiles(files, work, [glob]))).toBe(`path-escape: '${glob}' leaves the model folder`)
  })
})

test('globs match hidden names, take matched folders whole, and leave git alone', async () => {
  const root = treeOf('m/v1/w.bin', 'm/v1/.x', 'm/v2/w.bin', 'm/readme', 'm/.git/config', 'z.bin')
  expect(await paths(root, 'm/*')).toEqual(['m/readme', 'm/v1/.x', 'm/v1/w.bin', 'm/v2/w.bin'])
  expect(await paths(root, '**/*.bin')).toEqual(['m/v1/w.bin', 'm/v2/w.bin', 'z.bin'])
  expect(await paths(root, 'm/v{1,2}/w.bin')).toEqual(['m/v1/w.bin', 'm/v2/w.bin'])
  expect(await refusal(collectFiles(nodeFiles, root, ['*.onnx']))).toContain('glob-unmatched')
})

test('a file whose name looks like a glob is taken by its name', async () => {
  const root = treeOf('w[1].bin', 'w1.bin')
  expect(await paths(root, 'w[1].bin')).toEqual(['w[1].bin'])
})

// Hugging Face caches are links all over: snapshots/<revision>/model.bin -> ../../blobs/<digest>.
test('links inside the root are followed, to files and to folders', async () => {
  const root = treeOf('hub/blobs/abc', 'data/real/x')
  mkdirSync(join(root, 'hub/snapshots/r1'), { recursive: true })
  symlinkSync('../../blobs/abc', join(root, 'hub/snapshots/r1/model.bin'))
  symlinkSync('real', join(root, 'data/link'))
  expect(await paths(root, 'hub/snapshots/r1')).toEqual(['hub/snapshots/r1/model.bin'])
  expect(await paths(root, 'hub/**/*.bin')).toEqual(['hub/snapshots/r1/model.bin'])
  expect(await paths(root, 'data')).toEqual(['data/link/x', 'data/real/x'])
  expect(await paths(root, 'data/*/x')).toEqual(['data/link/x', 'data/real/x'])
})

test.each(['m', 'm/link', 'm/*', '**/secret'])('a link out of the root is refused, asked for as %s', async (glob) => {
  const outside = treeOf('secret')
  const root = treeOf('m/w.bin')
  symlinkSync(outside, join(root, 'm/link'))
  const [path, target] = glob === '**/secret' ? ['m/link/secret', join(outside, 'secret')] : ['m/link', outside]
  expect(await refusal(collectFiles(nodeFiles, root, [glob]))).toBe(
    `input-symlink: '${path}' is a symbolic link to '${target}', outside the named folder`,
  )
})

test('a link to the configuration of git is refused like one to the outside', async () => {
  const root = treeOf('.git/config', 'm/w.bin')
  symlinkSync('../.git/config', join(root, 'm/config'))
  expect(await refusal(collectFiles(nodeFiles, root, ['m']))).toContain("input-symlink: 'm/config'")
})

test('links in circles end, however they are asked for', async () => {
  const root = treeOf('m/w.bin', 'm/deep/x.bin')
  symlinkSync('..', join(root, 'm/deep/up'))
  symlinkSync('.', join(root, 'm/self'))
  expect(await paths(root, 'm')).toEqual(['m/deep/x.bin', 'm/w.bin'])
  expect(await paths(root, '**/*.bin')).toEqual(['m/deep/x.bin', 'm/w.bin'])
})

test('a broken link and a special file are refused by name', async () => {
  const root = treeOf('m/w.bin')
  symlinkSync('nowhere', join(root, 'm/broken'))
  expect(await refusal(collectFiles(nodeFiles, root, ['m']))).toBe(
    "file-not-found: the target of symbolic link 'm/broken' does not exist",
  )
  const other = treeOf('m/w.bin')
  execFileSync('mkfifo', [join(other, 'm/pipe')])
  expect(await refusal(collectFiles(nodeFiles, other, ['m']))).toBe(
    "path-not-a-file: 'm/pipe' is a special file; models hold only files",
  )
})

test('names that could not be checked out again are refused here', async () => {
  const root = treeOf('m/W.bin', 'm/w.bin')
  expect(await refusal(collectFiles(nodeFiles, root, ['m']))).toContain('path-collision')
})

function treeOf(...files: readonly string[]): string {
  const root = temporaryFolder()
  for (const file of files) writeReal(join(root, file), file)
  return root
}

async function paths(root: string, ...globs: readonly string[]): Promise<readonly string[]> {
  return (await collectFiles(nodeFiles, root, globs)).map(({ path }) => path)
}
