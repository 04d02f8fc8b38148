/**
 * The one way to write the branch, beside people who write it with plain git.
 */
import { expect, test } from 'vitest'
import { newUlid } from '../../src/base/ulid.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import { rootPath } from '../../src/domain/tree-path.ts'
import { writeBranch } from '../../src/store/branch/transaction.ts'
import { openForTest } from '../support/open-repository.ts'
import { makeReadyWorld } from '../support/world.ts'

test('a branch that plain git moves while an operation is planned is refused, not written over', async () => {
  const world = makeReadyWorld()
  const repository = await openForTest(world.folder)
  const { tip } = pushedBehind(world.git)
  const operation = {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'note' as const,
    subject: 'a plan made on an old tip',
  }
  const edits = [{ kind: 'put' as const, path: rootPath('README.md'), bytes: Buffer.from('stale') }]
  const writing = writeBranch(repository.context, () => {
    world.git('update-ref', 'refs/heads/mlv', tip)
    return Promise.resolve({ draft: { operation, edits }, result: undefined })
  })
  await expect(writing).rejects.toMatchObject({ code: 'branch-moved' })
  expect(world.git('rev-parse', 'mlv')).toBe(tip)
})

/** A commit on top of the branch that the branch does not have yet, as one that is about to be pushed. */
function pushedBehind(git: (...args: readonly string[]) => string): { readonly tip: string } {
  return { tip: git('commit-tree', 'mlv^{tree}', '-p', 'mlv', '-m', 'by hand') }
}
