/**
 * The checks themselves: each finds the bad snippet and leaves the good one alone.
 */
import { describe, expect, test } from 'vitest'
import { missingDocstrings, missingHead, unknownRefusals } from './checks/comments.ts'
import { forbiddenImports, importCycles } from './checks/imports.ts'
import { invariantProblems } from './checks/invariants.ts'
import { emptyNames } from './checks/names.ts'
import { longFiles, longFunctions, longLines } from './checks/sizes.ts'
import { forbiddenSyntax, outsideWorld, undecidedTodos, waiting } from './checks/words.ts'
import { LAYERS } from './layers.ts'
import { sourceOf } from './source.ts'

/** One check applied to one snippet. */
function check(rule: (source: ReturnType<typeof sourceOf>) => readonly string[], path: string, text: string): string {
  return rule(sourceOf(path, text)).join('\n')
}

test('the layer table only points downwards', () => {
  const places = LAYERS.map(({ place }) => place)
  for (const { place, layers } of LAYERS) {
    const below = places.slice(places.indexOf(place) + 1)
    expect(layers.filter((layer) => !below.includes(layer))).toEqual([])
  }
})

describe('forbiddenImports', () => {
  test.each([
    ['src/base/a.ts', "import { b } from '../domain/b.ts'", 'src/base may not import src/domain'],
    ['src/domain/a.ts', "import type { B } from '../store/b.ts'", 'src/domain may not import src/store'],
    ['src/store/git/a.ts', "export { b } from '../../ops/b.ts'", 'src/store may not import src/ops'],
    ['src/ops/a.ts', "const b = await import('../../cli/b.ts')", 'src/ops may not import cli'],
    ['src/ops/a.ts', "let b: import('../server/b.ts').B", 'src/ops may not import src/server'],
    ['src/ops/read/a.ts', "import { b } from '../models/b.ts'", 'src/ops/read may not import src/ops/models'],
    ['cli/a.ts', "import { b } from '../src/store/b.ts'", 'cli may not import src/store'],
    ['src/domain/a.ts', "import YAML from 'yaml'", "src/domain may not use package 'yaml'"],
    ['src/ops/a.ts', "import { Command } from 'commander'", "src/ops may not use package 'commander'"],
    ['src/store/a.ts', "import x from '@scope/name/part'", "src/store may not use package '@scope/name/part'"],
    ['src/domain/a.ts', "import { readFileSync } from 'node:fs'", "src/domain may not import 'node:fs'"],
    ['src/store/a.ts', "import { env } from 'node:process'", "src/store may not import 'node:process'"],
    ['src/store/a.ts', "import { readFileSync } from 'fs'", "imports 'fs' without 'node:'"],
    ['src/base/a.ts', "import { b } from './b'", "imports './b' without '.ts'"],
    ['src/base/a.ts', "import { b } from '../../test/b.ts'", "imports '../../test/b.ts', which is in no layer"],
  ])('finds in %s: %s', (path, text, what) => {
    expect(check(forbiddenImports, path, text)).toBe(`${path}:1 ${what}`)
  })

  test.each([
    ['src/domain/a.ts', "import { b } from '../base/b.ts'"],
    ['src/store/documents/a.ts', "import Ajv from 'ajv/dist/2020.js'"],
    ['src/store/documents/a.ts', "import schema from '../../../schemas/run.schema.json' with { type: 'json' }"],
    ['src/base/digest.ts', "import { createHash } from 'node:crypto'"],
    ['cli/main.ts', "import { Command } from 'commander'"],
    ['test/domain/a.test.ts', "import { b } from '../../src/store/b.ts'"],
  ])('allows in %s: %s', (path, text) => {
    expect(check(forbiddenImports, path, text)).toBe('')
  })
})

describe('importCycles', () => {
  const cyclesOf = (files: Readonly<Record<string, string>>): readonly string[] =>
    importCycles(Object.entries(files).map(([path, text]) => sourceOf(path, text)))

  test('finds a circle once, wherever it is entered', () => {
    const files = {
      'src/base/z.ts': "import { b } from './b.ts'",
      'src/base/c.ts': "export * from './a.ts'",
      'src/base/b.ts': "import { c } from './c.ts'",
      'src/base/a.ts': "import { b } from './b.ts'",
    }
    expect(cyclesOf(files)).toEqual(['src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts'])
  })

  test('finds a file that imports itself', () => {
    expect(cyclesOf({ 'src/base/a.ts': "import { a } from './a.ts'" })).toEqual(['src/base/a.ts -> src/base/a.ts'])
  })

  test('does not count imports of types, which the compiler erases', () => {
    const files = {
      'src/base/a.ts': "import type { B } from './b.ts'",
      'src/base/b.ts': "import { a } from './a.ts'\nexport type { A } from './a.ts'",
    }
    expect(cyclesOf(files)).toEqual([])
  })

  test('does not count imports that run when they are called', () => {
    const files = {
      'cli/a.ts': "const load = () => import('./b.ts')",
      'cli/b.ts': "import { load } from './a.ts'",
    }
    expect(cyclesOf(files)).toEqual([])
  })

  test('does not take two ways to one file for a circle', () => {
    const files = {
      'src/base/a.ts': "import './b.ts'\nimport './c.ts'",
      'src/base/b.ts': "import './d.ts'",
      'src/base/c.ts': "import './d.ts'",
      'src/base/d.ts': '',
    }
    expect(cyclesOf(files)).toEqual([])
  })
})

describe('outsideWorld', () => {
  test.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const now = new Date(0)',
    'const luck = Math.random()',
    "console.log('x')",
    'const { env } = process',
    'const world = { process }',
    'const startedMs = performance.now()',
    'function show(date: Date): void {}',
  ])('finds: %s', (text) => {
    expect(check(outsideWorld, 'src/store/a.ts', text)).toContain('which is an argument in src/')
  })

  test.each(['Date.now()', 'new Date()', 'const clock = Date'])('finds in the clock too: %s', (text) => {
    expect(check(outsideWorld, 'src/base/clock.ts', text)).not.toBe('')
  })

  test.each([
    ['src/base/clock.ts', 'const ms = Date.parse(text)'],
    ['src/base/clock.ts', 'const text = new Date(ms).toISOString()'],
    ['src/store/a.ts', 'const largest = Math.max(1, 2)'],
    ['src/store/a.ts', 'const owner = { process: 1 }.process'],
    ['src/store/a.ts', "const text = 'Date and process and console'"],
    ['src/store/a.ts', 'function show(process: Owner) {\n  return () => process.id\n}'],
    ['src/host.ts', 'const folder = process.cwd()'],
    ['cli/main.ts', 'process.exitCode = 1'],
  ])('allows in %s: %s', (path, text) => {
    expect(check(outsideWorld, path, text)).toBe('')
  })
})

test('waiting finds promises in the pure layers, and leaves the others alone', () => {
  const snippets = ['async function a() {}', 'type A = Promise<void>', 'const a = async () => 1']
  for (const text of snippets) {
    expect(check(waiting, 'src/domain/a.ts', text)).toContain('synchronous')
    expect(check(waiting, 'src/store/a.ts', text)).toBe('')
  }
  expect(check(waiting, 'src/base/a.ts', "const a = 'async Promise'")).toBe('')
})

test.each([
  ['let a: any', "says 'any'"],
  ['const a = b as any', "says 'any'"],
  ['const a = b!', "says '!'"],
  ['const a = b!.c', "says '!'"],
  ['export default 1', 'has a default export'],
  ['export default function a() {}', 'has a default export'],
])('forbiddenSyntax finds: %s', (text, what) => {
  expect(check(forbiddenSyntax, 'src/base/a.ts', text)).toBe(`src/base/a.ts:1 ${what}`)
})

test.each(['let any: unknown', 'const a = !b', 'const a = b != c', 'switch (a) { default: }', "const a = 'any!'"])(
  'forbiddenSyntax allows: %s',
  (text) => {
    expect(check(forbiddenSyntax, 'src/base/a.ts', text)).toBe('')
  },
)

test('undecidedTodos finds a TODO of its own accord, and allows one that names its decision', () => {
  const word = ['TO', 'DO'].join('')
  expect(check(undecidedTodos, 'src/a.ts', `// ${word}: faster`)).toBe('src/a.ts:1 puts off without naming a decision')
  expect(check(undecidedTodos, 'src/a.ts', `\n/**\n * ${word} later\n */`)).toContain('src/a.ts:2 ')
  expect(check(undecidedTodos, 'src/a.ts', `// ${word} (decision 0007): faster`)).toBe('')
  expect(check(undecidedTodos, 'src/a.ts', `const text = '// ${word}'`)).toBe('')
})

describe('sizes', () => {
  test('longFiles counts lines, and gives tests more', () => {
    const text = 'a\n'.repeat(401)
    expect(check(longFiles, 'src/a.ts', text)).toBe('src/a.ts has 401 lines, limit 400')
    expect(check(longFiles, 'src/a.ts', 'a\n'.repeat(400))).toBe('')
    expect(check(longFiles, 'test/a.test.ts', text)).toBe('')
    expect(check(longFiles, 'test/a.test.ts', 'a\n'.repeat(601))).toContain('601')
  })

  test('longFunctions counts the lines of functions of every form', () => {
    const body = `{\n${'a()\n'.repeat(49)}}`
    expect(check(longFunctions, 'src/a.ts', `\nfunction a() ${body}`)).toBe('src/a.ts:2 is a function of 51 lines')
    expect(check(longFunctions, 'src/a.ts', `const a = () => ${body}`)).toContain('51')
    expect(check(longFunctions, 'src/a.ts', `class A {\n  a() ${body}\n}`)).toContain('src/a.ts:2')
    expect(check(longFunctions, 'src/a.ts', `function a() {\n${'a()\n'.repeat(48)}}`)).toBe('')
  })

  test('longLines counts characters, not bytes, and not inside texts of several lines', () => {
    expect(check(longLines, 'src/a.ts', `\n// ${'x'.repeat(118)}`)).toBe('src/a.ts:2 has 121 characters')
    expect(check(longLines, 'src/a.ts', `// ${'é'.repeat(117)}`)).toBe('')
    expect(check(longLines, 'src/a.ts', `const a = \`\n${'x'.repeat(200)}\n\``)).toBe('')
    expect(check(longLines, 'src/a.ts', `const a = \`${'x'.repeat(200)}\``)).not.toBe('')
  })
})

describe('comments', () => {
  test('missingHead wants a doc comment before anything else', () => {
    expect(check(missingHead, 'src/a.ts', "import './b.ts'\n/** Late. */")).toContain('src/a.ts:1')
    expect(check(missingHead, 'src/a.ts', '// Not a doc comment.')).not.toBe('')
    expect(check(missingHead, 'src/a.ts', '/** What it owns. */')).toBe('')
    expect(check(missingHead, 'cli/main.ts', '#!/usr/bin/env node\n/** What it owns. */')).toBe('')
  })

  test('missingDocstrings wants one for every export, and does not take the head for one', () => {
    const head = '/** What it owns. */\n'
    expect(check(missingDocstrings, 'src/a.ts', `${head}export const a = 1`)).toBe(
      'src/a.ts:2 exports a without a docstring',
    )
    expect(check(missingDocstrings, 'src/a.ts', `${head}import './b.ts'\nexport type A = 1`)).toContain('exports A')
    expect(check(missingDocstrings, 'src/a.ts', `${head}\n/** It. */\nexport function a() {}`)).toBe('')
    expect(check(missingDocstrings, 'src/a.ts', `${head}import './b.ts'\n/** It. */\nexport class A {}`)).toBe('')
    expect(check(missingDocstrings, 'src/a.ts', `${head}const a = 1`)).toBe('')
    expect(check(missingDocstrings, 'test/a.ts', `${head}export const a = 1`)).toBe('')
  })

  test('unknownRefusals finds a code that no refusal has', () => {
    expect(check(unknownRefusals, 'src/a.ts', '/** It. @throws `run-lost` */')).toBe(
      "src/a.ts:1 promises the unknown refusal 'run-lost'",
    )
    const known =
      '/**\n * It.\n *\n * @throws `run-not-found`, `path-escape`; all that `parseRun` and `judge` refuse.\n */'
    expect(check(unknownRefusals, 'src/a.ts', known)).toBe('')
    expect(check(unknownRefusals, 'src/a.ts', '/** Writes `kebab-case`. @throws `run-not-found` */')).toBe('')
    expect(check(unknownRefusals, 'src/a.ts', '/**\n * @throws `run-not-found`,\n * `run-lost`\n */')).not.toBe('')
  })
})

test.each(['src/base/utils.ts', 'src/ops/run-helper.ts', 'test/helpers.ts', 'src/base/camelCase.ts', 'src/a_b.ts'])(
  'emptyNames finds %s',
  (path) => {
    expect(check(emptyNames, path, '')).toContain(path)
  },
)

test.each(['src/base/order.ts', 'test/domain/query.test.ts', 'src/store/git/commonplace.ts'])(
  'emptyNames allows %s',
  (path) => {
    expect(check(emptyNames, path, '')).toBe('')
  },
)

test('invariantProblems wants a row of numbers, and an existing test for each', () => {
  const exists = (path: string): boolean => path === 'test/a.test.ts'
  const good = '**Invariant 1.** It holds. (test/a.test.ts)\n\n**Invariant 2** holds too: `test/a.test.ts`.\n'
  expect(invariantProblems(good, exists)).toEqual([])
  expect(invariantProblems('nothing', exists)).toEqual(['ARCHITECTURE.md states no invariant'])
  expect(invariantProblems('**Invariant 2.** test/a.test.ts', exists)).toEqual([
    'expected Invariant 1, found Invariant 2',
  ])
  expect(invariantProblems('**Invariant 1.** Trust me.\n\ntest/a.test.ts', exists)).toEqual([
    'Invariant 1 names no test',
  ])
  expect(invariantProblems('**Invariant 1.** test/b.test.ts', exists)).toEqual([
    'Invariant 1 names test/b.test.ts, which does not exist',
  ])
})
