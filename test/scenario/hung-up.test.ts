/**
 * A terminal that is closed under a live screen: the command ends by that signal, and has nothing to say.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'

const PTY = join(import.meta.dirname, 'run-terminal.py')
const isPossible = spawnSync('python3', ['-c', 'import pty, termios']).status === 0
// Where it is absent the runner tells these titles as skipped.
const testOnTerminal = test.skipIf(!isPossible)

testOnTerminal('a terminal that hangs up ends the live screen without a word', () => {
  const world = makeReadyWorld()
  const told = temporaryFolder()
  // The shell outlives the terminal, to note how the command ended.
  const script = `trap : HUP; "$0" "$1" top 2> "$TOLD/errors"; echo $? > "$TOLD/code"`
  const env = { ...WORLD_VARIABLES, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TOLD: told, HANG_UP: 'q quit' }
  const args = [PTY, '24', '100', '[]', 'sh', '-c', script, process.execPath, MLV]
  const ended = spawnSync('python3', args, { cwd: world.folder, env, encoding: 'utf8' })
  expect(ended.stdout).toContain('q quit')
  expect(readFileSync(join(told, 'errors'), 'utf8')).not.toMatch(/bug|[Aa]ssertion/)
  expect(readFileSync(join(told, 'code'), 'utf8')).toBe('129\n')
})
