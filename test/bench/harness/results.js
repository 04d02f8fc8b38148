/**
 * Where figures go: a file a case with its rows and every sample, the newest taken at full size, and the tables of
 * docs/benchmarks.md, which are made of those files and which no hand copies.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatTable } from './table.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const RESULTS = join(HERE, '..', 'results')
const PAGE = join(HERE, '..', '..', '..', 'docs', 'benchmarks.md')
const BEGIN = '<!-- figures: written by npm run bench -- --record -->'
const END = '<!-- end of figures -->'

/**
 * What one case told.
 *
 * @typedef {object} Result
 * @property {string} name of the case
 * @property {string} takenAt
 * @property {number} seed
 * @property {boolean} isFull at the size and with the turns of the table; else a try
 * @property {Readonly<Record<string, string | number>>} machine
 * @property {readonly import('./row.js').Row[]} rows
 * @property {readonly Record<string, unknown>[]} measurements every sample
 */

/** Writes the result of a case over the one before; tries are kept apart from figures. Returns the path. */
export function writeResult(/** @type {Result} */ result) {
  mkdirSync(RESULTS, { recursive: true })
  const path = pathOf(result.isFull ? result.name : `${result.name}-quick`)
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`)
  return path
}

/** Makes the figures of docs/benchmarks.md anew, of the newest result of each case, in the order of the names. */
export function recordTables(/** @type {readonly string[]} */ names) {
  const page = readFileSync(PAGE, 'utf8')
  const [before, after] = [page.split(BEGIN)[0], page.split(END)[1]]
  const known = names.filter((name) => existsSync(pathOf(name)))
  const sections = known.map((name) => sectionOf(JSON.parse(readFileSync(pathOf(name), 'utf8'))))
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${sections.join('\n')}\n${END}${after}`)
}

function sectionOf(/** @type {Result} */ result) {
  return `### ${result.name}\n\n${describe(result)}\n\n${formatTable(result.rows)}\n${notesOf(result)}`
}

function describe(/** @type {Result} */ { takenAt, seed, machine }) {
  const about = Object.entries(machine).map(([key, value]) => `${key} ${value}`)
  return `Taken at ${takenAt} with seed ${seed}: ${about.join(', ')}.`
}

function notesOf(/** @type {Result} */ { rows }) {
  const notes = rows.flatMap(({ work, peer, notes = [] }) => notes.map((note) => `- ${work} (${peer}): ${note}.`))
  return notes.length === 0 ? '' : `\n${notes.join('\n')}\n`
}

function pathOf(/** @type {string} */ name) {
  return join(RESULTS, `${name}.json`)
}
