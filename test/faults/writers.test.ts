/**
 * The short form of the writers: eight processes record runs in one repository, alone and beside git's housekeeping.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const WRITERS = join(import.meta.dirname, 'writers.js')

test.each([
  ['system', 'quiet'],
  ['system', 'git'],
  ['embedded', 'quiet'],
  ['embedded', 'git'],
])('8 processes record 4 runs each, %s engine, %s beside: 32 runs, in one line', (engine, beside) => {
  const args = ['--processes', '8', '--commits', '4', '--engine', engine, '--beside', beside]
  const { status, stdout } = spawnSync(process.execPath, [WRITERS, ...args], { encoding: 'utf8' })
  expect(stdout).toContain('32 acknowledged, 32 reachable, 0 lost, 1 root;')
  expect(stdout).toMatch(/; 0 problems\n$/)
  expect(status).toBe(0)
})
