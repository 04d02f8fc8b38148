/**
 * A 2 GB model: committed, against the slower of hashing and copying it at the same time; checked out, against `cp`.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { randomBytes, randomNumbers } from '../harness/random.js'
import { commitAll, git, makeGitRepository, makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, comparison, NO_TARGET, notMeasured } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'large-artifact'

const CONFIG = 'model: { name: big, path: run/model.bin }\n'
const TARGET = atMost(1.15)
const CHUNK_BYTES = 1 << 24

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const sizeBytes = bench.size(2_000_000_000, 50_000_000)
  const title = `${sizeBytes / 1e9} GB artifact`
  const folder = makeMlvRepository(join(bench.folder, 'large/mlv'), CONFIG)
  fill(join(folder, 'run/model.bin'), sizeBytes, randomNumbers(bench.seed))
  return [...(await commitRows(bench, title, folder)), ...(await checkoutRows(bench, title, folder))]
}

async function commitRows(/** @type {Bench} */ bench, /** @type {string} */ title, /** @type {string} */ folder) {
  const file = join(folder, 'run/model.bin')
  const [hash, hashMs] = await fasterHash(bench, file)
  const limit = `${hash.argv[0]} and cp together`
  const contenders = [mlvCommit(folder, file), copyAndHash(bench, limit, hash, file)]
  if (bench.peers.gitLfs.kind === 'found') contenders.push(gitLfsCommit(bench, file))
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const work = `commit of a ${title}`
  const own = measured.get('mlv')
  const figures = { unit: 'ms', mlv: own.ms }
  const lfs = measured.get('git-lfs')
  return [
    {
      ...comparison(work, { ...figures, peer: limit, peerValue: measured.get(limit).ms }, TARGET),
      notes: [`cp syncs nothing, mlv everything; ${hash.argv[0]} alone takes ${(hashMs / 1000).toFixed(2)} s`],
    },
    lfs === undefined
      ? notMeasured(work, 'git-lfs', bench.peers.gitLfs.why)
      : comparison(work, { ...figures, peer: 'git add + commit, git-lfs', peerValue: lfs.ms }, NO_TARGET),
    memoryRow(work, own, limit, measured.get(limit)),
  ]
}

async function checkoutRows(/** @type {Bench} */ bench, /** @type {string} */ title, /** @type {string} */ folder) {
  const [ours, theirs] = ['by-mlv', 'by-cp'].map((each) => join(bench.folder, each))
  const source = join(folder, 'run/model.bin')
  const empty = (target) => {
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target)
  }
  const contenders = [
    {
      name: 'mlv',
      prepare: () => empty(ours),
      commands: () => [mlv(folder, 'checkout', 'big@latest', '--to', ours)],
      check: () => output({ argv: ['cmp', source, join(ours, 'model.bin')] }),
    },
    { name: 'cp', prepare: () => empty(theirs), commands: () => [{ argv: ['cp', source, theirs] }] },
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(3))
  const work = `checkout of a ${title}`
  const [own, cp] = [measured.get('mlv'), measured.get('cp')]
  return [
    comparison(work, { unit: 'ms', mlv: own.ms, peer: 'cp', peerValue: cp.ms }, TARGET),
    memoryRow(work, own, 'cp', cp),
  ]
}

/** Whichever hashes this file faster here; and how long that takes. */
async function fasterHash(/** @type {Bench} */ bench, /** @type {string} */ file) {
  const programs = [['sha256sum', file], ...(hasOpenssl() ? [['openssl', 'dgst', '-sha256', file]] : [])]
  const contenders = programs.map((argv) => ({ name: argv[0], commands: () => [{ argv }] }))
  const measured = await sideBySide(bench, contenders, 1)
  const times = programs.map((argv) => /** @type {const} */ ([{ argv }, measured.get(argv[0]).ms]))
  return times.sort(([, left], [, right]) => left - right)[0]
}

function hasOpenssl() {
  try {
    return output({ argv: ['openssl', 'version'] }) !== ''
  } catch {
    return false
  }
}

function mlvCommit(/** @type {string} */ folder, /** @type {string} */ file) {
  return {
    name: 'mlv',
    prepare: (turn) => {
      change(file, turn)
      for (const store of ['mlv/objects', 'lfs']) rmSync(join(folder, '.git', store), { recursive: true, force: true })
    },
    commands: () => [mlv(folder, 'commit', '--message=large')],
  }
}

function copyAndHash(/** @type {Bench} */ bench, /** @type {string} */ title, hash, /** @type {string} */ file) {
  const copy = join(bench.folder, 'copy')
  return {
    name: title,
    together: true,
    prepare: () => rmSync(copy, { force: true }),
    commands: () => [hash, { argv: ['cp', file, copy] }],
  }
}

function gitLfsCommit(/** @type {Bench} */ bench, /** @type {string} */ file) {
  const folder = makeGitRepository(join(bench.folder, 'large/git-lfs'))
  git(folder, 'lfs', 'install', '--local', '--skip-repo')
  git(folder, 'lfs', 'track', 'model.bin')
  commitAll(folder, 'Track the model')
  return {
    name: 'git-lfs',
    prepare: () => {
      rmSync(join(folder, '.git/lfs'), { recursive: true, force: true })
      output({ argv: ['cp', file, folder] })
    },
    commands: () => [
      { argv: ['git', 'add', 'model.bin'], cwd: folder },
      { argv: ['git', 'commit', '--quiet', '--message=large'], cwd: folder },
    ],
  }
}

function fill(/** @type {string} */ file, /** @type {number} */ sizeBytes, /** @type {() => number} */ random) {
  const chunk = randomBytes(random, CHUNK_BYTES)
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < sizeBytes; written += chunk.length) {
    // A counter in every chunk, so that no two are alike.
    chunk.writeUInt32LE(written / chunk.length)
    writeSync(descriptor, chunk, 0, Math.min(chunk.length, sizeBytes - written))
  }
  closeSync(descriptor)
}

/** Makes it new content, as cheaply as can be. */
function change(/** @type {string} */ file, /** @type {number} */ turn) {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.from([turn + 1]), 0, 1, 8)
  closeSync(descriptor)
}
