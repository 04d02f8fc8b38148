/**
 * The short form of the loop that kills captured runs, with a seed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const LOOP = join(import.meta.dirname, 'run-kill-loop.js')
// Whether a process lives is asked of /proc; where there is none the runner tells this title as skipped.
const testOnLinux = test.skipIf(!existsSync('/proc/self/stat'))

testOnLinux('runs killed at random moments lose no acknowledged point (needs /proc)', { timeout: 240_000 }, () => {
  const { status, stdout } = spawnSync(process.execPath, [LOOP, '--seed', '3', '--kills', '6'], { encoding: 'utf8' })
  expect(stdout).toMatch(/^seed 3\n/)
  expect(stdout).toMatch(/6 kills: .* 0 problems\n$/)
  expect(status).toBe(0)
})
