/**
 * Where figures go: a file a day with every row, and the table of docs/benchmarks.md, which no hand copies.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatTable } from './table.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const RESULTS = join(HERE, '..', 'results')
const PAGE = join(HERE, '..', '..', '..', 'docs', 'benchmarks.md')
const BEGIN = '<!-- figures: written by npm run bench -- --record -->'
const END = '<!-- end of figures -->'

/**
 * @typedef {object} Result
 * @property {string} takenAt
 * @property {number} seed
 * @property {boolean} quick
 * @property {Readonly<Record<string, string | number>>} machine
 * @property {readonly import('./row.js').Row[]} rows
 * @property {readonly Record<string, import('./side-by-side.js').Measured>[]} measurements every sample
 */

/** Writes the results of the day, over those taken before on it. Returns the path. */
export function writeResults(/** @type {Result} */ result) {
  const name = `${result.takenAt.slice(0, 10)}${result.quick ? '-quick' : ''}.json`
  mkdirSync(RESULTS, { recursive: true })
  const path = join(RESULTS, name)
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`)
  return path
}

/** Replaces the figures in docs/benchmarks.md. */
export function recordTable(/** @type {Result} */ result) {
  const page = readFileSync(PAGE, 'utf8')
  const [before, after] = [page.split(BEGIN)[0], page.split(END)[1]]
  writeFileSync(
    PAGE,
    `${before}${BEGIN}\n\n${describe(result)}\n\n${formatTable(result.rows)}\n${notesOf(result)}\n${END}${after}`,
  )
}

function describe(/** @type {Result} */ { takenAt, seed, machine }) {
  const about = Object.entries(machine).map(([key, value]) => `${key} ${value}`)
  return `Taken at ${takenAt} with seed ${seed}: ${about.join(', ')}.`
}

function notesOf(/** @type {Result} */ { rows }) {
  const notes = rows.flatMap(({ work, peer, notes = [] }) => notes.map((note) => `- ${work} (${peer}): ${note}.`))
  return notes.length === 0 ? '' : `\n${notes.join('\n')}\n`
}
