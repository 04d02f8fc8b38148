/**
 * The command that `run-kill-loop.js` runs: logs a point, then acknowledges it to the judge, again and again.
 *
 *     node run-victim.js <acknowledgements> <points>
 */
import { appendFileSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const [, , acknowledgements, points] = process.argv
const log = openSync(join(process.env['MLV_RUN_DIR'], 'log.jsonl'), 'a')

appendFileSync(acknowledgements, `${process.env['MLV_RUN_ID']} ${process.pid}\n`)
// A wrapper that is gone reads nothing any more, and that must not end the run.
process.stdout.on('error', () => undefined)
process.stdout.write('training\n')
for (let step = 0; step < Number(points); step += 1) {
  writeSync(log, `{"metric":"loss","step":${step},"value":${step}}\n`)
  appendFileSync(acknowledgements, `${step}\n`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
}
