/**
 * Recording one finished run, whole process: `mlv commit` beside what users of other tools run.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from '../harness/process.js'
import { randomNumbers } from '../harness/random.js'
import { commitAll, makeGitRepository, makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, comparison, NO_TARGET, notMeasured } from '../harness/row.js'
import { memoryRow } from '../harness/memory-row.js'
import { RUN_CONFIG, writeRunFiles } from '../harness/run-files.js'
import { sideBySide } from '../harness/side-by-side.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'commit-run'

const WORK = 'commit a run'
const TARGET = atMost(0.25)

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const found = PEERS.filter(({ key }) => bench.peers[key].kind === 'found')
  const contenders = [mlvContender(bench), dirtyContender(bench), ...found.map((peer) => peer.contender(bench))]
  const measured = await sideBySide(bench, contenders, bench.turns(5))
  const fastest = found.map(({ title }) => title).sort((a, b) => measured.get(a).ms - measured.get(b).ms)[0]
  const missing = PEERS.filter((peer) => !found.includes(peer))
  return [
    ...found.map(({ title }) => rowOf(WORK, measured, 'mlv', title, title === fastest ? TARGET : NO_TARGET)),
    ...missing.map(({ key, title }) => notMeasured(WORK, title, bench.peers[key].why)),
    ...(fastest === undefined ? [] : [rowOf(`${WORK}, code changed`, measured, 'mlv, code changed', fastest, TARGET)]),
    memoryRow(WORK, measured.get('mlv'), fastest, measured.get(fastest)),
  ]
}

function rowOf(work, measured, own, peer, target) {
  const [mlvMs, peerMs] = [measured.get(own).ms, measured.get(peer).ms]
  return comparison(work, { unit: 'ms', mlv: mlvMs, peer, peerValue: peerMs }, target)
}

function mlvContender(/** @type {Bench} */ bench) {
  const folder = makeMlvRepository(join(bench.folder, 'commit-run/mlv'), RUN_CONFIG)
  const random = randomNumbers(bench.seed)
  return {
    name: 'mlv',
    prepare: () => writeRunFiles(folder, random),
    commands: () => [mlv(folder, 'commit', '--message=bench')],
  }
}

/** A user who edits the code before every run: mlv takes a snapshot of it, as DVC always does. */
function dirtyContender(/** @type {Bench} */ bench) {
  const folder = makeMlvRepository(join(bench.folder, 'commit-run/mlv-dirty'), RUN_CONFIG)
  const random = randomNumbers(bench.seed)
  return {
    name: 'mlv, code changed',
    prepare: (turn) => {
      writeRunFiles(folder, random)
      appendFileSync(join(folder, 'train.py'), `# turn ${turn}\n`)
    },
    commands: () => [mlv(folder, 'commit', '--message=bench')],
  }
}

/** Parameters, metrics and points are files of git for DVC; the model is a file of its cache. */
function dvcContender(/** @type {Bench} */ bench) {
  const { python } = bench.peers
  const folder = makeGitRepository(join(bench.folder, 'commit-run/dvc'))
  const random = randomNumbers(bench.seed)
  writeFileSync(join(folder, '.gitignore'), '/run/model.bin\n')
  writeFileSync(join(folder, 'dvc.yaml'), 'params: [run/params.json]\nmetrics: [run/metrics.json]\n')
  writeRunFiles(folder, random)
  output({ argv: [python, '-m', 'dvc', 'init', '--quiet'], cwd: folder })
  output({ argv: [python, '-m', 'dvc', 'add', '--quiet', 'run/model.bin'], cwd: folder })
  commitAll(folder, 'Set up DVC')
  return {
    name: 'DVC exp save',
    prepare: () => writeRunFiles(folder, random),
    commands: (turn) => [{ argv: [python, '-m', 'dvc', 'exp', 'save', `--name=turn-${turn}`], cwd: folder }],
  }
}

function scriptContender(/** @type {Bench} */ bench, /** @type {string} */ title, /** @type {string} */ script) {
  const folder = join(bench.folder, 'commit-run', script)
  const random = randomNumbers(bench.seed)
  const store = join(folder, 'store')
  mkdirSync(join(folder, 'run'), { recursive: true })
  mkdirSync(store)
  return {
    name: title,
    prepare: () => writeRunFiles(folder, random),
    commands: () => [{ argv: [bench.peers.python, bench.peerScript(script), store, join(folder, 'run')], cwd: folder }],
  }
}

const PEERS = [
  { key: 'dvc', title: 'DVC exp save', contender: dvcContender },
  {
    key: 'mlflow',
    title: 'MLflow client, SQLite',
    contender: (bench) => scriptContender(bench, 'MLflow client, SQLite', 'mlflow_commit_run.py'),
  },
  {
    key: 'wandb',
    title: 'W&B offline',
    contender: (bench) => scriptContender(bench, 'W&B offline', 'wandb_commit_run.py'),
  },
]
