/**
 * Datasets: pinned by their bytes, by someone else's identity, or told to be unpinned.
 */
import { Volume } from 'memfs'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Dataset } from '../../../src/domain/dataset.ts'
import { probeDataset } from '../../../src/store/data/datasets.ts'
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
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'the, name', type: 'text' },
    ],
  })
})

test('JSON Lines has a row a line, and the fields of the first', async () => {
  const text = '{"text":"a \\" quote","label":1}\n\n{"text":"b"}\n'
  expect(await probe({ '/work/a.jsonl': text }, 'a.jsonl')).toMatchObject({
    rows: 2,
    columns: [
      { name: 'text', type: 'text' },
      { name: 'label', type: 'integer' },
    ],
  })
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

test('types of columns are what the first rows look like', async () => {
  const csv = 'i,f,b,t,mixed,none\n1,0.5,true,x,1,\n-2,1e-3,False,,a,\n,nan,,,,\n'
  expect((await probe({ '/work/a.csv': csv }, 'a.csv')).columns).toEqual([
    { name: 'i', type: 'integer' },
    { name: 'f', type: 'float' },
    { name: 'b', type: 'boolean' },
    { name: 't', type: 'text' },
    { name: 'mixed', type: 'text' },
    { name: 'none' },
  ])
  const rows = [
    { a: 1, b: [1], c: null },
    { a: 1.5, d: { x: 1 } },
    { a: 2, b: 'x' },
  ]
  const jsonl = rows.map((row) => JSON.stringify(row)).join('\n')
  expect((await probe({ '/work/a.jsonl': jsonl }, 'a.jsonl')).columns).toEqual([
    { name: 'a', type: 'float' },
    { name: 'b', type: 'mixed' },
    { name: 'c' },
    { name: 'd', type: 'object' },
  ])
})

test('a folder of shards with the same columns is one table; other folders have no rows', async () => {
  const shards = { '/work/d/_SUCCESS': '', '/work/d/0.csv': 'a,b\n1,2\n', '/work/d/1.csv': 'a,b\n3,4\n5,6\n' }
  expect(await probe(shards, 'd')).toMatchObject({ fileCount: 3, rows: 3, columns: [{ name: 'a' }, { name: 'b' }] })
  expect(await probe({ ...shards, '/work/d/2.csv': 'a,c\n1,2\n' }, 'd')).not.toHaveProperty('rows')
  expect(await probe({ ...shards, '/work/d/x.png': 'x' }, 'd')).not.toHaveProperty('rows')
})

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const HUB = '/home/ada/.cache/huggingface/hub/datasets--imdb--small'

test('a snapshot of the Hugging Face cache is hashed, and its commit told', async () => {
  const contents = {
    [`${HUB}/refs/main`]: COMMIT,
    [`${HUB}/snapshots/${COMMIT}/train.csv`]: 'a\n1\n',
    [`${HUB}/snapshots/${COMMIT}/README.md`]: 'read me',
    [`${HUB}/blobs/unused`]: 'old',
  }
  const expected = { fileCount: 2, rows: 1, revision: `datasets/imdb/small@${COMMIT}` }
  const byCommit = await probe(contents, `${HUB}/snapshots/${COMMIT}`)
  expect(byCommit).toMatchObject(expected)
  const byName = await probe(contents, HUB)
  expect(byName).toMatchObject(expected)
  expect(byName.pin).toEqual(byCommit.pin)
  expect(await probe(contents, `${HUB}/snapshots/${COMMIT}/train.csv`)).toMatchObject({
    rows: 1,
    revision: expected.revision,
  })
})

test('a URI of the hub is pinned by the commit the cache has, or that it names itself', async () => {
  const volume = Volume.fromJSON({ [`${HUB}/refs/main`]: `${COMMIT}\n`, '/work/.keep': '' })
  const ask = (uri: string) =>
    probeDataset(memoryFiles(volume), '/work', uri, { variables: { HOME: '/home/ada' } }).then(({ pin }) => pin)
  const pin = { kind: 'foreign', scheme: 'hf-commit', id: `datasets/imdb/small@${COMMIT}` }
  expect(await ask('hf://datasets/imdb/small')).toEqual(pin)
  expect(await ask('hf://datasets/imdb/small@main/train.csv')).toEqual(pin)
  expect(await ask('hf://datasets/imdb/small@v2')).toBeUndefined()
  expect(await ask('hf://datasets/imdb/small@..%2F..%2Fx')).toBeUndefined()
  expect(await ask(`hf://org/model@${COMMIT}`)).toEqual({ ...pin, id: `models/org/model@${COMMIT}` })
})
