/**
 * The house rules, held for every file of the project. A failure lists `file:line what`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingDocstrings, missingHead, unknownRefusals } from './checks/comments.ts'
import { forbiddenImports, importCycles } from './checks/imports.ts'
import { invariantProblems } from './checks/invariants.ts'
import { emptyNames } from './checks/names.ts'
import { longFiles, longFunctions, longLines } from './checks/sizes.ts'
import { forbiddenSyntax, outsideWorld, undecidedTodos, waiting } from './checks/words.ts'
import { PROJECT, readSources } from './source.ts'

const sources = readSources(['src', 'cli', 'test'])

test('there are files to hold the rules for', () => {
  expect(sources.map(({ path }) => path)).toContain('src/domain/failure.ts')
})

test.each([
  ['imports point downwards, and packages stay in their layer', forbiddenImports],
  ['time, chance, process and console are arguments in src/', outsideWorld],
  ['base and domain never wait', waiting],
  ['no any, no non-null assertion, no default export', forbiddenSyntax],
  ['a TODO names the decision that allows it', undecidedTodos],
  ['files have at most 400 lines, tests 600', longFiles],
  ['functions have at most 50 lines', longFunctions],
  ['lines have at most 120 characters', longLines],
  ['every file opens with a doc comment', missingHead],
  ['every export has a docstring', missingDocstrings],
  ['every promised refusal exists', unknownRefusals],
  ['file names say what is inside', emptyNames],
])('%s', (_, check) => {
  expect(sources.flatMap(check)).toEqual([])
})

test('no circle of imports exists at run time', () => {
  expect(importCycles(sources)).toEqual([])
})

test('every invariant of ARCHITECTURE.md names the test that holds it', () => {
  const markdown = readFileSync(join(PROJECT, 'ARCHITECTURE.md'), 'utf8')
  expect(invariantProblems(markdown, (path) => existsSync(join(PROJECT, path)))).toEqual([])
})
