/**
 * What a case is given: a folder of its own, a seed, the peers of this machine, and how much work to do.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isolate } from './isolation.js'
import { findPeers } from './peers.js'
import { endAll } from './process.js'

const PEER_SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '..', 'peers')

/**
 * @typedef {object} Bench
 * @property {string} folder on the disk that is measured, emptied between cases
 * @property {number} seed
 * @property {import('./peers.js').Peers} peers
 * @property {(full: number, quick: number) => number} size how much work: the first for real, the second to try it out
 * @property {(full: number) => number} turns how many timed turns
 * @property {(file: string) => string} peerScript path of a script in `test/bench/peers`
 * @property {string | undefined} manyRuns a repository of many runs that was made before
 * @property {string} lasting a folder that is kept until the bench ends
 * @property {<T>(name: string, make: () => Promise<T>) => Promise<T>} once makes what several cases share
 * @property {Record<string, import('./side-by-side.js').Measured>[]} measurements what was measured so far, side by
 * side
 * @property {() => void} clear removes what the last case left
 * @property {() => void} close removes everything
 */

/** @returns {Bench} */
export function openBench(
  /** @type {{ readonly seed: number, readonly quick: boolean, readonly scale: number, readonly mostTurns: number,
   * readonly manyRuns?: string }} */ { seed, quick, scale, mostTurns, manyRuns },
) {
  const root = mkdtempSync(join(tmpdir(), 'mlv-bench-'))
  const home = join(root, 'home')
  const folder = join(root, 'work')
  const lasting = join(root, 'lasting')
  for (const each of [home, folder, lasting]) mkdirSync(each)
  isolate(home)
  const shared = new Map()
  return {
    folder,
    lasting,
    manyRuns,
    seed,
    peers: findPeers(),
    size: (full, small) => (quick ? small : Math.round(full * scale)),
    turns: (full) => (quick ? 1 : Math.min(full, mostTurns)),
    peerScript: (file) => join(PEER_SCRIPTS, file),
    measurements: [],
    once: (name, make) => {
      if (!shared.has(name)) shared.set(name, make())
      return shared.get(name)
    },
    clear: () => {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
    },
    close: () => {
      endAll()
      rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
