/**
 * Rows P7 and P8: trees that git itself would refuse, and entries that are no files.
 */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { forgeBranch, makeVictim, refusedLine } from '../support/hostile-branch.ts'
import { GIT_VARIABLES } from '../support/repository.ts'
import type { World } from '../support/world.ts'

test('P7: a tree that lists a name twice is refused', () => {
  const world = makeVictim()
  const blob = world.git('rev-parse', 'mlv:mlv.json')
  const entry = Buffer.concat([Buffer.from('100644 mlv.json\0'), Buffer.from(blob, 'hex')])
  const tree = hashObject(world, 'tree', Buffer.concat([entry, entry]))
  const commit = world.git('commit-tree', '-p', 'mlv', '-m', 'twice', tree)
  world.git('update-ref', 'refs/heads/mlv', commit)
  for (const engine of ['system', 'embedded']) {
    expect(refusedLine(world, 4, '--engine', engine, 'ls')).toMatch(/ \(tree-invalid\)$/)
  }
})

test('P8: a symbolic link among the files of a version is refused', () => {
  const world = makeVictim()
  forgeBranch(world, [{ path: 'models/churn/versions/1/files/config.json', content: '/etc/passwd', mode: '120000' }])
  expect(refusedLine(world, 4, 'checkout', 'churn@v1', '--to', 'placed')).toBe(
    "mlv: 'models/churn/versions/1/files/config.json' is a symbolic link; models hold only files (path-not-a-file)",
  )
})

function hashObject(world: World, kind: string, bytes: Uint8Array): string {
  const args = ['hash-object', '-w', '--literally', '-t', kind, '--stdin']
  return execFileSync('git', args, { cwd: world.folder, env: GIT_VARIABLES, input: bytes }).toString().trim()
}
