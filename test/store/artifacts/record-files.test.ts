/**
 * Inline or pointer, pointers and attributes: what a run's files become on the branch, with stock git as the oracle for
 * what the attributes say.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { ArtifactFile } from '../../../src/domain/artifact.ts'
import { isFailure } from '../../../src/domain/failure.ts'
import { parseArtifactPath } from '../../../src/domain/artifact-path.ts'
import { rootPath } from '../../../src/domain/tree-path.ts'
import { attributesText } from '../../../src/store/artifacts/attributes.ts'
import { collectFiles } from '../../../src/store/artifacts/collect.ts'
import { looksLikeLfsPointer, parsePointer, pointerText } from '../../../src/store/artifacts/pointer.ts'
import { fileEdits, recordFiles } from '../../../src/store/artifacts/record-files.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { memoryWorld, writeReal } from './artifact-world.ts'

const KIB = 1024

test('small files and text stand on the branch, weights and the rest in the store', async () => {
  const storages = await storagesOf({
    'config.json': '{}',
    'small.png': Buffer.alloc(16 * KIB, 0xff),
    'larger.png': Buffer.alloc(16 * KIB + 1, 0xff),
    'log.txt': 'x'.repeat(128 * KIB),
    'long.txt': 'x'.repeat(128 * KIB + 1),
    'zero.txt': `${'x'.repeat(20 * KIB)}\0`,
    'w.safetensors': 'tiny',
    'W.BIN': 'tiny',
    'empty.bin': '',
    empty: '',
  })
  expect(storages).toEqual({
    'W.BIN': 'pointer',
    'config.json': 'inline',
    empty: 'inline',
    'empty.bin': 'inline',
    'larger.png': 'pointer',
    'log.txt': 'inline',
    'long.txt': 'pointer',
    'small.png': 'inline',
    'w.safetensors': 'pointer',
    'zero.txt': 'pointer',
  })
})

test('a run inlines 512 KiB, the smallest first and by path among equals', async () => {
  const text = 'x'.repeat(100 * KIB)
  const storages = await storagesOf({
    a: text,
    b: text,
    c: text,
    d: text,
    e: text,
    f: text,
    z: 'small',
    y: 'x'.repeat(12 * KIB - 5),
  })
  expect(storages).toEqual({
    a: 'inline',
    b: 'inline',
    c: 'inline',
    d: 'inline',
    e: 'inline',
    f: 'pointer',
    y: 'inline',
    z: 'inline',
  })
})

test.each([
  ['an LFS pointer', pointerText('lfs', { sha256: sha256Of('x'), sizeBytes: 1 })],
  ['one with extensions', `version https://git-lfs.github.com/spec/v1\next-0-foo sha256:${sha256Of('y')}\noid x\n`],
  ['one of its first version', 'version http://git-media.io/v/2\noid sha256:0\nsize 1\n'],
  ['one of its second name', 'version https://hawser.github.com/spec/v1\noid sha256:0\nsize 1\n'],
])('%s among the artifacts is not taken for a pointer of ours: it goes to the store', async (_, content) => {
  expect(await storagesOf({ 'pointer.txt': content })).toEqual({ 'pointer.txt': 'pointer' })
})

test('a long text that speaks of git-lfs stays on the branch', () => {
  expect(looksLikeLfsPointer(Buffer.from(`git-lfs ${'x'.repeat(KIB)}`))).toBe(false)
})

test('the edits hold bytes or pointers, and attributes only beside LFS pointers', async () => {
  const { files, inline } = await recorded({ 'w.bin': 'weights', 'a b.txt': 'text' })
  const asText = (kind: 'lfs' | 's3') =>
    fileEdits(rootPath('run'), files, inline, kind).map((edit) =>
      edit.kind === 'put' ? `${edit.path}: ${Buffer.from(edit.bytes).toString()}` : edit.kind,
    )
  expect(asText('lfs')).toEqual([
    'run/files/a b.txt: text',
    `run/files/w.bin: version https://git-lfs.github.com/spec/v1\noid sha256:${sha256Of('weights')}\nsize 7\n`,
    'run/.gitattributes: files/w.bin filter=lfs diff=lfs merge=lfs -text\n',
  ])
  expect(asText('s3')).toEqual([
    'run/files/a b.txt: text',
    `run/files/w.bin: mlv-pointer 1\nsha256 ${sha256Of('weights')}\nsize 7\n`,
  ])
})

test('law: a pointer reads back as what was written, and nothing else reads as one', () => {
  fc.assert(
    fc.property(fc.string(), fc.maxSafeNat(), fc.constantFrom('lfs', 's3', 'dir'), (text, sizeBytes, kind) => {
      const sha256 = sha256Of(text)
      const pointer = pointerText(kind, { sha256, sizeBytes })
      expect(parsePointer(Buffer.from(pointer))).toEqual({ kind: kind === 'lfs' ? 'lfs' : 'mlv', sha256, sizeBytes })
      for (const other of [text, `${pointer}\n`, pointer.slice(0, -1), pointer.replace('\n', '\r\n'), ` ${pointer}`]) {
        expect(parsePointer(Buffer.from(other))).toBeUndefined()
      }
    }),
  )
})

test.each(['size 01', 'size -1', 'size 1e3', 'size 99999999999999999', 'size '])(
  'a pointer with "%s" is none',
  (size) => {
    expect(parsePointer(Buffer.from(`mlv-pointer 1\nsha256 ${sha256Of('x')}\n${size}\n`))).toBeUndefined()
  },
)

/** What attributes, globs and quoting treat specially, among what a portable name may hold. */
const ODD_CHARACTERS = "ab[]{}!#& '%=@~^$()+,;é字-_."

// Git itself says which files the attributes hold for: all pointers, no others, whatever their names.
test('law: git applies the filter to every pointer and to nothing else', () => {
  const folder = temporaryFolder()
  execFileSync('git', ['init', '--quiet', folder])
  const name = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(...Array.from(ODD_CHARACTERS)) })
  const path = fc
    .array(
      name.map((odd) => `n${odd}n`),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('/'))
    .filter(isPortable)
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), fc.nat(12), (paths, count) => {
      const files = paths.map((each, index): ArtifactFile => ({
        path: parseArtifactPath(each),
        sha256: sha256Of(each),
        sizeBytes: 1,
        storage: { kind: index < count ? 'pointer' : 'inline' },
      }))
      const text = attributesText(files, 'lfs')
      expect(text === undefined).toBe(count === 0)
      writeReal(join(folder, '.gitattributes'), text ?? '')
      const pointers = files.filter(({ storage }) => storage.kind === 'pointer')
      expect(filtered(folder, paths)).toEqual(pointers.map((file) => file.path))
    }),
    { numRuns: 60 },
  )
})

function isPortable(path: string): boolean {
  try {
    parseArtifactPath(path)
    return true
  } catch (caught) {
    if (isFailure(caught, 'path-not-portable')) return false
    throw caught
  }
}

/** The paths below `files/` that git would pass through git-lfs. */
function filtered(folder: string, paths: readonly string[]): readonly string[] {
  const input = paths.map((path) => `files/${path}\0`).join('')
  const args = ['-C', folder, 'check-attr', '-z', '--stdin', 'filter', 'text']
  const said = execFileSync('git', args, { input }).toString().split('\0')
  return paths.filter((path) => {
    const at = said.findIndex((field, index) => index % 3 === 0 && field === `files/${path}`)
    return said[at + 2] === 'lfs' && said[at + 5] === 'unset'
  })
}

async function recorded(contents: Readonly<Record<string, string | Uint8Array>>) {
  const { store, files, work, write } = await memoryWorld()
  for (const [path, content] of Object.entries(contents)) await write(path, content)
  return recordFiles(store, await collectFiles(files, work, Object.keys(contents)))
}

async function storagesOf(contents: Readonly<Record<string, string | Uint8Array>>): Promise<Record<string, string>> {
  const { files } = await recorded(contents)
  return Object.fromEntries(files.map(({ path, storage }) => [path, storage.kind]))
}
