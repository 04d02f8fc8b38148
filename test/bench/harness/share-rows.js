/**
 * The rows of a sharing case: each content pushed by all, then pulled by all, in turns.
 */
import { rmSync } from 'node:fs'
import { memoryRow } from './memory-row.js'
import { output } from './process.js'
import { comparison, notMeasured } from './row.js'
import { sideBySide } from './side-by-side.js'

/**
 * @typedef {import('./sharers.js').Sharer} Sharer
 * @typedef {import('./row.js').Row} Row
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {() => Sharer} [make]
 * @property {string} [why] when it cannot be measured
 * @property {import('./row.js').Target | typeof import('./row.js').NO_TARGET} target
 */

/**
 * @param {import('./bench.js').Bench} bench
 * @param {{ readonly store: string, readonly contents: readonly import('./shared-content.js').Content[] }} what
 * @param {() => Sharer} makeOwn mlv
 * @param {readonly Peer[]} peers the first of them that is there is the one memory is told beside
 * @returns {Promise<readonly Row[]>}
 */
export async function shareRows(bench, { store, contents }, makeOwn, peers) {
  const rows = []
  for (const content of contents) {
    const sharers = [makeOwn(), ...peers.flatMap(({ make, why }) => (why === undefined && make ? [make()] : []))]
    const pushed = await sideBySide(bench, sharers.map(pushing(content)), bench.turns(3))
    rows.push(...rowsOf(`push ${content.title} to ${store}`, pushed, peers))
    const pulled = await sideBySide(bench, sharers.map(pulling(content)), bench.turns(3))
    rows.push(...rowsOf(`pull ${content.title} from ${store}`, pulled, peers))
    rmSync(content.folder, { recursive: true, force: true })
  }
  return rows
}

function pushing(/** @type {import('./shared-content.js').Content} */ content) {
  return (/** @type {Sharer} */ { name, record, push }, /** @type {number} */ place) => ({
    name,
    prepare: () => {
      // All of a turn send the same bytes.
      if (place === 0) content.renew()
      record(content)
    },
    commands: push,
  })
}

function pulling(/** @type {import('./shared-content.js').Content} */ content) {
  return (/** @type {Sharer} */ { name, clone, pull, pulled }) => ({
    name,
    prepare: clone,
    commands: pull,
    check: () => output({ argv: ['diff', '--recursive', '--brief', content.folder, pulled] }),
  })
}

function rowsOf(
  /** @type {string} */ work,
  /** @type {ReadonlyMap<string, import('./side-by-side.js').Measured>} */ measured,
  /** @type {readonly Peer[]} */ peers,
) {
  const own = /** @type {import('./side-by-side.js').Measured} */ (measured.get('mlv'))
  const rows = peers.map(({ name, why = '', target }) => {
    const theirs = measured.get(name)
    if (theirs === undefined) return notMeasured(work, name, why)
    return comparison(work, { unit: 'ms', mlv: own.ms, peer: name, peerValue: theirs.ms }, target)
  })
  const beside = peers.find(({ name }) => measured.has(name))?.name
  return [...rows, memoryRow(work, own, beside, beside === undefined ? undefined : measured.get(beside))]
}
