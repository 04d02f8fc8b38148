/**
 * What `mlv commit` costs over the least it could: the same commits, bytes and syncs made by stock git alone. The time
 * that any Node program takes to start is taken off.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { randomNumbers } from '../harness/random.js'
import { git, makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, comparison } from '../harness/row.js'
import { RUN_CONFIG, writeRunFiles } from '../harness/run-files.js'
import { sideBySide } from '../harness/side-by-side.js'
import { fastImport, moveRef } from '../harness/stock-git.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'commit-floor'

const BRANCH = 'refs/heads/mlv'
const TEMPORARY = 'refs/bench/next'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const folder = makeMlvRepository(join(bench.folder, 'floor/mlv'), RUN_CONFIG)
  const contenders = [mlvContender(bench, folder), gitContender(bench, folder), nodeContender()]
  const measured = await sideBySide(bench, contenders, bench.turns(15))
  const [mlvMs, gitMs, nodeMs] = ['mlv', 'git', 'node'].map((contender) => measured.get(contender).ms)
  const figures = { unit: 'ms', mlv: mlvMs - nodeMs, peer: 'git fast-import + git update-ref', peerValue: gitMs }
  const row = comparison('commit a run, less a bare node', figures, atMost(3))
  return [{ ...row, notes: [`mlv ${mlvMs.toFixed(1)} ms in all, node -e 0 ${nodeMs.toFixed(1)} ms`] }]
}

function mlvContender(/** @type {Bench} */ bench, /** @type {string} */ folder) {
  const random = randomNumbers(bench.seed)
  return {
    name: 'mlv',
    prepare: () => writeRunFiles(folder, random),
    commands: () => [mlv(folder, 'commit', '--message=bench')],
  }
}

/** Repeats, in a copy of the repository, the commit that mlv has just made. */
function gitContender(/** @type {Bench} */ bench, /** @type {string} */ original) {
  const copy = join(bench.folder, 'floor/git')
  git(bench.folder, 'clone', '--quiet', '--mirror', original, copy)
  let stream = Buffer.alloc(0)
  return {
    name: 'git',
    prepare: () => void (stream = exportNewest(original)),
    commands: () => {
      const [to, from] = git(original, 'rev-parse', 'mlv', 'mlv~1').split('\n')
      return [fastImport(copy, stream), moveRef(copy, { ref: BRANCH, from, to, temporary: TEMPORARY })]
    },
    check: () => {
      if (git(copy, 'rev-parse', BRANCH) !== git(original, 'rev-parse', BRANCH)) throw new Error('the copy differs')
    },
  }
}

/** The newest commit of mlv as the stream that makes it. */
function exportNewest(/** @type {string} */ folder) {
  const options = ['--reference-excluded-parents', '--use-done-feature', `--refspec=${BRANCH}:${TEMPORARY}`]
  return spawnSync('git', ['fast-export', ...options, `${BRANCH}~1..${BRANCH}`], { cwd: folder }).stdout
}

function nodeContender() {
  return { name: 'node', commands: () => [{ argv: [process.execPath, '-e', '0'] }] }
}
