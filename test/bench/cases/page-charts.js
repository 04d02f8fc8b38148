/**
 * One metric of 100 runs, 100,000 points each, as a chart in a browser: from the address to the last line, then a zoom
 * into a tenth of it. Beside TensorBoard, told to keep every point, and MLflow's page, which draws a few hundred points
 * a run whatever the zoom. The servers run already, and every contender has looked once before it is timed, so
 * that mlv has its summaries; every look has a browser of its own.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { looking, whyNoBrowser } from '../harness/page-browser.js'
import { startMlflowPages, startMlvPages, startTensorBoardPages } from '../harness/page-servers.js'
import { output } from '../harness/process.js'
import { randomNumbers } from '../harness/random.js'
import { git, makeMlvRepository, mlv } from '../harness/repository.js'
import { atMost, comparison, NO_TARGET, notMeasured } from '../harness/row.js'
import { median } from '../harness/statistics.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'page-charts'

const RUNS = 100
/** Curves that differ; the runs take turns with them. */
const CURVES = 5
/** What asks nothing and reckons for less than this is not seen by the browser's own account. */
const UNSEEN_MS = 50

/**
 * How to see the chart of a tracker.
 *
 * @typedef {object} Chart
 * @property {string} name
 * @property {() => Promise<import('../harness/page-servers.js').PageServer>} start
 * @property {(address: string, page: import('playwright-core').Page) => string | Promise<string>} at the address of the
 * chart
 * @property {string} drawing selects what the lines are drawn on
 */

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const points = bench.size(100_000, 1_000)
  const work = `chart of ${RUNS} runs of ${points} points`
  const why = whyNoBrowser()
  if (why !== undefined) return [notMeasured(work, '-', why)]
  const { charts, missing } = chartsOf(bench, curvesOf(bench, points))
  const looks = new Map(charts.map(({ name }) => [name, /** @type {Seen[]} */ ([])]))
  for (let turn = 0; turn <= bench.turns(3); turn += 1) {
    for (const chart of charts) {
      const seen = await lookAt(chart)
      if (turn > 0) looks.get(chart.name)?.push(seen)
    }
  }
  bench.measurements.push(Object.fromEntries(looks))
  return [...rowsOf(work, looks), ...missing.map(({ name, why }) => notMeasured(work, name, why))]
}

/** Noise about a curve that falls, with one spike that must be seen. */
function curvesOf(/** @type {Bench} */ bench, /** @type {number} */ points) {
  const random = randomNumbers(bench.seed)
  return Array.from({ length: CURVES }, () => {
    const curve = Array.from({ length: points }, (_, step) => 1 / (1 + step / 1000) + random() / 10)
    curve[Math.floor(random() * points)] = 3
    return curve
  })
}

function chartsOf(/** @type {Bench} */ bench, /** @type {readonly (readonly number[])[]} */ curves) {
  const { folder, ids } = makeRuns(bench, curves)
  const query = `view=charts&sel=${ids.join('%2C')}`
  const charts = [
    {
      name: 'mlv',
      start: () => startMlvPages(folder),
      at: async (link, page) => `${await enter(page, link)}#/runs?${query}`,
      drawing: 'canvas',
    },
  ]
  const missing = []
  const file = join(bench.folder, 'curves.json')
  writeFileSync(file, JSON.stringify(curves))
  const make = (script, into) =>
    output({ argv: [bench.peers.python, bench.peerScript(script), into, file, String(RUNS)], cwd: bench.folder })
  const { tensorboard, mlflow } = bench.peers
  if (tensorboard.kind === 'found') {
    const events = join(bench.folder, 'events')
    make('tensorboard_make_runs.py', events)
    const start = () => startTensorBoardPages(bench, events)
    charts.push({ name: 'TensorBoard', start, at: (address) => address, drawing: 'scalar-card line-chart canvas' })
  } else missing.push({ name: 'TensorBoard', why: tensorboard.why })
  if (mlflow.kind === 'found') {
    const store = join(bench.folder, 'curves-mlflow')
    mkdirSync(store)
    make('mlflow_make_curves.py', store)
    const at = (address) => `${address}?compareRunsMode=CHART`
    charts.push({
      name: 'MLflow UI',
      start: () => startMlflowPages(bench, store),
      at,
      drawing: '.js-plotly-plot .main-svg',
    })
  } else missing.push({ name: 'MLflow UI', why: mlflow.why })
  return { charts, missing }
}

/** One commit a run. Returns the ids of the runs. */
function makeRuns(/** @type {Bench} */ bench, /** @type {readonly (readonly number[])[]} */ curves) {
  const folder = makeMlvRepository(join(bench.folder, 'curves'), 'experiment: bench\nseries: [run/history.jsonl]\n')
  const histories = curves.map((curve, index) => {
    const path = join(bench.folder, `history-${index}.jsonl`)
    writeFileSync(path, curve.map((loss, step) => `{"step":${step},"loss":${loss}}\n`).join(''))
    return path
  })
  for (let run = 0; run < RUNS; run += 1) {
    cpSync(histories[run % histories.length], join(folder, 'run', 'history.jsonl'))
    output(mlv(folder, 'commit', '--param', `seed=${run}`))
  }
  const ids = git(folder, 'ls-tree', '-r', '--name-only', 'mlv', 'runs').match(/[^/]+(?=\/run\.yaml)/g) ?? []
  return { folder, ids }
}

/** What one look told. @typedef {{ paintMs: number, zoomMs: number, pageBytes: number, serverBytes: number }} Seen */

/** @returns {Promise<Seen>} */
async function lookAt(/** @type {Chart} */ { start, at, drawing }) {
  const server = await start()
  try {
    return await looking(async ({ page, settled, memoryBytes }) => {
      const chart = page.locator(drawing).first()
      const address = await at(server.address, page)
      const paintMs = await settled(async () => {
        await page.goto(address, { waitUntil: 'commit' })
        await chart.waitFor()
      })
      const zoomMs = await settled(() => zoom(page, chart))
      return { paintMs, zoomMs, pageBytes: await memoryBytes(), serverBytes: server.peakBytes() }
    })
  } finally {
    await server.stop()
  }
}

/** Lets the browser in by the link, without loading anything. Returns the address of the pages. */
async function enter(/** @type {import('playwright-core').Page} */ page, /** @type {string} */ link) {
  const answer = await page.context().request.get(link)
  const path = /;\s*path=([^;]+)/i.exec(answer.headers()['set-cookie'] ?? '')?.[1]
  if (path === undefined) throw new Error(`the link let nobody in: ${answer.status()}`)
  return new URL(path, link).href
}

/** Draws over a tenth of the chart, as the reader does. */
async function zoom(/** @type {import('playwright-core').Page} */ page, chart) {
  const { x, y, width, height } = await chart.boundingBox()
  await page.mouse.move(x + width * 0.5, y + height * 0.4)
  await page.mouse.down()
  await page.mouse.move(x + width * 0.55, y + height * 0.5)
  await page.mouse.move(x + width * 0.6, y + height * 0.6)
  await page.mouse.up()
}

function rowsOf(/** @type {string} */ work, /** @type {ReadonlyMap<string, readonly Seen[]>} */ looks) {
  const middle = (/** @type {readonly Seen[]} */ seen, /** @type {keyof Seen} */ field) =>
    Math.max(field === 'zoomMs' ? UNSEEN_MS : 0, median(seen.map((each) => each[field])))
  const own = looks.get('mlv') ?? []
  return [...looks]
    .filter(([peer]) => peer !== 'mlv')
    .flatMap(([peer, seen]) => {
      const row = (title, field, unit, target) =>
        comparison(`${work}: ${title}`, { unit, mlv: middle(own, field), peer, peerValue: middle(seen, field) }, target)
      return [
        row('to the last line', 'paintMs', 'ms', atMost(0.5)),
        row('zoom', 'zoomMs', 'ms', NO_TARGET),
        row('memory of the page', 'pageBytes', 'bytes', NO_TARGET),
        row('memory of the server', 'serverBytes', 'bytes', NO_TARGET),
      ]
    })
}
