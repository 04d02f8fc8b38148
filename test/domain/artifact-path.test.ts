/**
 * Artifact paths: the hostile rows P1 to P6 and P11, each with its code and first line, and what stays allowed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  baseName,
  joinArtifactPath,
  parseArtifactPath,
  parseArtifactPaths,
  relativeTo,
} from '../../src/domain/artifact-path.ts'
import { refusalOf, verdictOn } from '../support/refusal.ts'

/** Every hostile path of one row, with what a person reads. */
function transcript(paths: readonly string[]): string {
  return paths.map((path) => refusalOf(() => parseArtifactPath(path))).join('\n')
}

describe('a path is refused when it', () => {
  test('P1: leaves the folder, or has a component that is none', () => {
    const paths = ['../x', 'a/../../x', 'a/./b', 'a//b', '', '.', '..', 'a/', 'a/..', '..\\x', 'a\\..\\..\\x']
    expect(transcript(paths)).toMatchInlineSnapshot(`
      "path-escape: '../x' leaves the model folder
      path-escape: 'a/../../x' leaves the model folder
      path-escape: 'a/./b' leaves the model folder
      path-escape: 'a//b' leaves the model folder
      path-escape: '' leaves the model folder
      path-escape: '.' leaves the model folder
      path-escape: '..' leaves the model folder
      path-escape: 'a/' leaves the model folder
      path-escape: 'a/..' leaves the model folder
      path-escape: '..\\x' leaves the model folder
      path-escape: 'a\\..\\..\\x' leaves the model folder"
    `)
  })

  test('P2: starts at a root, a drive, a host or a home', () => {
    const paths = [
      '/etc/x',
      'C:\\x',
      'C:x',
      '\\x',
      '\\\\host\\share\\x',
      '//host/x',
      '\\\\?\\C:\\x',
      '~/x',
      'c:/x',
      '~',
    ]
    expect(transcript(paths)).toMatchInlineSnapshot(`
      "path-absolute: '/etc/x' is not a relative path
      path-absolute: 'C:\\x' is not a relative path
      path-absolute: 'C:x' is not a relative path
      path-absolute: '\\x' is not a relative path
      path-absolute: '\\\\host\\share\\x' is not a relative path
      path-absolute: '//host/x' is not a relative path
      path-absolute: '\\\\?\\C:\\x' is not a relative path
      path-absolute: '~/x' is not a relative path
      path-absolute: 'c:/x' is not a relative path
      path-absolute: '~' is not a relative path"
    `)
  })

  test('P3: is one that git, git-lfs or mlv would act on, under any of its names', () => {
    const dotGit = [
      '.git/hooks/pre-commit',
      '.GIT',
      '.git.',
      '.git ',
      '.git. . ',
      '.git::$INDEX_ALLOCATION',
      '.git\\hooks\\x',
    ]
    const shortNames = ['git~1', 'GIT~9', 'git~10', 'gitmod~1', 'GI7EBA~1', 'a/gitatt~2', 'mlv~1']
    const hidden = ['.g\u200cit', '.gi\u206at', '.\ufeffgit']
    const nested = ['sub/.git/config', 'a/b/.Git', '.gitmodules', '.gitattributes', 'sub/.gitattributes', '.lfsconfig']
    const folded = ['.gitmoduleſ', '.mlv/objects', '.MLV']
    expect(transcript([...dotGit, ...shortNames, ...hidden, ...nested, ...folded])).toMatchInlineSnapshot(`
      "path-git-control: '.git/hooks/pre-commit' is a git control path
      path-git-control: '.GIT' is a git control path
      path-git-control: '.git.' is a git control path
      path-git-control: '.git ' is a git control path
      path-git-control: '.git. . ' is a git control path
      path-git-control: '.git::$INDEX_ALLOCATION' is a git control path
      path-git-control: '.git\\hooks\\x' is a git control path
      path-git-control: 'git~1' is a git control path
      path-git-control: 'GIT~9' is a git control path
      path-git-control: 'git~10' is a git control path
      path-git-control: 'gitmod~1' is a git control path
      path-git-control: 'GI7EBA~1' is a git control path
      path-git-control: 'a/gitatt~2' is a git control path
      path-git-control: 'mlv~1' is a git control path
      path-git-control: '.g\\u200cit' is a git control path
      path-git-control: '.gi\\u206at' is a git control path
      path-git-control: '.\\ufeffgit' is a git control path
      path-git-control: 'sub/.git/config' is a git control path
      path-git-control: 'a/b/.Git' is a git control path
      path-git-control: '.gitmodules' is a git control path
      path-git-control: '.gitattributes' is a git control path
      path-git-control: 'sub/.gitattributes' is a git control path
      path-git-control: '.lfsconfig' is a git control path
      path-git-control: '.gitmoduleſ' is a git control path
      path-git-control: '.mlv/objects' is a git control path
      path-git-control: '.MLV' is a git control path"
    `)
  })

  test('P4: cannot exist on Windows', () => {
    const devices = ['CON', 'NUL.txt', 'COM1', 'aux.bin', 'LPT¹', 'a/prn', 'nul .txt', 'conin$']
    const endings = ['a.', 'a ', 'a./b', '...']
    const characters = ['a:b', 'a<b', 'a|b', 'a"b', 'a?', 'a*', 'a\\b', 'x\u0000y']
    expect(transcript([...devices, ...endings, ...characters])).toMatchInlineSnapshot(`
      "path-not-portable: 'CON' cannot exist on Windows
      path-not-portable: 'NUL.txt' cannot exist on Windows
      path-not-portable: 'COM1' cannot exist on Windows
      path-not-portable: 'aux.bin' cannot exist on Windows
      path-not-portable: 'LPT¹' cannot exist on Windows
      path-not-portable: 'a/prn' cannot exist on Windows
      path-not-portable: 'nul .txt' cannot exist on Windows
      path-not-portable: 'conin$' cannot exist on Windows
      path-not-portable: 'a.' cannot exist on Windows
      path-not-portable: 'a ' cannot exist on Windows
      path-not-portable: 'a./b' cannot exist on Windows
      path-not-portable: '...' cannot exist on Windows
      path-not-portable: 'a:b' cannot exist on Windows
      path-not-portable: 'a<b' cannot exist on Windows
      path-not-portable: 'a|b' cannot exist on Windows
      path-not-portable: 'a"b' cannot exist on Windows
      path-not-portable: 'a?' cannot exist on Windows
      path-not-portable: 'a*' cannot exist on Windows
      path-not-portable: 'a\\b' cannot exist on Windows
      path-not-portable: 'x\\x00y' cannot exist on Windows"
    `)
  })

  test('P5: has a character that cannot be seen, or starts like an option', () => {
    const paths = [
      'a\nb',
      '\u001b[2J',
      'a\u007f',
      'a\u009bb',
      'weights\u202egpj.bin',
      '😀\u200b',
      'a\ufffdb',
      'a\ud800',
      '\udc00a',
    ]
    expect(transcript([...paths, '-rf', 'a/--upload-pack=x'])).toMatchInlineSnapshot(`
      "path-hidden-character: 'a\\x0ab' has a hidden character at 2
      path-hidden-character: '\\x1b[2J' has a hidden character at 1
      path-hidden-character: 'a\\x7f' has a hidden character at 2
      path-hidden-character: 'a\\x9bb' has a hidden character at 2
      path-hidden-character: 'weights\\u202egpj.bin' has a hidden character at 8
      path-hidden-character: '😀\\u200b' has a hidden character at 2
      path-hidden-character: 'a�b' has a hidden character at 2
      path-hidden-character: 'a\\ud800' has a hidden character at 2
      path-hidden-character: '\\udc00a' has a hidden character at 1
      path-not-portable: '-rf' cannot exist on Windows
      path-not-portable: 'a/--upload-pack=x' cannot exist on Windows"
    `)
  })

  test('P11: is longer or deeper than any honest path', () => {
    const long = ['x'.repeat(4_096), 'x/'.repeat(100_000), 'é'.repeat(200), Array(65).fill('d').join('/')]
    expect(transcript(long)).toMatchInlineSnapshot(`
      "limit-exceeded: the length of name 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' in bytes is 4096, limit 255
      limit-exceeded: the length of path 'x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/…' in bytes is 200000, limit 4096
      limit-exceeded: the length of name 'éééééééééééééééééééééééééééééééééééééééé…' in bytes is 400, limit 255
      limit-exceeded: the depth of path 'd/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/…' is 65, limit 64"
    `)
  })
})

test.each([
  'model.bin',
  'a/b/c.txt',
  'checkpoint-100/weights.safetensors',
  '.gitignore',
  '.hidden/file',
  'a..b/c...d',
  'Modell für Köln.onnx',
  '模型/重み.bin',
  'console.log',
  'common',
  'com10',
  'git~',
  'agit~1',
  'a=b,c;d&e$(f)`g`',
  '~cache',
  ' leading space',
  Array(64).fill('d').join('/'),
  'x'.repeat(255),
])('%j is an artifact path, kept as it is', (path) => {
  expect(parseArtifactPath(path)).toBe(path)
})

describe('P6: two paths are refused together when they', () => {
  test.each([
    ['differ only in case', 'Model.bin', 'model.bin'],
    ['differ only in Unicode form', 'caf\u00e9', 'cafe\u0301'],
    ['fold to the same letters', 'straße', 'STRASSE'],
    ['fold a capital sharp s', 'STRAẞE', 'strasse'],
    ['have a Kelvin sign for a K', '\u212aelvin', 'kelvin'],
    ['have a long s for an s', 'ſet', 'set'],
    ['have a final sigma for a sigma', 'ΣΑΣ', 'σας'],
    ['have a ligature for its letters', 'ﬁle', 'FILE'],
    ['are the same', 'a', 'a'],
    ['are a file and a folder', 'a', 'a/b'],
    ['are a folder and a file', 'a/b/c', 'A/b'],
    ['are in folders that differ only in case', 'Data/x', 'data/y'],
  ])('%s', (_, first, second) => {
    expect(verdictOn(() => parseArtifactPaths([first, 'other', second]))).toBe('path-collision')
    expect(verdictOn(() => parseArtifactPaths([second, 'other', first]))).toBe('path-collision')
  })

  test('collide, and the refusal names both', () => {
    expect(refusalOf(() => parseArtifactPaths(['Model.bin', 'model.bin']))).toBe(
      "path-collision: 'Model.bin' and 'model.bin' collide on macOS and Windows",
    )
  })

  test('are not refused for sharing a folder or a start', () => {
    const paths = ['data/x', 'data/y', 'data.txt', 'data-2/x', 'datas']
    expect(parseArtifactPaths(paths)).toEqual(paths)
  })
})

test('P11: a hundred thousand files are checked, one more is refused', () => {
  const paths = Array.from({ length: 100_000 }, (_, index) => `run/part-${index % 100}/file-${index}.bin`)
  expect(parseArtifactPaths(paths)).toHaveLength(100_000)
  expect(refusalOf(() => parseArtifactPaths([...paths, 'one-more']))).toBe(
    'limit-exceeded: the number of files is 100001, limit 100000',
  )
})

const components = fc.stringMatching(/^[A-Za-z0-9_é~.-]{1,12}$/)
const paths = fc.array(components, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
const checkedPaths = paths.filter((path) => verdictOn(() => parseArtifactPath(path)) === 'accepted')

test('every part of a checked path is a checked path', () => {
  fc.assert(
    fc.property(checkedPaths, (text) => {
      const parts = text.split('/')
      for (let from = 0; from < parts.length; from += 1) {
        for (let to = from + 1; to <= parts.length; to += 1) parseArtifactPath(parts.slice(from, to).join('/'))
      }
    }),
  )
})

test('relativeTo undoes joinArtifactPath, and baseName is the end', () => {
  fc.assert(
    fc.property(checkedPaths, checkedPaths, (folderText, restText) => {
      const folder = parseArtifactPath(folderText)
      const rest = parseArtifactPath(restText)
      expect(relativeTo(folder, joinArtifactPath(folder, rest))).toBe(rest)
      expect(baseName(joinArtifactPath(folder, rest))).toBe(baseName(rest))
    }),
  )
})

test('a path is below neither itself nor a folder whose name it merely starts with', () => {
  const folder = parseArtifactPath('model')
  expect(relativeTo(folder, folder)).toBeUndefined()
  expect(relativeTo(folder, parseArtifactPath('model-2/a'))).toBeUndefined()
})

test('no text whatever makes the check fail in any other way than by a refusal', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void verdictOn(() => parseArtifactPath(text))))
})
