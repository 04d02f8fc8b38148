/**
 * Listing 10,000 runs, whole process: all of them, and those of a filter in an order, from the index; and the making of
 * the index, beside git giving out the same records.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeManyMlflowRuns, makeManyRuns, manyRuns } from '../harness/many-runs.js'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { git, mlv } from '../harness/repository.js'
import { atMost, comparison, notMeasured } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'list-runs'

const MAKE_BRANCH = join(dirname(fileURLToPath(import.meta.url)), '..', 'make-branch.js')
const TARGET = atMost(0.1)
const BUILD_TARGET = atMost(3)
const DVC_WHY = 'it needs as many `dvc exp save`, at a second or more each'
/** Records that only a fast import makes in a time one waits for. */
const VERY_MANY = 100_000
const COLUMNS = ['--columns', 'id,metric.m00,metric.m01,param.p00']

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const { folder } = await makeManyRuns(bench)
  const limit = String(manyRuns(bench))
  const store = bench.peers.mlflow.kind === 'found' ? makeManyMlflowRuns(bench) : undefined
  const works = [
    {
      work: `list ${limit} runs`,
      own: ['ls', '--limit', limit, ...COLUMNS],
      peer: ['', 'attributes.start_time DESC', limit],
    },
    {
      work: `filter and sort ${limit} runs`,
      own: ['ls', '--filter', 'metric.m00 < 0.1', '--sort', 'metric.m01', '--limit', limit, ...COLUMNS],
      peer: ['metrics.m00 < 0.1', 'metrics.m01 ASC', limit],
    },
  ]
  const rows = []
  for (const work of works) rows.push(...(await compare(bench, { folder, store }, work)))
  rows.push(...(await buildIndex(bench, { folder, count: manyRuns(bench) })))
  const veryMany = bench.size(VERY_MANY, 0)
  if (veryMany > 0) rows.push(...(await overVeryMany(bench, veryMany)))
  return [...rows, notMeasured(works[0].work, 'dvc exp show', DVC_WHY)]
}

/** The index of ten times as many: its making, its memory, and a list and a filter from it. */
async function overVeryMany(/** @type {Bench} */ bench, /** @type {number} */ count) {
  const folder = join(bench.folder, 'very-many-runs')
  output({ argv: [process.execPath, MAKE_BRANCH, folder, String(count), String(bench.seed)] })
  const rows = await buildIndex(bench, { folder, count })
  const works = [
    { work: `the newest 20 of ${count} runs`, own: ['ls', '--limit', '20', ...COLUMNS] },
    {
      work: `filter and sort ${count} runs`,
      own: ['ls', '--filter', 'metric.m00 < 0.1', '--sort', 'metric.m01', ...COLUMNS],
    },
    { work: `export ${count} runs as CSV`, own: ['export', '--format', 'csv', '--output', 'runs.csv'] },
  ]
  for (const { work, own } of works) {
    const measured = await sideBySide(bench, [{ name: 'mlv', commands: () => [mlv(folder, ...own)] }], bench.turns(3))
    const figures = measured.get('mlv')
    rows.push(told(work, figures.ms), memoryRow(work, figures))
  }
  return rows
}

/** A figure without a peer. */
function told(/** @type {string} */ work, /** @type {number} */ ms) {
  return { work, mlv: { value: ms, unit: 'ms' }, peer: '-', target: '-', verdict: 'told' }
}

/** The first list of a clone makes the index; git only gives the records out. */
async function buildIndex(/** @type {Bench} */ bench, { folder, count }) {
  const work = `make the index of ${count} runs`
  const peer = 'git cat-file --batch'
  const records = git(folder, 'ls-tree', '-r', 'mlv', 'runs')
    .split('\n')
    .flatMap((line) => (line.endsWith('/run.yaml') ? [line.split(/[ \t]/)[2]] : []))
  const names = join(bench.folder, `records-${count}`)
  writeFileSync(names, `${records.join('\n')}\n`)
  const contenders = [
    {
      name: 'mlv',
      commands: () => {
        rmSync(join(folder, '.git/mlv/index'), { recursive: true, force: true })
        return [mlv(folder, 'ls', '--limit', '1')]
      },
    },
    {
      name: peer,
      commands: () => [{ argv: ['sh', '-c', `git cat-file --batch < '${names}' > /dev/null`], cwd: folder }],
    },
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const [own, theirs] = [measured.get('mlv'), measured.get(peer)]
  const figures = { unit: 'ms', mlv: own.ms, peer, peerValue: theirs.ms }
  return [comparison(work, figures, BUILD_TARGET), memoryRow(work, own, peer, theirs)]
}

async function compare(/** @type {Bench} */ bench, { folder, store }, { work, own, peer }) {
  const contenders = [{ name: 'mlv', commands: () => [mlv(folder, ...own)] }]
  if (store !== undefined) contenders.push(mlflowContender(bench, store, peer))
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const [mlvMeasured, mlflow] = [measured.get('mlv'), measured.get('MLflow search, SQLite')]
  const memory = memoryRow(work, mlvMeasured, mlflow && 'MLflow search, SQLite', mlflow)
  if (mlflow === undefined) return [notMeasured(work, 'MLflow search, SQLite', bench.peers.mlflow.why), memory]
  const figures = { unit: 'ms', mlv: mlvMeasured.ms, peer: 'MLflow search, SQLite', peerValue: mlflow.ms }
  return [comparison(work, figures, TARGET), memory]
}

function mlflowContender(
  /** @type {Bench} */ bench,
  /** @type {string} */ store,
  /** @type {readonly string[]} */ query,
) {
  const argv = [bench.peers.python, bench.peerScript('mlflow_list_runs.py'), store, ...query]
  return { name: 'MLflow search, SQLite', commands: () => [{ argv, cwd: store }] }
}
