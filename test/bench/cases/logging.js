/**
 * Logging: a million points from a Python loop by the snippet of docs/logging.md, against the same lines into a plain
 * file; sealing them; and what a day of training leaves, by volume.
 */
import { copyFileSync, createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { randomNumbers } from '../harness/random.js'
import { makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, bounded, comparison } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'logging'

const TEST = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const LEAVE_RUN = join(TEST, 'bench', 'workers', 'leave-run.js')
const SEAL_LIMIT_MS = 3000

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const count = bench.size(1_000_000, 10_000)
  const log = join(bench.folder, 'log.jsonl')
  return [await appendRow(bench, count, log), ...(await sealRows(bench, count, log)), ...(await dayRows(bench))]
}

async function appendRow(/** @type {Bench} */ bench, /** @type {number} */ count, /** @type {string} */ log) {
  const docs = readFileSync(join(TEST, '..', 'docs', 'logging.md'), 'utf8')
  const snippet = /```python\n(.*?)```/s.exec(docs)?.[1] ?? ''
  const loop = `for step in range(${count}):`
  const point = 'metric="train/loss", value=1 / (step + 1), step=step'
  const withSnippet = join(bench.folder, 'snippet.py')
  writeFileSync(withSnippet, `${snippet}\ndef main():\n    ${loop} log(${point})\nmain()\n`)
  const plain = join(bench.folder, 'plain.py')
  const write = `file.write(json.dumps({"time": time.time(), **dict(${point})}) + "\\n")`
  writeFileSync(
    plain,
    `import json, time\ndef main():\n  with open("plain.jsonl", "w") as file:\n    ${loop} ${write}\nmain()\n`,
  )
  const { python } = bench.peers
  const program =
    (/** @type {string} */ file, env = {}) =>
    () => [{ argv: [python, file], cwd: bench.folder, env }]
  const contenders = [
    {
      name: 'mlv',
      prepare: () => rmSync(log, { force: true }),
      commands: program(withSnippet, { MLV_RUN_DIR: bench.folder }),
    },
    { name: 'plain', commands: program(plain) },
  ]
  const measured = await sideBySide(bench, contenders, bench.turns(5))
  const figures = {
    unit: 'ms',
    mlv: measured.get('mlv').ms,
    peer: 'json.dumps to a plain file',
    peerValue: measured.get('plain').ms,
  }
  return comparison(`log ${count} points from a Python loop`, figures, atMost(1.1))
}

async function sealRows(/** @type {Bench} */ bench, /** @type {number} */ count, /** @type {string} */ log) {
  const repository = makeMlvRepository(join(bench.folder, 'seal'), 'experiment: bench\n')
  const prepare = () => copyFileSync(log, join(leaveRun(repository), 'log.jsonl'))
  const own = await measureSeal(bench, repository, prepare, 3)
  const work = `seal a run of ${count} points`
  const figures = { unit: 'ms', mlv: own.ms, limit: (SEAL_LIMIT_MS * count) / 1e6, limitText: '3 s a million' }
  return [bounded(work, figures), memoryRow(work, own)]
}

/** A sample of fifteen metrics every ten seconds, two million points and what the command printed. */
async function dayRows(/** @type {Bench} */ bench) {
  const samples = bench.size(8640, 86)
  const points = bench.size(2_000_000, 20_000)
  const outputBytes = bench.size(200e6, 2e6)
  const repository = makeMlvRepository(join(bench.folder, 'day'), 'experiment: bench\n')
  const kept = join(bench.folder, 'day-logs')
  mkdirSync(kept)
  const random = randomNumbers(bench.seed)
  await writeLines(join(kept, 'log-system.jsonl'), samples, (at) => systemLine(at))
  await writeLines(join(kept, 'log.jsonl'), points, (at) => pointLine(at))
  await writeLines(join(kept, 'stdout.log'), outputBytes / 100, (at) => outputLine(at, random))
  const prepare = () => {
    const folder = leaveRun(repository)
    for (const file of ['log-system.jsonl', 'log.jsonl']) copyFileSync(join(kept, file), join(folder, file))
    mkdirSync(join(folder, 'output'))
    copyFileSync(join(kept, 'stdout.log'), join(folder, 'output', 'stdout.log'))
  }
  const own = await measureSeal(bench, repository, prepare, 1)
  const work = `seal a day: ${samples} x 15 samples, ${points} points, ${outputBytes / 1e6} MB printed`
  const told = {
    work,
    mlv: { value: own.ms, unit: /** @type {const} */ ('ms') },
    peer: '-',
    target: '-',
    verdict: 'told',
  }
  return [told, memoryRow('seal a day', own)]
}

async function measureSeal(/** @type {Bench} */ bench, repository, prepare, turns) {
  const contender = { name: 'mlv', prepare, commands: () => [mlv(repository, 'commit', '--recover')] }
  const measured = await sideBySide(bench, [contender], bench.turns(turns))
  return measured.get('mlv')
}

function leaveRun(/** @type {string} */ repository) {
  return output({ argv: [process.execPath, LEAVE_RUN], cwd: repository })
}

function systemLine(/** @type {number} */ at) {
  const values = Array.from(
    { length: 15 },
    (_, metric) => `"system/metric.${metric}":${((at * 7919 + metric) % 1000) / 10}`,
  )
  return `{"metrics":{${values.join(',')}},"time":${1_763_733_600 + at * 10}}\n`
}

function pointLine(/** @type {number} */ at) {
  const step = Math.floor(at / 2)
  const metric = at % 2 === 0 ? 'train/loss' : 'train/accuracy'
  const [time, value] = [1_763_733_600 + at * 0.0432, 1 / (step + 1.5)]
  return `{"time": ${time}, "metric": "${metric}", "value": ${value}, "step": ${step}}\n`
}

function outputLine(/** @type {number} */ at, /** @type {() => number} */ random) {
  return `step ${at} loss ${random()} acc ${random()} lr ${random()}`.padEnd(99, '.').slice(0, 99).concat('\n')
}

/** Writes many lines in pieces. */
async function writeLines(
  /** @type {string} */ path,
  /** @type {number} */ count,
  /** @type {(at: number) => string} */ line,
) {
  const stream = createWriteStream(path)
  const closed = new Promise((resolve, reject) => stream.once('close', resolve).once('error', reject))
  for (let start = 0; start < count; start += 20_000) {
    let text = ''
    for (let at = start; at < Math.min(count, start + 20_000); at += 1) text += line(at)
    if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve))
  }
  stream.end()
  await closed
}
