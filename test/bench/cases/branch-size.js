/**
 * What a run costs on the branch: 10,000 runs packed by git, everything but series counted; and what it took to make
 * them.
 */
import { join } from 'node:path'
import { makeManyRuns, manyRuns } from '../harness/many-runs.js'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { git } from '../harness/repository.js'
import { bounded } from '../harness/row.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'branch-size'

const LIMIT_BYTES = 2500

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const { folder, seconds, peakBytes } = await makeManyRuns(bench)
  return [
    ...(seconds === undefined ? [] : makingRows(manyRuns(bench), seconds, peakBytes)),
    bounded('bytes a run on the branch, packed', {
      unit: 'bytes',
      mlv: packedBytes(bench, folder) / countRuns(folder),
      limit: LIMIT_BYTES,
      limitText: '2.5 KB',
    }),
  ]
}

function makingRows(
  /** @type {number} */ count,
  /** @type {number} */ seconds,
  /** @type {number | undefined} */ peakBytes,
) {
  const making = `make ${count} runs by the library, one process`
  const value = { value: count / seconds, unit: 'per second' }
  const notes = [`${seconds.toFixed(0)} s in all`]
  return [
    { work: making, mlv: value, peer: '-', target: '-', verdict: 'told', notes },
    memoryRow(making, { peakBytes }),
  ]
}

/** Every commit but the first of the branch records one run here. */
function countRuns(/** @type {string} */ folder) {
  return Number(output({ argv: ['git', '-C', folder, 'rev-list', '--count', 'mlv'] })) - 1
}

/** Disk use of the branch alone, freshly packed in a clone. */
function packedBytes(/** @type {Bench} */ bench, /** @type {string} */ folder) {
  const clone = join(bench.folder, 'packed.git')
  // By the protocol and not by links, so that nothing comes along but what the branch leads to.
  git(bench.folder, 'clone', '--quiet', '--bare', '--no-local', '--single-branch', '--branch=mlv', folder, clone)
  git(clone, 'repack', '-a', '-d', '-q')
  const [kilobytes] = output({ argv: ['du', '-sk', join(clone, 'objects')] }).split('\t')
  return Number(kilobytes) * 1024
}
