/**
 * What the sharing cases send: one large file, or many small ones, new in every turn.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes, randomNumbers } from './random.js'

const CHUNK_BYTES = 1 << 24
const SMALL_BYTES = 8_000
const FILES_IN_A_FOLDER = 100

/**
 * @typedef {object} Content
 * @property {string} title
 * @property {string} folder
 * @property {() => void} renew fills the folder with bytes that were never seen before
 */

/**
 * The two kinds of content, each below a folder of its own.
 *
 * @param {import('./bench.js').Bench} bench
 * @returns {readonly Content[]}
 */
export function sharedContents(bench) {
  const random = randomNumbers(bench.seed)
  const sizeBytes = bench.size(2_000_000_000, 50_000_000)
  const count = bench.size(10_000, 300)
  const large = join(bench.folder, 'content/large')
  const many = join(bench.folder, 'content/many')
  return [
    { title: `${sizeBytes / 1e9} GB in one file`, folder: large, renew: () => writeLarge(large, sizeBytes, random) },
    { title: `${count} files of 8 KB`, folder: many, renew: () => writeMany(many, count, random) },
  ]
}

function writeLarge(/** @type {string} */ folder, /** @type {number} */ sizeBytes, /** @type {() => number} */ random) {
  mkdirSync(folder, { recursive: true })
  const chunk = randomBytes(random, CHUNK_BYTES)
  const descriptor = openSync(join(folder, 'model.bin'), 'w')
  for (let written = 0; written < sizeBytes; written += chunk.length) {
    // A counter in every chunk, so that no two are alike.
    chunk.writeUInt32LE(written / chunk.length)
    writeSync(descriptor, chunk, 0, Math.min(chunk.length, sizeBytes - written))
  }
  closeSync(descriptor)
}

function writeMany(/** @type {string} */ folder, /** @type {number} */ count, /** @type {() => number} */ random) {
  rmSync(folder, { recursive: true, force: true })
  for (let index = 0; index < count; index += 1) {
    const part = join(folder, String(Math.floor(index / FILES_IN_A_FOLDER)))
    if (index % FILES_IN_A_FOLDER === 0) mkdirSync(part, { recursive: true })
    writeFileSync(join(part, `${index}.bin`), randomBytes(random, SMALL_BYTES))
  }
}
