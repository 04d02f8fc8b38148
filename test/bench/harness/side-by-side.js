/**
 * The one way the bench compares: contenders take turns, A B A B, so that whatever slows the machine slows all of them.
 * The first turn warms caches, is weighed for memory, and is not timed. Every turn starts with nothing left to write.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { timeInTurn, timeTogether, weigh } from './process.js'
import { median } from './statistics.js'

/**
 * @typedef {import('./process.js').Command} Command
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {(turn: number) => readonly Command[]} commands what is measured
 * @property {boolean} [together] the commands run at the same time
 * @property {(turn: number) => void} [prepare] runs before each turn, unmeasured
 * @property {(turn: number) => void} [check] runs after each turn, unmeasured; throws when the work was not done
 *
 * @typedef {object} Measured
 * @property {number} ms median
 * @property {readonly number[]} samplesMs in the order they were taken
 * @property {number | undefined} peakBytes
 */

/**
 * Measures contenders side by side, and notes every sample for the file of results.
 *
 * @param {import('./bench.js').Bench} bench
 * @param {readonly Contender[]} contenders
 * @param {number} turns how many are timed
 * @returns {Promise<ReadonlyMap<string, Measured>>} by name
 */
export async function sideBySide(bench, contenders, turns) {
  const samples = new Map(contenders.map(({ name }) => [name, /** @type {number[]} */ ([])]))
  const peaks = new Map()
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const contender of contenders) {
      contender.prepare?.(turn)
      // Else one contender would wait for the disk to take what another wrote.
      spawnSync('sync')
      const commands = contender.commands(turn)
      if (turn === 0) peaks.set(contender.name, await weigh(commands, join(bench.folder, 'peak')))
      else samples.get(contender.name)?.push(await (contender.together ? timeTogether : timeInTurn)(commands))
      contender.check?.(turn)
    }
  }
  const measured = new Map(
    [...samples].map(([name, samplesMs]) => [name, { ms: median(samplesMs), samplesMs, peakBytes: peaks.get(name) }]),
  )
  bench.measurements.push(Object.fromEntries(measured))
  return measured
}
