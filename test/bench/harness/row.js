/**
 * Rows of the table: what was compared, and whether the target of the design is met.
 */

/**
 * @typedef {object} Target
 * @property {string} text
 * @property {(ratio: number) => boolean} holds
 *
 * @typedef {object} Figure
 * @property {number} value
 * @property {'ms' | 'bytes' | 'per second'} unit
 *
 * @typedef {object} Row
 * @property {string} work
 * @property {Figure} [mlv]
 * @property {string} peer
 * @property {Figure} [peerFigure] absent when the row has no peer, or the peer could not be measured
 * @property {number} [ratio] mlv over peer
 * @property {string} target
 * @property {string} verdict `met`, `missed`, `told` for a figure without a target, or `not measured: why`
 * @property {readonly string[]} [notes] what a reader must know beside the figures
 */

/** The ratio may be at most so much. */
export function atMost(/** @type {number} */ limit) {
  return { text: `<= ${limit}x`, holds: (/** @type {number} */ ratio) => ratio <= limit }
}

/** The ratio must be at least so much. */
export function atLeast(/** @type {number} */ limit) {
  return { text: `>= ${limit}x`, holds: (/** @type {number} */ ratio) => ratio >= limit }
}

/** Compared for the reader's sake. */
export const NO_TARGET = { text: '-', holds: undefined }

/**
 * A comparison.
 *
 * @param {string} work
 * @param {{ unit: Figure['unit'], mlv: number, peer: string, peerValue: number }} figures
 * @param {Target | typeof NO_TARGET} target
 * @returns {Row}
 */
export function comparison(work, { unit, mlv, peer, peerValue }, target) {
  const ratio = mlv / peerValue
  return {
    work,
    mlv: { value: mlv, unit },
    peer,
    peerFigure: { value: peerValue, unit },
    ratio,
    target: target.text,
    verdict: target.holds === undefined ? 'told' : target.holds(ratio) ? 'met' : 'missed',
  }
}

/**
 * A figure held against a limit of its own.
 *
 * @param {string} work
 * @param {{ unit: Figure['unit'], mlv: number, limit: number, limitText: string }} figures
 * @returns {Row}
 */
export function bounded(work, { unit, mlv, limit, limitText }) {
  const verdict = mlv <= limit ? 'met' : 'missed'
  return { work, mlv: { value: mlv, unit }, peer: '-', target: `<= ${limitText}`, verdict }
}

/** A peer or a case that could not be had. */
export function notMeasured(/** @type {string} */ work, /** @type {string} */ peer, /** @type {string} */ why) {
  return { work, peer, target: '-', verdict: `not measured: ${why}` }
}
