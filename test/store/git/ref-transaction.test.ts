/**
 * A transaction has happened when git says so, not when git ends well.
 */
import { expect, test } from 'vitest'
import { startRefTransaction } from '../../../src/store/git/ref-transaction.ts'
import { MLV, oidOf } from '../../support/git-worlds.ts'
import { makeRepository, SIGNATURES } from '../../support/repository.ts'

test.runIf(process.platform !== 'win32')('a git that ends well without having moved anything has failed', async () => {
  const { place } = makeRepository()
  // Reads nothing and is content, as git is when its input is cut off before `commit`.
  const git = { path: '/bin/true', variables: {} }
  const transaction = startRefTransaction(git, place, { committer: SIGNATURES.committer, message: 'm' })
  const moves = [{ ref: MLV, expected: undefined, commit: oidOf('1'.repeat(40)) }]
  const { exitCode, stderr } = await transaction.run({ moves, removals: [] })
  expect(exitCode).toBe(-1)
  expect(stderr).toBe('the transaction was cut short')
})
