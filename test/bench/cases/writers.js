/**
 * Durable commits a second while 32 processes write to one branch, and whether every acknowledged one is there.
 */
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from '../harness/process.js'
import { git, makeMlvRepository } from '../harness/repository.js'
import { atLeast, comparison } from '../harness/row.js'
import { median } from '../harness/statistics.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'writers'

const WORKERS = join(dirname(fileURLToPath(import.meta.url)), '..', 'workers')
const TURNS = 2

/** The loop commits a fifth as often, because it is slow; its rate is as good. */
const PEER_SHARE = 5

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const writers = bench.size(32, 8)
  const commits = bench.size(50, 10)
  const each = commits / TURNS
  const [ours, theirs] = [
    { script: 'mlv-writer.js', folder: makeMlvRepository(join(bench.folder, 'writers/mlv'), ''), commits: each },
    {
      script: 'git-writer.js',
      folder: makeMlvRepository(join(bench.folder, 'writers/git'), ''),
      commits: each / PEER_SHARE,
    },
  ]
  const rates = new Map([ours, theirs].map((side) => [side, /** @type {number[]} */ ([])]))
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const side of [ours, theirs]) {
      rates.get(side)?.push(await commitsPerSecond({ ...side, writers, seed: bench.seed + turn * writers }))
    }
  }
  const work = `durable commits, ${writers} processes x ${commits}`
  const [mlv, peerValue] = [median(rates.get(ours)), median(rates.get(theirs))]
  const row = comparison(work, { unit: 'per second', mlv, peer: 'git compare-and-swap loop', peerValue }, atLeast(1))
  const total = writers * commits
  return [
    { ...row, notes: [`mlv: ${total} acknowledged and reachable, in one line, none lost; git: ${total / PEER_SHARE}`] },
  ]
}

/** Lets all writers start together, once each is ready, and checks what they leave. */
async function commitsPerSecond({ script, folder, writers, commits, seed }) {
  const before = git(folder, 'rev-parse', 'mlv')
  const children = Array.from({ length: writers }, (_, index) =>
    startWriter([process.execPath, join(WORKERS, script), folder, String(commits), String(seed + index)]),
  )
  await Promise.all(children.map((child) => child.ready))
  const startMs = performance.now()
  const acknowledged = (await Promise.all(children.map((child) => child.go()))).flat()
  const seconds = (performance.now() - startMs) / 1000
  requireAll(folder, before, acknowledged, writers * commits)
  return acknowledged.length / seconds
}

function startWriter(/** @type {readonly string[]} */ argv) {
  const child = start({ argv })
  let lines = ''
  let complaints = ''
  child.stdout.on('data', (chunk) => void (lines += chunk))
  child.stderr.on('data', (chunk) => void (complaints += chunk))
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`a writer ended with ${code}:\n${complaints}`)
    return lines.trim().split('\n').slice(1)
  })
  return {
    ready: Promise.race([once(child.stdout, 'data'), ended]),
    go: () => {
      child.stdin.end('go\n')
      return ended
    },
  }
}

/** @throws unless exactly the acknowledged commits are there, one after the other */
function requireAll(folder, before, acknowledged, expected) {
  const reachable = git(folder, 'rev-list', '--first-parent', `${before}..mlv`).split('\n')
  const total = Number(git(folder, 'rev-list', '--count', `${before}..mlv`))
  const lost = acknowledged.filter((commit) => !reachable.includes(commit))
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged commits are lost, first ${lost[0]}`)
  if (acknowledged.length !== expected || total !== expected || reachable.length !== expected) {
    throw new Error(`${expected} commits expected: ${acknowledged.length} acknowledged, ${total} reachable`)
  }
}
