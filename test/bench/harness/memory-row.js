/**
 * The memory a command used, held against the one bound of the design.
 */
import { canWeigh } from './process.js'
import { notMeasured } from './row.js'

const LIMIT_BYTES = 300e6

/** @typedef {import('./side-by-side.js').Measured} Measured */

/**
 * The largest resident size of any one process of the command, in the warm-up turn.
 *
 * @param {string} work
 * @param {Measured} own
 * @param {string} [peer]
 * @param {Measured} [peerMeasured]
 * @returns {import('./row.js').Row}
 */
export function memoryRow(work, own, peer, peerMeasured) {
  const title = `peak memory: ${work}`
  if (!canWeigh() || own.peakBytes === undefined) return notMeasured(title, '-', 'there is no /usr/bin/time here')
  const peerBytes = peerMeasured?.peakBytes
  return {
    work: title,
    mlv: { value: own.peakBytes, unit: 'bytes' },
    peer: peer ?? '-',
    ...(peerBytes === undefined
      ? {}
      : { peerFigure: { value: peerBytes, unit: 'bytes' }, ratio: own.peakBytes / peerBytes }),
    target: '<= 300 MB',
    verdict: own.peakBytes <= LIMIT_BYTES ? 'met' : 'missed',
  }
}
