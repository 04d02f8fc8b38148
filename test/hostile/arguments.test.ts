/**
 * Rows P12, C1 and C2: names and revisions on the command line that git or a file system would act on.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forgeBranch, makeVictim, refusedLine } from '../support/hostile-branch.ts'

test('P12: a branch whose settings name an impossible ref is not followed', () => {
  const world = makeVictim()
  for (const ref of ['refs/heads/../../x', 'refs/heads/-x', 'refs/heads/a..b', 'config', 'refs/heads/a\\u0000b']) {
    const areas = `"areas":{"records":"${ref}","registry":"refs/heads/mlv"}`
    const undo = forgeBranch(world, [
      { path: 'mlv.json', content: `{${areas},"format":1,"layout":"split","store":"lfs"}` },
    ])
    expect(refusedLine(world, 4, 'ls')).toMatch(/^mlv: mlv\.json: .*areas\.records.* \(document-malformed\)$/)
    undo()
  }
})

test('P12: an alias or model that is no ref name is refused as a name', () => {
  const world = makeVictim()
  expect(refusedLine(world, 2, 'promote', 'churn@v1', '../../index')).toBe(
    "mlv: '../../index' is not a valid alias name (name-invalid)",
  )
  expect(refusedLine(world, 2, 'promote', 'churn@v1', 'a.lock')).toBe(
    "mlv: 'a.lock' is not a valid alias name (name-invalid)",
  )
  expect(refusedLine(world, 2, 'commit', '--metric', 'auc=1', '--model', '../x=model')).toBe(
    "mlv: '../x' is not a valid model name (name-invalid)",
  )
})

test('C1: a value that looks like an option is never handed to git', () => {
  const world = makeVictim()
  const optionLike = ['--upload-pack=x', '--upl=x', '-uX', '--output=/tmp/x', '--exec=x', '-oProxyCommand=x']
  for (const value of optionLike) {
    for (const verb of [['show'], ['checkout'], ['note', '--tag', 'x']]) {
      expect(refusedLine(world, 2, ...verb, '--', value)).toMatch(
        new RegExp(`^mlv: '${value}' looks like an option, not .* \\(argument-option-like\\)$`),
      )
    }
  }
  expect(refusedLine(world, 2, 'ls', '--at=--output=/tmp/x')).toMatch(/\((?:argument-option-like|instant-invalid)\)$/)
})

test('C2: programs that the repository names do not run', () => {
  const world = makeVictim()
  const canary = join(world.folder, 'ran')
  const program = `touch ${canary}; false`
  for (const setting of [
    'core.fsmonitor',
    'core.pager',
    'core.editor',
    'diff.external',
    'filter.lfs.clean',
    'gpg.program',
  ]) {
    world.git('config', setting, program)
  }
  const before = world.git('for-each-ref')
  for (const verb of [['ls'], ['show', 'churn@v1'], ['log'], ['diff', 'churn@v1', '@'], ['status'], ['fsck']])
    world.mlv(...verb)
  expect(existsSync(canary)).toBe(false)
  expect(world.git('for-each-ref')).toBe(before)
})
