/**
 * The law of the fast reader of trees: it reads what the reader of any tree reads, and refuses what that refuses.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { parseOid } from '../../../src/domain/oid.ts'
import { parseTree, scanTree } from '../../../src/store/git/tree-object.ts'

const TREE = present(parseOid('4b825dc642cb6eb9a060e54bf8d69288fbee4904'), 'an object name')

const entry = fc.record({
  mode: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('100644', '40000') },
    fc.constantFrom('100755', '120000', '160000', '100664', '040000', '1'),
  ),
  name: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom('run.yaml', 'notes.yaml', 'files', 'files.yaml', '.gitattributes', 'g', 'a'),
    },
    fc.constantFrom(
      ...['run.yaml', 'notes.yaml', 'files', 'files.yaml', 'files-1', '.gitattributes', '.git', '.GIT', '..', '.', 'g'],
      ...['git~1', 'a', 'a.b', 'ab', 'a b', 'a/b', '', '.git.', '.gitx', 'ä', '2026-11', '01m7z79tha00tn1y49ekzckv8n'],
    ),
    fc.stringMatching(/^[a-c.-]{1,4}$/),
  ),
  first: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(1, 0xff) }, fc.constant(0)),
})

function treeOf(entries: readonly { readonly mode: string; readonly name: string; readonly first: number }[]): Buffer {
  return Buffer.concat(
    entries.map(({ mode, name, first }, index) => {
      const object = Buffer.alloc(20, first)
      // Of those that begin with zeros some are nothing else, and name no object.
      if (first !== 0 || index % 2 === 0) object[19] = index + 1
      return Buffer.concat([Buffer.from(`${mode} ${name}\0`), object])
    }),
  )
}

function said(read: typeof parseTree, bytes: Buffer): unknown {
  try {
    return read(TREE, bytes).map(({ name, kind, oid }) => ({ name, kind, oid }))
  } catch (error) {
    if (error instanceof Failure) return error.detail
    throw error
  }
}

test('law: whatever the entries, both say the same', () => {
  let read = 0
  const ordered = fc.tuple(fc.array(entry, { maxLength: 7 }), fc.boolean()).map(([entries, isSorted]) => {
    const keyOf = ({ mode, name }: (typeof entries)[number]): string => (mode === '40000' ? `${name}/` : name)
    return isSorted ? entries.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)) : entries
  })
  fc.assert(
    fc.property(ordered, (entries) => {
      const bytes = treeOf(entries)
      const found = said(scanTree, bytes)
      expect(found).toEqual(said(parseTree, bytes))
      if (Array.isArray(found) && found.length > 2) read += 1
    }),
    { numRuns: 3000 },
  )
  expect(read).toBeGreaterThan(20)
})

test('law: of a tree that was cut or changed, both say the same', () => {
  const whole = treeOf(
    ['.gitattributes', 'environment.yaml', 'files.yaml', 'notes.yaml', 'run.yaml'].map((name) => ({
      mode: '100644',
      name,
      first: 7,
    })),
  )
  fc.assert(
    fc.property(
      fc.nat({ max: whole.length }),
      fc.nat({ max: whole.length - 1 }),
      fc.nat({ max: 255 }),
      (end, at, byte) => {
        const bytes = Buffer.from(whole.subarray(0, end))
        if (at < bytes.length) bytes[at] = byte
        expect(said(scanTree, bytes)).toEqual(said(parseTree, bytes))
      },
    ),
    { numRuns: 3000 },
  )
})
