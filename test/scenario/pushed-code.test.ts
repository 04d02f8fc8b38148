/** Which code a push sends: what nobody was shown goes without its history, or stays. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'

test('code that nobody was shown goes as snapshots, told before; with push: none it stays here', () => {
  const { ada, git, join: joinTeam } = makeSharedWorld()
  ada.write('secret-plan.md', 'not yet\n')
  ada.git('add', '.')
  ada.git('commit', '--quiet', '--message=Private')
  ada.write('secret-plan.md', 'maybe\n')
  memberOf(ada, ada.folder).train('dirty', 0.93)
  const { stdout, stderr } = ada.mlv('push')
  expect(stderr).toMatchInlineSnapshot(`""`)
  expect(stdout).toContain('sent the code of runs to origin: 1 commit\n')
  expect(git('show', 'refs/mlv/code^2:secret-plan.md')).toBe('maybe')
  expect(git('rev-list', '--max-parents=0', '--count', 'refs/mlv/code')).toBe('2')
  expect(() => git('cat-file', '-e', ada.git('rev-parse', 'HEAD'))).toThrow()
  // Of two clones the second joins what the first one sent.
  const bob = joinTeam('bob')
  writeFileSync(join(bob.folder, 'train.py'), 'print("bob")\n')
  bob.train('by bob', 0.94)
  expect(bob.mlv('push').stdout).toContain('sent the code of runs to origin')
  expect(git('rev-list', '--count', 'refs/mlv/code')).toBe('6')
  ada.write('mlv.yaml', 'code: {push: none}\n')
  ada.write('train.py', 'print("again")\n')
  memberOf(ada, ada.folder).train('kept here', 0.95)
  expect(ada.mlv('push').stdout).not.toContain('code of runs')
  expect(git('rev-list', '--count', 'refs/mlv/code')).toBe('6')
})

test('of a history that nobody was shown, only the commit that ran is sent', () => {
  const { ada, git } = makeSharedWorld({ pushed: false })
  for (const number of [1, 2, 3]) {
    ada.write('train.py', `print(${number})\n`)
    ada.git('commit', '--quiet', '--all', `--message=Private ${number}`)
  }
  // Behind the first code that is kept comes its own history.
  ada.git('update-ref', '-d', 'refs/mlv/code')
  memberOf(ada, ada.folder).train('third', 0.93)
  expect(ada.mlv('push').stdout).toContain('sent the code of runs to origin: 1 commit\n')
  expect(git('rev-list', '--max-parents=0', '--count', 'refs/mlv/code')).toBe('1')
  expect(git('grep', '-h', 'print', 'refs/mlv/code^1')).toBe('print(3)')
})
