/**
 * What a store holds after ten checkpoints of one training, each a version of a model: mlv whole and compact, git-lfs
 * and DVC. Trained by `workers/train_checkpoints.py`; `MLV_BENCH_CHECKPOINTS` names a folder of those made before.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { output } from '../harness/process.js'
import { git, makeGitRepository, mlv } from '../harness/repository.js'
import { comparison, NO_TARGET, notMeasured } from '../harness/row.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {{ readonly folder: string, readonly files: readonly string[] }} Series */

export const name = 'ten-checkpoints'

const TRAINER = fileURLToPath(new URL('../workers/train_checkpoints.py', import.meta.url))

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const made = checkpoints(bench)
  if (made === undefined) return [notMeasured('ten checkpoints', '-', 'torch and safetensors are not installed')]
  const cases = readdirSync(made).filter((each) => statSync(join(made, each)).isDirectory())
  return cases.sort().flatMap((each) => rowsOf(bench, join(made, each), each))
}

function checkpoints(/** @type {Bench} */ bench) {
  const given = process.env['MLV_BENCH_CHECKPOINTS']
  if (given !== undefined) return given
  const folder = join(bench.folder, 'checkpoints')
  mkdirSync(folder)
  try {
    output({ argv: [bench.peers.python, TRAINER, folder, ...(bench.quick ? ['tables'] : [])] })
  } catch {
    return undefined
  }
  return folder
}

function rowsOf(/** @type {Bench} */ bench, /** @type {string} */ from, /** @type {string} */ each) {
  const files = readdirSync(from)
    .sort(byNumber)
    .map((file) => join(from, file))
  const place = join(bench.folder, `ten-${each}`)
  mkdirSync(place)
  const compact = mlvBytes({ folder: join(place, 'compact'), files }, ['--compact'])
  const work = `store after ten of ${each}, ${(sum(files) / 1e6).toFixed(0)} MB`
  const peers = [
    { peer: 'mlv whole', peerValue: mlvBytes({ folder: join(place, 'whole'), files }, []) },
    {
      peer: 'git-lfs',
      peerValue: bench.peers.gitLfs.kind === 'found' ? lfsBytes({ folder: join(place, 'lfs'), files }) : undefined,
    },
    {
      peer: 'DVC',
      peerValue: bench.peers.dvc.kind === 'found' ? dvcBytes(bench, { folder: join(place, 'dvc'), files }) : undefined,
    },
  ]
  return peers.map(({ peer, peerValue }) =>
    peerValue === undefined
      ? notMeasured(work, peer, `${peer} is not installed`)
      : comparison(work, { unit: 'bytes', mlv: compact, peer, peerValue }, NO_TARGET),
  )
}

function mlvBytes(/** @type {Series} */ { folder, files }, /** @type {readonly string[]} */ options) {
  const store = `${folder}-store`
  begin(folder)
  git(folder, 'init', '--quiet', '--bare', `${folder}.git`)
  git(folder, 'remote', 'add', 'origin', `${folder}.git`)
  output(mlv(folder, 'init', '--store', `dir:${store}`, ...options))
  mkdirSync(join(folder, 'model'))
  for (const [index, file] of files.entries()) {
    copyFileSync(file, join(folder, 'model', `weights${extname(file)}`))
    output(mlv(folder, 'commit', '-m', `step ${index}`, '--metric', `loss=${index}`, '--model', 'm=model'))
    output(mlv(folder, 'push'))
  }
  return bytesBelow(['objects', 'compact', 'packs'].map((part) => join(store, part)))
}

function lfsBytes(/** @type {Series} */ { folder, files }) {
  begin(folder)
  git(folder, 'lfs', 'install', '--local')
  git(folder, 'lfs', 'track', 'weights.*')
  for (const [index, file] of files.entries()) {
    copyFileSync(file, join(folder, `weights${extname(file)}`))
    git(folder, 'add', '.')
    git(folder, 'commit', '--quiet', `--message=step ${index}`)
  }
  return bytesBelow([join(folder, '.git', 'lfs', 'objects')])
}

function dvcBytes(/** @type {Bench} */ bench, /** @type {Series} */ { folder, files }) {
  begin(folder)
  const dvc = (/** @type {readonly string[]} */ ...argv) =>
    output({ argv: [bench.peers.python, '-m', 'dvc', '--cd', folder, ...argv] })
  dvc('init', '--quiet')
  dvc('remote', 'add', '--quiet', '--default', 'store', `${folder}-store`)
  for (const file of files) {
    copyFileSync(file, join(folder, `weights${extname(file)}`))
    dvc('add', '--quiet', `weights${extname(file)}`)
    dvc('push', '--quiet')
  }
  return bytesBelow([`${folder}-store`])
}

function begin(/** @type {string} */ folder) {
  makeGitRepository(folder)
  writeFileSync(join(folder, '.gitignore'), 'model/\n')
}

function bytesBelow(/** @type {readonly string[]} */ folders) {
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
  return sum(files.filter((path) => statSync(path).isFile()))
}

function sum(/** @type {readonly string[]} */ files) {
  return files.reduce((total, file) => total + statSync(file).size, 0)
}

function byNumber(/** @type {string} */ left, /** @type {string} */ right) {
  return Number(/[0-9]+/.exec(left)?.[0]) - Number(/[0-9]+/.exec(right)?.[0])
}
