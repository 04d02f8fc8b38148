/**
 * Pushes of more than a host takes at once, on real repositories and with a bound of a few kilobytes.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { GitRemote } from '../../src/remote/git-transport.ts'
import { pushInBatches } from '../../src/remote/push-batches.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { findGit } from '../../src/store/git/git-command.ts'
import { environmentWith } from '../support/git-environment.ts'
import { GIT_VARIABLES, makeRepository, runGit, temporaryFolder } from '../support/repository.ts'

const REF = parseRefName('refs/heads/mlv')

test('a branch goes in steps, each of what the host takes, and ends where it is here', async () => {
  const { remote, commits, moves } = await branchOf(9)
  const last = commits.at(-1) ?? commits[0]
  if (last === undefined) throw new Error('expected commits')
  // Each commit has some 4 kB, so that two go in one step.
  const push = { ref: REF, commit: last, creates: true }
  expect(await pushInBatches(remote, push, undefined, 10_000)).toEqual({ kind: 'pushed' })
  const seen = moves()
  expect(seen.at(-1)).toBe(last)
  expect(seen.length).toBeGreaterThanOrEqual(4)
  expect(seen.map((oid) => commits.indexOf(oid))).toEqual(
    seen.map((oid) => commits.indexOf(oid)).toSorted((a, b) => a - b),
  )
})

test('what is small goes at once, and only what the remote lacks counts', async () => {
  const { remote, commits, moves } = await branchOf(6)
  const [middle, last] = [commits[3], commits[5]]
  if (middle === undefined || last === undefined) throw new Error('expected commits')
  await pushInBatches(remote, { ref: REF, commit: middle, creates: true }, undefined)
  await pushInBatches(remote, { ref: REF, commit: last, creates: false }, middle, 10_000)
  expect(moves()).toEqual([middle, last])
})

test('a commit that alone is more than the host takes is sent for the host to judge', async () => {
  const { remote, commits, moves } = await branchOf(2)
  const last = commits[1]
  if (last === undefined) throw new Error('expected commits')
  await pushInBatches(remote, { ref: REF, commit: last, creates: true }, undefined, 1)
  expect(moves()).toEqual(commits)
})

test('a step that is refused ends the push, and what went before it stays', async () => {
  const { remote, commits, moves, bare } = await branchOf(4)
  const last = commits[3]
  if (last === undefined) throw new Error('expected commits')
  const hook = `#!/bin/sh\nread old new ref\n[ "$new" != ${commits[1] ?? ''} ]\n`
  writeFileSync(join(bare, 'hooks/pre-receive'), hook, { mode: 0o755 })
  const outcome = await pushInBatches(remote, { ref: REF, commit: last, creates: true }, undefined, 1)
  expect(outcome).toMatchObject({ kind: 'refused' })
  expect(moves()).toEqual([commits[0]])
})

/** A repository with commits of 4 kB each on the branch, and an empty remote that logs how the branch moves. */
async function branchOf(count: number) {
  const bare = join(temporaryFolder(), 'team.git')
  runGit('/', ['init', '--quiet', '--bare', bare])
  runGit(bare, ['config', 'core.logAllRefUpdates', 'true'])
  const { place, git } = makeRepository()
  git('remote', 'add', 'origin', bare)
  const folder = place.worktree ?? ''
  const commits = Array.from({ length: count }, (_, index) => {
    writeFileSync(join(folder, `file-${index}`), randomBytes(4000))
    git('add', '.')
    git('commit', '--quiet', '--message', String(index))
    return present(parseOid(git('rev-parse', 'HEAD')), 'a commit')
  })
  const program = await findGit(nodeFiles, environmentWith(GIT_VARIABLES))
  if (program === undefined) throw new Error('expected a git')
  const remote: GitRemote = { git: program, place, name: 'origin', variables: {}, onProgress: () => undefined }
  const moves = (): readonly Oid[] => {
    const log = runGit(bare, ['reflog', 'show', '--format=%H', REF])
    return log
      .split('\n')
      .toReversed()
      .map((line) => present(parseOid(line), 'a commit'))
  }
  return { remote, commits, moves, bare }
}
