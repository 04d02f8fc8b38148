/**
 * Files of parameters, written: the one value is another, and everything else is as its author wrote it.
 */
import fc from 'fast-check'
import { Volume } from 'memfs'
import { expect, test } from 'vitest'
import { flattenParameters } from '../../../src/domain/parameter-flatten.ts'
import { parseParameterKey } from '../../../src/domain/key.ts'
import { changeParameter, writeParameters } from '../../../src/store/inputs/edit-parameters.ts'
import { readParameters } from '../../../src/store/inputs/parameters-file.ts'
import { memoryFiles } from '../../support/memory-files.ts'

async function changed(name: string, before: string, key: string, text: string): Promise<string> {
  const volume = Volume.fromJSON({ [`/w/${name}`]: before })
  await changeParameter(memoryFiles(volume), `/w/${name}`, { key: parseParameterKey(key), text })
  return volume.readFileSync(`/w/${name}`, 'utf8').toString()
}

test('YAML keeps its comments and its order', async () => {
  const before = '# training\nlr: 0.1 # per epoch\nmodel:\n  depth: 4\n  seed: 9223372036854775807\n'
  expect(await changed('p.yaml', before, 'model.depth', '8')).toBe(before.replace('depth: 4', 'depth: 8'))
  expect(await changed('p.yaml', before, 'lr', '1.0')).toContain('lr: 1.0 # per epoch')
})

test('JSON keeps its order and every digit', async () => {
  const before = '{\n  "lr": 0.1,\n  "a.b": {\n    "seed": 9223372036854775807\n  }\n}\n'
  expect(await changed('p.json', before, 'lr', '0.2')).toBe(before.replace('0.1', '0.2'))
  expect(await changed('p.json', before, 'a.b.seed', '7')).toBe(before.replace('9223372036854775807', '7'))
})

test('a key that is not there, and TOML, are refused', async () => {
  await expect(changed('p.yaml', 'lr: 1\n', 'depth', '2')).rejects.toThrow("has no parameter 'depth'")
  await expect(changed('p.toml', 'lr = 1\n', 'lr', '2')).rejects.toThrow('only YAML and JSON')
})

test.each(['p.yaml', 'p.json'])('what is written to %s is read back as the same parameters', async (name) => {
  const leaf = fc.oneof(fc.boolean(), fc.bigInt(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string())
  const tree = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
  )
  await fc.assert(
    fc.asyncProperty(tree, async (members) => {
      const parameters = flattenParameters(valueOf(members), 'tree')
      const files = memoryFiles(Volume.fromJSON({ '/w/other': '' }))
      await writeParameters(files, `/w/${name}`, parameters)
      expect(await readParameters(files, `/w/${name}`)).toEqual(parameters)
    }),
  )
})

type Leaf = boolean | bigint | number | string

function valueOf(
  members: Readonly<Record<string, Leaf | Readonly<Record<string, Leaf>>>>,
): ReadonlyMap<string, Leaf | ReadonlyMap<string, Leaf>> {
  return new Map(
    Object.entries(members).map(([key, member]) => [
      key,
      typeof member === 'object' ? new Map(Object.entries(member)) : member,
    ]),
  )
}
