/**
 * The table of 10,000 runs in a browser, beside MLflow's and Aim's pages over the same values: from the address to the
 * first rows, from the last key of a filter to the rows that match, and the memory of server and page. The servers run
 * already, as those of a reader who comes back; every look has a browser of its own.
 */
import { makeManyMlflowRuns, makeManyRuns, manyRuns } from '../harness/many-runs.js'
import { looking, whyNoBrowser } from '../harness/page-browser.js'
import { startAimPages, startMlflowPages, startMlvPages } from '../harness/page-servers.js'
import { atMost, bounded, comparison, NO_TARGET, notMeasured } from '../harness/row.js'
import { median } from '../harness/statistics.js'

/** @typedef {import('../harness/bench.js').Bench} Bench */

export const name = 'page-table'

/**
 * How to use a tracker's table.
 *
 * @typedef {object} Table
 * @property {string} name
 * @property {() => Promise<import('../harness/page-servers.js').PageServer>} start
 * @property {string} rows selects something in each of its rows that names the run
 * @property {(page: import('playwright-core').Page) => Promise<void>} [type] types a filter, but for the last key
 */

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {Bench} */ bench) {
  const work = `table of ${manyRuns(bench)} runs in a browser`
  const why = whyNoBrowser()
  if (why !== undefined) return [notMeasured(work, '-', why)]
  const { tables, missing } = await tablesOf(bench)
  const looks = new Map(tables.map(({ name }) => [name, /** @type {Seen[]} */ ([])]))
  for (let turn = 0; turn <= bench.turns(5); turn += 1) {
    // The first turn warms caches, as everywhere.
    for (const table of tables) {
      const seen = await lookAt(table)
      if (turn > 0) looks.get(table.name)?.push(seen)
    }
  }
  bench.measurements.push(Object.fromEntries(looks))
  return [...rowsOf(work, looks), ...missing.map(({ name, why }) => notMeasured(work, name, why))]
}

async function tablesOf(/** @type {Bench} */ bench) {
  const { folder } = await makeManyRuns(bench)
  const tables = [{ name: 'mlv', start: () => startMlvPages(folder), rows: '[role=row] a', type: typeOwn }]
  const missing = []
  if (bench.peers.mlflow.kind === 'found') {
    const store = makeManyMlflowRuns(bench)
    const start = () => startMlflowPages(bench, store)
    tables.push({ name: 'MLflow UI', start, rows: '[role=row] a', type: typeMlflow })
  } else missing.push({ name: 'MLflow UI', why: bench.peers.mlflow.why })
  const aim = process.env.MLV_BENCH_AIM_RUNS
  if (bench.peers.aim.kind === 'missing') missing.push({ name: 'Aim', why: bench.peers.aim.why })
  else if (aim === undefined) {
    const why =
      'its 10,000 runs take minutes: make them with aim_make_runs.py and name the folder in MLV_BENCH_AIM_RUNS'
    missing.push({ name: 'Aim', why })
  } else tables.push({ name: 'Aim', start: () => startAimPages(bench, aim), rows: '.Table__cell a', type: undefined })
  return { tables, missing }
}

/** What one look at a table told. @typedef {{ firstMs: number, filterMs?: number, pageBytes: number, serverBytes: number }} Seen */

/** @returns {Promise<Seen>} */
async function lookAt(/** @type {Table} */ { start, rows, type }) {
  const server = await start()
  try {
    return await looking(async ({ page, settled, memoryBytes }) => {
      const startMs = performance.now()
      await page.goto(server.address, { waitUntil: 'commit' })
      await page.locator(rows).first().waitFor()
      const firstMs = performance.now() - startMs
      await settled(async () => undefined)
      const filterMs = type === undefined ? {} : { filterMs: await filter(page, rows, type) }
      return { firstMs, ...filterMs, pageBytes: await memoryBytes(), serverBytes: server.peakBytes() }
    })
  } finally {
    await server.stop()
  }
}

/** From the key that asks for the filter to other rows than before. */
async function filter(/** @type {import('playwright-core').Page} */ page, rows, type) {
  await type(page)
  const before = await page.locator(rows).allTextContents()
  const startMs = performance.now()
  await page.keyboard.press('Enter')
  await page.waitForFunction(
    ({ rows, before }) => {
      const now = [...document.querySelectorAll(rows)].map(({ textContent }) => textContent)
      return now.length > 0 && now.join() !== before.join()
    },
    { rows, before },
    { polling: 'raf' },
  )
  return performance.now() - startMs
}

async function typeOwn(/** @type {import('playwright-core').Page} */ page) {
  await page.keyboard.press('/')
  await page.keyboard.type('metric.m00 < 0.1 and metric.m01 > 0.9')
}

async function typeMlflow(/** @type {import('playwright-core').Page} */ page) {
  await page.getByPlaceholder('metrics.rmse').first().click()
  await page.keyboard.type('metrics.m00 < 0.1 and metrics.m01 > 0.9')
}

function rowsOf(/** @type {string} */ work, /** @type {ReadonlyMap<string, readonly Seen[]>} */ looks) {
  const middle = (/** @type {readonly Seen[]} */ seen, /** @type {keyof Seen} */ field) =>
    median(seen.flatMap((each) => each[field] ?? []))
  const own = looks.get('mlv') ?? []
  const rows = []
  for (const [peer, seen] of looks) {
    if (peer === 'mlv') continue
    const row = (title, field, unit, target) => {
      const figures = { unit, mlv: middle(own, field), peer, peerValue: middle(seen, field) }
      rows.push(comparison(`${work}: ${title}`, figures, target))
    }
    row('first rows', 'firstMs', 'ms', atMost(0.5))
    if (seen.some(({ filterMs }) => filterMs !== undefined)) row('filter, key to rows', 'filterMs', 'ms', atMost(0.5))
    row('memory of the page', 'pageBytes', 'bytes', NO_TARGET)
    row('memory of the server', 'serverBytes', 'bytes', NO_TARGET)
  }
  const limit = { limit: 100, limitText: '100 ms' }
  const filterRow = bounded(`${work}: filter, key to rows`, { unit: 'ms', mlv: middle(own, 'filterMs'), ...limit })
  return [filterRow, ...rows]
}
