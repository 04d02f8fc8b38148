/**
 * The run that every contender records: 20 parameters, 20 metrics, 1,000 points and a model of 1 MB.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from './random.js'

const POINTS = 1000
const MODEL_BYTES = 1_000_000

/** The `mlv.yaml` that records these files. */
export const RUN_CONFIG = `experiment: bench
params: [run/params.json]
metrics: [run/metrics.json]
series: [run/history.jsonl]
model: { name: bench, path: run/model.bin }
`

/** Parameters and metrics of one run, by key. */
export function randomRecord(/** @type {() => number} */ random) {
  return { parameters: randomValues(random, 'p', 20), metrics: randomValues(random, 'm', 20) }
}

/** Writes the files of a new run, none of it seen before, below `run/` of a folder. */
export function writeRunFiles(/** @type {string} */ folder, /** @type {() => number} */ random) {
  const { parameters, metrics } = randomRecord(random)
  const points = Array.from({ length: POINTS }, (_, step) => `{"step":${step},"loss":${random()}}\n`)
  writeFileSync(join(folder, 'run/params.json'), JSON.stringify(parameters))
  writeFileSync(join(folder, 'run/metrics.json'), JSON.stringify(metrics))
  writeFileSync(join(folder, 'run/history.jsonl'), points.join(''))
  writeFileSync(join(folder, 'run/model.bin'), randomBytes(random, MODEL_BYTES))
}

function randomValues(/** @type {() => number} */ random, /** @type {string} */ prefix, /** @type {number} */ count) {
  const keys = Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, '0')}`)
  return Object.fromEntries(keys.map((key) => [key, random()]))
}
