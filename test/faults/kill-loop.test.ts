/**
 * The short form of the kill loop: a few dozen kills and failed calls, of both engines, with a seed.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const LOOP = join(import.meta.dirname, 'kill-loop.js')
const hasStrace = spawnSync('strace', ['-V']).status === 0

// Where strace is absent the runner tells this title as skipped.
const testWithStrace = test.skipIf(!hasStrace)

test('commands killed at random moments lose nothing that was acknowledged', () => {
  const { status, stdout } = kill('--mode', 'random', '--kills', '12', '--thorough', '8')
  expect(stdout).toMatch(/^seed 7\n/)
  expect(stdout).toMatch(/(?:1[2-9]|2\d) kills, .* 0 problems;/)
  expect(status).toBe(0)
})

testWithStrace('killed or failed at a sample of the calls that change the disk, likewise (needs strace)', () => {
  const { status, stdout } = kill('--mode', 'syscalls', '--every', '90', '--thorough', '8')
  expect(stdout).toMatch(/[1-9]\d* kills, [1-9]\d* failed calls at [1-9]\d* kinds of places; .* 0 problems;/)
  expect(status).toBe(0)
})

/** Runs the loop; its output says what was killed where, so a failure shows it whole. */
function kill(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [LOOP, '--seed', '7', ...args], { encoding: 'utf8' })
  return { status, stdout }
}
