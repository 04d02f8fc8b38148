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
])('8 processes record 10 runs each, %s engine, %s beside: 80 runs, in one line', (engine, beside) => {
  const args = ['--processes', '8', '--commits', '10', '--engine', engine, '--beside', beside]
  const { status, stdout } = spawnSync(process.execPath, [WRITERS, ...args], { encoding: 'utf8' })
  expect(stdout).toContain('80 acknowledged, 80 reachable, 0 lost, 1 root;')
  expect(stdout).toMatch(/; 0 problems\n$/)
  expect(status).toBe(0)
})
