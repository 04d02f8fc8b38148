/**
 * `npm run bench`: mlv and its peers side by side, one table, and a file a case of every sample below
 * `test/bench/results`.
 *
 *   --only NAME   one case, or several when repeated
 *   --quick       little work and one turn, to see that everything runs; its figures mean nothing
 *   --scale N     the same turns with N times the work: 0.1 on a busy machine, of which the ratios still mean something
 *   --turns N     at most N timed turns: less to wait for, and more left to chance
 *   --seed N      other content
 *   --record      makes the tables of docs/benchmarks.md of the newest result of every case
 *   --many-runs F the repository of 10,000 runs that `make-runs.js` made before; making it takes minutes
 */
import { parseArgs } from 'node:util'
import { openBench } from './harness/bench.js'
import { describeMachine } from './harness/machine.js'
import { recordTables, writeResult } from './harness/results.js'
import { requireBuild } from './harness/repository.js'
import { formatTable } from './harness/table.js'
import * as branchSize from './cases/branch-size.js'
import * as commitFloor from './cases/commit-floor.js'
import * as commitRun from './cases/commit-run.js'
import * as fetchRuns from './cases/fetch-runs.js'
import * as largeArtifact from './cases/large-artifact.js'
import * as listRuns from './cases/list-runs.js'
import * as logging from './cases/logging.js'
import * as manyFiles from './cases/many-files.js'
import * as pageCharts from './cases/page-charts.js'
import * as pageTable from './cases/page-table.js'
import * as reviewJob from './cases/review-job.js'
import * as shareFolder from './cases/share-folder.js'
import * as shareLfs from './cases/share-lfs.js'
import * as shareS3 from './cases/share-s3.js'
import * as tenCheckpoints from './cases/ten-checkpoints.js'
import * as writers from './cases/writers.js'

const CASES = [
  ...[commitRun, commitFloor, writers, largeArtifact, manyFiles, branchSize, listRuns, logging],
  ...[shareS3, shareLfs, shareFolder, fetchRuns, reviewJob, tenCheckpoints],
  ...[pageTable, pageCharts],
]

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
    turns: { type: 'string', default: '9' },
    seed: { type: 'string', default: '20261120' },
    record: { type: 'boolean', default: false },
    'many-runs': { type: 'string' },
  },
})

requireBuild()
const cases = chosenCases(options.only)
const bench = openBench({
  seed: Number(options.seed),
  quick: options.quick,
  scale: Number(options.scale),
  mostTurns: Number(options.turns),
  manyRuns: options['many-runs'],
})
process.once('exit', bench.close)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const { rows, failed } = await runCases(cases)
process.stdout.write(`${formatTable(rows)}\n`)
if (options.record) recordTables(CASES.map(({ name }) => name))
process.exitCode = failed ? 1 : 0

/** A case that fails says so in the table and lets the others be measured. */
async function runCases(chosen) {
  const all = []
  let anyFailed = false
  for (const { name, run } of chosen) {
    const startMs = performance.now()
    try {
      const rows = await run(bench)
      all.push(...rows)
      process.stderr.write(`Every sample: ${writeResult(resultOf(name, rows))}\n`)
    } catch (error) {
      anyFailed = true
      process.stderr.write(`${name}: ${error instanceof Error ? error.stack : error}\n`)
      all.push({ work: name, peer: '-', target: '-', verdict: 'failed' })
    }
    bench.clear()
    process.stderr.write(`${name}: ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`)
  }
  return { rows: all, failed: anyFailed }
}

/** @returns {import('./harness/results.js').Result} */
function resultOf(name, rows) {
  const isFull = !options.quick && Number(options.scale) === 1
  const measurements = bench.measurements.splice(0)
  const machine = describeMachine(bench.peers)
  return { name, takenAt: new Date().toISOString(), seed: bench.seed, isFull, machine, rows, measurements }
}

function chosenCases(/** @type {readonly string[]} */ names) {
  const unknown = names.filter((name) => !CASES.some((each) => each.name === name))
  if (unknown.length > 0) {
    const known = CASES.map((each) => each.name).join(', ')
    process.stderr.write(`no case is called ${unknown.join(', ')}; there are ${known}\n`)
    process.exit(2)
  }
  return names.length === 0 ? CASES : CASES.filter((each) => names.includes(each.name))
}
