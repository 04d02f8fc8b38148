/** Completion scripts: accepted by the shells they are for, and of use there. */
import { VERBS } from '../../cli/verbs.ts'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fakeWorld, run, transcript } from './fake-environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'mlv-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SHELLS = ['bash', 'zsh', 'fish'] as const

async function scriptFor(shell: string): Promise<string> {
  const world = fakeWorld()
  expect(await run(world, ['completion', shell])).toBe(0)
  return world.output()
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}

/** What bash offers for a command line whose last word is being typed. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const quotedWords = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${quotedWords}); COMP_CWORD=${words.length - 1}; _mlv; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', `${await scriptFor('bash')}\n${ask}`], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe.each(SHELLS)('%s', (shell) => {
  test.skipIf(!has(shell))('accepts the script', async () => {
    const file = join(folder, `mlv.${shell}`)
    writeFileSync(file, await scriptFor(shell))
    const { status, stderr } = spawnSync(shell, [shell === 'fish' ? '--no-execute' : '-n', file], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })

  test('the script names every verb', async () => {
    const script = await scriptFor(shell)
    for (const verb of VERBS) expect(script).toContain(verb.name)
  })
})

describe.skipIf(!has('bash'))('in bash', () => {
  test('verbs are offered first', async () => {
    expect(await offered('mlv', 're')).toEqual(['retire', 'revert', 'rerun', 'remote'])
  })

  test('options of the verb, also after -C DIR', async () => {
    expect(await offered('mlv', '-C', 'sub', 'diff', 'a', '--for')).toEqual(['--format'])
  })

  test('the words an option takes', async () => {
    expect(await offered('mlv', 'diff', 'a', 'b', '--format', 'm')).toEqual(['markdown'])
  })

  test('the words an argument takes', async () => {
    expect(await offered('mlv', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(await offered('mlv', 'help', 'sta')).toEqual(['status'])
  })

  test('nothing where a file name is as good a guess', async () => {
    expect(await offered('mlv', 'commit', '--params', 'pa')).toEqual([])
  })
})

test('an unknown shell is refused', async () => {
  expect(await transcript(['completion', 'tcsh'])).toMatchInlineSnapshot(`
    "$ mlv completion tcsh
    mlv: <shell> is one of bash, zsh, fish, not 'tcsh' (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help completion' for what it accepts
    [exit 2]
    "
  `)
})
