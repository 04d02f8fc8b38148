/**
 * A model of 10,000 small files: committed, against hashing and copying them at the same time; checked out, against
 * `cp`. Neither of these syncs a file, so what stock git takes to add them durably is told beside.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { randomBytes, randomNumbers } from '../harness/random.js'
import { git, makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, comparison, NO_TARGET } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'many-files'

const CONFIG = 'model: { name: many, path: run/model }\n'
const FILE_BYTES = 10_000
const TARGET = atMost(1.15)
const LIMIT = 'sha256sum and cp -r together'
const STOCK = 'git add, synced'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const count = bench.size(10_000, 200)
  const folder = makeMlvRepository(join(bench.folder, 'many/mlv'), CONFIG)
  return [...(await commitRows(bench, count, folder)), ...(await checkoutRows(bench, count, folder))]
}

async function commitRows(/** @type {Bench} */ bench, /** @type {number} */ count, /** @type {string} */ folder) {
  const source = join(folder, 'run/model')
  const random = randomNumbers(bench.seed)
  const renew = () => writeFiles(source, count, random)
  const contenders = [
    { name: 'mlv', prepare: renew, commands: () => [mlv(folder, 'commit', '--message=many')] },
    copyAndHash(bench, source),
    gitAdd(bench, source),
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const work = `commit of ${count} files`
  const own = measured.get('mlv')
  const against = (peer, target) =>
    comparison(work, { unit: 'ms', mlv: own.ms, peer, peerValue: measured.get(peer).ms }, target)
  return [against(LIMIT, TARGET), against(STOCK, NO_TARGET), memoryRow(work, own, STOCK, measured.get(STOCK))]
}

async function checkoutRows(/** @type {Bench} */ bench, /** @type {number} */ count, /** @type {string} */ folder) {
  const [ours, theirs] = ['by-mlv', 'by-cp'].map((each) => join(bench.folder, each))
  const source = join(folder, 'run/model')
  const remove = (target) => rmSync(target, { recursive: true, force: true })
  const contenders = [
    {
      name: 'mlv',
      prepare: () => remove(ours),
      commands: () => [mlv(folder, 'checkout', 'many@latest', '--to', ours)],
      check: () => output({ argv: ['diff', '--recursive', '--brief', source, ours] }),
    },
    { name: 'cp -r', prepare: () => remove(theirs), commands: () => [{ argv: ['cp', '-r', source, theirs] }] },
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const work = `checkout of ${count} files`
  const [own, cp] = [measured.get('mlv'), measured.get('cp -r')]
  return [
    comparison(work, { unit: 'ms', mlv: own.ms, peer: 'cp -r', peerValue: cp.ms }, TARGET),
    memoryRow(work, own, 'cp -r', cp),
  ]
}

function copyAndHash(/** @type {Bench} */ bench, /** @type {string} */ source) {
  const copy = join(bench.folder, 'copy')
  return {
    name: LIMIT,
    together: true,
    prepare: () => rmSync(copy, { recursive: true, force: true }),
    commands: () => [
      { argv: ['find', source, '-type', 'f', '-exec', 'sha256sum', '{}', '+'] },
      { argv: ['cp', '-r', source, copy] },
    ],
  }
}

/** Stock git with the syncs that make its objects durable. */
function gitAdd(/** @type {Bench} */ bench, /** @type {string} */ source) {
  const folder = join(bench.folder, 'many/git')
  mkdirSync(folder)
  return {
    name: STOCK,
    prepare: () => {
      rmSync(join(folder, '.git'), { recursive: true, force: true })
      git(folder, 'init', '--quiet')
    },
    commands: () => [
      { argv: ['git', '-c', 'core.fsync=all', `--work-tree=${source}`, 'add', '--all', '.'], cwd: folder },
    ],
  }
}

/** New content in every file, a hundred to a folder. */
function writeFiles(/** @type {string} */ folder, /** @type {number} */ count, /** @type {() => number} */ random) {
  for (let index = 0; index < count; index += 1) {
    const part = join(folder, String(Math.floor(index / 100)))
    if (index % 100 === 0) mkdirSync(part, { recursive: true })
    writeFileSync(join(part, `${index}.bin`), randomBytes(random, FILE_BYTES))
  }
}
