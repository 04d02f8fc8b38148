/**
 * The short form of the pushing clones: four of them, to a folder and to a server over http.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasServer } from '../support/servers.ts'

const SCRIPT = join(import.meta.dirname, 'pushing-clones.js')

test('4 clones push 2 runs each to a folder at once: all arrive, in one push a clone', () => {
  expect(push('folder')).toMatch(
    /^folder: .*; 8 recorded, 8 arrived; 4 moves of the branch, 0 forced; .* 0 problems\n$/,
  )
})

test.skipIf(!hasServer('git-http', 'pushing-clones.test.ts'))('the same over http', () => {
  expect(push('http')).toMatch(/^http: .*; 8 recorded, 8 arrived; 4 moves of the branch, 0 forced; .* 0 problems\n$/)
})

/** Its output says what was lost, so a failure shows it whole. */
function push(over: string): string {
  const args = ['--clones', '4', '--runs', '2', '--over', over]
  return spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' }).stdout
}
