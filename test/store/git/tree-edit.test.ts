/**
 * Editing trees against a model: a map from path to content, edited the slow and obvious way.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { isFailure } from '../../../src/domain/failure.ts'
import type { Oid } from '../../../src/domain/oid.ts'
import type { TreeEdit, TreeEntry } from '../../../src/store/git/engine.ts'
import type { GitObject } from '../../../src/store/git/object-name.ts'
import { editTree } from '../../../src/store/git/tree-edit.ts'
import { parseTree } from '../../../src/store/git/tree-object.ts'
import { copy, put, remove } from '../../support/git-worlds.ts'

/** Objects made so far, and which folders were read. */
class ObjectStore {
  readonly objects = new Map<Oid, GitObject>()
  readonly reads: Oid[] = []
  readonly added: Oid[] = []

  async edit(base: Oid | undefined, edits: readonly TreeEdit[]): Promise<Oid> {
    this.reads.length = 0
    this.added.length = 0
    return await editTree(base, edits, {
      readTree: async (oid) => {
        this.reads.push(oid)
        return await Promise.resolve(this.entries(oid))
      },
      addObject: (oid, object) => {
        this.added.push(oid)
        this.objects.set(oid, object)
      },
    })
  }

  entries(oid: Oid): readonly TreeEntry[] {
    return parseTree(oid, present(this.objects.get(oid), `the tree ${oid}`).bytes)
  }

  files(oid: Oid, prefix = ''): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const entry of this.entries(oid)) {
      const path = `${prefix}${entry.name}`
      if (entry.kind === 'tree') for (const [below, text] of this.files(entry.oid, `${path}/`)) found.set(below, text)
      else found.set(path, Buffer.from(present(this.objects.get(entry.oid), `the file ${path}`).bytes).toString())
    }
    return found
  }
}

type Model = ReadonlyMap<string, string>

/** What an edit makes of a map from path to text; `undefined` when it must be refused. */
function modelled(model: Model, edit: TreeEdit): Model | undefined {
  const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
  const without = (path: string) => new Map([...model].filter(([known]) => !isBelow(known, path)))
  const made = (path: string, files: Iterable<readonly [string, string]>) => {
    // A file on the way becomes a folder.
    const kept = [...without(path)].filter(([known]) => !path.startsWith(`${known}/`))
    return new Map([...kept, ...files])
  }
  switch (edit.kind) {
    case 'put':
      return made(edit.path, [[edit.path, Buffer.from(edit.bytes).toString()]])
    case 'remove':
      return without(edit.path)
    case 'link':
      throw new Error('a model of texts has no objects to link')
    case 'copy': {
      const source = [...model].filter(([known]) => isBelow(known, edit.from))
      if (source.length === 0) return undefined
      return made(
        edit.to,
        source.map(([known, text]) => [`${edit.to}${known.slice(edit.from.length)}`, text] as const),
      )
    }
  }
}

const path = fc
  .array(fc.constantFrom('a', 'b', 'a.b', 'a-'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
const edit: fc.Arbitrary<TreeEdit> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(path, fc.constantFrom('', 'x', 'y')).map(([to, text]) => put(to, text)) },
  { weight: 2, arbitrary: path.map(remove) },
  { weight: 2, arbitrary: fc.tuple(path, path).map(([from, to]) => copy(from, to)) },
)

describe('editing a tree', () => {
  test('gives what the same edits make of a map of paths, in one go or one at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 12 }), fc.array(edit, { maxLength: 12 }), async (first, second) => {
        const store = new ObjectStore()
        let model: Model = new Map()
        let base: Oid | undefined
        for (const edits of [first, second]) {
          const valid = edits.filter((candidate) => {
            const next = modelled(model, candidate)
            model = next ?? model
            return next !== undefined
          })
          base = await store.edit(base, valid)
        }
        expect(new Map([...store.files(present(base, 'a tree'))].sort())).toEqual(new Map([...model].sort()))
      }),
      { numRuns: 300 },
    )
  })

  test('a copy of nothing is refused wherever the model says so', async () => {
    const store = new ObjectStore()
    for (const edits of [[copy('a', 'b')], [put('a/b', 'x'), remove('a/b'), copy('a', 'c')]]) {
      const outcome = await store.edit(undefined, edits).catch((error: unknown) => error)
      expect(isFailure(outcome, 'object-missing')).toBe(true)
    }
  })

  test('reads and writes only the folders on the way to what changes', async () => {
    const store = new ObjectStore()
    const base = await store.edit(undefined, [put('a/b/c', '1'), put('a/x/y', '2'), put('z/z', '3')])
    await store.edit(base, [put('a/b/c', '4')])

    expect(store.reads).toHaveLength(3)
    expect(store.added).toHaveLength(4)
  })

  test('adds nothing when nothing changes', async () => {
    const store = new ObjectStore()
    const base = await store.edit(undefined, [put('a/b', '1'), put('c', '2')])

    expect(await store.edit(base, [put('a/b', '1'), remove('a/none'), copy('c', 'c')])).toBe(base)
    expect(store.added).toEqual([])
  })
})
