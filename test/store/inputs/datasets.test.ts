/**
 * Datasets: pinned by their bytes, by someone else's identity, or told to be unpinned.
 */
import { Volume } from 'memfs'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Dataset } from '../../../src/domain/dataset.ts'
import { probeDataset } from '../../../src/store/inputs/datasets.ts'
import { memoryFiles } from '../../support/memory-files.ts'

function probe(contents: Readonly<Record<string, string>>, uri: string): Promise<Dataset> {
  const volume = new Volume()
  volume.fromJSON({ '/work/.keep': '', ...contents })
  return probeDataset(memoryFiles(volume), '/work', uri)
}

const pinOf = (content: string) => ({ kind: 'sha256', sha256: sha256Of(content) })

test('a CSV file has a digest, rows and columns; quoted line ends and empty lines are no rows', async () => {
  const text = 'id,"the, name"\r\n1,"two\nlines"\r\n\r\n2,x'
  expect(await probe({ '/work/data/a.csv': text }, './data/a.csv')).toEqual({
    uri: 'data/a.csv',
    pin: pinOf(text),
    sizeBytes: text.length,
    rows: 2,
    columns: ['id', 'the, name'],
  })
})

test('JSON Lines has a row a line, and the fields of the first', async () => {
  const text = '{"text":"a \\" quote","label":1}\n\n{"text":"b"}\n'
  expect(await probe({ '/work/a.jsonl': text }, 'a.jsonl')).toMatchObject({ rows: 2, columns: ['text', 'label'] })
  expect(await probe({ '/work/a.jsonl': '' }, 'a.jsonl')).toEqual({ uri: 'a.jsonl', pin: pinOf(''), sizeBytes: 0 })
})

test('any other file has a digest alone', async () => {
  expect(await probe({ '/work/a.bin': 'x\n' }, '/work/a.bin')).toEqual({
    uri: 'a.bin',
    pin: pinOf('x\n'),
    sizeBytes: 2,
  })
  expect((await probe({ '/data/a.bin': 'x' }, '/data/a.bin')).uri).toBe('/data/a.bin')
})

test('a folder is pinned by the path, digest and size of every file in it', async () => {
  const contents = { '/work/d/b.txt': 'bb', '/work/d/a/x.txt': 'x', '/work/d/a.txt': 'a' }
  const list = [
    ['a.txt', sha256Of('a'), 1],
    ['a/x.txt', sha256Of('x'), 1],
    ['b.txt', sha256Of('bb'), 2],
  ]
  const expected = { uri: 'd', pin: pinOf(JSON.stringify(list)), sizeBytes: 4, fileCount: 3 }
  expect(await probe(contents, 'd/')).toEqual(expected)
  const { '/work/d/b.txt': moved, ...rest } = contents
  expect((await probe({ ...rest, '/work/d/c.txt': moved }, 'd')).pin).not.toEqual(expected.pin)
})

test('links in a folder are followed, but not back to where they are', async () => {
  const volume = new Volume()
  volume.fromJSON({ '/work/d/snapshot/x': '', '/blobs/1': 'content' })
  volume.symlinkSync('/blobs/1', '/work/d/snapshot/model.bin')
  const files = memoryFiles(volume)
  expect(await probeDataset(files, '/work', 'd')).toMatchObject({ fileCount: 2, sizeBytes: 7 })
  for (const name of ['again', 'and-again']) volume.symlinkSync('/work/d', `/work/d/snapshot/${name}`)
  await expect(probeDataset(files, '/work', 'd')).rejects.toMatchObject({ code: 'input-symlink' })
})

const DVC = 'outs:\n- md5: 22a1a2931c8370d3aeedd7183606fd7f.dir\n  size: 14445097\n  nfiles: 800\n  path: images\n'

test('a .dvc file pins what is not here; bytes that are here are pinned themselves', async () => {
  const pointed = {
    pin: { kind: 'foreign', scheme: 'dvc-md5', id: '22a1a2931c8370d3aeedd7183606fd7f.dir' },
    sizeBytes: 14445097,
    fileCount: 800,
  }
  expect(await probe({ '/work/images.dvc': DVC }, 'images')).toEqual({ uri: 'images', ...pointed })
  expect(await probe({ '/work/images.dvc': DVC }, 'images.dvc')).toEqual({ uri: 'images.dvc', ...pointed })
  expect((await probe({ '/work/images.dvc': DVC, '/work/images/a': 'a' }, 'images')).pin?.kind).toBe('sha256')
})

test('an LFS pointer is the identity of what it points to', async () => {
  const oid = sha256Of('the real bytes')
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`
  expect(await probe({ '/work/a.csv': pointer }, 'a.csv')).toEqual({
    uri: 'a.csv',
    pin: { kind: 'foreign', scheme: 'lfs-sha256', id: oid },
    sizeBytes: 12345,
  })
})

test('a URI is not pinned, and keeps no credentials', async () => {
  expect(await probe({}, 's3://bucket/key')).toEqual({ uri: 's3://bucket/key' })
  expect(await probe({}, 'https://ada:pw@example.org/d.csv?page=2')).toEqual({
    uri: 'https://example.org/d.csv?page=2',
  })
  expect(await probe({}, 'https://example.org/d.csv?X-Amz-Signature=abc')).toEqual({ uri: 'https://example.org/d.csv' })
})

test('what is not there is refused', async () => {
  await expect(probe({}, 'no.csv')).rejects.toMatchObject({
    code: 'file-not-found',
    detail: { data: { file: 'no.csv' } },
  })
})
