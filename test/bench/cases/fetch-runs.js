/**
 * The branch of 10,000 runs, fetched into a repository that has none of it, against `git fetch` of the same objects.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeManyRuns, manyRuns } from '../harness/many-runs.js'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { git, makeGitRepository, mlv } from '../harness/repository.js'
import { atMost, comparison } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

export const name = 'fetch-runs'

const BRANCH = 'refs/heads/mlv'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {import('../harness/bench.js').Bench} */ bench) {
  const { folder } = await makeManyRuns(bench)
  const bare = join(bench.folder, 'bare.git')
  output({ argv: ['git', 'clone', '--quiet', '--bare', '--no-local', folder, bare] })
  const tip = git(bare, 'rev-parse', BRANCH)
  const fresh = (/** @type {string} */ repository) => {
    rmSync(repository, { recursive: true, force: true })
    makeGitRepository(repository)
    git(repository, 'remote', 'add', 'origin', bare)
  }
  const [ours, theirs] = ['by-mlv', 'by-git'].map((each) => join(bench.folder, each))
  const contenders = [
    {
      name: 'mlv',
      prepare: () => fresh(ours),
      commands: () => [mlv(ours, 'fetch')],
      check: () => git(ours, 'cat-file', '-e', tip),
    },
    {
      name: 'git fetch',
      prepare: () => fresh(theirs),
      commands: () => [
        { argv: ['git', 'fetch', '--quiet', 'origin', `${BRANCH}:refs/remotes/origin/mlv`], cwd: theirs },
      ],
      check: () => git(theirs, 'cat-file', '-e', tip),
    },
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const work = `fetch ${manyRuns(bench)} runs`
  const [own, stock] = ['mlv', 'git fetch'].map((each) => measured.get(each))
  return [
    comparison(work, { unit: 'ms', mlv: own.ms, peer: 'git fetch', peerValue: stock.ms }, atMost(1.5)),
    memoryRow(work, own, 'git fetch', stock),
  ]
}
