/**
 * An environment in parts: one comparison says whether it is the same, six say what is not.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differingParts, digestEnvironment } from '../../src/domain/environment-parts.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { anyEnvironment } from '../support/document-arbitraries.ts'
import { exampleContainerEnvironment as base } from '../support/example-records.ts'

test('an environment is the same as itself, in whatever order its lists are and wherever its packages lie', () => {
  fc.assert(
    fc.property(anyEnvironment, (environment) => {
      const moved: Environment = {
        ...environment,
        packages: environment.packages.map((item) => ({ ...item, source: 'elsewhere' })).reverse(),
        languages: environment.languages.toReversed(),
        variables: environment.variables.toReversed(),
        unpinned: [],
      }
      expect(differingParts(environment, moved)).toEqual([])
    }),
  )
})

test.each<readonly [what: string, head: Environment, parts: readonly string[]]>([
  ['a package', { ...base, packages: base.packages.slice(1) }, ['packages']],
  ['a language', { ...base, languages: [{ name: 'python', version: '3.12.4' }] }, ['languages']],
  ['a variable', { ...base, variables: [] }, ['settings']],
  ['a driver', { ...base, gpus: [{ model: 'NVIDIA L4', driver: '560.1' }] }, ['drivers']],
  ['the toolkit', { ...base, cuda: '12.6.0' }, ['drivers']],
  ['the processors', { ...base, cpu: { ...base.cpu, count: 4 } }, ['hardware']],
  ['a graphics processor', { ...base, gpus: [...base.gpus, { model: 'NVIDIA L4' }] }, ['drivers', 'hardware']],
  ['the image', { ...base, container: { kind: 'docker', image: 'other' } }, ['system']],
  ['nothing that counts', { ...base, lockFiles: [], unpinned: ['all'] }, []],
])('%s tells its part', (_, head, parts) => {
  expect(differingParts(base, head)).toEqual(parts)
  expect(differingParts(head, base)).toEqual(parts)
})

test('parts that look alike have digests of their own', () => {
  const { languages, packages } = digestEnvironment({ ...base, languages: [{ name: 'numpy', version: '2.1.0' }] })
  expect(languages).not.toBe(packages)
})
