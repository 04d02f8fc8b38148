/**
 * Content digests: fixed for all time by examples, blind to order, and different whenever the content is.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { contentDigestOf, parseContentDigest } from '../../src/domain/content-digest.ts'
import type { VersionContent } from '../../src/domain/content-digest.ts'
import { parseModelName } from '../../src/domain/name.ts'
import { fileOf, parametersOf } from '../support/sample.ts'

const content: VersionContent = {
  files: [fileOf('weights.bin', 'w'), fileOf('config.json', '{}')],
  model: parseModelName('churn'),
  parameters: parametersOf({ lr: 0.001, seed: 42n, layers: [64n, 32n] }),
  datasets: [
    { uri: 'data/train.csv', pin: { kind: 'sha256', sha256: sha256Of('train') } },
    { uri: 'data/test.csv', pin: { kind: 'foreign', scheme: 'dvc-md5', id: 'd41d8cd98f00b204e9800998ecf8427e' } },
    { uri: 's3://bucket/unpinned' },
  ],
  codeDigest: sha256Of('code'),
}

test('the digest is that of the documented JSON, which never changes', () => {
  const json = [
    '{"code":"5694d08a2e53ffcae0c3103e5ad6f6076abd960eb1f8a56577040bc1028f702b",',
    '"data":["dvc-md5:d41d8cd98f00b204e9800998ecf8427e",',
    `"sha256:${sha256Of('train')}"],`,
    `"files":[["config.json","${sha256Of('{}')}",2],["weights.bin","${sha256Of('w')}",1]],`,
    '"model":"churn","parameters":{"layers":[64,32],"lr":0.001,"seed":42}}',
  ]
  expect(contentDigestOf(content)).toBe(`mlv1:${sha256Of(json.join(''))}`)
})

test('the digest does not depend on the order of anything', () => {
  const turned: VersionContent = {
    ...content,
    files: [...content.files].reverse(),
    parameters: new Map([...content.parameters].reverse()),
    datasets: [...content.datasets].reverse(),
  }
  expect(contentDigestOf(turned)).toBe(contentDigestOf(content))
})

test('the digest does not depend on what is no content: storage, tensors, unpinned data', () => {
  const same: VersionContent = {
    ...content,
    files: content.files.map((file) => ({ ...file, storage: { kind: 'pointer' }, tensors: [] })),
    datasets: content.datasets.filter(({ pin }) => pin !== undefined),
  }
  expect(contentDigestOf(same)).toBe(contentDigestOf(content))
})

test.each<[string, Partial<VersionContent>]>([
  ['a byte of a file', { files: [fileOf('weights.bin', 'x'), fileOf('config.json', '{}')] }],
  ['the name of a file', { files: [fileOf('weights2.bin', 'w'), fileOf('config.json', '{}')] }],
  ['the model', { model: parseModelName('fraud') }],
  ['a parameter', { parameters: parametersOf({ lr: 0.002, seed: 42n, layers: [64n, 32n] }) }],
  ['the data', { datasets: [] }],
  ['the code', { codeDigest: null }],
])('another digest comes of changing %s', (_, change) => {
  expect(contentDigestOf({ ...content, ...change })).not.toBe(contentDigestOf(content))
})

test('numbers JSON has no word for differ from each other and from texts that read alike', () => {
  const values = [NaN, Infinity, -Infinity, 'NaN', 'Infinity', null, '{"float":"NaN"}']
  const digests = values.map((x) => contentDigestOf({ ...content, parameters: parametersOf({ x }) }))
  expect(new Set(digests).size).toBe(values.length)
})

test('every digest made is one that is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.double(), (text, number) => {
      const digest = contentDigestOf({ ...content, parameters: parametersOf({ text, number }) })
      expect(parseContentDigest(digest)).toBe(digest)
    }),
  )
})
