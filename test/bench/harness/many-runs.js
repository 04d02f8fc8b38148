/**
 * The repository of many runs that several cases read. Made once, by `make-runs.js`, when the first case asks.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { output, weigh } from './process.js'
import { randomNumbers } from './random.js'
import { randomRecord } from './run-files.js'

/** @typedef {import('./bench.js').Bench} Bench */

const MAKE_RUNS = join(dirname(fileURLToPath(import.meta.url)), '..', 'make-runs.js')

/** How many runs that is. */
export function manyRuns(/** @type {Bench} */ bench) {
  return bench.size(10_000, 200)
}

/**
 * Makes the repository, or answers with the one made before.
 *
 * @param {Bench} bench
 * @returns {Promise<{ readonly folder: string, readonly seconds?: number, readonly peakBytes?: number }>}
 */
export function makeManyRuns(bench) {
  return bench.once('many-runs', async () => {
    if (bench.manyRuns !== undefined) return { folder: bench.manyRuns, seconds: undefined, peakBytes: undefined }
    const folder = join(bench.lasting, 'many-runs')
    const startMs = performance.now()
    const argv = [process.execPath, MAKE_RUNS, folder, String(manyRuns(bench)), String(bench.seed)]
    const peakBytes = await weigh([{ argv }], join(bench.folder, 'peak'))
    return { folder, seconds: (performance.now() - startMs) / 1000, peakBytes }
  })
}

/** Fills MLflow's store with the same values. Returns its folder. */
export function makeManyMlflowRuns(/** @type {Bench} */ bench) {
  const store = join(bench.folder, 'mlflow')
  mkdirSync(store)
  const random = randomNumbers(bench.seed)
  const lines = Array.from({ length: manyRuns(bench) }, () => `${JSON.stringify(randomRecord(random))}\n`)
  const file = join(bench.folder, 'runs.jsonl')
  writeFileSync(file, lines.join(''))
  output({ argv: [bench.peers.python, bench.peerScript('mlflow_make_runs.py'), store, file], cwd: store })
  return store
}
