/**
 * A list with nothing in it: a person is told so, and a program gets its titles.
 */
import { expect, test } from 'vitest'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { makeReadyWorld, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { fakeWorld, run } from './fake-environment.ts'
import type { FakeOptions } from './fake-environment.ts'

async function listed(world: World, argv: readonly string[], options: FakeOptions): Promise<readonly string[]> {
  const fake = fakeWorld(options)
  const open = { folder: world.folder, variables: WORLD_VARIABLES, userId: undefined }
  const environment = { ...fake.environment, openRepository: () => openRepository({ ...fake.environment, ...open }) }
  expect(await run({ ...fake, environment }, argv)).toBe(0)
  return [fake.output(), fake.errors()]
}

test('on a terminal a list of nothing is one sentence without titles', async () => {
  const world = makeReadyWorld()
  const terminal = { columns: 100 }
  expect(await listed(world, ['ls'], terminal)).toEqual(['', 'no runs yet\n'])
  expect(await listed(world, ['ls', '-f', 'metric.auc > 1'], terminal)).toEqual(['', 'no run matches\n'])
  expect(await listed(world, ['ls', '--group', 'param.lr'], terminal)).toEqual(['', 'no runs yet\n'])
  expect((await listed(world, ['ls', '--json'], terminal))[0]).toContain('"runs": []')
  const [titles, said] = await listed(world, ['ls', '--columns', 'status'], {})
  expect([titles, said]).toEqual(['id\tstatus\n', 'no runs yet\n'])
})
